// The invariants of payments and their ledger, for `kontor check`.
#include <limits>

#include "shop/payments/payments.h"
#include "shop/payments/payments_store.h"

namespace kontor::payments {
namespace {

constexpr int kMostEntries = 1'000'000;  // of a thousand payments; only a broken store has more

bool was_taken(PaymentState state) {
  return state == PaymentState::kCaptured || state == PaymentState::kPartiallyRefunded ||
         state == PaymentState::kRefunded;
}

// The gateway knows what was let go of a promise once the rest is captured, and not before.
Money expected_amount(const Payment& payment, const Charge& charge) {
  const bool captured =
      was_taken(payment.state) || (payment.state == PaymentState::kCapturing && charge.state == ChargeState::kCaptured);
  return captured ? payment.due() : payment.amount;
}

std::string called(const Entry& entry) { return entry.payment.text() + " " + entry.key; }

// What the entries of one payment come to.
struct Written {
  Legs legs;
  std::int64_t came = 0;  // to the gateway, or from what the shop owed
  std::int64_t went = 0;
};

void check_entry(services::CheckReport& report, const Entry& entry) {
  report.looked_at("ledger entries", 1);
  if (!entry.legs.balanced())
    report.fail("payments.ledger_entry_balances",
                called(entry) + ": its legs come to " + std::to_string(entry.legs.total()));
}

Written add_up(services::CheckReport& report, const Payment& payment, const std::vector<Entry>& entries) {
  Written written;
  for (const Entry& entry : entries) {
    check_entry(report, entry);
    if (entry.currency != payment.amount.currency())
      report.fail("payments.ledger_has_the_currency", called(entry) + " is in " + std::string(entry.currency.code()));
    written.legs += entry.legs;
    (entry.kind == EntryKind::kRefunded ? written.went : written.came) += entry.legs.of(account_of(payment.method));
  }
  return written;
}

void compare(services::CheckReport& report, const Payment& payment, const Written& written) {
  const std::string id = payment.id.text();
  const std::int64_t amount = payment.due().amount_minor();
  if (const auto taken = was_taken(payment.state) ? amount : 0; written.came != taken)
    report.fail("payments.ledger_has_capture", id + ": the ledger says " + std::to_string(written.came));
  if (-written.went != payment.refunded.amount_minor())
    report.fail("payments.ledger_has_refunds", id + ": the ledger says " + std::to_string(-written.went));
  const bool promised = payment.state == PaymentState::kAuthorised || payment.state == PaymentState::kCapturing;
  const auto owed = promised ? amount : 0;
  if (written.legs.of(Account::kReceivable) != owed)
    report.fail("payments.ledger_has_what_is_owed",
                id + ": the ledger says " + std::to_string(written.legs.of(Account::kReceivable)));
  // Whoever has all of it back, or never paid, paid no tax.
  const bool none = payment.state == PaymentState::kRefunded || payment.state == PaymentState::kVoided;
  if (none && written.legs.of(Account::kTax) != 0)
    report.fail("payments.ledger_gives_tax_back",
                id + ": the ledger keeps " + std::to_string(-written.legs.of(Account::kTax)));
}

void check_orphan(services::CheckReport& report, const Entry& entry) {
  check_entry(report, entry);
  if (is_of_credit(entry.kind)) return;
  report.fail("payments.ledger_entry_has_payment", called(entry) + ": there is no such payment");
}

}  // namespace

Result<void> Payments::check_rows(services::CheckReport& report, std::vector<Payment>& payments) {
  return store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    payments.clear();
    std::int64_t last = 0;
    while (true) {
      TRY(const auto rows, tx.ask(kPaymentsAfter, last));
      const std::int64_t end = rows.empty() ? std::numeric_limits<std::int64_t>::max() : rows[rows.size() - 1].i64(0);
      TRY(const auto entries, tx.ask(kEntriesOfPayments, last, end, kMostEntries));
      std::map<PaymentId, std::vector<Entry>> by_payment;
      for (const auto row : entries) by_payment[row.id<PaymentId>(0)].push_back(entry_of(row));
      for (const auto row : rows) {
        const Payment payment = payment_of(row);
        compare(report, payment, add_up(report, payment, by_payment[payment.id]));
        by_payment.erase(payment.id);
        payments.push_back(payment);
      }
      for (const auto& [id, orphans] : by_payment)
        for (const Entry& entry : orphans) check_orphan(report, entry);
      if (rows.empty()) return {};
      last = end;
    }
  });
}

Result<void> Payments::check_gateway(services::CheckReport& report, const std::vector<Payment>& payments,
                                     const std::set<PaymentId>& open) {
  TRY(const auto all, gateway_.all_charges());
  std::map<std::string, const Payment*> ours;
  for (const auto& payment : payments) ours[payment.id.text()] = &payment;
  std::map<std::string, const Charge*> theirs;
  for (const auto& [key, charge] : all) {
    theirs[key] = &charge;
    const bool holds = charge.state == ChargeState::kCaptured || charge.state == ChargeState::kAuthorised;
    const auto id = PaymentId::parse(key);
    if (holds && !ours.contains(key) && !(id && open.contains(*id)))
      report.fail("payments.no_charge_without_order",
                  key + ": the gateway took " + charge.amount.text() + ", and no order has it");
  }
  for (const auto& [key, payment] : ours) {
    const auto found = theirs.find(key);
    if (found == theirs.end()) {
      report.fail("payments.no_order_without_charge", key + ": the gateway does not know it");
    } else if (const Money there = found->second->amount; there != expected_amount(*payment, *found->second)) {
      report.fail("payments.amount_as_charged", key + ": " + payment->amount.text() + " here, of which " +
                                                    payment->released.text() + " was let go, " + there.text() +
                                                    " there");
    } else if (was_taken(payment->state) && found->second->state == ChargeState::kAuthorised) {
      report.fail("payments.captured_as_noted", key + ": captured here, only authorised there");
    } else if (payment->state == PaymentState::kAuthorised && found->second->state == ChargeState::kCaptured) {
      report.fail("payments.capture_decided_first", key + ": captured there, only authorised here");
    } else if (open.contains(payment->id) &&
               (payment->state == PaymentState::kVoided || found->second->refunded > payment->refunded)) {
      continue;  // decided here; the gateway is being told, or its answer is not in the books yet
    } else if (payment->state == PaymentState::kVoided ? found->second->state != ChargeState::kVoided
                                                       : found->second->refunded != payment->refunded) {
      report.fail("payments.refunds_as_given", key + ": here " + std::string(name_of(payment->state)) + " with " +
                                                   payment->refunded.text() + " given back, there " +
                                                   found->second->refunded.text());
    }
  }
  return {};
}

Result<void> Payments::check(services::CheckReport& report, const std::set<PaymentId>& open) {
  std::vector<Payment> payments;
  TRY_DO(check_rows(report, payments));
  TRY_DO(check_gateway(report, payments, open));
  report.looked_at("payments", static_cast<std::int64_t>(payments.size()));
  return {};
}

}  // namespace kontor::payments
