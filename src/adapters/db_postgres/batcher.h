// Collects the functions of one loop into batches: what comes while a batch runs is the next one. Loop thread only.
// Reading, a function that finds another's batch slow is not kept waiting by it, and where functions come in crowds
// they wait a moment for each other: a transaction costs the server as much as a question.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/db_postgres/batch.h"
#include "adapters/db_postgres/pool.h"

namespace kontor::db_postgres {

class Batcher {
 public:
  struct Parts {
    const ConnectionSettings& settings;
    bool reading = false;
    Gate gate = Gate::kShop;
    std::size_t most = 128;        // functions in a batch
    std::string queue_table = {};  // PostgresStore::Options
    bool always_sets = false;
    std::int64_t connection_wait_ms = 5'000;
    std::function<void()> begun = {};    // a batch was
    std::function<void()> undone = {};   // a batch was
    std::function<void()> lost = {};     // a connection was
    std::function<void()> unknown = {};  // and nobody knows whether its COMMIT came through
  };
  explicit Batcher(Parts parts);

  // The function's answer; nothing when it must run by itself.
  std::optional<Result<void>> call(const Task& task, runtime::WriteTimes& times);

  // After a migration. Any thread.
  void look_again() { stale_.store(true); }

 private:
  struct Turn;
  struct Gathering;
  void start();
  void wait_for_batch(Member& member);
  void work();
  bool carry_out(Connection& connection, Turn& turn);
  bool crowd_comes(Connection& connection);
  std::optional<Failure> look(Connection& connection);
  void fail_all(const Error& error);
  void conclude(Batch& batch, Connection& connection, Turn& turn);
  void commit(Batch& batch, Connection& connection, Turn& turn);

  Parts parts_;
  Pool pool_;
  // The last one counts; connections remember statements of the others by address.
  std::vector<std::unique_ptr<KnownQueries>> known_;
  std::atomic<bool> stale_{true};
  std::string queue_text_;
  db::Query queue_query_;
  bool has_queue_ = false;
  std::vector<Member*> queue_;
  Batch* gathering_ = nullptr;  // waits for the gate, and takes who comes
  int working_ = 0;             // that have not come to their COMMIT
  // The last batch.
  std::int64_t begun_us_ = 0;
  std::size_t size_ = 0;
};

}  // namespace kontor::db_postgres
