#include "pages/html.h"

#include <charconv>

namespace kontor::pages {

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

std::string counted(const Dress& dress, std::int64_t count, std::string_view one, std::string_view many) {
  return dress.formats.number(count) + " " + std::string(count == 1 ? one : many);
}

std::string Html::counted(std::int64_t count, std::string_view one, std::string_view many) const {
  return pages::counted(dress_, count, one, many);
}

}  // namespace kontor::pages
