// The stages that promotions have in the pipeline: what is taken off the goods, before shipping; and free shipping,
// after it. Coupons and customers that were not seen lately are asked of the store, so a quote may wait: never inside a
// write function.
#pragma once
#include "shop/pricing/pricing.h"
#include "shop/promotions/promotions.h"

namespace kontor::pricing {

class PromotionStage : public Stage {
 public:
  explicit PromotionStage(promotions::Promotions& promotions) : promotions_(promotions) {}
  std::string_view name() const override { return "promotions"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;

 private:
  promotions::Promotions& promotions_;
};

class FreeShippingStage : public Stage {
 public:
  std::string_view name() const override { return "free_shipping"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;
};

}  // namespace kontor::pricing
