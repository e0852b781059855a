#include "runtime/json.h"

namespace kontor::json::detail {

Cursor::Cursor(std::string_view text) : at(text.data()), end(text.data() + text.size()) {}

bool Cursor::take_text(std::string_view& out) {
  if (!take('"')) return false;
  const char* const begin = at;
  bool ascii = true;
  for (; at != end && *at != '"'; ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x20 || byte == '\\') return false;
    ascii = ascii && byte < 0x80;
  }
  out = {begin, static_cast<std::size_t>(at - begin)};
  return take('"') && (ascii || is_utf8(out));
}

bool Cursor::take_int(std::int64_t& out) {
  const char* const digits = at + (next_is('-') ? 1 : 0);
  const auto [after, error] = std::from_chars(at, end, out);
  if (error != std::errc() || (*digits == '0' && after != digits + 1) || (*digits == '0' && digits != at)) return false;
  at = after;
  return !(next_is('.') || next_is('e') || next_is('E'));
}

// Digits, a point and digits; what has an exponent is left to the document's reader.
bool Cursor::take_double(double& out) {
  const char* const begin = at;
  take('-');
  const char* const whole = at;
  const auto digits = [&] {
    const char* const from = at;
    while (at != end && *at >= '0' && *at <= '9') ++at;
    return at - from;
  };
  const auto count = digits();
  if (count == 0 || (count > 1 && *whole == '0') || (take('.') && digits() == 0)) return false;
  if (next_is('e') || next_is('E')) return false;
  const auto [after, error] = std::from_chars(begin, at, out);
  return error == std::errc() && after == at;
}

bool Cursor::take_money(Money& out) {
  std::int64_t amount = 0;
  std::string_view code;
  if (!take("{\"amount\":") || !take_int(amount)) return false;
  if (!take(",\"currency\":") || !take_text(code) || !take('}')) return false;
  const auto currency = Currency::parse(code);
  if (!currency || amount > kMaxAmountMinor || amount < -kMaxAmountMinor) return false;
  out = Money::minor(amount, *currency);
  return true;
}

}  // namespace kontor::json::detail
