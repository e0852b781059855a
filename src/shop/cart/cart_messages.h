// What a cart tells of its last change, in words.
#pragma once
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_view.h"

namespace kontor::cart {

// Puts the cart's messages before those that the view has of its lines.
void add_notices(const Cart& cart, CartView& view);

}  // namespace kontor::cart
