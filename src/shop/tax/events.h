// What tax tells the others.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"

namespace kontor::tax {

// Rates, settings or exemptions were changed.
struct RatesChanged {
  static constexpr std::string_view kName = "tax.rates_changed";
  std::string what;
  static constexpr auto fields() {
    return described(Field("what", &RatesChanged::what, "rates, settings, exemptions"));
  }
};

}  // namespace kontor::tax
