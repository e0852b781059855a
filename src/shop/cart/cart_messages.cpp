#include "shop/cart/cart_messages.h"

#include <algorithm>

namespace kontor::cart {
namespace {

const ItemView* item_of(const CartView& view, CartItemId id) {
  for (const auto* items : {&view.items, &view.saved_for_later})
    for (const ItemView& item : *items)
      if (item.id == id) return &item;
  return nullptr;
}

std::string words_of(const Message& message, const ItemView& item, Currency currency) {
  const std::string pieces = std::to_string(message.quantity) + " of “" + item.title + "”";
  switch (message.code) {
    case Notice::kOverLimit:
      return pieces + " are more than one buyer may have now; kept for later.";
    case Notice::kNoRoom:
      return "The cart is full; " + pieces + " are kept for later.";
    case Notice::kOtherCurrency:
      return pieces + " are sold in " + std::string(item.unit_price.currency().code()) + ", this cart is in " +
             std::string(currency.code()) + "; kept for later.";
  }
  return {};
}

}  // namespace

void add_notices(const Cart& cart, CartView& view) {
  std::vector<MessageView> out;
  for (const Message& message : cart.messages)
    if (const auto* const item = item_of(view, message.item_id))
      out.push_back({std::string(name_of(message.code)), message.item_id, words_of(message, *item, cart.currency)});
  if (out.empty()) return;
  std::move(view.messages.begin(), view.messages.end(), std::back_inserter(out));
  view.messages = std::move(out);
}

}  // namespace kontor::cart
