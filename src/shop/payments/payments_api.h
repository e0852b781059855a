// What finance sees: balances and entries of the ledger, and the daily settlement with the gateway.
#pragma once
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/payments/payments.h"
#include "shop/payments/settlement.h"

namespace kontor::payments {

// Whose payments they are is what orders know.
class PaymentsOfOrders {
 public:
  virtual ~PaymentsOfOrders() = default;
  // kNotFound "orders.no_such_order".
  virtual Result<std::vector<PaymentId>> payments_of(OrderId order) = 0;
};

// What the endpoints stand on; all of it outlives the router.
struct ApiParts {
  Ledger& ledger;
  Settlements& settlements;
  PaymentsOfOrders& orders;
  Clock& clock;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
};

void add_payments_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::payments
