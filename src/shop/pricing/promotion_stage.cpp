#include "shop/pricing/promotion_stage.h"

#include <algorithm>

namespace kontor::pricing {
namespace {

using promotions::Applied;
using promotions::Refusal;

void take_off(const Applied& applied, Totals& totals) {
  const auto& promotion = applied.ready->promotion;
  const auto money = [&](std::int64_t minor) { return Money::minor(minor, totals.currency); };
  const std::size_t at = totals.discounts.size();
  totals.discounts.push_back({promotion.id.text(), promotion.label, money(applied.minor), applied.code});
  for (const auto& part : applied.parts) {
    auto& line = totals.lines[part.line];
    line.discount = line.discount + money(part.minor);
    KONTOR_ASSERT(line.discount <= line.subtotal);
    totals.shares.push_back({at, part.line, money(part.minor)});
  }
}

std::optional<promotions::Use> use_of(const Applied& applied, Currency currency) {
  const auto& promotion = applied.ready->promotion;
  if (!promotion.limited() && applied.code.empty()) return std::nullopt;
  const Money counted = promotion.budget ? applied.of_budget : Money::minor(0, currency);
  return promotions::Use{promotion.id, applied.code, counted, promotion.max_uses_per_customer};
}

}  // namespace

Result<void> PromotionStage::apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const {
  std::vector<promotions::Line> asked;
  asked.reserve(lines.size());
  for (const LineInput& line : lines)
    asked.push_back({line.offer, line.product, line.quantity, line.unit_price.amount_minor(), line.goods});
  TRY(auto considered, promotions_.consider({asked, context.currency, context.exchange, context.customer,
                                             context.country, context.payment_method, context.coupons, context.now}));
  for (const Applied& applied : considered.outcome.applied) {
    const auto& promotion = applied.ready->promotion;
    if (applied.minor > 0) take_off(applied, totals);
    const auto use = use_of(applied, totals.currency);
    if (const auto* wish = applied.ready->rule->shipping())
      totals.shipping_gifts.push_back({promotion.id.text(), promotion.label, wish->options, applied.code, use});
    else if (use)
      totals.uses.push_back(*use);
  }
  for (const auto& gift : considered.outcome.gifts)
    totals.gifts.push_back({gift.offer, gift.quantity, gift.ready->promotion.label});
  for (const auto& note : considered.outcome.coupons)
    totals.coupons.push_back(note.refusal == Refusal::kNone ? CouponState{note.code, {}, {}}
                                                            : CouponState{note.code, std::string(word_of(note.refusal)),
                                                                          words_of(note.refusal, note.code)});
  totals.promotions = std::move(considered);
  return {};
}

const ShippingGift* gift_for(const Totals& totals, std::string_view option) {
  const auto covers = [&](const ShippingGift& gift) {
    return gift.options.empty() || std::find(gift.options.begin(), gift.options.end(), option) != gift.options.end();
  };
  const auto found = std::find_if(totals.shipping_gifts.begin(), totals.shipping_gifts.end(), covers);
  return found == totals.shipping_gifts.end() ? nullptr : &*found;
}

// By the option that is counted: a buyer who names none has the first that is offered.
Result<void> FreeShippingStage::apply(std::span<const LineInput>, const Context&, Totals& totals) const {
  if (!totals.shipping_option) return {};
  const bool costs = totals.shipping.amount_minor() > 0;
  const ShippingGift* const gift = costs ? gift_for(totals, totals.shipping_option->code) : nullptr;
  // A code that brought nothing is not used.
  for (const ShippingGift& other : totals.shipping_gifts)
    for (CouponState& coupon : totals.coupons)
      if (&other != gift && !other.code.empty() && coupon.code == other.code)
        coupon = {coupon.code, std::string(word_of(Refusal::kNoEffect)), words_of(Refusal::kNoEffect, coupon.code)};
  if (gift == nullptr) return {};
  totals.shipping_discount = Discount{gift->promotion_id, gift->label, totals.shipping, gift->code};
  totals.shipping = Money::minor(0, totals.currency);
  if (gift->use) totals.uses.push_back(*gift->use);
  return {};
}

}  // namespace kontor::pricing
