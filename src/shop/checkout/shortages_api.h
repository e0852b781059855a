// What of an order is missing, over HTTP: for its buyer, who waits or cancels, and for staff.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/checkout/shortages.h"

namespace kontor::checkout {

struct ShortagesApiParts {
  Shortages& shortages;
  orders::Orders& orders;
  orders::AlternativeSource& alternatives;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

// GET and POST /orders/{id}/shortages, GET /admin/shortages. All parts outlive the router. May be wrapped by
// services::add_idempotent with home `customer`.
void add_shortages_routes(http::Router& router, const ShortagesApiParts& parts);

}  // namespace kontor::checkout
