#include "adapters/db_postgres/batcher.h"

#include "adapters/db_postgres/catalogue.h"
#include "base/assert.h"
#include "runtime/monotonic.h"

namespace kontor::db_postgres {
namespace {

constexpr int kConnections = 2;          // the next batch begins while one commits
constexpr int kTries = 3;                // in a batch, which may be learning yet; then by itself
constexpr std::int64_t kSlowMs = 5;      // so long a function waits for another's reading batch
constexpr std::int64_t kCrowdUs = 2000;  // from the beginning of one reading batch of several to the next

}  // namespace

Batcher::Batcher(Parts parts)
    : parts_(std::move(parts)),
      pool_(parts_.settings, parts_.reading ? Mode::kReadBatch : Mode::kBatch, kConnections),
      queue_text_("SELECT 1 FROM " + parts_.queue_table + " LIMIT 1"),
      queue_query_{"db.queue", db::Home::kEvery, queue_text_} {}

std::optional<Result<void>> Batcher::call(const Task& task, runtime::WriteTimes& times) {
  for (int turn = 0; turn < kTries; ++turn) {
    Member member(task);
    member.times = times;
    member.queue = &queue_;
    queue_.push_back(&member);
    start();
    wait_for_batch(member);
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
  if (gathering_ != nullptr) return gathering_->take(queue_, parts_.most);
  if (working_ > 0 || queue_.empty()) return;
  ++working_;
  runtime::spawn([this] { work(); });
}

// Until it is taken into one, or has its answer.
void Batcher::wait_for_batch(Member& member) {
  if (parts_.reading) {
    if (member.parker.wait_for(kSlowMs)) return;
    // The first batch of all looks at the tables, which the others need.
    if (working_ < kConnections && member.queue != nullptr && !known_.empty()) {
      ++working_;
      runtime::spawn([this] { work(); });
    }
  }
  member.parker.wait();
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

void Batcher::work() {
  Turn turn{*this};
  auto lease = pool_.take(parts_.connection_wait_ms);
  if (!lease) return fail_all(lease.error());
  Connection& connection = lease->connection();
  std::optional<runtime::HighPriority> others_wait;
  if (!parts_.reading) others_wait.emplace();
  bool usable = true;
  do {
    if (auto failure = look(connection)) {
      pool_.drop_idle();
      return fail_all(failure->error);
    }
    usable = carry_out(connection, turn);
  } while (usable && parts_.reading && crowd_comes(connection));
  if (usable && !connection.settled()) connection.send_off();  // the last one's ROLLBACK
  if (usable && !connection.lost()) return;
  parts_.lost();
  pool_.drop_idle();
  lease->adopt(nullptr);
}

// Whether somebody waits for the next batch on the same connection. No snapshot is held while it pauses: the server
// could not clear away what purchases replace.
bool Batcher::crowd_comes(Connection& connection) {
  const std::int64_t left_us = begun_us_ + kCrowdUs - runtime::monotonic_micros();
  if (size_ > 1 && left_us > 0) {
    if (!connection.settled()) connection.send_off();
    runtime::sleep_for((left_us + 999) / 1000);
  }
  return !connection.lost() && !queue_.empty();
}

// While one lives, who comes sets out at once, and has come to the first question when the gate opens.
struct Batcher::Gathering {
  Batcher& batcher;
  Gathering(Batcher& b, Batch& batch) : batcher(b) { batcher.gathering_ = &batch; }
  ~Gathering() { batcher.gathering_ = nullptr; }
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;
};

// One batch; false when its connection is not to be used again.
bool Batcher::carry_out(Connection& connection, Turn& turn) {
  parts_.begun();
  Batch batch(connection, *known_.back(), {parts_.reading, parts_.always_sets, parts_.gate});
  begun_us_ = runtime::monotonic_micros();
  batch.take(queue_, parts_.most);
  std::optional<Failure> failure;
  {
    const Gathering gathering(*this, batch);
    failure = batch.begin(has_queue_ && parts_.gate == Gate::kShop ? &queue_query_ : nullptr);
  }
  if (failure) {
    batch.give_up();
    batch.roll_back();
    batch.undo();
  } else {
    size_ = batch.size();
    conclude(batch, connection, turn);
  }
  return !connection.lost() && !batch.stale();
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
