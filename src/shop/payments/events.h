// What payments tell the rest of the house. Ids and figures only.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"

namespace kontor::payments {

struct PaymentCaptured {
  static constexpr std::string_view kName = "payment.captured";
  PaymentId payment_id;
  OrderId order_id;
  CheckoutId checkout_id;
  Money amount;
  std::string method;

  static constexpr auto fields() {
    return described(Field("payment_id", &PaymentCaptured::payment_id, "The payment"),
                     Field("order_id", &PaymentCaptured::order_id, "Its order"),
                     Field("checkout_id", &PaymentCaptured::checkout_id, "Its checkout"),
                     Field("amount", &PaymentCaptured::amount, "What was taken"),
                     Field("method", &PaymentCaptured::method, "card"));
  }
};

struct PaymentAuthorised {
  static constexpr std::string_view kName = "payment.authorised";
  PaymentId payment_id;
  OrderId order_id;
  Money amount;

  static constexpr auto fields() {
    return described(Field("payment_id", &PaymentAuthorised::payment_id, "The payment"),
                     Field("order_id", &PaymentAuthorised::order_id, "Its order"),
                     Field("amount", &PaymentAuthorised::amount, "What may be taken"));
  }
};

struct PaymentRefunded {
  static constexpr std::string_view kName = "payment.refunded";
  PaymentId payment_id;
  OrderId order_id;
  Money amount;
  std::string state;  // refunded or partially_refunded

  static constexpr auto fields() {
    return described(Field("payment_id", &PaymentRefunded::payment_id, "The payment"),
                     Field("order_id", &PaymentRefunded::order_id, "Its order"),
                     Field("amount", &PaymentRefunded::amount, "What was given back this time"),
                     Field("state", &PaymentRefunded::state, "The payment's state now"));
  }
};

struct PaymentVoided {
  static constexpr std::string_view kName = "payment.voided";
  PaymentId payment_id;
  OrderId order_id;

  static constexpr auto fields() {
    return described(Field("payment_id", &PaymentVoided::payment_id, "The payment"),
                     Field("order_id", &PaymentVoided::order_id, "Its order"));
  }
};

// Some of a promise is not going to be taken; the last of it is payment.voided.
struct PaymentReleased {
  static constexpr std::string_view kName = "payment.released";
  PaymentId payment_id;
  OrderId order_id;
  Money amount;

  static constexpr auto fields() {
    return described(Field("payment_id", &PaymentReleased::payment_id, "The payment"),
                     Field("order_id", &PaymentReleased::order_id, "Its order"),
                     Field("amount", &PaymentReleased::amount, "What was let go this time"));
  }
};

// A day's settlement report is there, or says something else than before.
struct SettlementReported {
  static constexpr std::string_view kName = "settlement.reported";
  std::string day;
  std::string gateway;
  std::int64_t matched = 0;
  std::int64_t differences = 0;

  static constexpr auto fields() {
    using S = SettlementReported;
    return described(Field("day", &S::day, "Which day, of UTC"), Field("gateway", &S::gateway, "Whose charge file"),
                     Field("matched", &S::matched, "Movements that both have"),
                     Field("differences", &S::differences, "Movements that do not match"));
  }
};

}  // namespace kontor::payments
