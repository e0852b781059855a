// The small things that every page is made of: markup with escaped text in it, forms read, amounts for programs.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "pages/dress.h"
#include "runtime/http.h"

namespace kontor::pages {

// Marks what came from data: it is escaped, whatever it holds. Lives as long as the expression.
struct Escaped {
  std::string_view text;
};
inline Escaped text(std::string_view from_data) { return {from_data}; }

// Markup under construction: `html << "<p>" << text(title) << "</p>"`. A bare string is markup. Knows for whom: amounts
// and dates are written as the dress says, and are data like any other.
class Html {
 public:
  explicit Html(const Dress& dress) : dress_(dress) {}  // which outlives it
  Html& operator<<(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  Html& operator<<(const char* markup) { return *this << std::string_view(markup); }
  Html& operator<<(const std::string& markup) { return *this << std::string_view(markup); }
  Html& operator<<(Escaped escaped);
  template <std::integral Number>
  requires(!std::same_as<Number, char> && !std::same_as<Number, bool>) Html& operator<<(Number number) {
    out_ += std::to_string(number);
    return *this;
  }
  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

  const Dress& dress() const { return dress_; }
  std::string money(Money amount) const { return dress_.formats.money(amount); }
  std::string off(Money amount) const { return money(Money::minor(0, amount.currency()) - amount); }
  std::string number(std::int64_t number) const { return dress_.formats.number(number); }
  std::string date(Time at) const { return dress_.formats.date(at); }
  std::string day(Time midnight) const { return dress_.formats.day(midnight); }  // of what is a day, not a moment
  std::string date_time(Time at) const { return dress_.formats.date_time(at); }
  std::string counted(std::int64_t count, std::string_view one, std::string_view many) const;  // "1,204 products"

 private:
  const Dress& dress_;
  std::string out_;
};

// Names and values of a form or a query, in their order.
using Form = std::vector<std::pair<std::string, std::string>>;
// kBadRequest "pages.bad_form" for broken escapes and bytes that are no UTF-8.
Result<Form> read_form(std::string_view encoded);
// The first of this name, or "".
std::string_view value_of_form(const Form& form, std::string_view name);

// "29.99", for a field of a form and for programs: no sign of a currency, no grouping.
std::string decimal_text(Money money);
// What decimal_text() writes, and what people write for it ("29", "29,9"); nullopt for anything else.
std::optional<std::int64_t> read_decimal(std::string_view decimal, Currency currency);
// "1 product", "1,204 products".
std::string counted(const Dress& dress, std::int64_t count, std::string_view one, std::string_view many);

}  // namespace kontor::pages
