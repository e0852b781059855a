#include "ports/blob_store.h"

#include <algorithm>

namespace kontor {
namespace {

bool letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_blob_key(std::string_view key) {
  return key.size() >= 5 && key.size() <= 120 && std::all_of(key.begin(), key.begin() + 4, letter_or_digit) &&
         std::all_of(key.begin(), key.end(),
                     [](char c) { return letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

Result<void> check_blob_key(std::string_view key) {
  if (!is_blob_key(key)) return fail(Errc::kInvalid, "blobs.bad_key", "That is no key of a stored file.");
  return {};
}

Result<void> check_blob(std::string_view key, std::string_view bytes) {
  TRY_DO(check_blob_key(key));
  if (bytes.size() > BlobStore::kLargest)
    return fail(Errc::kTooLarge, "blobs.too_large",
                "A stored file has at most " + std::to_string(BlobStore::kLargest) + " bytes; this one has " +
                    std::to_string(bytes.size()) + ".");
  return {};
}

}  // namespace kontor
