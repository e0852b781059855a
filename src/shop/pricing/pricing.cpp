#include "shop/pricing/pricing.h"

#include <algorithm>

namespace kontor::pricing {
namespace {

Money zero(Currency currency) { return Money::minor(0, currency); }

Error wrong_line(std::size_t at, std::string_view reason, std::string_view code, std::string message) {
  Error error{Errc::kInvalid, std::string(reason), message, {}, {}, 0};
  error.fields.push_back({"/lines/" + std::to_string(at), std::string(code), std::move(message)});
  return error;
}

Result<void> price_lines(std::span<const LineInput> lines, Totals& totals) {
  totals.lines.reserve(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const LineInput& line = lines[at];
    KONTOR_ASSERT(line.quantity > 0 && line.unit_price.amount_minor() >= 0);
    if (line.unit_price.currency() != totals.currency)
      return fail(wrong_line(at, "pricing.currency_mismatch", "other_currency",
                             "The price of line " + std::to_string(at) + " is in " +
                                 std::string(line.unit_price.currency().code()) + ", the total in " +
                                 std::string(totals.currency.code()) + "."));
    const auto whole =
        static_cast<__int128>(line.unit_price.amount_minor()) * line.quantity + totals.subtotal.amount_minor();
    if (whole > kMaxAmountMinor)
      return fail(
          wrong_line(at, "pricing.total_too_large", "out_of_range", "The lines cost more than one total can say."));
    const Money subtotal = line.unit_price * line.quantity;
    totals.lines.push_back({line.offer, line.quantity, line.unit_price, subtotal, zero(totals.currency),
                            zero(totals.currency), zero(totals.currency)});
    totals.subtotal = totals.subtotal + subtotal;
  }
  return {};
}

}  // namespace

Result<void> ShippingStage::apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const {
  if (!context.shipping_option || lines.empty()) return {};
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const ShippingOption& option) {
    return option.code == *context.shipping_option;
  });
  if (found == options_.end())
    return invalid("pricing.no_such_shipping_option", "/shipping_option", "unknown",
                   "There is no shipping option '" + *context.shipping_option + "'.");
  totals.shipping = totals.shipping + Money::minor(found->price_minor, totals.currency);
  return {};
}

Result<void> TaxStage::apply(std::span<const LineInput>, const Context&, Totals& totals) const {
  if (rate_.value == 0) return {};
  for (LineTotal& line : totals.lines) {
    const Money tax = (line.subtotal - line.discount).portion(rate_);
    line.tax = line.tax + tax;
    totals.tax = totals.tax + tax;
  }
  return {};
}

Result<Totals> Pricing::quote(std::span<const LineInput> lines, const Context& context) const {
  Totals totals;
  totals.currency = context.currency;
  totals.subtotal = totals.shipping = totals.tax = totals.total = zero(context.currency);
  TRY_DO(price_lines(lines, totals));
  for (const Stage* stage : stages_) TRY_DO(stage->apply(lines, context, totals));
  totals.total = totals.shipping;
  for (LineTotal& line : totals.lines) {
    line.total = line.subtotal - line.discount + line.tax;
    totals.total = totals.total + line.total;
    KONTOR_ASSERT(line.total.amount_minor() >= 0);
  }
  if (totals.total.amount_minor() > kMaxAmountMinor)
    return fail(Errc::kInvalid, "pricing.total_too_large", "The lines cost more than one total can say.");
  KONTOR_ASSERT(totals.total.amount_minor() >= 0 && totals.tax.amount_minor() >= 0);
  return totals;
}

}  // namespace kontor::pricing
