// What credit tells the rest of the house. Ids and figures only; never a code.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"

namespace kontor::credit {

KONTOR_ID(Credit, "crd");

// A gift card was made, or a customer has more store credit than before.
struct CreditIssued {
  static constexpr std::string_view kName = "credit.issued";
  CreditId credit_id;
  std::string kind;
  Money amount;
  std::optional<OrderId> order_id;

  static constexpr auto fields() {
    using E = CreditIssued;
    return described(Field("credit_id", &E::credit_id, "The account"),
                     Field("kind", &E::kind, "gift_card or store_credit"),
                     Field("amount", &E::amount, "What it has more"),
                     Field("order_id", &E::order_id, "Where it was sold; absent: nobody bought it"));
  }
};

// The shop took some of it back: staff did, or the order that bought it was cancelled.
struct CreditWithdrawn {
  static constexpr std::string_view kName = "credit.withdrawn";
  CreditId credit_id;
  std::string kind;
  Money amount;
  std::optional<OrderId> order_id;

  static constexpr auto fields() {
    using E = CreditWithdrawn;
    return described(
        Field("credit_id", &E::credit_id, "The account"), Field("kind", &E::kind, "gift_card or store_credit"),
        Field("amount", &E::amount, "What it has less"), Field("order_id", &E::order_id, "Where it had been sold"));
  }
};

// Staff stopped a gift card.
struct CreditDisabled {
  static constexpr std::string_view kName = "credit.disabled";
  CreditId credit_id;

  static constexpr auto fields() { return described(Field("credit_id", &CreditDisabled::credit_id, "The card")); }
};

}  // namespace kontor::credit
