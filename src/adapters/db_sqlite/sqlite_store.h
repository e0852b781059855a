// The embedded store: a folder with shop.db (customers, stock, globals), catalog.db and telemetry.db, each with one
// writer that collects functions into durable batches, and readers that run on the caller's thread. It holds
// `kontor.lock` while it is open, so that two programs never share a folder. What write() answered with success
// survives a crash.
#pragma once
#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/db_sqlite/readers.h"
#include "adapters/db_sqlite/writer.h"
#include "ports/db.h"

namespace kontor::db_sqlite {

class SqliteStore : public db::Store, public db::Migrator {
 public:
  struct Options {
    std::string folder;                           // made when it is missing
    std::string vfs;                              // an SQLite file layer by name; empty: the system's files
    Spares* spares = nullptr;                     // see Connection::Settings; null but in the simulator
    bool inline_writer = false;                   // no threads: a fiber of the calling loop writes (the simulator)
    bool sync = true;                             // false only for tests: a power cut may then take acknowledged writes
    int cache_mb = 64;                            // of each writer
    int reader_cache_mb = 8;                      // of each reader
    std::int64_t checkpoint_bytes = 256ll << 20;  // the longest write-ahead log before the writer itself copies it
    std::function<void(std::string_view)> alarm;  // one line about a bug or a failing disk; unset: standard error
    runtime::Metrics* metrics = nullptr;          // where the store counts; outlives it; may be null
  };
  // Errors are one clear line: db.locked, db.read_only, db.full, db.damaged, db.open.
  static Result<std::unique_ptr<SqliteStore>> open(Options options);
  ~SqliteStore() override;

  Result<void> write(db::Homes homes, const db::Function& function) override;
  Result<void> read(db::Homes homes, const db::Function& function) override;
  Result<void> look(db::Homes homes, const db::Function& function) override;
  bool together(db::Homes homes) const override;
  std::vector<Place> places() const override;
  std::string_view engine() const override { return "sqlite"; }
  Result<int> migrate(std::span<const db::Migration> migrations) override;

  // Looks through every page of every file; slow on large ones. "db.damaged" says what was found.
  Result<void> check();
  // One entry a place, in the order of places().
  std::vector<Writer::Stats> stats() const;

 private:
  struct File {
    std::string name;
    db::Homes homes = db::Homes(0u);
    std::unique_ptr<runtime::StoreMetrics> metrics;
    std::unique_ptr<Readers> readers;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Connection> checkpointer;
    std::uint64_t seen_commits = 0;
  };
  explicit SqliteStore(Options options) : options_(std::move(options)) {}
  Result<void> lock_folder();
  Result<void> open_file(std::string_view name, db::Homes homes);
  Result<File*> file_of(db::Homes homes);
  const File* find(db::Homes homes) const;
  void start_checkpointer();
  void checkpoint_loop();
  void copy_log(File& file);

  Options options_;
  int lock_fd_ = -1;
  std::vector<std::unique_ptr<File>> files_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread checkpointer_;
};

}  // namespace kontor::db_sqlite
