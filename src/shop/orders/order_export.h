// Every order, for bookkeeping and other programs.
#pragma once
#include "services/exporting.h"
#include "shop/orders/orders.h"

namespace kontor::orders {

// NDJSON: an order as GET /admin/orders/{id} shows it. CSV: a line an order line, the order's columns on each of them,
// amounts in whole units with their decimals ("19.90"), texts guarded against spreadsheets. `orders` outlives the
// pieces.
services::Export order_export(Orders& orders);

}  // namespace kontor::orders
