// Live updates of orders: the channel order:{id}, for its buyer and for staff.
#pragma once
#include "services/consumers.h"
#include "services/live.h"
#include "shop/orders/orders.h"

namespace kontor::orders {

// A state is the order as GET /orders/{id} shows it, numbered by its version.
void add_order_channel(services::Live& live, Orders& orders);
// Tells the followers of this process what became of their orders; on every replica. All outlive the consumer.
services::Consumer live_consumer(services::Live& live, Orders& orders);

}  // namespace kontor::orders
