// A part of the price, or an amount, off the first order of a customer.
#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct FirstOrder {
  std::int64_t basis_points = 0;
  std::vector<Money> amounts;

  static constexpr auto fields() {
    return described(
        Field("basis_points", &FirstOrder::basis_points, "1000 is 10 %", Range{0, 10'000}, Default{}),
        Field("amounts", &FirstOrder::amounts, "Or an amount, one per currency", Length{0, 40}, Default{}));
  }
  void check(Wrong& wrong) const {
    check_amounts(amounts, "/amounts", wrong);
    if ((basis_points > 0) == !amounts.empty())
      wrong.push_back({"/basis_points", "ambiguous", "Give either basis_points or amounts."});
  }
  void apply(Basket& basket) const {
    basket.spread(basis_points > 0 ? basket.portion(basket.left(), basis_points) : basket.amount_in(amounts));
  }
  void add_conditions(Conditions& conditions) const { conditions.first_order = true; }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_first_order(const json::Raw& parameters) {
  return read_rule<FirstOrder>(parameters);
}

}  // namespace kontor::promotions
