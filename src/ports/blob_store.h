// Keeps whole files by key: pictures and what is made of them. A blob is there whole or not at all, also after a crash;
// it is written once and read often. Safe to call from any fiber and, blocking, from any plain thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kontor {

class BlobStore {
 public:
  static constexpr std::size_t kLargest = 20 << 20;

  virtual ~BlobStore() = default;
  // Durable when it returns success; what the key had before is replaced. kTooLarge "blobs.too_large" beyond kLargest,
  // kFull "blobs.full", kUnavailable "blobs.away".
  virtual Result<void> put(std::string_view key, std::string_view bytes) = 0;
  // nullopt: there is none.
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual Result<bool> exists(std::string_view key) = 0;
  // Whether there was one. Repeating it is harmless.
  virtual Result<bool> remove(std::string_view key) = 0;
};

// Keys are 5 to 120 of a-z, 0-9, '-', '_' and '.', and begin with four letters or digits, which should differ from key
// to key (a content hash): adapters spread by them. Another key is kInvalid "blobs.bad_key", on every call.
bool is_blob_key(std::string_view key);
Result<void> check_blob(std::string_view key, std::string_view bytes);  // what put() refuses, for adapters
Result<void> check_blob_key(std::string_view key);

}  // namespace kontor
