#include "adapters/db_sqlite/snapshot.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/db_sqlite/sqlite_store.h"
#include "tests/support/test_store.h"

namespace kontor::db_sqlite {
namespace {

using db::Home;

constexpr db::Migration kMigrations[] = {
    {"snapshot", 1, "here", Home::kCustomer,
     "CREATE TABLE snapshot_here (id @id PRIMARY KEY, value @int NOT NULL, ballast @text NOT NULL);\n"
     "INSERT INTO snapshot_here (id, value, ballast) VALUES (1, 0, '');"},
    {"snapshot", 2, "there", Home::kCatalog,
     "CREATE TABLE snapshot_there (id @id PRIMARY KEY, value @int NOT NULL);\n"
     "INSERT INTO snapshot_there (id, value) VALUES (1, 0);"},
};
constexpr db::Query kSetHere{"snapshot.set_here", Home::kCustomer, "UPDATE snapshot_here SET value = $1 WHERE id = 1"};
constexpr db::Query kSetThere{"snapshot.set_there", Home::kCatalog,
                              "UPDATE snapshot_there SET value = $1 WHERE id = 1"};
constexpr db::Query kBallast{"snapshot.ballast", Home::kCustomer,
                             "INSERT INTO snapshot_here (id, value, ballast) VALUES ($1, 0, $2)"};
constexpr db::Query kHere{"snapshot.here", Home::kCustomer, "SELECT value FROM snapshot_here WHERE id = 1"};
constexpr db::Query kThere{"snapshot.there", Home::kCatalog, "SELECT value FROM snapshot_there WHERE id = 1"};

std::unique_ptr<SqliteStore> open_in(const std::string& folder) {
  SqliteStore::Options options;
  options.folder = folder;
  options.sync = false;
  auto store = SqliteStore::open(std::move(options));
  REQUIRE_MESSAGE(store, (store ? "" : store.error().detail));
  REQUIRE((*store)->migrate(kMigrations));
  return std::move(*store);
}

std::int64_t value_in(db::Store& store, const db::Query& query) {
  std::int64_t value = -1;
  REQUIRE(store.read(query.home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(query));
    value = rows.front().i64(0);
    return {};
  }));
  return value;
}

bool set(db::Store& store, const db::Query& query, std::int64_t value) {
  return store
      .write(query.home,
             [&](db::Tx& tx) -> Result<void> {
               TRY_DO(tx.run(query, value));
               return {};
             })
      .has_value();
}

TEST_CASE("a snapshot holds one instant of all files, however busy the writers are") {
  testing::TempFolder folder;
  const auto store = open_in(folder.path() + "/live");
  for (int i = 2; i < 500; ++i)
    REQUIRE(store->write(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kBallast, i, std::string(8000, 'x')));
      return {};
    }));
  // One after the other: the second file is never ahead of the first, and never more than one behind.
  std::atomic<bool> over{false};
  std::atomic<bool> failed{false};
  std::thread writer([&] {
    for (std::int64_t i = 1; !over; ++i)
      if (!set(*store, kSetHere, i) || !set(*store, kSetThere, i)) failed = true;
  });
  std::int64_t last = -1;
  for (int turn = 0; turn < 15; ++turn) {
    const std::string copy = folder.path() + "/copy" + std::to_string(turn);
    REQUIRE(std::filesystem::create_directory(copy));
    const std::int64_t known = value_in(*store, kThere);
    int cuts = 0;
    const auto snapshot = Snapshot::open(folder.path() + "/live", [&] { ++cuts; });
    REQUIRE_MESSAGE(snapshot, (snapshot ? "" : snapshot.error().detail));
    CHECK(cuts == 1);
    CHECK((*snapshot)->migrations().size() == 2);
    for (const auto file : store_files()) REQUIRE((*snapshot)->copy(file, copy + "/" + std::string(file)));
    const auto copied = open_in(copy);
    REQUIRE(copied->check());
    const std::int64_t here = value_in(*copied, kHere);
    const std::int64_t there = value_in(*copied, kThere);
    CHECK(there >= known);  // what was acknowledged before is in it
    CHECK(there <= here);
    CHECK(here <= there + 1);
    CHECK(here >= last);
    last = here;
  }
  over = true;
  writer.join();
  CHECK_FALSE(failed);
}

TEST_CASE("a snapshot of what is no store, and over a file that is there, is refused") {
  testing::TempFolder folder;
  const auto none = Snapshot::open(folder.path(), [] {});
  REQUIRE_FALSE(none);
  CHECK(none.error().reason == "db.no_store");
  CHECK(std::filesystem::is_empty(folder.path()));
  const auto store = open_in(folder.path() + "/live");
  const auto snapshot = Snapshot::open(folder.path() + "/live", [] {});
  REQUIRE(snapshot);
  std::ofstream(folder.path() + "/shop.db") << "mine";
  CHECK((*snapshot)->copy("shop.db", folder.path() + "/shop.db").error().reason == "db.open");
  CHECK(std::filesystem::file_size(folder.path() + "/shop.db") == 4);
}

TEST_CASE("a snapshot leaves the files of a shop that does not run as they are") {
  testing::TempFolder folder;
  open_in(folder.path() + "/live").reset();
  const auto before = std::filesystem::last_write_time(folder.path() + "/live/shop.db");
  REQUIRE(Snapshot::open(folder.path() + "/live", [] {}));
  CHECK(std::filesystem::last_write_time(folder.path() + "/live/shop.db") == before);
  const auto store = open_in(folder.path() + "/live");  // nobody is in its way
  CHECK(set(*store, kSetHere, 5));
}

}  // namespace
}  // namespace kontor::db_sqlite
