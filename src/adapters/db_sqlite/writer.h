// The one writer of a database file. Functions wait in a queue; the writer runs as many as there are in one
// transaction, commits, and only then answers them all. It owns its connection and, unless inline, its thread. Batches
// are optimistic: no savepoints, unless a function failed after it changed something and the batch is run again.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "adapters/db_sqlite/connection.h"
#include "ports/db.h"
#include "runtime/fiber.h"
#include "runtime/store_metrics.h"

namespace kontor::db_sqlite {

class Writer {
 public:
  struct Settings {
    Connection::Settings connection;
    bool threaded = true;  // false: a fiber of the caller's loop does the work (the simulator)
    std::size_t max_batch = 256;
    std::size_t max_queue = 65536;
    std::int64_t checkpoint_frames = 16384;       // how long the log may become before it shall begin anew
    bool helped = false;                          // somebody copies the log meanwhile, and calls finish_log()
    std::function<void(std::string_view)> alarm;  // a bug or a failing disk, in one line; from the writer's thread
    runtime::StoreMetrics* metrics = nullptr;     // outlives the writer; may be null
  };
  using Job = std::function<Result<void>(Connection&)>;

  Writer(std::unique_ptr<Connection> connection, Settings settings);
  ~Writer();  // what is queued is still done
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<void> write(db::Homes homes, const db::Function& function);
  // Runs `job` between batches with the connection to itself; it opens its own transactions.
  Result<void> alone(const Job& job);
  // The log is long and all but the last of it is copied: the writer copies the rest now, between two batches, so that
  // the next commit begins it anew. From any thread.
  void finish_log();
  bool log_to_be_finished() const { return finish_log_.load(std::memory_order_relaxed); }
  std::int64_t log_frames() const { return log_frames_.load(std::memory_order_relaxed); }
  // Commits since the file was opened; another thread may look whether there is something to copy.
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

  struct Stats {
    std::uint64_t functions = 0, batches = 0, repeated = 0, failed_commits = 0, checkpoints = 0;
    std::uint64_t rows = 0;   // inserted, changed or deleted in what was committed
    std::uint64_t pages = 0;  // that commits have put into the log
    std::size_t queued = 0;
  };
  Stats stats() const;

 private:
  enum class State { kQueued, kRunning, kDone };
  struct Request {
    db::Homes homes = db::Homes(0u);
    const db::Function* function = nullptr;
    const Job* job = nullptr;
    State state = State::kQueued;  // guarded by mutex_
    Result<void> result;
    runtime::WriteTimes times;  // kept where somebody counts
    runtime::Parker parker;
  };
  using RequestPtr = std::shared_ptr<Request>;
  using Batch = std::vector<RequestPtr>;
  enum class Ended { kDone, kAgain };
  class Waiting;

  Result<void> submit(RequestPtr request);
  void abandon(Request& request);  // its caller's frames are going: dequeue it, or wait until it has run
  void work();                     // the thread
  void drain();                    // the fiber
  Batch take();
  void carry_out(Batch& batch);
  void run_batch(std::span<RequestPtr> batch);
  Ended try_batch(std::span<RequestPtr> batch, bool savepoints);
  Ended settle_failure(std::span<RequestPtr> batch, Request& failed, bool savepoints, bool changed);
  Ended commit(std::span<RequestPtr> batch);
  void answer(std::span<RequestPtr> batch);
  void fail_all(std::span<RequestPtr> batch, const Error& error);
  void undo();
  Result<void> ensure_open();
  void checkpoint_if_long();
  void report(const Error& error);

  Settings settings_;
  std::unique_ptr<Connection> connection_;  // null after a failure that left it in doubt
  std::int64_t next_checkpoint_frames_ = 0;
  std::atomic<bool> finish_log_{false};
  std::atomic<std::int64_t> log_frames_{0};
  std::int64_t rows_begun_ = 0;  // of the connection, when the batch began
  mutable std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable done_;
  std::deque<RequestPtr> queue_;
  bool stopping_ = false;
  bool draining_ = false;
  int abandoning_ = 0;
  std::atomic<std::uint64_t> functions_{0}, batches_{0}, repeated_{0}, commits_{0}, failed_commits_{0}, checkpoints_{0};
  std::atomic<std::uint64_t> rows_{0}, pages_{0};
  std::thread thread_;
};

}  // namespace kontor::db_sqlite
