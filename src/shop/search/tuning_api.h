// Weights and synonyms over HTTP, for merchandisers.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/consumers.h"
#include "services/shopper.h"
#include "shop/search/tuning.h"

namespace kontor::search {

// All of it outlives the router.
struct TuningApi {
  Tuning& tuning;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};
void add_tuning_routes(http::Router& router, const TuningApi& api);
// Another replica's changes.
services::Consumer tuning_consumer(Tuning& tuning);

}  // namespace kontor::search
