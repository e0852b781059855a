// POST /admin/import: short imports are answered when all is committed; long ones become a job over a spooled file.
// /admin/import-mappings: what the columns of a supplier's CSV are, kept under a name.
#pragma once
#include <string>

#include "ports/random.h"
#include "runtime/http.h"
#include "services/jobs.h"
#include "services/shopper.h"
#include "shop/importing/import_mapping.h"
#include "shop/importing/importing.h"

namespace kontor::importing {

struct ApiSettings {
  std::string spool_folder;              // uploads lie here until they are done
  Currency currency;                     // the shop's
  std::int64_t short_bytes = 8ll << 20;  // beyond either of these it is a job
  std::int64_t short_rows = 5000;
  std::int64_t most_bytes = 4ll << 30;  // one upload
  bool fetch_images = false;            // where a request does not say
};

// What the endpoints stand on; all of it outlives the router.
struct ApiParts {
  Importer& importer;
  Mappings& mappings;
  services::Jobs& jobs;
  const services::Shoppers& shoppers;
};

void add_importing_routes(http::Router& router, const ApiParts& parts, const ApiSettings& settings);
// The job kind "import".
void add_import_job(services::JobRunner& runner, Importer& importer, services::Jobs& jobs);

}  // namespace kontor::importing
