// The grown-up store: PostgreSQL over libpq, all homes in one database. A write is one SERIALIZABLE transaction, run
// again when another was in its way; a read is a snapshot. Each loop has its own connections, plain threads share some;
// all are made when first needed, and made again when PostgreSQL comes back.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ports/db.h"
#include "runtime/metrics.h"

namespace kontor::db_postgres {

class PostgresStore : public db::Store, public db::Migrator {
 public:
  struct Options {
    std::string url;      // postgresql://user:password@host:port/database?…
    int connections = 8;  // of each loop, and of all plain threads together: half for writing, half for reading
    std::int64_t connection_wait_ms = 5'000;  // how long a function waits for a free one
    std::int64_t connect_timeout_ms = 5'000;
    std::int64_t answer_timeout_ms = 30'000;
    std::int64_t statement_timeout_ms = 20'000;
    // How long a write waits for a row before it lets go of its own and runs again: this, up to three times this (the
    // connections differ, so that in a deadlock one gives way to the other, long before the server would look).
    std::int64_t lock_timeout_ms = 100;
    int batch = 1;       // write functions of fibers in one transaction at most; 1: each has its own
    int read_batch = 1;  // and read functions in one snapshot
    // Rows of this table come before all that a batch adds to a log; while there are any, serial ids in a batch are not
    // in commit order. "": they never are.
    std::string queue_table;
    bool always_sets = false;                     // for tests: what may be sent for many is sent so for one as well
    int attempts = 24;                            // how often a function runs before it is "db.busy"
    std::function<void(std::string_view)> alarm;  // one line about a bug in a function; unset: standard error
    runtime::Metrics* metrics = nullptr;          // where the store counts; outlives it; may be null
  };
  struct Stats {
    std::int64_t functions = 0;  // that were asked for
    std::int64_t repeats = 0;    // because another transaction was in the way
    std::int64_t lost = 0;       // connections lost on the way
    std::int64_t unknown = 0;    // of these: while COMMIT was under way
    std::int64_t batches = 0;    // of write functions
    std::int64_t undone = 0;     // of these, and their functions ran again
  };

  // Connects once. Errors are one clear line: "db.away", "db.open".
  static Result<std::unique_ptr<PostgresStore>> open(Options options);
  ~PostgresStore() override;

  // Errors of its own: kUnavailable "db.busy", "db.no_connection", "db.away", "db.timeout", "db.outcome_unknown";
  // kFull "db.full"; kInternal "db.assertion", "db.exception", "db.statement".
  Result<void> write(db::Homes homes, const db::Function& function) override;
  Result<void> read(db::Homes homes, const db::Function& function) override;
  Result<void> look(db::Homes homes, const db::Function& function) override;
  bool together(db::Homes homes) const override;
  std::vector<Place> places() const override;
  std::string_view engine() const override { return "postgresql"; }
  // One program at a time, by an advisory lock; the others wait and find it done.
  Result<int> migrate(std::span<const db::Migration> migrations) override;

  Stats stats() const;

 private:
  struct Impl;
  explicit PostgresStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::db_postgres
