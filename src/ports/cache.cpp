#include "ports/cache.h"

#include <algorithm>

namespace kontor {

Result<void> check_cache_key(std::string_view key) {
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (key.empty() || key.size() > Cache::kLongestKey || !std::all_of(key.begin(), key.end(), visible))
    return fail(Errc::kInvalid, "cache.bad_key", "That is no key of a cache.");
  return {};
}

Result<void> check_cache_ttl(std::int64_t ttl_ms) {
  if (ttl_ms < 1 || ttl_ms > Cache::kLongestMs)
    return fail(Errc::kInvalid, "cache.bad_ttl", "A cache keeps values for 1 ms to 30 days.");
  return {};
}

Result<void> check_cache_value(std::string_view value) {
  if (value.size() > Cache::kLargest)
    return fail(Errc::kTooLarge, "cache.too_large",
                "A value in a cache has at most " + std::to_string(Cache::kLargest) + " bytes; this one has " +
                    std::to_string(value.size()) + ".");
  return {};
}

}  // namespace kontor
