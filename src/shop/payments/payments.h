// Payments and their ledger: what was authorised, captured, voided, refunded, per checkout and order, in the home `customer`.
// Talks to a PaymentGateway outside of any transaction; a timeout is "unknown" until the gateway was asked.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/payment_gateway.h"

namespace kontor::payments {

enum class PaymentState { kCreated = 0, kAuthorised = 1, kCaptured = 2, kPartiallyRefunded = 3, kRefunded = 4, kRequiresAction = 5,
                          kDeclined = 6, kVoided = 7, kUnknown = 8 };

struct Payment {
  PaymentId id;
  CheckoutId checkout;
  OrderId order;           // 0 until placed
  PaymentState state = PaymentState::kCreated;
  Money amount;
  Money refunded;
  std::string method;      // "card"
  std::string reference;   // the gateway's id
  Time created;
};

// What a charge came to, in the words a checkout acts upon.
struct ChargeOutcome {
  PaymentState state = PaymentState::kUnknown;
  std::string reference;
  std::string decline_code;
  std::string action_url;
  bool risk_rejected = false;
};

}  // namespace kontor::payments
