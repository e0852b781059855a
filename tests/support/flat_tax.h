// One tax on everything that goes to the United States, for tests.
#pragma once
#include <string>

#include "shop/tax/tax.h"
#include "tests/support/test_store.h"

namespace kontor::testing {

inline tax::Taxes::Texts flat_tax(std::int64_t rate_ppm, std::string shipping_class = "exempt", bool included = false) {
  tax::Taxes::Texts texts;
  texts.rates.push_back({"US", "", "", "standard", "VAT", rate_ppm, {}, {}});
  texts.settings.shipping_class = std::move(shipping_class);
  texts.settings.prices_include_tax = included;
  return texts;
}

// Holds that tax, and nothing else.
struct FlatTax {
  explicit FlatTax(const tax::Taxes::Texts& texts) { taxes.hold(texts); }
  FakeClock clock;
  IdSource ids{1};
  tax::Taxes taxes{nullptr, clock, ids};
};

}  // namespace kontor::testing
