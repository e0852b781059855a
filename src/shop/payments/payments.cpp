#include "shop/payments/payments.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/payments/events.h"
#include "shop/payments/payments_store.h"

namespace kontor::payments {
namespace {

ChargeOutcome outcome_of(const Charge& charge) {
  ChargeOutcome outcome;
  outcome.reference = charge.reference;
  outcome.decline_code = charge.decline_code;
  outcome.action_url = charge.action_url;
  switch (charge.state) {
    case ChargeState::kAuthorised:
      outcome.state = PaymentState::kAuthorised;
      break;
    case ChargeState::kCaptured:
      outcome.state = PaymentState::kCaptured;
      break;
    case ChargeState::kDeclined:
      outcome.state = PaymentState::kDeclined;
      break;
    case ChargeState::kRequiresAction:
      outcome.state = PaymentState::kRequiresAction;
      break;
    case ChargeState::kVoided:
      outcome.state = PaymentState::kVoided;
      break;
    case ChargeState::kRefunded:
      outcome.state = PaymentState::kRefunded;
      break;
    case ChargeState::kNone:
      outcome.state = PaymentState::kCreated;
      break;
    case ChargeState::kRejectedByRisk:
      outcome.state = PaymentState::kDeclined;
      outcome.decline_code = "rejected_by_risk_check";
      outcome.risk_rejected = true;
      break;
  }
  return outcome;
}

Result<Payment> load(db::Tx& tx, PaymentId id) {
  TRY(const auto rows, tx.ask(kFindPayment, id));
  if (rows.empty()) return fail(Errc::kNotFound, "payments.no_such_payment", "There is no such payment.");
  return payment_of(rows.front());
}

Result<void> move(db::Tx& tx, Payment& payment, PaymentTrigger on, Money refunded) {
  const auto* row = kPaymentTable.find(payment.state, on);
  if (row == nullptr)
    return fail(transition_refused(kPaymentTable, payment.state, payment.state, "payments.invalid_transition"));
  TRY(const auto moved, tx.run(kSetPaymentState, payment.id, payment.state, row->to, refunded.amount_minor()));
  if (moved == 0) return fail(Errc::kConflict, "payments.moved", "The payment has changed in the meantime.");
  payment.state = row->to;
  payment.refunded = payment.refunded + refunded;
  return {};
}

// A part of the payment carries the same part of what is left of its tax, and the last part all of it. What is refused
// further on (more than was paid) gets any.
std::int64_t tax_in(const Payment& payment, const Legs& written, Money amount, const std::optional<Money>& known) {
  const std::int64_t left = (payment.due() - payment.refunded).amount_minor();
  const std::int64_t tax = -written.of(Account::kTax);
  if (amount.amount_minor() >= left) return tax;
  if (known) return std::min(known->amount_minor(), tax);
  return static_cast<std::int64_t>(static_cast<__int128>(tax) * amount.amount_minor() / left);
}

}  // namespace

Payment payment_of(const db::Rows::Row& row) {
  Payment payment;
  payment.id = row.id<PaymentId>(0);
  payment.checkout = row.id<CheckoutId>(1);
  payment.order = row.id<OrderId>(2);
  payment.state = static_cast<PaymentState>(row.i64(3));
  const auto currency = Currency::parse(row.text(5)).value_or(Currency());
  payment.amount = Money::minor(row.i64(4), currency);
  payment.refunded = Money::minor(row.i64(6), currency);
  payment.method = row.str(7);
  payment.reference = row.str(8);
  payment.created = row.time(9);
  payment.released = Money::minor(row.i64(10), currency);
  return payment;
}

Result<ChargeOutcome> Payments::charge(const Attempt& attempt) {
  const ChargeRequest request{attempt.id.text(), attempt.token, attempt.amount, attempt.checkout, attempt.capture};
  auto answer = gateway_.charge(request);
  if (answer) return outcome_of(*answer);
  if (answer.error().code == Errc::kGatewayUnavailable) return fail(std::move(answer.error()));
  // The first try may have charged: from here on every failure is "unknown", also a plain refusal to talk.
  answer = gateway_.charge(request);
  if (answer) return outcome_of(*answer);
  if (bugs_.timeout_means_no) return ChargeOutcome{PaymentState::kDeclined, "", "timeout", "", false};
  return ChargeOutcome{};
}

Result<ChargeOutcome> Payments::capture(PaymentId id, Money amount) {
  TRY(const auto charge, gateway_.capture(id.text(), amount));
  return outcome_of(charge);
}

Result<ChargeOutcome> Payments::confirm_action(PaymentId id) {
  TRY(const auto charge, gateway_.confirm_action(id.text()));
  return outcome_of(charge);
}

Result<ChargeOutcome> Payments::ask(PaymentId id) {
  TRY(const auto charge, gateway_.find(id.text()));
  return outcome_of(charge);
}

Result<void> Payments::void_charge(PaymentId id) {
  TRY(const auto charge, gateway_.void_charge(id.text()));
  if (charge.state == ChargeState::kCaptured || charge.state == ChargeState::kAuthorised)
    return fail(Errc::kGatewayUnavailable, "payments.not_voided", "The gateway still holds the money.");
  return {};
}

Result<void> Payments::refund(PaymentId id, const std::string& refund_key, Money amount) {
  TRY_DO(gateway_.refund(id.text(), refund_key, amount));
  return {};
}

Result<void> Payments::record(db::Tx& tx, const Payment& payment, Time now) {
  KONTOR_ASSERT(payment.state == PaymentState::kCaptured || payment.state == PaymentState::kAuthorised);
  const auto currency = payment.amount.currency();
  TRY_DO(tx.later(kInsertPayment, nullptr, payment.id, payment.checkout, payment.order, payment.state,
                  payment.amount.amount_minor(), currency, payment.method, payment.reference, now));
  const bool taken = payment.state == PaymentState::kCaptured;
  if (payment.amount.amount_minor() > 0) {
    Entry entry{payment.id,
                taken ? "capture" : "authorise",
                taken ? EntryKind::kCaptured : EntryKind::kAuthorised,
                currency,
                {},
                now,
                payment.order};
    entry.legs = sale_legs(taken ? account_of(payment.method) : Account::kReceivable, payment.amount, payment.besides);
    TRY_DO(write_first_entry(tx, entry));
  }
  if (!taken)
    return services::emit(tx, PaymentAuthorised{payment.id, payment.order, payment.amount}, payment.id.text(), now);
  return services::emit(tx,
                        PaymentCaptured{payment.id, payment.order, payment.checkout, payment.amount, payment.method},
                        payment.id.text(), now);
}

Result<Payment> Payments::begin_capture(db::Tx& tx, PaymentId id) {
  TRY(auto payment, load(tx, id));
  if (payment.state == PaymentState::kAuthorised)
    TRY_DO(move(tx, payment, PaymentTrigger::kBeginCapture, Money::minor(0, payment.amount.currency())));
  return payment;
}

Result<Payment> Payments::record_captured(db::Tx& tx, PaymentId id) {
  TRY(auto payment, load(tx, id));
  if (payment.state != PaymentState::kCapturing) return payment;
  const Time now = clock_.now();
  TRY_DO(move(tx, payment, PaymentTrigger::kCapture, Money::minor(0, payment.amount.currency())));
  if (const auto amount = payment.due().amount_minor(); amount > 0) {
    Entry entry{id, "capture", EntryKind::kCaptured, payment.amount.currency(), {}, now, payment.order};
    entry.legs.add(account_of(payment.method), amount);
    entry.legs.add(Account::kReceivable, -amount);
    TRY_DO(write_entry(tx, entry));
  }
  TRY_DO(services::emit(tx, PaymentCaptured{id, payment.order, payment.checkout, payment.due(), payment.method},
                        id.text(), now));
  return payment;
}

Result<Payment> Payments::record_refund(db::Tx& tx, PaymentId id, const std::string& refund_key, Money amount,
                                        std::optional<Money> tax) {
  const Time now = clock_.now();
  TRY(auto payment, load(tx, id));
  if (amount.amount_minor() <= 0)
    return fail(Errc::kConflict, "payments.refund_of_nothing", "A refund gives something back.");
  TRY(const auto written, legs_of(tx, id));
  Entry entry{id, refund_key, EntryKind::kRefunded, amount.currency(), {}, now, payment.order};
  entry.legs = return_legs(account_of(payment.method), amount.amount_minor(), tax_in(payment, written, amount, tax));
  TRY(const bool noted, write_entry(tx, entry, bugs_.lose_ledger_leg));
  if (!noted) return payment;
  const bool all = payment.refunded + amount == payment.due();
  TRY_DO(move(tx, payment, all ? PaymentTrigger::kRefundAll : PaymentTrigger::kRefundPart, amount));
  TRY_DO(services::emit(tx, PaymentRefunded{id, payment.order, amount, std::string(name_of(payment.state))}, id.text(),
                        now));
  return payment;
}

Result<Payment> Payments::record_voided(db::Tx& tx, PaymentId id) {
  TRY(auto payment, load(tx, id));
  if (payment.state == PaymentState::kVoided) return payment;
  const Time now = clock_.now();
  TRY_DO(move(tx, payment, PaymentTrigger::kVoid, Money::minor(0, payment.amount.currency())));
  TRY(const auto written, legs_of(tx, id));
  if (const auto owed = written.of(Account::kReceivable); owed > 0) {
    Entry entry{id, "void", EntryKind::kVoided, payment.amount.currency(), {}, now, payment.order};
    entry.legs = return_legs(Account::kReceivable, owed, -written.of(Account::kTax));
    TRY_DO(write_entry(tx, entry));
  }
  TRY_DO(services::emit(tx, PaymentVoided{id, payment.order}, id.text(), now));
  return payment;
}

Result<Payment> Payments::record_released(db::Tx& tx, PaymentId id, const std::string& key, Money amount,
                                          std::optional<Money> tax) {
  TRY(auto payment, load(tx, id));
  TRY(const auto earlier, tx.ask(kFindEntry, id, key));
  if (payment.state == PaymentState::kVoided || !earlier.empty()) return payment;
  if (payment.state != PaymentState::kAuthorised)
    return fail(Errc::kConflict, "payments.not_promised", "Only a promise can be made smaller.");
  if (amount.amount_minor() <= 0 || amount > payment.due())
    return fail(Errc::kConflict, "payments.released_too_much", "More than is promised cannot be let go.");
  if (amount == payment.due()) return record_voided(tx, id);
  TRY(const auto written, legs_of(tx, id));
  Entry entry{id, key, EntryKind::kReleased, amount.currency(), {}, clock_.now(), payment.order};
  entry.legs = return_legs(Account::kReceivable, amount.amount_minor(), tax_in(payment, written, amount, tax));
  TRY_DO(write_entry(tx, entry, bugs_.lose_ledger_leg));
  TRY(const auto noted, tx.run(kReleasePart, id, payment.state, amount.amount_minor()));
  if (noted == 0) return fail(Errc::kConflict, "payments.moved", "The payment has changed in the meantime.");
  payment.released = payment.released + amount;
  TRY_DO(services::emit(tx, PaymentReleased{id, payment.order, amount}, id.text(), entry.at));
  return payment;
}

Result<std::optional<Payment>> Payments::find(PaymentId id) {
  std::optional<Payment> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindPayment, id));
    if (!rows.empty()) found = payment_of(rows.front());
    return {};
  }));
  return found;
}

Result<void> Payments::each(const std::function<void(const Payment&)>& visit) {
  PaymentId last;
  while (true) {
    std::vector<Payment> some;
    TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      some.clear();
      TRY(const auto rows, tx.ask(kPaymentsAfter, last));
      for (const auto row : rows) some.push_back(payment_of(row));
      return {};
    }));
    if (some.empty()) return {};
    for (const auto& payment : some) visit(payment);
    last = some.back().id;
  }
}

}  // namespace kontor::payments
