#include "adapters/log_outbox/outbox_log.h"

#include "base/assert.h"

namespace kontor::log_outbox {
namespace {

constexpr db::Query kRead{"outbox.read", db::Home::kEvery, R"sql(
  SELECT id, name, subject, body, at FROM outbox_events WHERE id > $1 ORDER BY id LIMIT $2
)sql"};
constexpr db::Query kHead{"outbox.head", db::Home::kEvery, "SELECT MAX(id) FROM outbox_events"};
constexpr db::Query kPending{"outbox.pending", db::Home::kEvery, "SELECT id FROM outbox_pending ORDER BY id LIMIT $1"};
constexpr db::Query kUnrelayed{"outbox.unrelayed", db::Home::kEvery,
                               "SELECT COUNT(*) FROM (SELECT id FROM outbox_pending LIMIT $1) AS waiting"};
// Changed by every relay, so that of two at once one waits for the other.
constexpr db::Query kCount{"outbox.count_on", db::Home::kEvery,
                           "UPDATE outbox_counter SET value = value + $1 WHERE id = 1"};
constexpr db::Query kNumber{"outbox.number", db::Home::kEvery, R"sql(
  INSERT INTO outbox_events (name, subject, body, at)
  SELECT name, subject, body, at FROM outbox_pending WHERE id <= $1 ORDER BY id
)sql"};
constexpr db::Query kUnqueue{"outbox.unqueue", db::Home::kEvery, "DELETE FROM outbox_pending WHERE id <= $1"};
constexpr db::Query kPrune{"outbox.prune", db::Home::kEvery, R"sql(
  DELETE FROM outbox_events
   WHERE id IN (SELECT id FROM outbox_events ORDER BY id LIMIT $1)
     AND id <= $2 AND at < $3 AND id < (SELECT MAX(id) FROM outbox_events)
  RETURNING id
)sql"};
constexpr db::Query kNotePruned{"outbox.note_pruned", db::Home::kEvery, R"sql(
  INSERT INTO outbox_pruned (id, through_id, before_at) VALUES (1, $1, $2)
  ON CONFLICT (id) DO UPDATE SET
    through_id = CASE WHEN outbox_pruned.through_id > $1 THEN outbox_pruned.through_id ELSE $1 END,
    before_at = CASE WHEN outbox_pruned.before_at > $2 THEN outbox_pruned.before_at ELSE $2 END
)sql"};
constexpr db::Query kPruned{"outbox.pruned", db::Home::kEvery,
                            "SELECT through_id, before_at FROM outbox_pruned WHERE id = 1"};

}  // namespace

OutboxLog::OutboxLog(db::Store& store) : store_(store), places_(store.places()) {}

std::vector<std::string> OutboxLog::streams() const {
  std::vector<std::string> names;
  for (const auto& place : places_) names.push_back(place.name);
  return names;
}

Result<db::Home> OutboxLog::home_of(const std::string& stream) const {
  for (const auto& place : places_)
    if (place.name == stream) return place.home;
  return fail(Errc::kNotFound, "outbox.no_such_stream", "There is no event stream '" + stream + "'.");
}

Result<std::vector<LoggedEvent>> OutboxLog::read(const std::string& stream, std::int64_t position, int limit) {
  KONTOR_ASSERT(limit > 0);
  TRY(const auto home, home_of(stream));
  std::vector<LoggedEvent> events;
  TRY_DO(store_.look(home, [&](db::Tx& tx) -> Result<void> {
    events.clear();
    TRY(const auto rows, tx.ask(kRead, position, limit));
    events.reserve(rows.size());
    for (const auto row : rows) events.push_back({stream, row.i64(0), row.str(1), row.str(2), row.str(3), row.time(4)});
    return {};
  }));
  return events;
}

Result<std::int64_t> OutboxLog::head(const std::string& stream) {
  TRY(const auto home, home_of(stream));
  std::int64_t head = 0;
  TRY_DO(store_.look(home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kHead));
    head = rows.front().opt_i64(0).value_or(0);
    return {};
  }));
  return head;
}

Result<std::int64_t> OutboxLog::unrelayed(const std::string& stream, std::int64_t most) {
  if (ordered_.load(std::memory_order_relaxed)) return 0;
  TRY(const auto home, home_of(stream));
  std::int64_t count = 0;
  TRY_DO(store_.read(home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kUnrelayed, most));
    count = rows.front().i64(0);
    return {};
  }));
  return count;
}

Result<int> OutboxLog::relay() {
  if (ordered_.load(std::memory_order_relaxed)) return 0;
  int moved = 0;
  for (const auto& place : places_) {
    TRY(const auto count, relay_place(place));
    moved += count;
  }
  return moved;
}

Result<int> OutboxLog::relay_place(const db::Store::Place& place) {
  bool idle = false;
  bool ordered = false;
  TRY_DO(store_.read(place.home, [&](db::Tx& tx) -> Result<void> {
    ordered = tx.serial_in_commit_order();
    if (ordered) return {};
    TRY(const auto rows, tx.ask(kPending, 1));
    idle = rows.empty();
    return {};
  }));
  if (ordered) ordered_.store(true, std::memory_order_relaxed);
  if (ordered || idle) return 0;

  std::int64_t count = 0;
  TRY_DO(store_.write(place.home, [&](db::Tx& tx) -> Result<void> {
    count = 0;
    TRY(const auto rows, tx.ask(kPending, kRelayBatch));
    if (rows.empty()) return {};
    count = static_cast<std::int64_t>(rows.size());
    const auto last = rows[rows.size() - 1].i64(0);
    TRY_DO(tx.run(kCount, count));
    TRY(const auto numbered, tx.run(kNumber, last));
    TRY(const auto unqueued, tx.run(kUnqueue, last));
    // One snapshot saw the same rows three times; were it not so, a row could be lost or told twice.
    KONTOR_ASSERT(numbered == count && unqueued == count);
    return {};
  }));
  return static_cast<int>(count);
}

Result<int> OutboxLog::prune(const std::string& stream, std::int64_t passed, Time before, int limit) {
  TRY(const auto home, home_of(stream));
  std::size_t gone = 0;
  TRY_DO(store_.write(home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kPrune, limit, passed, before));
    gone = rows.size();
    if (gone == 0) return {};
    std::int64_t through = 0;
    for (const auto row : rows) through = std::max(through, row.i64(0));
    TRY_DO(tx.run(kNotePruned, through, before));
    return {};
  }));
  return static_cast<int>(gone);
}

Result<EventLog::Forgotten> OutboxLog::forgotten(const std::string& stream) {
  TRY(const auto home, home_of(stream));
  Forgotten forgotten;
  TRY_DO(store_.read(home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kPruned));
    if (!rows.empty()) forgotten = {rows.front().i64(0), rows.front().time(1)};
    return {};
  }));
  return forgotten;
}

}  // namespace kontor::log_outbox
