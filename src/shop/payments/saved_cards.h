// The cards that customers keep for their next purchases. Owns payments_cards, one row a card, in the home `customer`:
// the gateway's token, brand, last four digits and expiry. A card's number is never here, and the token never leaves.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/payment_gateway.h"
#include "services/check_report.h"

namespace kontor {
KONTOR_ID(PaymentMethod, "pm");
}

namespace kontor::payments {

struct SavedCard {
  PaymentMethodId id;
  CustomerId customer;
  std::string token;
  std::string brand;
  std::string last4;
  int expires_month = 0;
  int expires_year = 0;
  bool is_default = false;
  Time created;
};

class SavedCards {
 public:
  static constexpr std::int64_t kMost = 20;  // of one customer

  SavedCards(db::Store& store, PaymentGateway& gateway, Clock& clock, IdSource& ids)
      : store_(store), gateway_(gateway), clock_(clock), ids_(ids) {}

  // Asks the gateway, then keeps the card. The same card again is the same row; a customer's first is the default.
  // kInvalid "gateway.unknown_token", kPaymentDeclined; kConflict "payments.too_many_cards".
  Result<SavedCard> keep(CustomerId customer, const std::string& token, bool make_default);
  // The default first, then the newest.
  Result<std::vector<SavedCard>> of(CustomerId customer);
  // Nothing for another customer's.
  Result<std::optional<SavedCard>> find(CustomerId customer, PaymentMethodId id);
  // kNotFound "payments.no_such_card".
  Result<SavedCard> make_default(CustomerId customer, PaymentMethodId id);
  // Repeatable. When it was the default, the newest of the others is.
  Result<void> forget(CustomerId customer, PaymentMethodId id);

  // Whoever has cards has one default among them, and no row holds what looks like a card's number.
  Result<void> check(services::CheckReport& report);

 private:
  Result<void> insert(db::Tx& tx, SavedCard& card, bool make_default);
  Result<std::vector<SavedCard>> of(db::Tx& tx, CustomerId customer);

  db::Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  IdSource& ids_;
};

}  // namespace kontor::payments
