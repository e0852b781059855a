// The staff's HTTP calls about fraud: what waits for a decision, and the devices known for it. Deciding moves stock and
// money, and is checkout's.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/risk/risk.h"

namespace kontor::risk {

// What the endpoints stand on; all of it outlives the router.
struct ApiParts {
  Risk& risk;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

// GET /admin/risk/reviews[/{id}], GET /admin/risk/devices, PUT and DELETE /admin/risk/devices/{device}.
void add_risk_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::risk
