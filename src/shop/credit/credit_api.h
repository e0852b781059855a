// The endpoints of gift cards and store credit: for staff of finance, and for shoppers what is left on a card.
#pragma once
#include <functional>

#include "ports/clock.h"
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/credit/credit.h"

namespace kontor::credit {

struct ApiParts {  // not owned
  Credits& credits;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
  Clock& clock;
  std::function<Result<bool>(CustomerId)> is_customer;
};

// Issuing and giving move money: `staff` is wrapped so that each is done once by its Idempotency-Key.
void add_credit_routes(http::Router& router, http::Router& staff, const ApiParts& parts);

}  // namespace kontor::credit
