// GET and PUT /admin/degradation: how far the shop does without its extras, why, and setting it by hand; and the
// endpoints that a level puts to rest.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/degradation.h"
#include "services/shopper.h"

namespace kontor::services {

struct DegradationApi {
  Degradation& degradation;
  const Shoppers& shoppers;
  Audit& audit;
  Clock& clock;
};
// Staff read it, role admin sets it.
void add_degradation_api(http::Router& router, const DegradationApi& parts);

// Whether a call is answered now.
using IsOn = std::function<bool(const Degradation&, const http::Call&)>;
// The endpoint, but for calls that rest: 503 "degradation.rests" with Retry-After, before anything of theirs is read.
http::Endpoint with_rests(http::Endpoint endpoint, const Degradation& degradation, IsOn is_on);

}  // namespace kontor::services
