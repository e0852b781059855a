// Price lists over HTTP, for merchandisers; and what each process must hear of them.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/consumers.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/pricing/price_lists.h"

namespace kontor::pricing {

struct PriceListsApi {
  PriceLists& lists;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

void add_price_lists_routes(http::Router& router, const PriceListsApi& api);
services::Consumer memory_consumer(PriceLists& lists);

}  // namespace kontor::pricing
