#include "shop/search/plain_number.h"

#include <array>

namespace kontor::search {
namespace {

constexpr std::size_t kMostGroups = 6, kMostDigits = 15, kLongestNumber = 40;
constexpr std::int64_t kLargest = 1'000'000'000'000'000;

struct Groups {
  std::array<std::size_t, kMostGroups> size{};
  std::array<char, kMostGroups> mark{};  // what stands before the group
  std::size_t count = 0;
  std::int64_t digits = 0;
  bool leading_zero = false;
};

// The mark at `at` and its bytes: . , ' (’ too) or a blank of any width.
char mark_at(std::string_view text, std::size_t at, std::size_t& bytes) {
  bytes = 1;
  const char c = text[at];
  if (c == '.' || c == ',' || c == '\'' || c == ' ' || c == '\t') return c == '\t' ? ' ' : c;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\u2019")) return bytes = 3, '\'';
  if (rest.starts_with("\u00A0")) return bytes = 2, ' ';
  if (rest.starts_with("\u202F") || rest.starts_with("\u2009")) return bytes = 3, ' ';
  return '\0';
}

std::optional<Groups> groups_of(std::string_view text) {
  if (text.size() > kLongestNumber) return std::nullopt;
  Groups out;
  out.count = 1;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      if (++digits > kMostDigits) return std::nullopt;
      out.digits = out.digits * 10 + (c - '0');
      ++out.size[out.count - 1];
      ++at;
      continue;
    }
    std::size_t bytes = 1;
    const char mark = mark_at(text, at, bytes);
    at += bytes;
    if (mark == ' ' && out.size[out.count - 1] == 0) continue;  // several blanks in a row
    if (mark == '\0' || out.size[out.count - 1] == 0 || out.count == kMostGroups) return std::nullopt;
    out.mark[out.count++] = mark;
  }
  if (out.size[out.count - 1] == 0) return std::nullopt;
  out.leading_zero = text[0] == '0' && out.size[0] > 1;
  return out;
}

// The first `count` groups are thousands: 1-3 digits, then threes; or India's 1,00,000.
bool are_thousands(const Groups& groups, std::size_t count, bool begins_with_zero) {
  if (count < 2 || begins_with_zero || groups.size[0] > 3 || groups.size[count - 1] != 3) return false;
  std::size_t threes = 0, twos = 0;
  for (std::size_t i = 1; i < count; ++i) {
    if (groups.mark[i] != groups.mark[1]) return false;
    threes += groups.size[i] == 3;
    twos += groups.size[i] == 2;
  }
  return threes == count - 1 || (groups.mark[1] == ',' && groups.size[0] < 3 && threes == 1 && twos == count - 2);
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text, Grouping grouping) {
  const auto groups = groups_of(text);
  if (!groups || groups->leading_zero) return std::nullopt;
  const bool zero = text[0] == '0';
  const std::size_t count = groups->count, last = groups->size[count - 1];
  if (count == 1) return Decimal{groups->digits, 0};
  const char mark = groups->mark[count - 1];
  const bool may_point = mark == '.' || mark == ',';
  if (count > 2 && mark == groups->mark[1]) {
    if (!are_thousands(*groups, count, zero)) return std::nullopt;
    return Decimal{groups->digits, 0};
  }
  if (count > 2) {
    if (!may_point || last > 6 || !are_thousands(*groups, count - 1, zero)) return std::nullopt;
    return Decimal{groups->digits, static_cast<int>(last)};
  }
  if (!may_point) return are_thousands(*groups, 2, zero) ? std::optional(Decimal{groups->digits, 0}) : std::nullopt;
  if (are_thousands(*groups, 2, zero) && grouping != Grouping::kDecimal) {
    if (grouping == Grouping::kMeasure) return std::nullopt;
    if (grouping == Grouping::kPrice || mark == ',') return Decimal{groups->digits, 0};
  }
  if (last > 6) return std::nullopt;
  return Decimal{groups->digits, static_cast<int>(last)};
}

std::optional<std::int64_t> scaled(Decimal number, int places) {
  std::int64_t value = number.digits;
  int shift = places - number.scale;
  for (; shift > 0; --shift) {
    if (value > kLargest / 10) return std::nullopt;
    value *= 10;
  }
  for (; shift < 0; ++shift) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  if (value > kLargest) return std::nullopt;
  return value;
}

}  // namespace kontor::search
