#include "shop/checkout/quoting.h"

#include <algorithm>

#include "base/tax_classes.h"
#include "runtime/json.h"
#include "shop/checkout/checkout_store.h"
#include "shop/checkout/reserve_stock.h"

namespace kontor::checkout {
namespace {

struct HeldPrice {
  OfferId offer_id;
  Money unit_price;
  static constexpr auto fields() {
    return described(Field("offer_id", &HeldPrice::offer_id, "The offer"),
                     Field("unit_price", &HeldPrice::unit_price, "Of one"));
  }
};

struct Terms {
  std::vector<HeldPrice> prices;
  Money total;
  std::optional<ExchangeTableText> rates;
  static constexpr auto fields() {
    return described(Field("prices", &Terms::prices, "By line"), Field("total", &Terms::total, "Of everything"),
                     Field("rates", &Terms::rates, "By which it was converted"));
  }
};

// What differs from what the buyer saw.
struct PriceChange {
  std::optional<OfferId> offer_id;  // absent: the total
  Money expected;
  Money actual;
  static constexpr auto fields() {
    return described(Field("offer_id", &PriceChange::offer_id, "The offer whose price changed; absent for the total"),
                     Field("expected", &PriceChange::expected, "What the buyer saw"),
                     Field("actual", &PriceChange::actual, "What it is now"));
  }
};
struct PriceChanges {
  std::vector<PriceChange> changes;
  QuoteView quote;
  static constexpr auto fields() {
    return described(Field("changes", &PriceChanges::changes, "What differs"),
                     Field("quote", &PriceChanges::quote, "What it costs now"));
  }
};

orders::OrderTotals shown(const pricing::Totals& totals) {
  orders::OrderTotals out;
  out.subtotal = totals.subtotal;
  for (const auto& discount : totals.discounts)
    out.discounts.push_back({discount.promotion_id, discount.label, discount.amount});
  out.shipping = totals.shipping;
  out.tax = totals.tax;
  out.total = totals.total;
  if (totals.shipping_tax.amount_minor() != 0) out.shipping_tax = totals.shipping_tax;
  if (!totals.taxes.empty()) out.taxes.emplace();
  for (const auto& tax : totals.taxes) out.taxes->push_back({tax.name, tax.rate_ppm, tax.taxable, tax.tax});
  if (totals.tax_included) out.tax_included = true;
  if (totals.tax_estimated) out.tax_estimated = true;
  if (totals.tax_treatment != TaxTreatment::kTaxed) out.tax_treatment = std::string(name_of(totals.tax_treatment));
  return out;
}

void keep_promotions(const pricing::Totals& totals, orders::Document& document) {
  // Promotions know nothing of a tax that came off prices: of such an order each unit keeps its share of the discounts.
  const bool relieved = totals.tax_included && totals.tax_treatment != TaxTreatment::kTaxed;
  if (totals.discounts.empty() || relieved) return;
  document.promotions.emplace();
  for (const auto& applied : totals.promotions.outcome.applied)
    if (applied.minor > 0) document.promotions->push_back({json::print(promotions::frozen(applied))});
}

// `gift`: the promotion that makes it free; null: none.
ShippingOptionView shown(const shipping::Option& option, const pricing::ShippingGift* gift,
                         const orders::DeliveryEstimate& estimate) {
  ShippingOptionView view{option.code,           option.label,        option.price,   {},
                          option.carbon_neutral, option.consolidated, option.carrier, estimate};
  for (const auto& charge : option.charges) view.charges.push_back({charge.code, charge.label, charge.amount});
  if (gift == nullptr || option.price.amount_minor() == 0) return view;
  const Currency currency = option.price.currency();
  view.charges.push_back({"promotion", gift->label, Money::minor(-option.price.amount_minor(), currency)});
  view.price = Money::minor(0, currency);
  return view;
}

// One per warehouse, in the order of warehouses.
std::vector<QuotedShipment> quoted_shipments(std::vector<inventory::Allotment> allotments, const Arrival& arrival) {
  std::stable_sort(allotments.begin(), allotments.end(),
                   [](const auto& a, const auto& b) { return a.warehouse < b.warehouse; });
  std::vector<QuotedShipment> out;
  for (const auto& allotment : allotments) {
    if (out.empty() || out.back().warehouse_id != allotment.warehouse) out.push_back({allotment.warehouse, {}, {}});
    auto& estimate = out.back().estimated_delivery;
    estimate = later_of(estimate, arrival.of(allotment));
    out.back().items.push_back({allotment.offer, allotment.quantity});
  }
  return out;
}

// When all of it is there.
orders::DeliveryEstimate last_of(const std::vector<QuotedShipment>& shipments) {
  return std::max_element(
             shipments.begin(), shipments.end(),
             [](const auto& a, const auto& b) { return a.estimated_delivery.latest < b.estimated_delivery.latest; })
      ->estimated_delivery;
}

// What the totals depend on beside the lines, as the body says it.
pricing::Context context_of(const cart::CartContents& contents, const CheckoutBody& body, Time now) {
  pricing::Context context;
  context.customer = CustomerId{contents.id.value};
  context.coupons = contents.coupons;
  if (body.shipping_address) {
    context.country = body.shipping_address->country;
    context.region = body.shipping_address->region.value_or("");
    context.postal_code = body.shipping_address->postal_code;
  }
  context.consolidate = body.consolidate.value_or(false);
  context.carbon_neutral = body.carbon_neutral.value_or(false);
  // What pays the rest, once gift cards have paid what they can.
  if (body.payments && !body.payments->empty()) context.payment_method = name_of(body.payments->back().method);
  if (body.payment_method_id) context.payment_method = name_of(PaymentMethod::kCard);
  context.tax_id = body.tax_id.value_or("");
  context.now = now;
  return context;
}

tl::unexpected<Error> not_sold(const cart::CartLine& line) {
  const inventory::Shortage gone[] = {{line.offer, line.quantity, 0}};
  return fail(inventory::out_of_stock(gone));
}

// A line of the cart that may be bought.
struct Wanted {
  std::int64_t quantity = 0;
  OfferFacts facts;
  const cart::CartLine* line = nullptr;
};

// What the buyer says of the line goes into the order.
void take_words(orders::OrderLine& line, const cart::CartLine& said) {
  if (!said.note.empty()) line.note = said.note;
  if (!said.gift_wrap && said.gift_message.empty()) return;
  line.gift = orders::OrderGift{said.gift_wrap, {}};
  if (!said.gift_message.empty()) line.gift->message = said.gift_message;
}

// In the order of the cart, without lines that nobody could have seen as buyable. What could be seen so and is not for
// sale any more is refused.
Result<std::vector<Wanted>> wanted_of(PriceSource& prices, const cart::CartContents& contents) {
  std::vector<OfferId> ids;
  ids.reserve(contents.lines.size());
  for (const auto& line : contents.lines) ids.push_back(line.offer);
  TRY(const auto found, prices.offers(ids));
  std::vector<Wanted> wanted;
  wanted.reserve(contents.lines.size());
  for (const auto& line : contents.lines) {
    const auto at = std::find_if(found.begin(), found.end(), [&](const auto& f) { return f.offer == line.offer; });
    const bool for_sale = at != found.end() && at->buyable;
    if (line.unlooked && (!for_sale || at->price.currency() != contents.currency)) continue;
    if (!for_sale) return not_sold(line);
    wanted.push_back({line.quantity, *at, &line});
  }
  if (wanted.empty()) return fail(Errc::kCartEmpty, "checkout.cart_empty", "Nothing in the cart is sold any more.");
  for (const Wanted& one : wanted) {
    if (one.quantity < one.facts.min_quantity || one.quantity % one.facts.quantity_step != 0)
      return fail(Errc::kConflict, "checkout.quantity_step",
                  "'" + one.facts.title + "' is sold from " + std::to_string(one.facts.min_quantity) +
                      " on, in multiples of " + std::to_string(one.facts.quantity_step) + ".");
    const auto limit = one.facts.purchase_limit;
    if (limit == 0) continue;
    std::int64_t all = 0;
    for (const Wanted& other : wanted) all += other.facts.offer == one.facts.offer ? other.quantity : 0;
    if (all > limit)
      return fail(Errc::kPurchaseLimit, "checkout.purchase_limit",
                  "At most " + std::to_string(limit) + " of '" + one.facts.title + "' go to one buyer.");
  }
  return wanted;
}

// A missing rate is told where the currency was asked for.
Error at_currency(Error error) {
  if (error.reason == "pricing.no_rate")
    for (FieldError& field : error.fields) field.field = "/currency";
  return error;
}

void take_held(const Terms& terms, std::vector<pricing::LineInput>& inputs) {
  for (auto& line : inputs)
    for (const auto& price : terms.prices)
      if (price.offer_id == line.offer) line.unit_price = price.unit_price;
}

}  // namespace

struct Quoting::Held {
  std::int64_t cart_version = 0;
  bool holds = false;  // still inside its time
  Terms terms;
};

Result<std::optional<Quoting::Held>> Quoting::held(CustomerId customer, const CheckoutBody& body) {
  if (!body.quote_id) return std::optional<Held>();
  std::optional<Held> found;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindQuote, *body.quote_id, customer));
    if (rows.empty()) return {};
    TRY(auto terms, json::read<Terms>(rows.front().text(2)));
    found = Held{rows.front().i64(0), rows.front().time(1) > now, std::move(terms)};
    return {};
  }));
  if (!found)
    return invalid("checkout.no_such_quote", "/quote_id", "unknown_value", "There is no such quote of yours.");
  return found;
}

Result<Quoting::Priced> Quoting::present(const cart::CartContents& contents, const CheckoutBody& body,
                                         const Basis& basis, Time now) {
  const auto& [currency, held] = basis;
  TRY(auto wanted, wanted_of(parts_.prices, contents));
  std::vector<pricing::LineInput> inputs;
  inputs.reserve(wanted.size());
  for (const auto& [quantity, facts, bought] : wanted) {
    auto& line = inputs.emplace_back();
    line.offer = facts.offer;
    line.product = facts.product;
    line.quantity = quantity;
    line.unit_price = facts.price;
    line.goods = &facts.goods;
  }
  const Exchange exchange = held != nullptr && held->terms.rates
                                ? Exchange(std::make_shared<const ExchangeTable>(table_of(*held->terms.rates)))
                                : parts_.pricing.exchange();
  auto context = context_of(contents, body, now);
  context.currency = currency;
  context.exchange = &exchange;
  context.shipping_option = body.shipping_option.value_or("");
  if (held != nullptr) take_held(held->terms, inputs);
  if (held == nullptr)
    if (auto taken = parts_.pricing.take_prices(inputs, context); !taken)
      return fail(at_currency(std::move(taken.error())));
  Priced out;
  auto& [plan, totals] = out;
  TRY(totals, parts_.pricing.quote(inputs, context));
  KONTOR_ASSERT(totals.lines.size() == inputs.size());
  plan.cart_version = contents.version;
  TRY(plan.cart_claims, parts_.carts.claims_any(contents.lines));
  if (totals.shipping_option) {
    plan.shipping_option = totals.shipping_option->code;
    plan.shipping_zones = totals.shipping_option->zones;
  }
  plan.delivery_preference = body.delivery_preference;
  if (body.shipping_address) plan.document.shipping_address = *body.shipping_address;
  plan.document.totals = shown(totals);
  if (const auto used = exchange.used()) plan.document.totals.rates = text_of(*used);
  if (held != nullptr && held->terms.rates) plan.document.totals.rates = held->terms.rates;
  plan.uses = totals.uses;
  if (!totals.seller_tax_id.empty()) plan.document.seller_tax_id = totals.seller_tax_id;
  plan.document.lines.reserve(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto& facts = wanted[i].facts;
    const auto& priced = totals.lines[i];
    auto& line = plan.document.lines.emplace_back();
    line.id = OrderLineId{parts_.ids.draw(parts_.clock.now(), contents.id.bucket())};
    line.offer_id = facts.offer;
    line.product_id = facts.product;
    line.title = std::move(facts.title);
    line.sku = std::move(facts.sku);
    line.quantity = inputs[i].quantity;
    line.unit_price = inputs[i].unit_price;
    if (facts.goods.tax_class == kGiftCardClass) line.gift_card = true;
    line.discount = priced.discount;
    line.tax = priced.tax;
    line.line_total = priced.total;
    take_words(line, *wanted[i].line);
    plan.backorders.push_back(facts.backorder);
    if (facts.purchase_limit == 0) continue;
    plan.limits.resize(wanted.size());
    plan.limits[i] = facts.purchase_limit;
  }
  return out;
}

// In the currency that the body names, else that of the quote, else the one chosen for the cart; where that has no rate
// any more, in the goods' own, as the cart shows it.
Result<Quoting::Priced> Quoting::present_wished(const cart::CartContents& contents, const CheckoutBody& body,
                                                const Held* quote, Time now) {
  const bool asked_so =
      quote != nullptr && body.currency.value_or(quote->terms.total.currency()) == quote->terms.total.currency();
  const bool holds = asked_so && quote->holds && quote->cart_version == contents.version;
  const Currency usual = quote != nullptr ? quote->terms.total.currency() : contents.chosen.value_or(contents.currency);
  auto priced = present(contents, body, {body.currency.value_or(usual), holds ? quote : nullptr}, now);
  if (priced || body.currency || usual == contents.currency || priced.error().reason != "pricing.no_rate")
    return priced;
  return present(contents, body, {contents.currency}, now);
}

Result<Plan> Quoting::price(CustomerId customer, const cart::CartContents& contents, const CheckoutBody& body,
                            Time now) {
  TRY(const auto quote, held(customer, body));
  TRY(auto priced, present_wished(contents, body, quote ? &*quote : nullptr, now));
  const Money total = priced.plan.document.totals.total;
  if (body.expected_total && *body.expected_total != total)
    return fail(changed(customer, priced, body, quote ? &*quote : nullptr));
  if (quote && quote->terms.total != total) return fail(changed(customer, priced, body, &*quote));
  keep_promotions(priced.totals, priced.plan.document);
  return std::move(priced.plan);
}

Error Quoting::changed(CustomerId customer, const Priced& priced, const CheckoutBody& body, const Held* held) {
  PriceChanges members;
  const auto& document = priced.plan.document;
  const Money total = document.totals.total;
  for (const auto& line : document.lines)
    for (std::size_t i = 0; held != nullptr && i < held->terms.prices.size(); ++i)
      if (held->terms.prices[i].offer_id == line.offer_id && held->terms.prices[i].unit_price != line.unit_price)
        members.changes.push_back({line.offer_id, held->terms.prices[i].unit_price, line.unit_price});
  const Money expected = body.expected_total ? *body.expected_total : held->terms.total;
  members.changes.push_back({std::nullopt, expected, total});
  auto kept = keep(customer, priced, parts_.clock.now());
  if (!kept) return std::move(kept.error());
  members.quote = std::move(*kept);
  Error error{Errc::kPriceChanged,
              "checkout.price_changed",
              "The total is " + total.text() + ", not " + expected.text() + "; nothing was charged.",
              {},
              {},
              0};
  const std::string text = json::print(members);
  error.members = text.substr(1, text.size() - 2);
  return error;
}

Result<QuoteView> Quoting::keep(CustomerId customer, const Priced& priced, Time now) {
  const Plan& plan = priced.plan;
  QuoteView view;
  view.quote_id = QuoteId{parts_.ids.draw(now, customer.bucket())};
  view.expires_at = now.plus_ms(settings_.quote_ms);
  view.cart_version = plan.cart_version;
  view.items = plan.document.lines;
  view.totals = plan.document.totals;
  view.explanation = explain(priced.totals);
  view.coupons = coupons_of(priced.totals);
  TRY(const auto allotments, parts_.inventory.preview(reserve_request(plan)));
  const shipping::Option plain;  // while nobody knows where it goes
  view.shipments = quoted_shipments(allotments, Arrival(parts_.shipping, plain, now));
  for (const auto& option : priced.totals.shipping_options) {
    auto shipments = quoted_shipments(allotments, Arrival(parts_.shipping, option, now));
    view.shipping_options.push_back(shown(option, pricing::gift_for(priced.totals, option.code), last_of(shipments)));
    if (option.code == plan.shipping_option) view.shipments = std::move(shipments);
  }
  Terms terms;
  terms.total = view.totals.total;
  terms.rates = view.totals.rates;
  for (const auto& line : view.items) terms.prices.push_back({line.offer_id, line.unit_price});
  const std::string text = json::print(terms);
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kInsertQuote, view.quote_id, customer, plan.cart_version, view.expires_at, text));
    return {};
  }));
  return view;
}

// The checkout's own transaction has the last word; this is to say it before a card is taken out.
Result<void> Quoting::within_limits(CustomerId customer, const Plan& plan) {
  for (std::size_t i = 0; i < plan.limits.size(); ++i) {
    if (plan.limits[i] == 0) continue;
    const auto& line = plan.document.lines[i];
    TRY(const auto bought, parts_.inventory.bought(customer, line.offer_id));
    if (bought + line.quantity > plan.limits[i])
      return fail(inventory::over_purchase_limit({line.offer_id, plan.limits[i], bought, line.quantity}));
  }
  return {};
}

Result<QuoteView> Quoting::quote(CustomerId customer, const cart::CartContents& contents, const CheckoutBody& body,
                                 Time now) {
  TRY(const auto priced, present_wished(contents, body, nullptr, now));
  TRY_DO(within_limits(customer, priced.plan));
  return keep(customer, priced, now);
}

Result<PreviewView> Quoting::imagine(const Imagined& purchase, Time now) {
  cart::CartContents contents;
  contents.id = CartId{purchase.customer.value};
  contents.lines = purchase.lines;
  contents.coupons = purchase.coupons;
  const OfferId first[] = {purchase.lines.front().offer};
  TRY(const auto found, parts_.prices.offers(first));
  if (!found.empty()) contents.currency = found.front().price.currency();
  const Currency currency = purchase.body.currency.value_or(contents.currency);
  TRY(auto priced, present(contents, purchase.body, {currency}, purchase.at.value_or(now)));
  auto& document = priced.plan.document;
  return PreviewView{std::move(document.lines), std::move(document.totals), explain(priced.totals),
                     coupons_of(priced.totals)};
}

Result<int> Quoting::prune(Time now, int limit) {
  std::int64_t removed = 0;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    removed = 0;
    TRY(removed, tx.run(kPruneQuotes, now, limit));
    return {};
  }));
  return static_cast<int>(removed);
}

}  // namespace kontor::checkout
