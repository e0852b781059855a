// All SQL of orders: orders_orders, one row an order; orders_invoices and orders_invoice_years.
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

extern const db::Query kInvoicesOfOrder;
extern const db::Query kNextInvoiceNumber;
extern const db::Query kInsertInvoice;
extern const db::Query kInvoiceYears;
extern const db::Query kInvoicesWithoutOrder;

}  // namespace kontor::orders
