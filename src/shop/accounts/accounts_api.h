// Customers for programs that know their people by themselves: a site or an app in front of the shop with accounts of
// its own enters its customers here and gets tokens to act for them.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/shopper.h"
#include "shop/accounts/accounts.h"

namespace kontor::accounts {

struct ApiParts {
  Accounts& accounts;
  const services::Shoppers& shoppers;
  services::Audit& audit;
  db::Store& store;
  Clock& clock;
  IdSource& ids;
};

// POST /admin/customers, GET /admin/customers/{id}, POST /admin/customers/{id}/token; role admin.
void add_accounts_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::accounts
