// The HTTP calls by which finance gives money back.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/checkout/refunds.h"

namespace kontor::checkout {

struct RefundsApiParts {
  Refunds& refunds;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};

// POST and GET /admin/orders/{id}/refunds. All parts outlive the router. May be wrapped by services::add_idempotent
// with home `customer`: the answer is kept in the transaction that decides the refund.
void add_refunds_routes(http::Router& router, const RefundsApiParts& parts);

}  // namespace kontor::checkout
