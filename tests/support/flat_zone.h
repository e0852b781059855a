// A shipping zone everywhere whose options have flat prices in one currency, for tests.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "shop/shipping/shipping.h"
#include "tests/support/test_store.h"

namespace kontor::testing {

inline shipping::Zone flat_zone(const std::vector<std::pair<std::string, std::int64_t>>& options,
                                Currency currency = Currency()) {
  shipping::Zone zone;
  zone.code = "everywhere";
  zone.name = "Everywhere";
  for (const auto& [code, amount] : options) {
    auto& option = zone.options.emplace_back();
    option.code = option.label = code;
    option.rate.tables.push_back({currency, {{{}, amount}}});
  }
  return zone;
}

// Holds that zone, and nothing else.
struct FlatShipping {
  explicit FlatShipping(const std::vector<std::pair<std::string, std::int64_t>>& options) {
    if (!shipping.hold({flat_zone(options)})) std::abort();
  }
  FakeClock clock;
  shipping::Shipping shipping{nullptr, clock};
};

}  // namespace kontor::testing
