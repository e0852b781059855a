#include "shop/pricing/pricing.h"

namespace kontor::pricing {
namespace {

tax::Request tax_request(std::span<const LineInput> lines, const Context& context, const Totals& totals) {
  tax::Request request;
  request.lines.reserve(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const LineTotal& line = totals.lines[at];
    const Goods* goods = lines[at].goods;
    request.lines.push_back(
        {goods != nullptr ? goods->tax_class : std::string(tax::kStandard), line.subtotal - line.discount});
  }
  request.shipping = totals.shipping;
  request.country = context.country;
  request.region = context.region;
  request.postal_code = context.postal_code;
  request.currency = context.currency;
  request.tax_id = context.tax_id;
  request.now = context.now;
  return request;
}

// A tax that prices hold and that is not due: a discount of the lines, and of shipping.
void take_off(const tax::Computed& computed, Totals& totals) {
  Discount discount{"tax", "Tax that is not due", Money::minor(0, totals.currency), {}};
  const std::size_t at = totals.discounts.size();
  for (std::size_t i = 0; i < totals.lines.size(); ++i) {
    const Money part = computed.relief[i];
    if (part.amount_minor() <= 0) continue;
    LineTotal& line = totals.lines[i];
    line.discount = line.discount + part;
    KONTOR_ASSERT(line.discount <= line.subtotal);
    totals.shares.push_back({at, i, part});
    discount.amount = discount.amount + part;
  }
  if (discount.amount.amount_minor() > 0) totals.discounts.push_back(std::move(discount));
  totals.shipping = totals.shipping - computed.shipping_relief;
}

}  // namespace

Result<void> TaxStage::apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const {
  if (lines.empty()) return {};
  TRY(auto computed, taxes_.compute(tax_request(lines, context, totals)));
  KONTOR_ASSERT(computed.answer.lines.size() == lines.size());
  take_off(computed, totals);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    totals.lines[at].tax = computed.answer.lines[at];
    totals.tax = totals.tax + totals.lines[at].tax;
  }
  totals.shipping_tax = computed.answer.shipping;
  totals.tax = totals.tax + totals.shipping_tax;
  totals.taxes = std::move(computed.answer.parts);
  totals.tax_included = computed.included;
  totals.tax_estimated = computed.estimated;
  totals.tax_treatment = computed.answer.treatment;
  totals.seller_tax_id = std::move(computed.seller_tax_id);
  return {};
}

}  // namespace kontor::pricing
