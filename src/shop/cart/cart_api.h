// The shopper's cart over HTTP: `/cart` and below, as the public contract has it. A first call makes a guest.
#pragma once
#include "base/card_number.h"
#include "base/described.h"
#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/cart/cart.h"

namespace kontor::cart {

inline constexpr Format kNoCards{"text without card numbers", free_of_card_numbers};

// Both outlive the router.
void add_cart_routes(http::Router& router, Carts& carts, const services::Shoppers& shoppers);

// An answer for the caller alone; what a new session's token has said already stays.
void keep_private(http::Call& call);

}  // namespace kontor::cart
