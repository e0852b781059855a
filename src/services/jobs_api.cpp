#include "services/jobs_api.h"

namespace kontor::services {

void add_jobs_api(http::Router& router, Jobs& jobs, const Shoppers& shoppers) {
  router.get<http::None, JobView>(
      "/admin/jobs/{id}",
      {"How far a job is", {"services.sign_in", "services.role_needed", "jobs.no_such_job"}, 200, "admin"},
      [&](http::Call& call, http::None) -> Result<JobView> {
        TRY_DO(shoppers.require_staff(call.request));
        TRY(const auto id, call.id<JobId>("id"));
        return jobs.find(id);
      });
}

}  // namespace kontor::services
