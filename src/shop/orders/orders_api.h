// The HTTP calls that show orders. What changes them lies with checkout (cancelling) and fulfilment.
#pragma once
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/orders/orders.h"

namespace kontor::orders {

// GET /orders, /orders/{id}, POST /orders/lookup, GET /admin/orders, /admin/orders/{id}.
void add_orders_routes(http::Router& router, Orders& orders, const services::Shoppers& shoppers,
                       const services::Cursors& cursors);

}  // namespace kontor::orders
