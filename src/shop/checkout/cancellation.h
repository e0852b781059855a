// Cancelling an order: order, shipments and stock in one go, then the money. Owns checkout_cancellations, its journal:
// a row with a `next_at` still owes something, which sweep() pays. Every part may be repeated.
#pragma once
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"

namespace kontor::checkout {

class Cancellation {
 public:
  Cancellation(const Parts& parts, const Settings& settings);

  // kNotCancellable, kNotFound. The order as it is after as much as could be done at once.
  Result<orders::Order> run(OrderId id, const std::string& by);
  Result<int> sweep(Time until, int limit);
  // The orders whose cancellation still owes something.
  Result<std::vector<OrderId>> under_way();

 private:
  Result<void> give_stock_back(db::Tx& tx, const orders::Order& order);
  Result<void> give_money_back(const orders::Order& order);
  Result<void> let_go(OrderId order, PaymentId id);
  Result<void> go_on(const orders::Order& order);

  const Parts& parts_;
  const Settings& settings_;
  const bool together_;
};

}  // namespace kontor::checkout
