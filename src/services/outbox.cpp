#include "services/outbox.h"

namespace kontor::services {
namespace {

constexpr db::Query kAppend{"outbox.append", db::Home::kEvery,
                            "INSERT INTO outbox_events (name, subject, body, at) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kAppendPending{"outbox.append_pending", db::Home::kEvery,
                                   "INSERT INTO outbox_pending (name, subject, body, at) VALUES ($1, $2, $3, $4)"};

}  // namespace

Result<void> emit_text(db::Tx& tx, std::string_view name, std::string_view subject, std::string_view body, Time now) {
  // Who keeps all other writers out: the row id is the position already. Several writers: the relay gives positions
  // after commit (adapters/log_outbox).
  const db::Param params[] = {name, subject, body, now};
  return tx.later_by_order(kAppend, kAppendPending, params);
}

Result<void> emit_all(db::Tx& tx, std::span<const Fact> facts, Time now) {
  for (const auto& each : facts) TRY_DO(emit_text(tx, each.name, each.subject, each.body, now));
  return {};
}

}  // namespace kontor::services
