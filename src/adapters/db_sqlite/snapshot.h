// One instant of an embedded store's files, taken beside the program that writes them, for backups. It opens the files
// by its own connections and takes no part in the folder's lock.
//
// The files hold state about one another (a consumer's position in one counts events of another), so copies of
// different moments would not do: an event between two positions would be lost or never told. While the snapshots are
// opened, the write locks of all files are held at once, which takes well under a millisecond; the copying afterwards
// holds nobody up.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/migration_order.h"

struct sqlite3;

namespace kontor::db_sqlite {

// "shop.db", "catalog.db", "telemetry.db": what a data folder has.
std::span<const std::string_view> store_files();

class Snapshot {
 public:
  // `at_cut` runs while nobody can write, for what lies beside the store; it must be quick. kUnavailable
  // "db.no_store" when a file is missing, "db.locked" when the writers leave no gap for `patience_ms`, or what SQLite
  // says of a file.
  static Result<std::unique_ptr<Snapshot>> open(const std::string& folder, const std::function<void()>& at_cut,
                                                std::int64_t patience_ms = 10'000);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Copies one file as it was at that instant to `path`, which must not exist, and syncs it.
  Result<void> copy(std::string_view file, const std::string& path);
  // What had been applied to the files.
  const db::AppliedMigrations& migrations() const { return migrations_; }
  std::int64_t held_us() const { return held_us_; }  // how long writers waited at most

 private:
  struct Handle;
  Snapshot() = default;
  Result<void> lock_all(std::int64_t patience_ms);

  std::vector<std::unique_ptr<Handle>> locks_;
  std::vector<std::unique_ptr<Handle>> readers_;
  db::AppliedMigrations migrations_;
  std::int64_t held_us_ = 0;
};

}  // namespace kontor::db_sqlite
