// Takes, once the order stands, what was only authorised: one call of the gateway between two writes. The first decides
// it, so that a cancellation at the same time knows whether to void or to refund; every part may be repeated.
#pragma once
#include "shop/checkout/checkout.h"

namespace kontor::checkout {

class Capturing {
 public:
  explicit Capturing(const Parts& parts) : parts_(parts) {}

  // Every payment of the order that is authorised; nothing for a cancelled one. kNotFound. An Error of the gateway
  // means that it is to be tried again. A payment that cannot be captured any more is voided, and the order shows it.
  // `by` stands in the order's timeline; `also` runs in the write that begins it, once, if there is anything to charge.
  Result<orders::Order> run(OrderId order, const std::string& by, db::Function also);

 private:
  Result<void> take(const orders::Order& of, PaymentId payment, const std::string& by, const db::Function& also);

  const Parts& parts_;
};

}  // namespace kontor::checkout
