// What pricing tells the others.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/money.h"

namespace kontor::pricing {

// A price list was made, changed or removed; its prices are looked up anew each time.
struct PriceListChanged {
  static constexpr std::string_view kName = "price_list.changed";
  std::string code;
  static constexpr auto fields() { return described(Field("code", &PriceListChanged::code, "Which")); }
};

// The operator brought another table of currency rates.
struct RatesChanged {
  static constexpr std::string_view kName = "currency_rates.changed";
  Currency base;
  static constexpr auto fields() { return described(Field("base", &RatesChanged::base, "What the rates are of")); }
};

}  // namespace kontor::pricing
