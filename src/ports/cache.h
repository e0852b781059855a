// Keeps small values for a while, shared by all replicas where the adapter is: counts of wrong guesses, and whatever
// else each process would otherwise know for itself alone. What is kept may be gone any moment (for want of room, with
// a restart), so nothing depends on its being there: what must not be lost is a row in the store. Where it does not
// answer, who uses it goes on without. Safe to call from any fiber and, blocking, from any plain thread; not inside a
// store function.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace kontor {

class Cache {
 public:
  static constexpr std::size_t kLongestKey = 200, kLargest = 1 << 20;
  static constexpr std::int64_t kLongestMs = 30 * kDayMs;

  virtual ~Cache() = default;
  // nullopt: it is not there, or not any more.
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  // In the order asked; one round trip.
  virtual Result<std::vector<std::optional<std::string>>> get_many(std::span<const std::string> keys) = 0;
  // For `ttl_ms` from now on; what the key had before is replaced. What is larger than the room is taken and not kept.
  virtual Result<void> put(std::string_view key, std::string_view value, std::int64_t ttl_ms) = 0;
  // Whether there was one. Repeating it is harmless.
  virtual Result<bool> remove(std::string_view key) = 0;
  // Adds to a number, 0 where there is none, and answers what it is then; it lives for `ttl_ms` from now on. Of several
  // at the same time each counts. get() reads it in decimal, and a number that was put in decimal can be added to;
  // another text, or a sum that does not fit, is kConflict "cache.no_number" and stays as it is.
  virtual Result<std::int64_t> add(std::string_view key, std::int64_t amount, std::int64_t ttl_ms) = 0;
};

// What every adapter refuses, on every call, and what nothing is changed by. A key has 1 to 200 visible ASCII
// characters: else kInvalid "cache.bad_key". A time is 1 ms to 30 days: else kInvalid "cache.bad_ttl". A value has at
// most kLargest bytes: else kTooLarge "cache.too_large".
Result<void> check_cache_key(std::string_view key);
Result<void> check_cache_ttl(std::int64_t ttl_ms);
Result<void> check_cache_value(std::string_view value);

}  // namespace kontor
