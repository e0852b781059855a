// The HTTP calls of buying: checkout, quote, and what stands behind a 202.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/accounts/accounts.h"
#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct ApiParts {
  Checkouts& checkouts;
  orders::Orders& orders;
  accounts::Accounts& accounts;
  payments::SavedCards& cards;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};

// POST /checkout (and /orders), whose journal is their key; /checkout/quote, GET /checkouts/{id}.
void add_checkout_routes(http::Router& router, const ApiParts& parts);
// What follows: POST /checkouts/{id}/{complete,cancel}, /admin/orders/{id}/capture, /admin/risk/reviews/{id}/*. May be
// wrapped by services::add_idempotent with home `customer`.
void add_settling_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::checkout
