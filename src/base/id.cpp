#include "base/id.h"

#include <array>

#include "base/assert.h"

namespace kontor {
namespace {
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i, l, o, u
constexpr std::int64_t kEpochMs = 1577836800000;                            // 2020-01-01T00:00:00Z
constexpr std::size_t kDigits = 13;

int digit_of(char c) {
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}
}  // namespace

void append_id_text(std::string& out, std::string_view prefix, std::int64_t value) {
  KONTOR_ASSERT(value > 0);
  std::array<char, kDigits + 1> tail{'_'};
  auto rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = kDigits; i > 0; --i, rest >>= 5) tail[i] = kAlphabet[rest & 31];
  out.append(prefix);
  out.append(tail.data(), tail.size());
}

std::string id_text(std::string_view prefix, std::int64_t value) {
  std::string text;
  text.reserve(prefix.size() + 1 + kDigits);
  append_id_text(text, prefix, value);
  return text;
}

std::optional<std::int64_t> parse_id_text(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + 1 + kDigits || !text.starts_with(prefix) || text[prefix.size()] != '_') return {};
  std::uint64_t value = 0;
  for (const char c : text.substr(prefix.size() + 1)) {
    const int digit = digit_of(c);
    if (digit < 0) return {};
    if (value >> 59 != 0) return {};
    value = value << 5 | static_cast<std::uint64_t>(digit);
  }
  if (value == 0 || value >> 63 != 0) return {};
  return static_cast<std::int64_t>(value);
}

std::int64_t IdSource::draw(Time now, int bucket) {
  KONTOR_ASSERT(bucket >= 0 && bucket < kBuckets);
  const std::int64_t ms = now.ms > kEpochMs ? now.ms - kEpochMs : 1;
  auto last = last_.load(std::memory_order_relaxed);
  std::int64_t next = 0;
  do {
    // A fresh millisecond starts at a place of luck, so that two replicas rarely meet; a busy one counts on and may run
    // ahead.
    const auto fresh =
        ms << 12 | static_cast<std::int64_t>((luck_ * 2654435761u + static_cast<std::uint64_t>(ms) * 40503u) & 2047);
    next = last >= fresh ? last + 1 : fresh;
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return (next >> 12) << 22 | static_cast<std::int64_t>(bucket) << 12 | (next & 4095);
}

}  // namespace kontor
