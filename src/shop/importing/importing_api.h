// POST /admin/import: short imports are answered when all is committed; long ones become a job over a spooled file.
#pragma once
#include <string>

#include "ports/random.h"
#include "runtime/http.h"
#include "services/jobs.h"
#include "services/shopper.h"
#include "shop/importing/importing.h"

namespace kontor::importing {

struct ApiSettings {
  std::string spool_folder;              // uploads lie here until they are done
  std::int64_t short_bytes = 8ll << 20;  // beyond either of these it is a job
  std::int64_t short_rows = 5000;
  std::int64_t most_bytes = 4ll << 30;  // one upload
  bool fetch_images = false;            // where a request does not say
};

void add_importing_routes(http::Router& router, Importer& importer, services::Jobs& jobs,
                          const services::Shoppers& shoppers, ApiSettings settings);
// The job kind "import".
void add_import_job(services::JobRunner& runner, Importer& importer, services::Jobs& jobs);

}  // namespace kontor::importing
