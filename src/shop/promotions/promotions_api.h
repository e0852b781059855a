// The staff's HTTP calls on promotions and coupons. What a cart would cost is checkout's to say.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/promotions/promotions.h"

namespace kontor::promotions {

// What the endpoints stand on; all of it outlives the router.
struct ApiParts {
  Promotions& promotions;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

// /admin/promotions[/{id}[/coupons]], /admin/coupons/{code}, GET /admin/promotion-types.
void add_promotions_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::promotions
