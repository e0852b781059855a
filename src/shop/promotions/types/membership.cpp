// A part of the price, for members; after coupons.
#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct Membership {
  std::int64_t basis_points = 1500;

  static constexpr auto fields() {
    return described(Field("basis_points", &Membership::basis_points, "1500 is 15 %", Range{1, 10'000}, Default{}));
  }
  void check(Wrong&) const {}
  void apply(Basket& basket) const { basket.spread(basket.portion(basket.left(), basis_points)); }
  void add_conditions(Conditions& conditions) const { conditions.members_only = true; }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_membership(const json::Raw& parameters) {
  return read_rule<Membership>(parameters);
}

}  // namespace kontor::promotions
