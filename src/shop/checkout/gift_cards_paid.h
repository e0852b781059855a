// Told where the last of an order's money is taken, of orders that buy gift cards alone: nobody else's purchase pays
// for it.
#pragma once
#include <algorithm>

#include "services/outbox.h"
#include "shop/checkout/events.h"
#include "shop/orders/orders.h"

namespace kontor::checkout {

inline bool buys_gift_cards(const orders::Order& order) {
  const auto& lines = order.document.lines;
  return std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.is_gift_card(); });
}

// In the write that takes it (home customer).
inline Result<void> tell_gift_cards_paid(db::Tx& tx, OrderId order, Time now) {
  return services::emit(tx, GiftCardsPaid{order}, order.text(), now);
}

}  // namespace kontor::checkout
