// Whether so many of an offer can be had, as carts say it.
#pragma once
#include "shop/cart/cart_view.h"
#include "shop/showcase/showcase.h"

namespace kontor::cart {

// Of an offer that is for sale.
inline Availability availability_of(const showcase::OfferCard& card, std::int64_t quantity) {
  constexpr std::int64_t kLow = 5;  // units left from which a line says so
  if (card.sellable >= quantity) return card.sellable <= kLow ? Availability::kLowStock : Availability::kInStock;
  return card.sellable + card.backorder >= quantity ? Availability::kBackorder : Availability::kOutOfStock;
}

}  // namespace kontor::cart
