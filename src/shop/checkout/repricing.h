// Discounts of what stays of an order once lines of it are cancelled, by the promotions that the order keeps: pure
// computation over its document.
#pragma once
#include "shop/orders/orders.h"

namespace kontor::checkout {

orders::Repricing repricing();

}  // namespace kontor::checkout
