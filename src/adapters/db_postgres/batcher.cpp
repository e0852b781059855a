#include "adapters/db_postgres/batcher.h"

#include "adapters/db_postgres/catalogue.h"
#include "base/assert.h"

namespace kontor::db_postgres {
namespace {

constexpr int kConnections = 2;  // the next batch begins while one commits
constexpr int kTries = 3;        // in a batch, which may be learning yet; then by itself

}  // namespace

Batcher::Batcher(Parts parts)
    : parts_(std::move(parts)),
      pool_(parts_.settings, parts_.reading ? Mode::kReadBatch : Mode::kBatch, kConnections),
      queue_text_("SELECT 1 FROM " + parts_.queue_table + " LIMIT 1"),
      queue_query_{"db.queue", db::Home::kEvery, queue_text_} {}

std::optional<Result<void>> Batcher::call(db::Homes homes, const db::Function& function, runtime::WriteTimes& times) {
  for (int turn = 0; turn < kTries; ++turn) {
    Member member(homes, function);
    member.times = times;
    member.queue = &queue_;
    queue_.push_back(&member);
    start();
    member.parker.wait();
    if (member.verdict == Member::Verdict::kOpen) {
      member.run();
      while (member.verdict == Member::Verdict::kOpen) member.parker.wait();
    }
    times = member.times;
    switch (member.verdict) {
      case Member::Verdict::kOpen:
        break;
      case Member::Verdict::kDone:
      case Member::Verdict::kUnknown:
        return std::move(member.result);
      case Member::Verdict::kAgain:
        continue;
      case Member::Verdict::kAlone:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

void Batcher::start() {
  if (working_ > 0 || queue_.empty()) return;
  ++working_;
  runtime::spawn([this] { work(); });
}

// While it lives the next batch is not begun.
struct Batcher::Turn {
  Batcher& batcher;
  bool held = true;
  void release() {
    if (!held) return;
    held = false;
    --batcher.working_;
    if (std::uncaught_exceptions() == 0) batcher.start();
  }
  ~Turn() { release(); }
};

void Batcher::fail_all(const Error& error) {
  for (Member* member : std::exchange(queue_, {})) {
    member->queue = nullptr;
    member->result = fail(error);
    member->verdict = Member::Verdict::kDone;
    member->parker.wake();
  }
}

std::optional<Failure> Batcher::look(Connection& connection) {
  if (!stale_.exchange(false)) return std::nullopt;
  Catalogue catalogue;
  if (auto failure = load_catalogue(connection, catalogue)) {
    stale_.store(true);
    return failure;
  }
  has_queue_ = catalogue.tables.contains(parts_.queue_table);
  known_.push_back(std::make_unique<KnownQueries>(std::move(catalogue)));
  return std::nullopt;
}

// One batch.
void Batcher::work() {
  Turn turn{*this};
  auto lease = pool_.take(parts_.connection_wait_ms);
  if (!lease) return fail_all(lease.error());
  Connection& connection = lease->connection();
  auto failure = look(connection);
  if (failure) {
    pool_.drop_idle();
    return fail_all(failure->error);
  }
  bool stale = false;
  {
    parts_.begun();
    Batch batch(connection, *known_.back(), {parts_.reading, parts_.always_sets});
    batch.take(queue_, parts_.most);
    failure = batch.begin(has_queue_ ? &queue_query_ : nullptr);
    if (failure) {
      batch.give_up();
      batch.roll_back();
      batch.undo();
    } else {
      batch.take(queue_, parts_.most);  // who came meanwhile
      conclude(batch, connection, turn);
    }
    stale = batch.stale();
  }
  if (!connection.lost() && !stale) return;
  parts_.lost();
  pool_.drop_idle();
  lease->adopt(nullptr);
}

void Batcher::conclude(Batch& batch, Connection& connection, Turn& turn) {
  const bool good = batch.run();
  if (!good || parts_.reading) {
    if (!good) parts_.undone();
    batch.roll_back();
    return batch.undo();
  }
  if (batch.changed() && !batch.only_failed()) return commit(batch, connection, turn);
  batch.roll_back();
  batch.tell(Member::Verdict::kDone);
}

// The next batch comes as far as the gate meanwhile.
void Batcher::commit(Batch& batch, Connection& connection, Turn& turn) {
  turn.release();
  const auto failure = batch.commit();
  if (!failure) return batch.tell(Member::Verdict::kDone);
  if (failure->kind == Failure::Kind::kLost) {
    parts_.unknown();
    const Error unknown{
        Errc::kUnavailable, "db.outcome_unknown", "The connection to PostgreSQL was lost during COMMIT.", {}, {}, 0};
    return batch.tell(Member::Verdict::kUnknown, &unknown);
  }
  parts_.undone();
  if (!connection.lost()) batch.roll_back();
  batch.undo();
}

}  // namespace kontor::db_postgres
