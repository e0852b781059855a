#include "pages/html.h"

#include <array>
#include <charconv>

namespace kontor::pages {
namespace {

constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
    {"USD", "$"}, {"EUR", "€"}, {"GBP", "£"}, {"JPY", "¥"}, {"INR", "₹"}, {"KRW", "₩"}, {"CAD", "CA$"}, {"AUD", "A$"}};

// "1290.00" → "1,290.00"
std::string grouped(const std::string& number) {
  const std::size_t whole = std::min(number.find('.'), number.size());
  std::string out;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ',';
    out += number[i];
  }
  return out;
}

}  // namespace

Html& Html::operator<<(Escaped escaped) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < escaped.text.size(); ++i) {
    std::string_view entity;
    switch (escaped.text[i]) {
      case '&':
        entity = "&amp;";
        break;
      case '<':
        entity = "&lt;";
        break;
      case '>':
        entity = "&gt;";
        break;
      case '"':
        entity = "&quot;";
        break;
      case '\'':
        entity = "&#39;";
        break;
      default:
        continue;
    }
    out_.append(escaped.text, from, i - from);
    out_ += entity;
    from = i + 1;
  }
  out_.append(escaped.text, from);
  return *this;
}

Result<Form> read_form(std::string_view encoded) {
  Form form;
  for (const auto pair : split(encoded, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value)
      return fail(Errc::kBadRequest, "pages.bad_form",
                  "The address or form cannot be read: a broken escape or text that is no UTF-8.");
    form.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::string_view value_of_form(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form)
    if (key == name) return value;
  return {};
}

std::string decimal_text(Money money) {
  const std::string text = money.text();
  return text.substr(0, text.find(' '));
}

std::string money_text(Money money) {
  std::string number = decimal_text(money);
  const bool negative = number.starts_with('-');
  if (negative) number.erase(0, 1);
  number = grouped(number);
  const Currency currency = money.currency();
  const std::string_view code = currency.code();
  for (const auto& [known, sign] : kSigns)
    if (known == code) return (negative ? "−" : "") + std::string(sign) + number;
  return (negative ? "−" : "") + number + " " + std::string(code);
}

std::optional<std::int64_t> read_decimal(std::string_view decimal, Currency currency) {
  decimal = trim(decimal);
  const auto point = decimal.find_first_of(".,");
  std::string digits(decimal.substr(0, point));
  std::string fraction(point == std::string_view::npos ? std::string_view() : decimal.substr(point + 1));
  const auto places = static_cast<std::size_t>(currency.exponent());
  if (digits.empty() || fraction.size() > places) return std::nullopt;
  fraction.resize(places, '0');
  digits += fraction;
  std::int64_t minor = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  if (code != std::errc{} || end != digits.data() + digits.size() || minor < 0 || minor > kMaxAmountMinor)
    return std::nullopt;
  return minor;
}

std::string date_text(Time time) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                               "May",       "June",     "July",     "August",
                                                               "September", "October",  "November", "December"};
  const std::string iso = to_rfc3339(time);  // "2026-11-21T05:24:12Z"
  const auto month = static_cast<std::size_t>((iso[5] - '0') * 10 + (iso[6] - '0') - 1);
  return (iso[8] == '0' ? iso.substr(9, 1) : iso.substr(8, 2)) + " " + std::string(kMonths[month]) + " " +
         iso.substr(0, 4);
}

std::string date_time_text(Time time) { return date_text(time) + ", " + to_rfc3339(time).substr(11, 5) + " UTC"; }

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return grouped(std::to_string(count)) + " " + std::string(count == 1 ? one : many);
}

}  // namespace kontor::pages
