// A payment as its order shows it.
#pragma once
#include <string>

#include "shop/orders/orders.h"
#include "shop/payments/payments.h"

namespace kontor::checkout {

inline orders::OrderPayment shown(const payments::Payment& payment) {
  orders::OrderPayment view{payment.id,     payment.method,   std::string(name_of(payment.state)),
                            payment.amount, payment.refunded, {}};
  if (payment.released.amount_minor() > 0) view.released = payment.released;
  return view;
}

}  // namespace kontor::checkout
