// A part of what the lines that count cost, up to an amount.
#include <algorithm>

#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct Percentage {
  std::int64_t basis_points = 0;
  std::vector<Money> max_amounts;

  static constexpr auto fields() {
    return described(
        Field("basis_points", &Percentage::basis_points, "1000 is 10 %", Range{1, 10'000}),
        Field("max_amounts", &Percentage::max_amounts, "At most so much, one per currency", Length{0, 40}, Default{}));
  }
  void check(Wrong& wrong) const { check_amounts(max_amounts, "/max_amounts", wrong); }
  void apply(Basket& basket) const {
    std::int64_t off = basket.portion(basket.left(), basis_points);
    if (const std::int64_t most = basket.amount_in(max_amounts); most > 0) off = std::min(off, most);
    basket.spread(off);
  }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_percentage(const json::Raw& parameters) {
  return read_rule<Percentage>(parameters);
}

}  // namespace kontor::promotions
