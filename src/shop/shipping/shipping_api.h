// `/admin/shipping-zones`: which places there are and how parcels go there. Role merchandiser, each act in the audit
// log.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/shipping/shipping.h"

namespace kontor::shipping {

// All outlive the router.
struct ApiParts {
  Shipping& shipping;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};
void add_shipping_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::shipping
