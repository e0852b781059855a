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

shipping::Request shipping_request(std::span<const LineInput> lines, const Context& context, const Totals& totals) {
  shipping::Request request;
  request.lines.reserve(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const LineTotal& total = totals.lines[at];
    auto& line = request.lines.emplace_back();
    line.quantity = lines[at].quantity;
    line.price = total.subtotal - total.discount;
    const Goods* goods = lines[at].goods;
    if (goods == nullptr) continue;
    line.seller = goods->seller;
    line.weight_g = goods->weight_g;
    line.sides_mm = goods->dimensions_mm;
  }
  request.to = {context.country, context.region, context.postal_code};
  request.currency = context.currency;
  request.exchange = context.exchange;
  request.now = context.now;
  request.carbon_neutral = context.carbon_neutral;
  request.consolidate = context.consolidate;
  return request;
}

}  // namespace

Result<void> ShippingStage::apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const {
  if (!context.shipping_option || lines.empty()) return {};
  auto offered = shipping_.options(shipping_request(lines, context, totals));
  // While nobody has said where it goes, that no zone is everywhere is no mistake.
  const bool too_early = !offered && context.country.empty() && context.shipping_option->empty() &&
                         offered.error().reason == "shipping.not_delivered_there";
  if (too_early) return {};
  if (!offered) return fail(std::move(offered.error()));
  totals.shipping_options = std::move(*offered);
  const auto& all = totals.shipping_options;
  const auto found = std::find_if(all.begin(), all.end(), [&](const shipping::Option& option) {
    return context.shipping_option->empty() || option.code == *context.shipping_option;
  });
  if (found == all.end())
    return invalid("pricing.no_such_shipping_option", "/shipping_option", "unknown",
                   "There is no shipping option '" + *context.shipping_option + "' for this cart and address.");
  totals.shipping_option = *found;
  totals.shipping = totals.shipping + found->price;
  return {};
}

Result<void> Pricing::sells_in(Currency currency, Time now) const {
  const auto table = rates_ ? rates_() : nullptr;
  if (own_ != nullptr && own_->any_in(currency, now)) return {};
  if (table != nullptr && table->nano(currency)) return {};
  return invalid("pricing.no_rate", "/currency", "no_rate",
                 "Nothing is sold in " + std::string(currency.code()) + ": the shop has no rate for it.");
}

// In the goods' own currency a list is never a reason to pay more: a sale below it counts. In another it is the price
// there: what everybody's price comes to by the day's rates is no sale.
Result<void> Pricing::take_prices(std::span<LineInput> lines, const Context& context) const {
  std::vector<std::optional<Money>> own;
  if (own_ != nullptr && !lines.empty()) {
    std::vector<OfferId> offers;
    offers.reserve(lines.size());
    for (const LineInput& line : lines) offers.push_back(line.offer);
    TRY(own, own_->of(context.customer, context.currency, offers, context.now));
  }
  KONTOR_ASSERT(own.empty() || own.size() == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Money& price = lines[i].unit_price;
    const bool at_home = price.currency() == context.currency;
    const bool listed = !own.empty() && own[i].has_value();
    if (listed && (!at_home || *own[i] < price)) price = *own[i];
    if (listed || at_home) continue;
    TRY(price, context.exchange == nullptr ? Exchange().convert(price, context.currency)
                                           : context.exchange->convert(price, context.currency));
  }
  return {};
}

Result<Totals> Pricing::quote(std::span<const LineInput> lines, const Context& context) const {
  Totals totals;
  totals.currency = context.currency;
  totals.subtotal = totals.shipping = totals.tax = totals.shipping_tax = totals.total = zero(context.currency);
  TRY_DO(price_lines(lines, totals));
  for (const Stage* stage : stages_) TRY_DO(stage->apply(lines, context, totals));
  totals.total = totals.tax_included ? totals.shipping : totals.shipping + totals.shipping_tax;
  for (LineTotal& line : totals.lines) {
    line.total = line.subtotal - line.discount;
    if (!totals.tax_included) line.total = line.total + line.tax;
    totals.total = totals.total + line.total;
    KONTOR_ASSERT(line.total.amount_minor() >= 0);
  }
  if (totals.total.amount_minor() > kMaxAmountMinor)
    return fail(Errc::kInvalid, "pricing.total_too_large", "The lines cost more than one total can say.");
  KONTOR_ASSERT(totals.total.amount_minor() >= 0 && totals.tax.amount_minor() >= 0);
  return totals;
}

}  // namespace kontor::pricing
