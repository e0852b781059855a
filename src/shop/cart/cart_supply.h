// How much of an offer a change of a cart may promise.
#pragma once
#include "shop/cart/cart.h"

namespace kontor::cart {

struct Carts::Supply {
  const showcase::OfferCard& card;
  std::int64_t most = 0;    // what may be promised without asking further
  bool exact = false;       // whether `most` is all there is
  bool ask_exact = false;   // set by an edit that needs more than `most`
  std::int64_t bought = 0;  // what the customer has of it beside the cart, where there is a purchase limit
};

}  // namespace kontor::cart
