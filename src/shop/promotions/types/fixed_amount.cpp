// An amount off all lines that count together, at most what they cost.
#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct FixedAmount {
  std::vector<Money> amounts;

  static constexpr auto fields() {
    return described(Field("amounts", &FixedAmount::amounts, "One per currency", Length{1, 40}));
  }
  void check(Wrong& wrong) const { check_amounts(amounts, "/amounts", wrong); }
  void apply(Basket& basket) const { basket.spread(basket.amount_in(amounts)); }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_fixed_amount(const json::Raw& parameters) {
  return read_rule<FixedAmount>(parameters);
}

}  // namespace kontor::promotions
