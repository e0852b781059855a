#include "shop/checkout/journal.h"

#include "runtime/json.h"
#include "shop/checkout/checkout_store.h"

namespace kontor::checkout {
namespace {

Result<Journal> journal_of(const db::Rows::Row& row) {
  Journal journal;
  journal.id = row.id<CheckoutId>(0);
  journal.customer = row.id<CustomerId>(1);
  journal.key = row.str(2);
  journal.fingerprint = row.str(3);
  journal.state = static_cast<CheckoutState>(row.i64(4));
  journal.order = row.id<OrderId>(5);
  journal.reservation = row.id<CheckoutId>(6);
  journal.attempts = static_cast<int>(row.i64(7));
  journal.answer_status = static_cast<int>(row.i64(8));
  journal.created = row.time(9);
  journal.updated = row.time(10);
  journal.expires = row.time(11);
  if (const auto next = row.opt_i64(12)) journal.next = Time{*next};
  journal.problem = row.opt_str(13);
  journal.answer_body = row.str(14);
  if (const auto plan = row.text(15); !plan.empty()) {
    auto read = json::read<Plan>(plan);
    if (!read) return fail(Errc::kInternal, "checkout.damaged_plan", journal.id.text() + ": " + read.error().detail);
    journal.plan = std::move(*read);
  }
  return journal;
}

Result<std::optional<Journal>> one(const db::Rows& rows) {
  if (rows.empty()) return std::optional<Journal>();
  TRY(auto journal, journal_of(rows.front()));
  return std::optional<Journal>(std::move(journal));
}

Result<std::vector<Journal>> all(const db::Rows& rows) {
  std::vector<Journal> journals;
  journals.reserve(rows.size());
  for (const auto row : rows) {
    TRY(auto journal, journal_of(row));
    journals.push_back(std::move(journal));
  }
  return journals;
}

Result<void> fresh_key(std::int64_t inserted) {
  if (inserted == 0) return fail(Errc::kConflict, "checkout.key_taken", "The idempotency key has been used.");
  return {};
}

Result<void> still_there(std::int64_t moved) {
  if (moved == 0) return fail(Errc::kConflict, "checkout.moved", "The checkout has moved on in the meantime.");
  return {};
}

}  // namespace

Result<void> insert(db::Tx& tx, const Journal& journal, const std::string& plan) {
  KONTOR_ASSERT(journal.next.has_value());
  return tx.later(kInsertJournal, fresh_key, journal.id, journal.customer, journal.key, journal.fingerprint,
                  journal.state, journal.created, journal.expires, *journal.next, plan);
}

Result<void> apply(db::Tx& tx, CheckoutId id, const Change& change, Time now) {
  const db::Param plan = change.plan == nullptr ? db::Param(db::Null{}) : db::Param(*change.plan);
  const db::Param body = change.answer_body == nullptr ? db::Param("") : db::Param(*change.answer_body);
  return tx.later(kApplyChange, still_there, id, change.from, change.to, change.next, plan, change.order,
                  change.reservation, change.answer_status, body, change.free_key, change.problem, now, change.expires,
                  change.unanswered);
}

Result<void> free_key(db::Tx& tx, CheckoutId id) {
  TRY_DO(tx.run(kFreeKey, id));
  return {};
}

Result<bool> lease(db::Tx& tx, const Journal& journal, Time until) {
  KONTOR_ASSERT(journal.next.has_value());
  TRY(const auto taken, tx.run(kLease, journal.id, *journal.next, until));
  return taken == 1;
}

Result<std::optional<Journal>> find(db::Tx& tx, CheckoutId id) {
  TRY(const auto rows, tx.ask(kFindJournal, id));
  return one(rows);
}

Result<std::optional<Journal>> find_key(db::Tx& tx, CustomerId customer, const std::string& key) {
  TRY(const auto rows, tx.ask(kFindByKey, customer, key));
  return one(rows);
}

Result<std::vector<Journal>> due(db::Tx& tx, Time until, Time furthest, int limit) {
  TRY(const auto rows, tx.ask(kDueJournals, until, limit, furthest));
  return all(rows);
}

bool waits_for_another_time(const Journal& journal, Time furthest) {
  return journal.next && journal.next->ms - (journal.expires.ms - journal.created.ms) > furthest.ms;
}

Result<std::vector<Journal>> journals_after(db::Tx& tx, CheckoutId last) {
  TRY(const auto rows, tx.ask(kJournalsAfter, last));
  return all(rows);
}

}  // namespace kontor::checkout
