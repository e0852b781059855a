// Payments and their ledger: what was authorised, captured, voided, refunded, per checkout and order, in the home
// `customer`. Talks to a PaymentGateway outside of any transaction; a timeout is "unknown" until the gateway was asked.
// A payment's id is its idempotency key at the gateway, so that an attempt is charged at most once whatever is
// repeated.
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/payment_gateway.h"
#include "services/check_report.h"
#include "shop/payments/ledger.h"
#include "shop/payments/payments_state.h"
#include "shop/payments/saved_cards.h"

namespace kontor::payments {

struct Payment {
  PaymentId id;
  CheckoutId checkout;
  OrderId order;  // 0 until placed
  PaymentState state = PaymentState::kCreated;
  Money amount;  // what was authorised
  Money refunded;
  std::string method;     // "card"
  std::string reference;  // the gateway's id
  Time created;
  Besides besides;      // for record() alone: the ledger keeps it
  Money released = {};  // of a promise: what is not going to be taken of it any more

  // What was taken, or is going to be.
  Money due() const { return released.amount_minor() == 0 ? amount : amount - released; }
};

// What a charge came to, in the words a checkout acts upon. kCreated: the gateway never heard of the attempt.
struct ChargeOutcome {
  PaymentState state = PaymentState::kUnknown;
  std::string reference;
  std::string decline_code;
  std::string action_url;
  bool risk_rejected = false;
};

struct Attempt {
  PaymentId id;
  CheckoutId checkout;
  std::string token;
  Money amount;
  bool capture = true;  // false: only authorised, and captured once the order stands
};

// For tests of the tests only: mistakes that the simulator must find.
struct PlantedBugs {
  bool timeout_means_no = false;  // a timeout is taken for a refusal
  bool lose_ledger_leg = false;   // money goes back, and the books say where from but not what for
};

class Payments {
 public:
  Payments(db::Store& store, PaymentGateway& gateway, Clock& clock)
      : store_(store), gateway_(gateway), clock_(clock), ledger_(store) {}

  // Outside of any transaction; each of these may wait for the gateway.
  // One retry with the same key after a timeout, then kUnknown. kGatewayUnavailable: certainly nothing was charged.
  Result<ChargeOutcome> charge(const Attempt& attempt);
  // Takes `amount` of what was authorised, and lets the rest go. Repeatable. What it came to: kCaptured, or what has
  // become of it instead.
  Result<ChargeOutcome> capture(PaymentId id, Money amount);
  Result<ChargeOutcome> confirm_action(PaymentId id);
  Result<ChargeOutcome> ask(PaymentId id);
  // After success the attempt holds no money and never will. Repeatable.
  Result<void> void_charge(PaymentId id);
  // Repeatable by `refund_key`.
  Result<void> refund(PaymentId id, const std::string& refund_key, Money amount);

  // Inside the caller's write function (home customer).
  // Writes the payment with its ledger entry (none for an amount of 0, which moves nothing); repeating it with the same
  // id is a kConflict "db.duplicate".
  Result<void> record(db::Tx& tx, const Payment& payment, Time now);
  // The two halves of a later capture, around the gateway's. The first decides it: kCapturing where there is something
  // to capture, and from then on it is not voided but refunded. The second notes that it is done; repeating it, or for
  // a payment in another state, changes nothing. The payment as it is afterwards.
  Result<Payment> begin_capture(db::Tx& tx, PaymentId id);
  Result<Payment> record_captured(db::Tx& tx, PaymentId id);
  // What the gateway gave back. Repeating it with the same key changes nothing. The payment as it is afterwards. `tax`:
  // how much of the amount is tax; when it is not known, the amount's proportion of what is left.
  Result<Payment> record_refund(db::Tx& tx, PaymentId id, const std::string& refund_key, Money amount,
                                std::optional<Money> tax = {});
  Result<Payment> record_voided(db::Tx& tx, PaymentId id);
  // Of what is only promised, `amount` is not going to be taken; when nothing of it is left the payment is voided.
  // Repeating it with the same key changes nothing. kConflict "payments.not_promised" in another state than authorised
  // and voided. `tax` as of record_refund().
  Result<Payment> record_released(db::Tx& tx, PaymentId id, const std::string& key, Money amount,
                                  std::optional<Money> tax = {});

  Result<std::optional<Payment>> find(PaymentId id);
  std::string_view gateway_name() const { return gateway_.name(); }
  Ledger& ledger() { return ledger_; }

  // Every payment, in the order of ids, for checks.
  Result<void> each(const std::function<void(const Payment&)>& visit);
  // Every entry balances and belongs to a payment, the ledger says what the payments say, refunds are within bounds,
  // and each payment is as the gateway has it. `open`: attempts of checkouts still under way, which the gateway may
  // hold money for.
  Result<void> check(services::CheckReport& report, const std::set<PaymentId>& open = {});

  PlantedBugs& planted_bugs() { return bugs_; }

 private:
  Result<void> check_rows(services::CheckReport& report, std::vector<Payment>& payments);
  Result<void> check_gateway(services::CheckReport& report, const std::vector<Payment>& payments,
                             const std::set<PaymentId>& open);

  db::Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  Ledger ledger_;
  PlantedBugs bugs_;
};

}  // namespace kontor::payments
