#include "services/outbox.h"

namespace kontor::services {
namespace {

constexpr db::Query kAppend{"outbox.append", db::Home::kEvery,
                            "INSERT INTO outbox_events (name, subject, body, at) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kAppendPending{"outbox.append_pending", db::Home::kEvery,
                                   "INSERT INTO outbox_pending (name, subject, body, at) VALUES ($1, $2, $3, $4)"};

// Who keeps all other writers out: the row id is the position already. Several writers: the relay gives positions after
// commit (adapters/log_outbox).
const db::Query& append_query(const db::Tx& tx) { return tx.serial_in_commit_order() ? kAppend : kAppendPending; }

}  // namespace

Result<void> emit_text(db::Tx& tx, std::string_view name, std::string_view subject, std::string_view body, Time now) {
  return tx.later(append_query(tx), nullptr, name, subject, body, now);
}

Result<void> emit_all(db::Tx& tx, std::span<const Fact> facts, Time now) {
  for (const auto& each : facts) TRY_DO(emit_text(tx, each.name, each.subject, each.body, now));
  return {};
}

}  // namespace kontor::services
