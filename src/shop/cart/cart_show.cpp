// How a cart looks today: each line beside its offer's card, and the totals by pricing.
#include "shop/cart/cart.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_messages.h"

namespace kontor::cart {
namespace {

constexpr std::int64_t kLow = 5;  // units left from which a line says so

Availability availability_of(const Line& line, const showcase::OfferCard& card) {
  if (card.sellable >= line.quantity) return card.sellable <= kLow ? Availability::kLowStock : Availability::kInStock;
  return card.sellable + card.backorder >= line.quantity ? Availability::kBackorder : Availability::kOutOfStock;
}

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
  item.price_changed = item.unit_price != item.price_when_added;
  item.availability = availability_of(line, *card);
  return item;
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

}  // namespace

Result<CartView> Carts::show(const Cart& cart) {
  CartView out;
  out.id = CartId{cart.customer.value};
  out.version = cart.version;
  out.currency = cart.currency;
  out.coupons = cart.coupons;
  out.last_modified = cart.updated;
  out.expires_at = cart.expires;
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
  for (const Line& line : cart.lines) {
    Card& card = cards.emplace_back();
    TRY(auto item, shown(line, card));
    add_messages(item, out.messages);
    if (item.availability != Availability::kRemoved) {
      inputs.push_back({line.offer, line.product, line.quantity, item.unit_price, &card->goods});
      counted.push_back(out.items.size());
      out.item_count += line.quantity;
    }
    out.items.push_back(std::move(item));
  }
  for (const Line& line : cart.saved) {
    Card card;
    TRY(auto item, shown(line, card));
    out.saved_for_later.push_back(std::move(item));
  }
  add_notices(cart, out);
  pricing::Context context;
  context.currency = cart.currency;
  context.customer = cart.customer;
  context.coupons = cart.coupons;
  context.now = parts_.clock.now();
  TRY(const auto totals, parts_.pricing.quote(inputs, context));
  for (std::size_t at = 0; at < counted.size(); ++at) {
    const auto& line = totals.lines[at];
    out.items[counted[at]].line_total = line.subtotal - line.discount;
  }
  out.subtotal = totals.subtotal;
  for (const auto& discount : totals.discounts)
    out.discounts.push_back({discount.promotion_id, discount.label, discount.amount});
  for (const auto& coupon : totals.coupons)
    if (!coupon.reason.empty()) out.messages.push_back({"coupon_" + coupon.reason, {}, coupon.words});
  for (const auto& gift : totals.gifts) {
    const auto card = parts_.offers.offer_card(gift.offer);
    if (!card || !(*card)->buyable || (*card)->sellable < gift.quantity) continue;
    const std::string count = gift.quantity > 1 ? std::to_string(gift.quantity) + " × " : "";
    out.messages.push_back(
        {"gift", {}, gift.label + ": " + count + "“" + (*card)->title + "” is free; put it in.", gift.offer});
  }
  for (const auto& gift : totals.shipping_gifts) out.messages.push_back({"free_shipping", {}, gift.label});
  if (totals.tax.amount_minor() > 0) out.tax = totals.tax;
  out.total = totals.total;
  return out;
}

}  // namespace kontor::cart
