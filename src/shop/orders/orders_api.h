// The HTTP calls that show orders. What changes them lies with checkout (cancelling) and fulfilment.
#pragma once
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/orders/invoices.h"
#include "shop/orders/orders.h"

namespace kontor::orders {

// Not owned; they outlive the router.
struct InvoiceApiParts {
  Orders& orders;
  Invoices& invoices;
  const services::Shoppers& shoppers;
  InvoiceStyle style;
};

// GET /orders/{id}/invoice, /admin/orders/{id}/invoice: HTML for people and printers, JSON where it is asked for.
void add_invoice_routes(http::Router& router, const InvoiceApiParts& parts);

// GET /orders, /orders/{id}, POST /orders/lookup, GET /admin/orders, /admin/orders/{id}.
void add_orders_routes(http::Router& router, Orders& orders, const services::Shoppers& shoppers,
                       const services::Cursors& cursors);

}  // namespace kontor::orders
