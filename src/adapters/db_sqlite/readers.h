// The readers of one database file: connections that are lent to whoever reads, on the caller's own thread.
// Safe from any thread. A reader whose file failed is closed instead of lent again.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/db_sqlite/connection.h"
#include "ports/db.h"
#include "runtime/store_metrics.h"

namespace kontor::db_sqlite {

class Readers {
 public:
  // `metrics` may be null; it outlives the readers.
  Readers(Connection::Settings settings, runtime::StoreMetrics* metrics)
      : settings_(std::move(settings)), metrics_(metrics) {
    settings_.query_only = true;
  }
  // What makes the snapshot that `function` sees: a transaction, or the one statement that it asks.
  enum class Snapshot { kTransaction, kStatement };
  Result<void> read(db::Homes homes, const db::Function& function, Snapshot snapshot = Snapshot::kTransaction);

 private:
  Result<void> run(db::Homes homes, const db::Function& function, Snapshot snapshot);
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);

  Connection::Settings settings_;
  runtime::StoreMetrics* metrics_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace kontor::db_sqlite
