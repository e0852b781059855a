// GET /brands: who makes what is listed.
#pragma once
#include "runtime/fiber.h"
#include "runtime/http.h"
#include "services/cursor.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog {

// All of it outlives the router. `workers` may be null; the embedded store is asked there.
struct BrandsApi {
  Catalog& catalog;
  const services::Cursors& cursors;
  Currency currency;  // of the shop: what is listed in it counts
  runtime::Workers* workers = nullptr;
};

void add_brand_routes(http::Router& router, const BrandsApi& api);

}  // namespace kontor::catalog
