// Why a purchase costs what it costs: one entry per price, discount, shipping and tax, whose amounts add up to the
// total, to the unit.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "shop/pricing/pricing.h"

namespace kontor::checkout {

enum class ExplainedKind { kPrice, kDiscount, kShipping, kShippingDiscount, kTax };
constexpr auto enum_names(ExplainedKind) {
  using K = ExplainedKind;
  using N = EnumName<K>;
  return std::array{N{K::kPrice, "price"}, N{K::kDiscount, "discount"}, N{K::kShipping, "shipping"},
                    N{K::kShippingDiscount, "shipping_discount"}, N{K::kTax, "tax"}};
}

struct Explained {
  ExplainedKind kind = ExplainedKind::kPrice;
  std::optional<OfferId> offer_id;
  std::optional<std::string> promotion_id;
  std::optional<std::string> coupon;
  std::string label;
  Money amount;

  static constexpr auto fields() {
    using E = Explained;
    return described(Field("kind", &E::kind, "price, discount, shipping, shipping_discount or tax"),
                     Field("offer_id", &E::offer_id, "Of which line; absent for the whole"),
                     Field("promotion_id", &E::promotion_id, "Which promotion took it off"),
                     Field("coupon", &E::coupon, "The code that brought the promotion"),
                     Field("label", &E::label, "For people"),
                     Field("amount", &E::amount, "Negative for what is taken off"));
  }
};

// What became of a code of the cart.
struct CouponView {
  std::string code;
  bool applied = false;
  std::optional<std::string> reason, text;

  static constexpr auto fields() {
    using V = CouponView;
    return described(Field("code", &V::code, "The code"), Field("applied", &V::applied, "Whether it does something"),
                     Field("reason", &V::reason, "Why not: expired, min_purchase_not_met, not_combinable …"),
                     Field("text", &V::text, "The same for people"));
  }
};

std::vector<Explained> explain(const pricing::Totals& totals);
std::vector<CouponView> coupons_of(const pricing::Totals& totals);

}  // namespace kontor::checkout
