// GET /admin/jobs/{id}: how far a job is.
#pragma once
#include "runtime/http.h"
#include "services/jobs.h"
#include "services/shopper.h"

namespace kontor::services {

void add_jobs_api(http::Router& router, Jobs& jobs, const Shoppers& shoppers);

}  // namespace kontor::services
