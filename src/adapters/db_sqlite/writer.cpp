#include "adapters/db_sqlite/writer.h"

#include <csignal>

#include "adapters/db_sqlite/sqlite_tx.h"

namespace kontor::db_sqlite {
namespace {

constexpr db::Query kBeginWrite{"db.begin", db::Home::kEvery, "BEGIN IMMEDIATE"};
constexpr db::Query kCommit{"db.commit", db::Home::kEvery, "COMMIT"};
constexpr db::Query kRollback{"db.rollback", db::Home::kEvery, "ROLLBACK"};
constexpr db::Query kBeforeFunction{"db.savepoint", db::Home::kEvery, "SAVEPOINT kontor_function"};
constexpr db::Query kKeepFunction{"db.release", db::Home::kEvery, "RELEASE kontor_function"};
constexpr db::Query kUndoFunction{"db.rollback_to", db::Home::kEvery, "ROLLBACK TO kontor_function"};

// The writer tries again to shorten a log that a reader holds on to, or that the checkpointer is just copying, when it
// has grown by this part of the longest it should be.
constexpr std::int64_t kCheckpointSteps = 4;
// Helped, it does so by itself only when the log is so many times as long as it may become: the help has not kept up.
constexpr std::int64_t kHelpIsLate = 3;

// Signals are for the threads of the loops.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

// Covers a caller's wait: if its fiber is killed meanwhile, its function must not be touched any more.
class Writer::Waiting {
 public:
  Waiting(Writer& writer, Request& request) : writer_(writer), request_(request) {}
  ~Waiting() {
    if (!over_) writer_.abandon(request_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  void wait() {
    request_.parker.wait();
    over_ = true;
  }

 private:
  Writer& writer_;
  Request& request_;
  bool over_ = false;
};

Writer::Writer(std::unique_ptr<Connection> connection, Settings settings)
    : settings_(std::move(settings)), connection_(std::move(connection)) {
  next_checkpoint_frames_ = settings_.checkpoint_frames;
  if (settings_.threaded) thread_ = std::thread([this] { work(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> Writer::write(db::Homes homes, const db::Function& function) {
  auto request = std::make_shared<Request>();
  request->homes = homes;
  request->function = &function;
  return submit(std::move(request));
}

Result<void> Writer::alone(const Job& job) {
  auto request = std::make_shared<Request>();
  request->job = &job;
  return submit(std::move(request));
}

Result<void> Writer::submit(RequestPtr request) {
  if (settings_.metrics != nullptr) request->times.asked_us = runtime::StoreMetrics::now_us();
  bool wake = false;
  bool start_drain = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(Errc::kUnavailable, "db.closing", "The store is closing.");
    if (queue_.size() >= settings_.max_queue) {
      return fail(Errc::kUnavailable, "db.queue_full", "Too many writes are waiting.");
    }
    wake = settings_.threaded && queue_.empty();
    queue_.push_back(request);
    start_drain = !settings_.threaded && !draining_;
    if (start_drain) draining_ = true;
  }
  if (wake) queued_.notify_one();
  if (start_drain) {
    if (runtime::on_fiber())
      runtime::spawn([this] { drain(); });
    else
      drain();
  }
  Waiting waiting(*this, *request);
  waiting.wait();
  if (settings_.metrics != nullptr) settings_.metrics->wrote(request->times, request->result);
  return std::move(request->result);
}

void Writer::abandon(Request& request) {
  std::unique_lock lock(mutex_);
  for (auto at = queue_.begin(); at != queue_.end(); ++at) {
    if (at->get() != &request) continue;
    queue_.erase(at);
    return;
  }
  if (!settings_.threaded) return;  // the drain runs a batch in one go: what it took is over
  ++abandoning_;
  done_.wait(lock, [&] { return request.state == State::kDone; });
  --abandoning_;
}

void Writer::work() {
  block_signals();
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [&] { return stopping_ || !queue_.empty() || log_to_be_finished(); });
      if (queue_.empty() && stopping_) return;
    }
    if (log_to_be_finished()) checkpoint_if_long();
    Batch batch = take();
    carry_out(batch);
  }
}

void Writer::drain() {
  struct Over {
    Writer& writer;
    ~Over() {
      const std::lock_guard lock(writer.mutex_);
      writer.draining_ = false;
    }
  } over{*this};
  for (;;) {
    if (runtime::on_fiber()) runtime::yield();  // others may join the batch; a crash may come before it
    Batch batch = take();
    if (batch.empty()) return;
    carry_out(batch);
  }
}

// As many functions as there are, or one job.
Writer::Batch Writer::take() {
  Batch batch;
  const std::lock_guard lock(mutex_);
  while (!queue_.empty() && batch.size() < settings_.max_batch) {
    const bool job = queue_.front()->job != nullptr;
    if (job && !batch.empty()) break;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    batch.back()->state = State::kRunning;
    if (job) break;
  }
  return batch;
}

void Writer::carry_out(Batch& batch) {
  if (batch.empty()) return;
  if (auto open = ensure_open(); !open) {
    fail_all(batch, open.error());
  } else if (Request& first = *batch.front(); first.job != nullptr) {
    first.result = (*first.job)(*connection_);
    undo();
    commits_.fetch_add(1, std::memory_order_relaxed);
  } else {
    run_batch(batch);
  }
  answer(batch);
  checkpoint_if_long();
}

void Writer::run_batch(std::span<RequestPtr> batch) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  functions_.fetch_add(batch.size(), std::memory_order_relaxed);
  if (settings_.metrics != nullptr) {
    const std::int64_t now_us = runtime::StoreMetrics::now_us();
    for (RequestPtr& request : batch) request->times.begun_us = now_us;
  }
  if (try_batch(batch, false) == Ended::kDone) return;
  repeated_.fetch_add(1, std::memory_order_relaxed);
  if (settings_.metrics != nullptr) settings_.metrics->repeated();
  if (auto open = ensure_open(); !open) return fail_all(batch, open.error());
  try_batch(batch, true);
}

Writer::Ended Writer::try_batch(std::span<RequestPtr> batch, bool savepoints) {
  if (auto begun = connection_->run(kBeginWrite); !begun) {
    fail_all(batch, begun.error());
    undo();
    return Ended::kDone;
  }
  rows_begun_ = connection_->total_changes();
  for (RequestPtr& request : batch) {
    if (savepoints) {
      if (auto set = connection_->run(kBeforeFunction); !set) {
        fail_all(batch, set.error());
        undo();
        return Ended::kDone;
      }
    }
    const std::int64_t before = connection_->total_changes();
    SqliteTx tx(*connection_, request->homes);
    request->result = tx.call(*request->function);
    const bool failed = !request->result;
    if (!failed) {
      if (savepoints) request->result = connection_->run(kKeepFunction).map([](std::int64_t) {});
      if (request->result) continue;
    }
    const bool changed = connection_->total_changes() != before;
    if (settle_failure(batch, *request, savepoints, changed) == Ended::kAgain) return Ended::kAgain;
    if (!connection_ || !connection_->in_transaction()) return Ended::kDone;
  }
  return commit(batch);
}

// After it, either the transaction goes on without what `failed` did, or it is over and the batch has its answers (or
// is to be run again).
Writer::Ended Writer::settle_failure(std::span<RequestPtr> batch, Request& failed, bool savepoints, bool changed) {
  const Error& error = failed.result.error();
  if (error.reason == "db.assertion" || error.reason == "db.exception" || error.reason == "db.damaged") report(error);
  if (!connection_->in_transaction()) {  // a full or failing disk: the engine has undone everything
    fail_all(batch, Error(error));
    return Ended::kDone;
  }
  if (savepoints) {
    auto undone = connection_->run(kUndoFunction);
    if (undone) undone = connection_->run(kKeepFunction);
    if (undone) return Ended::kDone;
    fail_all(batch, undone.error());
    undo();
    return Ended::kDone;
  }
  if (!changed) return Ended::kDone;
  undo();
  return batch.size() == 1 ? Ended::kDone : Ended::kAgain;
}

Writer::Ended Writer::commit(std::span<RequestPtr> batch) {
  const std::int64_t begun_us = settings_.metrics != nullptr ? runtime::StoreMetrics::now_us() : 0;
  auto committed = connection_->run(kCommit);
  if (committed) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    rows_.fetch_add(static_cast<std::uint64_t>(connection_->total_changes() - rows_begun_), std::memory_order_relaxed);
    if (settings_.metrics == nullptr) return Ended::kDone;
    const std::int64_t now_us = runtime::StoreMetrics::now_us();
    for (RequestPtr& request : batch) {
      request->times.commit_begun_us = begun_us;
      request->times.committed_us = now_us;
    }
    return Ended::kDone;
  }
  failed_commits_.fetch_add(1, std::memory_order_relaxed);
  Error error = std::move(committed.error());
  // The last frame may be in the log although syncing it failed: after a crash now it would count.
  if (error.reason == "db.damaged") error.reason = "db.outcome_unknown";
  report(error);
  fail_all(batch, error);
  undo();
  return Ended::kDone;
}

void Writer::answer(std::span<RequestPtr> batch) {
  {
    const std::lock_guard lock(mutex_);
    for (RequestPtr& request : batch) request->state = State::kDone;
    if (abandoning_ > 0) done_.notify_all();
  }
  for (RequestPtr& request : batch) request->parker.wake();
}

void Writer::fail_all(std::span<RequestPtr> batch, const Error& error) {
  const Error copy = error;  // it may be one of those overwritten
  for (RequestPtr& request : batch) request->result = fail(copy);
}

void Writer::undo() {
  if (!connection_ || !connection_->in_transaction()) return;
  static_cast<void>(connection_->run(kRollback));
  if (connection_->in_transaction()) connection_.reset();  // nobody knows what it would commit next
}

Result<void> Writer::ensure_open() {
  if (connection_) return {};
  TRY(connection_, Connection::open(settings_.connection));
  return {};
}

void Writer::checkpoint_if_long() {
  if (!connection_) return;
  const std::int64_t frames = connection_->wal_frames();
  const std::int64_t before = log_frames_.exchange(frames, std::memory_order_relaxed);
  pages_.fetch_add(static_cast<std::uint64_t>(frames < before ? frames : frames - before), std::memory_order_relaxed);
  const bool asked = finish_log_.exchange(false, std::memory_order_relaxed);
  if (frames < settings_.checkpoint_frames) next_checkpoint_frames_ = settings_.checkpoint_frames;
  if (frames < next_checkpoint_frames_ * (settings_.helped && !asked ? kHelpIsLate : 1)) return;
  checkpoints_.fetch_add(1, std::memory_order_relaxed);
  auto all_copied = connection_->checkpoint();
  if (!all_copied) report(all_copied.error());
  // Copied entirely: the next commit starts the log anew.
  const bool held = !all_copied || !*all_copied;
  next_checkpoint_frames_ =
      held ? frames + settings_.checkpoint_frames / kCheckpointSteps + 1 : settings_.checkpoint_frames;
}

void Writer::finish_log() {
  {
    const std::lock_guard lock(mutex_);
    finish_log_.store(true, std::memory_order_relaxed);
  }
  queued_.notify_one();
}

void Writer::report(const Error& error) {
  if (settings_.alarm) settings_.alarm(settings_.connection.path + ": " + error.reason + ": " + error.detail);
}

Writer::Stats Writer::stats() const {
  Stats stats;
  stats.functions = functions_.load(std::memory_order_relaxed);
  stats.batches = batches_.load(std::memory_order_relaxed);
  stats.repeated = repeated_.load(std::memory_order_relaxed);
  stats.failed_commits = failed_commits_.load(std::memory_order_relaxed);
  stats.checkpoints = checkpoints_.load(std::memory_order_relaxed);
  stats.rows = rows_.load(std::memory_order_relaxed);
  stats.pages = pages_.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  stats.queued = queue_.size();
  return stats;
}

}  // namespace kontor::db_sqlite
