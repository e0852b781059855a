// `/admin/experiments`: what is tried out with visitors, and what came of it; role merchandiser, each act in the audit
// log. `/experiments/{subject}`: what a visitor gets, for shop fronts of one's own.
#pragma once
#include <cstdint>
#include <functional>

#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/experiments/experiments.h"

namespace kontor::experiments {

// All outlive the router.
struct ApiParts {
  Experiments& experiments;
  const services::Shoppers& shoppers;
  services::Audit& audit;
  // The number of who asks; 0 for nobody known, for bots, and without consent, which the call itself may bring.
  std::function<Result<std::uint64_t>(const http::Request& request, bool consent)> visitor;
};
void add_experiments_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::experiments
