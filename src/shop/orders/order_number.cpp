#include "shop/orders/order_number.h"

#include <algorithm>

#include "base/assert.h"

namespace kontor::orders {
namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 4;

std::optional<std::uint64_t> digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = kAlphabet.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return at;
}
}  // namespace

std::string order_number(OrderId id) {
  KONTOR_ASSERT(id.value > 0);
  std::string reversed;
  std::size_t digits = 0;
  for (auto rest = static_cast<std::uint64_t>(id.value); rest != 0; rest >>= 5) {
    if (digits != 0 && digits % kGroup == 0) reversed += '-';
    reversed += kAlphabet[rest & 31];
    ++digits;
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

std::optional<OrderId> parse_order_number(std::string_view number) {
  std::uint64_t value = 0;
  if (number.size() > 40) return std::nullopt;
  for (const char c : number) {
    if (c == '-' || c == ' ') continue;
    const auto digit = digit_of(c);
    if (!digit || value >> 58 != 0) return std::nullopt;
    value = value << 5 | *digit;
  }
  if (value == 0) return std::nullopt;
  return OrderId{static_cast<std::int64_t>(value)};
}

}  // namespace kontor::orders
