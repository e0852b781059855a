// `/admin/tax-rates`, `/admin/tax-settings`, `/admin/tax-exemptions`: role finance, each act in the audit log.
#pragma once
#include <string>

#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/tax/tax.h"

namespace kontor::tax {

// All outlive the router. Uploads lie in `spool_folder` while they are read.
struct ApiParts {
  Taxes& taxes;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
  std::string spool_folder;
};
void add_tax_routes(http::Router& router, const ApiParts& parts);
void add_tax_import_route(http::Router& router, const ApiParts& parts);  // called by the former

}  // namespace kontor::tax
