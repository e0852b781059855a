// The HTTP call that cancels an order, or lines of it.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct CancellationApiParts {
  Checkouts& checkouts;
  orders::Orders& orders;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};

// POST /orders/{id}/cancel. All parts outlive the router. May be wrapped by services::add_idempotent with home
// `customer`: the answer is what the cancellation's own transaction saw, and is kept in it.
void add_cancellation_routes(http::Router& router, const CancellationApiParts& parts);

}  // namespace kontor::checkout
