// Sales and the history of prices over HTTP, for merchandisers.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/catalog/sales.h"

namespace kontor::catalog {

struct SalesApi {
  Sales& sales;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

void add_sales_routes(http::Router& router, const SalesApi& api);

}  // namespace kontor::catalog
