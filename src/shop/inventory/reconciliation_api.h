// Drift for staff over HTTP: looking, and repairing on purpose. Role admin.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/inventory/reconciliation.h"

namespace kontor::inventory {

struct ReconciliationApiParts {
  Reconciliation& reconciliation;
  const services::Shoppers& shoppers;
  services::Audit& audit;
  db::Store& store;
};
// GET and POST /admin/inventory/reconciliation. All parts outlive the router. May be wrapped by
// services::add_idempotent with home `stock`.
void add_reconciliation_routes(http::Router& router, ReconciliationApiParts parts);

}  // namespace kontor::inventory
