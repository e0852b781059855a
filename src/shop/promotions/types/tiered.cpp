// The more units of one offer, the larger the part of its price that is taken off. It counts an offer's units within
// one order, by the server's own count: units split over several lines or carts do not add up.
#include <algorithm>

#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct Tier {
  std::int64_t quantity = 0;
  std::int64_t basis_points = 0;

  static constexpr auto fields() {
    return described(Field("quantity", &Tier::quantity, "From so many units of one offer", Range{1, 100'000}),
                     Field("basis_points", &Tier::basis_points, "1000 is 10 %", Range{1, 10'000}));
  }
};

struct Tiered {
  std::vector<Tier> tiers = {{5, 1000}};

  static constexpr auto fields() {
    return described(Field("tiers", &Tiered::tiers, "In rising order of quantity and of what is taken off",
                           Length{1, 20}, Default{}));
  }
  void check(Wrong& wrong) const {
    for (std::size_t i = 1; i < tiers.size(); ++i) {
      const std::string at = "/tiers/" + std::to_string(i);
      if (tiers[i].quantity <= tiers[i - 1].quantity)
        wrong.push_back({at + "/quantity", "out_of_order", "Each tier begins at more units than the one before."});
      // Else one more unit would make the others dearer.
      if (tiers[i].basis_points < tiers[i - 1].basis_points)
        wrong.push_back({at + "/basis_points", "out_of_order", "No tier takes off less than the one before."});
    }
  }
  void apply(Basket& basket) const {
    for (BasketLine& line : basket.lines()) {
      if (!line.counts) continue;
      const auto reached = std::find_if(tiers.rbegin(), tiers.rend(),
                                        [&](const Tier& tier) { return line.line.quantity >= tier.quantity; });
      if (reached != tiers.rend()) basket.take(line, basket.portion(line.left_minor, reached->basis_points));
    }
  }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_tiered(const json::Raw& parameters) { return read_rule<Tiered>(parameters); }

}  // namespace kontor::promotions
