// How a cart looks today: each line beside its offer's card, and the totals by pricing.
#include "shop/cart/cart.h"
#include "shop/cart/cart_availability.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_messages.h"

namespace kontor::cart {
namespace {

// `card` is null when the offer is gone; one that is not for sale, or in another currency now, counts as gone.
ItemView item_view(const Cart& cart, const Line& line, const showcase::OfferCard* card) {
  const Currency currency = line.currency.value_or(cart.currency);
  ItemView item;
  item.id = line.id;
  item.product_id = line.product;
  item.offer_id = line.offer;
  item.quantity = line.quantity;
  item.price_when_added = Money::minor(line.price_minor, currency);
  item.unit_price = item.price_when_added;
  item.line_total = Money::minor(0, currency);
  item.availability = Availability::kRemoved;
  item.title = card != nullptr ? card->title : "No longer sold";
  if (card != nullptr && !card->image.empty()) item.image = card->image;
  if (!line.note.empty()) item.note = line.note;
  if (line.gift_wrap || !line.gift_message.empty()) {
    item.gift = GiftView{line.gift_wrap, {}};
    if (!line.gift_message.empty()) item.gift->message = line.gift_message;
  }
  if (card == nullptr || !card->buyable || card->price.currency() != currency) return item;
  if (card->min_quantity > 1) item.min_quantity = card->min_quantity;
  if (card->quantity_step > 1) item.quantity_step = card->quantity_step;
  item.unit_price = card->price;
  item.list_price = card->list_price;
  item.availability = availability_of(*card, line.quantity);
  return item;
}

// All amounts in the currency of `price`. What is not everybody's price converted comes from a price list: it has no
// price before.
void turn(ItemView& item, Money price, const Exchange& exchange) {
  const Currency to = price.currency();
  if (item.unit_price.currency() == to) return;
  const auto unit = exchange.convert(item.unit_price, to), added = exchange.convert(item.price_when_added, to);
  const bool converted = unit && added && *unit == price;
  item.unit_price = price;
  item.price_when_added = converted ? *added : price;
  const auto list = converted && item.list_price ? exchange.convert(*item.list_price, to) : Result<Money>(price);
  item.list_price = list && *list > price ? std::optional(*list) : std::nullopt;
  item.line_total = Money::minor(0, to);
}

// Once it is known what it costs this customer. Everybody's price is what was noted when it was added.
void settle_price(ItemView& item, Money price) {
  item.price_changed = item.unit_price != item.price_when_added;
  if (price < item.unit_price && !item.list_price) item.list_price = item.unit_price;
  if (price != item.unit_price && !item.price_changed) item.price_when_added = price;
  item.unit_price = price;
  if (item.list_price && *item.list_price <= item.unit_price) item.list_price.reset();
}

void add_messages(const ItemView& item, std::vector<MessageView>& out) {
  if (item.availability == Availability::kRemoved)
    out.push_back({"removed", item.id, "“" + item.title + "” is no longer sold and is not counted."});
  if (item.availability == Availability::kOutOfStock)
    out.push_back(
        {"out_of_stock", item.id, "There are not " + std::to_string(item.quantity) + " of “" + item.title + "” left."});
  const auto least = item.min_quantity.value_or(1), step = item.quantity_step.value_or(1);
  if (item.quantity < least || item.quantity % step != 0)
    out.push_back({"quantity_step", item.id,
                   "“" + item.title + "” is sold from " + std::to_string(least) + " on, in multiples of " +
                       std::to_string(step) + "."});
  if (item.price_changed)
    out.push_back({"price_changed", item.id,
                   "“" + item.title + "” cost " + item.price_when_added.text() + " and costs " +
                       item.unit_price.text() + " now."});
}

pricing::Context context_of(const Cart& cart, Currency currency, const Exchange& exchange, Time now) {
  pricing::Context context;
  context.currency = currency;
  context.exchange = &exchange;
  context.customer = cart.customer;
  context.coupons = cart.coupons;
  context.now = now;
  return context;
}

void show_totals(const pricing::Totals& totals, CartView& out) {
  out.subtotal = totals.subtotal;
  for (const auto& discount : totals.discounts)
    out.discounts.push_back({discount.promotion_id, discount.label, discount.amount});
  for (const auto& coupon : totals.coupons)
    if (!coupon.reason.empty()) out.messages.push_back({"coupon_" + coupon.reason, {}, coupon.words});
  if (totals.tax.amount_minor() > 0) out.tax = totals.tax;
  out.total = totals.total;
}

void add_gifts(const pricing::Totals& totals, OfferSource& offers, CartView& out) {
  for (const auto& gift : totals.gifts) {
    const auto card = offers.offer_card(gift.offer);
    if (!card || !(*card)->buyable || (*card)->sellable < gift.quantity) continue;
    const std::string count = gift.quantity > 1 ? std::to_string(gift.quantity) + " × " : "";
    out.messages.push_back(
        {"gift", {}, gift.label + ": " + count + "“" + (*card)->title + "” is free; put it in.", gift.offer});
  }
  for (const auto& gift : totals.shipping_gifts) out.messages.push_back({"free_shipping", {}, gift.label});
}

}  // namespace

Result<CartView> Carts::show(const Cart& cart, std::optional<Currency> asked) {
  auto shown = show_in(cart, asked.value_or(cart.chosen.value_or(cart.currency)));
  if (!shown && !asked && cart.chosen && shown.error().reason == "pricing.no_rate") return show_in(cart, cart.currency);
  return shown;
}

Result<CartView> Carts::show_in(const Cart& cart, Currency currency) {
  CartView out;
  out.id = CartId{cart.customer.value};
  out.version = cart.version;
  out.currency = currency;
  out.coupons = cart.coupons;
  out.last_modified = cart.updated;
  out.expires_at = cart.expires;
  const Exchange exchange = parts_.pricing.exchange();
  std::vector<pricing::LineInput> inputs;
  std::vector<Card> cards;  // held while the inputs point into them
  std::vector<std::size_t> counted;
  inputs.reserve(cart.lines.size());
  cards.reserve(cart.lines.size());
  out.items.reserve(cart.lines.size());
  const auto shown = [&](const Line& line, Card& card) -> Result<ItemView> {
    auto found = parts_.offers.offer_card(line.offer);
    if (!found && found.error().code != Errc::kNotFound) return fail(std::move(found.error()));
    if (found) card = std::move(*found);
    auto item = item_view(cart, line, card.get());
    // The sale buffer is for pages: what can be bought is not called sold out here.
    if (item.availability == Availability::kOutOfStock && card->has_buffer) {
      TRY(const auto most, exact_supply(*card));
      if (most >= line.quantity) item.availability = Availability::kLowStock;
    }
    return item;
  };
  // What is not counted keeps the goods' currency with them.
  const auto turn_alone = [&](ItemView& item) {
    if (currency == cart.currency) return;
    if (const auto price = exchange.convert(item.unit_price, currency)) turn(item, *price, exchange);
  };
  for (const Line& line : cart.lines) {
    Card& card = cards.emplace_back();
    TRY(auto item, shown(line, card));
    if (item.availability != Availability::kRemoved) {
      inputs.push_back({line.offer, line.product, line.quantity, item.unit_price, &card->goods});
      counted.push_back(out.items.size());
      out.item_count += line.quantity;
    }
    if (item.availability == Availability::kRemoved) turn_alone(item);
    out.items.push_back(std::move(item));
  }
  for (const Line& line : cart.saved) {
    Card card;
    TRY(auto item, shown(line, card));
    turn_alone(item);
    settle_price(item, item.unit_price);
    out.saved_for_later.push_back(std::move(item));
  }
  const auto context = context_of(cart, currency, exchange, parts_.clock.now());
  TRY_DO(parts_.pricing.take_prices(inputs, context));
  for (std::size_t at = 0; at < counted.size(); ++at) {
    turn(out.items[counted[at]], inputs[at].unit_price, exchange);
    settle_price(out.items[counted[at]], inputs[at].unit_price);
  }
  for (const ItemView& item : out.items) add_messages(item, out.messages);
  TRY_DO(show_claims(cart, out));
  add_notices(cart, out);
  TRY(const auto totals, parts_.pricing.quote(inputs, context));
  for (std::size_t at = 0; at < counted.size(); ++at) {
    const auto& line = totals.lines[at];
    out.items[counted[at]].line_total = line.subtotal - line.discount;
  }
  show_totals(totals, out);
  add_gifts(totals, parts_.offers, out);
  if (const auto used = exchange.used()) out.rates = text_of(*used);
  return out;
}

}  // namespace kontor::cart
