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

// POST /checkout (and /orders), /checkout/quote, GET /checkouts/{id}, POST /checkouts/{id}/{complete,cancel}.
void add_checkout_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::checkout
