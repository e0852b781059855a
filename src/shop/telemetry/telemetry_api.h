// `POST /events`: what a shop front's visitors did, by their consent. Reports of searches and products for role
// merchandiser.
#pragma once
#include "runtime/http.h"
#include "services/shopper.h"
#include "services/visitors.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::telemetry {

// All outlive the router.
struct ApiParts {
  Telemetry& telemetry;
  const services::Shoppers& shoppers;
  const services::Visitors& visitors;
};
void add_telemetry_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::telemetry
