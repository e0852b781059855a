#include "adapters/db_sqlite/readers.h"

#include <limits>

#include "adapters/db_sqlite/sqlite_tx.h"

namespace kontor::db_sqlite {
namespace {

constexpr db::Query kBeginRead{"db.begin_read", db::Home::kEvery, "BEGIN"};
constexpr db::Query kEnd{"db.end_read", db::Home::kEvery, "ROLLBACK"};
constexpr std::size_t kMaxFree = 64;

}  // namespace

Result<std::unique_ptr<Connection>> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());  // the last one used has the warmest cache
      free_.pop_back();
      return connection;
    }
  }
  return Connection::open(settings_);
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (free_.size() < kMaxFree) free_.push_back(std::move(connection));
}

Result<void> Readers::read(db::Homes homes, const db::Function& function, Snapshot snapshot) {
  if (metrics_ == nullptr) return run(homes, function, snapshot);
  const std::int64_t began_us = runtime::StoreMetrics::now_us();
  auto answer = run(homes, function, snapshot);
  metrics_->read(began_us, answer);
  return answer;
}

Result<void> Readers::run(db::Homes homes, const db::Function& function, Snapshot snapshot) {
  TRY(std::unique_ptr<Connection> connection, take());
  const bool transaction = snapshot == Snapshot::kTransaction;
  if (transaction) TRY_DO(connection->run(kBeginRead));
  SqliteTx tx(*connection, homes, transaction ? std::numeric_limits<int>::max() : 1);
  Result<void> done = tx.call(function);
  const bool ended = !transaction || connection->run(kEnd).has_value();
  const bool sound = done || done.error().reason != "db.damaged";
  if (ended && sound) give_back(std::move(connection));
  return done;
}

}  // namespace kontor::db_sqlite
