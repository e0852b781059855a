// Money that finance gives back of an order's payments once the order is packed; before that it is cancelled instead.
// Owns checkout_refunds, its journal: a refund is decided in one write, within what was taken and not given back yet;
// the gateway hears of it afterwards, and a row with a `next_at` is still owed, which sweep() pays. Each refund has a
// key of its own at the gateway and in the ledger, so every part may be repeated.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct Refund {
  OrderId order;
  std::int64_t number = 0;
  PaymentId payment;
  Money amount;
  std::string reason;
  std::string by;
  std::int64_t attempts = 0;
  Time created;
  std::optional<Time> next;  // absent: the gateway has given it back, and it is booked
};

struct RefundWish {
  PaymentId payment_id;
  Money amount;
  std::string reason;

  static constexpr auto fields() {
    using R = RefundWish;
    return described(Field("payment_id", &R::payment_id, "Of which of the order's payments"),
                     Field("amount", &R::amount, "What goes back, at most what was taken and not given back yet"),
                     Field("reason", &R::reason, "Why, for the books", Length{1, 500}));
  }
};

class Refunds {
 public:
  struct Settings {
    std::int64_t flight_ms = 30 * kSecondMs;   // how long a request may be at work before the sweeper looks after it
    std::int64_t longest_wait_ms = kMinuteMs;  // between two tries of the sweeper
  };
  Refunds(const Parts& parts, Settings settings) : parts_(parts), settings_(settings) {}

  // Decides a refund, and pays it if the gateway answers; else the sweeper does. `also` runs in the deciding
  // transaction. kNotFound "orders.no_such_order", "payments.no_such_payment" (another order's too); kConflict
  // "checkout.cancel_instead" before the order is packed, "checkout.not_captured", "payments.refund_too_large".
  Result<Refund> run(OrderId order, const RefundWish& wish, const std::string& by,
                     const std::function<Result<void>(db::Tx&, const Refund&)>& also);
  // kNotFound.
  Result<std::vector<Refund>> of_order(OrderId order);
  // Pays what is owed; how many it took up.
  Result<int> sweep(int limit);
  // Those that are decided and not paid.
  Result<std::vector<Refund>> open(int limit);

 private:
  Result<Refund> decide(db::Tx& tx, OrderId order, const RefundWish& wish, const std::string& by);
  Result<void> pay(const Refund& refund);

  const Parts parts_;
  const Settings settings_;
};

}  // namespace kontor::checkout
