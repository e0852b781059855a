#include "shop/checkout/explaining.h"

#include "base/assert.h"

namespace kontor::checkout {
namespace {

Money negative(Money amount) { return Money::minor(-amount.amount_minor(), amount.currency()); }

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::vector<Explained> explain(const pricing::Totals& totals) {
  std::vector<Explained> out;
  for (std::size_t at = 0; at < totals.lines.size(); ++at) {
    const auto& line = totals.lines[at];
    out.push_back({ExplainedKind::kPrice,
                   line.offer,
                   {},
                   {},
                   std::to_string(line.quantity) + " × " + line.unit_price.text(),
                   line.subtotal});
    for (const auto& share : totals.shares) {
      if (share.line != at) continue;
      const auto& discount = totals.discounts[share.discount];
      out.push_back({ExplainedKind::kDiscount, line.offer, discount.promotion_id, unless_empty(discount.code),
                     discount.label, negative(share.amount)});
    }
    const Money tax = line.total - (line.subtotal - line.discount);
    if (tax.amount_minor() != 0) out.push_back({ExplainedKind::kTax, line.offer, {}, {}, "Tax", tax});
  }
  const Money taken = totals.shipping_discount ? totals.shipping_discount->amount : Money::minor(0, totals.currency);
  const Money shipping = totals.shipping + taken;
  if (shipping.amount_minor() != 0) out.push_back({ExplainedKind::kShipping, {}, {}, {}, "Shipping", shipping});
  if (totals.shipping_discount)
    out.push_back({ExplainedKind::kShippingDiscount,
                   {},
                   totals.shipping_discount->promotion_id,
                   {},
                   totals.shipping_discount->label,
                   negative(taken)});
  Money sum = Money::minor(0, totals.currency);
  for (const auto& one : out) sum = sum + one.amount;
  // What is neither of a line nor the shipping's price: its tax.
  if (sum != totals.total) out.push_back({ExplainedKind::kTax, {}, {}, {}, "Tax on shipping", totals.total - sum});
  return out;
}

std::vector<CouponView> coupons_of(const pricing::Totals& totals) {
  std::vector<CouponView> out;
  for (const auto& coupon : totals.coupons)
    out.push_back({coupon.code, coupon.reason.empty(), unless_empty(coupon.reason), unless_empty(coupon.words)});
  return out;
}

}  // namespace kontor::checkout
