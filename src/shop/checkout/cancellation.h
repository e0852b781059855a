// Cancelling an order or lines of it: order, shipments and stock in one go, then the money. Owns
// checkout_order_cancellations, its journal: a row with a `next_at` still owes something, which sweep() pays. What is
// owed was decided with the order and stands in it, so every part may be repeated, and two cancellations of one order
// settle in any order.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct CancellationQueries;

class Cancellation {
 public:
  Cancellation(const Parts& parts, const Settings& settings);

  // As Orders::cancel(). The order as it is after as much as could be done at once. `also` runs in the transaction.
  Result<orders::Order> run(OrderId id, const std::string& by, const orders::CancelOrder& wish,
                            const OrderFunction& also);
  Result<int> sweep(Time until, int limit);
  // The orders whose cancellation still owes something.
  Result<std::vector<OrderId>> under_way();

 private:
  struct Owed;
  Result<void> give_stock_back(db::Tx& tx, const orders::Order& order, std::int64_t number);
  Result<void> give_money_back(const orders::Order& order, std::int64_t number);
  Result<void> let_go(OrderId order, PaymentId id, const std::string& key, Money amount,
                      const std::optional<Money>& tax);
  Result<void> go_on(const orders::Order& order, std::int64_t number);
  Result<int> sweep(const CancellationQueries& queries, Time until, int limit);

  const Parts& parts_;
  const Settings& settings_;
  const bool together_;
};

}  // namespace kontor::checkout
