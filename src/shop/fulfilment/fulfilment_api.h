// The warehouse's HTTP calls: shipments listed and moved on.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/fulfilment/fulfilment.h"

namespace kontor::fulfilment {

struct ApiParts {
  Fulfilment& fulfilment;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

// GET /admin/shipments, POST /admin/shipments/{id}/{pick,pack,ship,deliver,lose,return}. May be wrapped by
// services::add_idempotent with home `customer`: the answer is kept in the write that moves the shipment.
void add_fulfilment_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::fulfilment
