// Units are laid out from the dearest to the cheapest and taken in groups of buy + get: in each whole group the
// cheapest `get` are free, or cheaper. Laid out so, one more unit never makes the others dearer (taking the cheapest of
// all would).
#include <algorithm>

#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct BuyXGetY {
  std::int64_t buy = 0;
  std::int64_t get = 0;
  std::int64_t basis_points = 10'000;
  std::int64_t max_groups = 0;

  static constexpr auto fields() {
    return described(Field("buy", &BuyXGetY::buy, "So many at their price", Range{1, 1000}),
                     Field("get", &BuyXGetY::get, "And so many more for less", Range{1, 1000}),
                     Field("basis_points", &BuyXGetY::basis_points, "What is taken off those; 10000: free",
                           Range{1, 10'000}, Default{}),
                     Field("max_groups", &BuyXGetY::max_groups, "At most so many times in one order; 0: any number",
                           Range{0, 100'000}, Default{}));
  }
  void check(Wrong&) const {}

  // How many of the units [from, to), counted from the dearest, are in the last `get` places of a whole group.
  std::int64_t given(std::int64_t from, std::int64_t to, std::int64_t groups) const {
    const auto before = [&](std::int64_t at) {
      const std::int64_t whole = at / (buy + get);
      const std::int64_t rest = std::max<std::int64_t>(at % (buy + get) - buy, 0);
      return whole >= groups ? groups * get : whole * get + rest;
    };
    return before(to) - before(from);
  }

  void apply(Basket& basket) const {
    auto lines = basket.lines();
    std::int64_t groups = basket.quantity() / (buy + get);
    if (max_groups > 0) groups = std::min(groups, max_groups);
    std::int64_t at = 0;
    for (const std::size_t i : basket.dearest_first()) {
      BasketLine& line = lines[i];
      if (!line.counts) continue;
      const std::int64_t units = given(at, at + line.line.quantity, groups);
      at += line.line.quantity;
      basket.take(line, basket.portion(Basket::share(line, units), basis_points));
    }
  }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_buy_x_get_y(const json::Raw& parameters) {
  return read_rule<BuyXGetY>(parameters);
}

}  // namespace kontor::promotions
