// /carts: carts kept under a name, shared by a link.
#pragma once
#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/cart/cart.h"

namespace kontor::cart {

void add_named_cart_routes(http::Router& router, NamedCarts& named, Carts& carts, const services::Shoppers& shoppers);

}  // namespace kontor::cart
