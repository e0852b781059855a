// All SQL of orders: orders_orders, one row an order.
#pragma once
#include "ports/db.h"

namespace kontor::orders {

extern const db::Query kInsertOrder;
extern const db::Query kFindOrder;
extern const db::Query kSaveOrder;
extern const db::Query kOrdersOfCustomer;
extern const db::Query kOrdersBefore;
extern const db::Query kOrdersChangedAfter;
extern const db::Query kOrdersAfter;

}  // namespace kontor::orders
