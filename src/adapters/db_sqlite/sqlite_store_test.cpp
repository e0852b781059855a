#include "adapters/db_sqlite/sqlite_store.h"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/assert.h"
#include "tests/support/test_store.h"

using namespace kontor;
using namespace kontor::db_sqlite;
using db::Home;
using kontor::testing::TempFolder;
using kontor::testing::TestStore;

namespace {

constexpr db::Migration kStoreTables[] = {
    {"notes", 1, "notes", Home::kCustomer, "CREATE TABLE notes_note (id @id PRIMARY KEY, words @text NOT NULL);"},
};
constexpr db::Query kAdd{"notes.add", Home::kCustomer, "INSERT INTO notes_note (id, words) VALUES ($1, $2)"};
constexpr db::Query kCount{"notes.count", Home::kCustomer, "SELECT COUNT(*) FROM notes_note"};

std::int64_t count(SqliteStore& store) {
  std::int64_t found = -1;
  const auto done = store.read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows rows, tx.ask(kCount));
    found = rows.front().i64(0);
    return {};
  });
  REQUIRE(done);
  return found;
}

Result<void> add(SqliteStore& store, std::int64_t id) {
  return store.write(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kAdd, id, "words"));
    return {};
  });
}

SqliteStore::Options in(const TempFolder& folder) {
  SqliteStore::Options options;
  options.folder = folder.path();
  options.alarm = [](std::string_view) {};
  return options;
}

}  // namespace

TEST_CASE("sqlite_store: what was written is there after closing and opening again") {
  const TempFolder folder;
  for (int round = 0; round < 3; ++round) {
    auto store = SqliteStore::open(in(folder));
    REQUIRE(store);
    auto applied = (*store)->migrate(kStoreTables);
    REQUIRE(applied);
    CHECK(*applied == (round == 0 ? 1 : 0));
    CHECK(count(**store) == round);
    REQUIRE(add(**store, round + 1));
  }
}

TEST_CASE("sqlite_store: one folder belongs to one open store") {
  const TempFolder folder;
  auto first = SqliteStore::open(in(folder));
  REQUIRE(first);
  auto second = SqliteStore::open(in(folder));
  REQUIRE(!second);
  CHECK(second.error().reason == "db.locked");
  CHECK(second.error().detail.find(folder.path()) != std::string::npos);
  first->reset();
  CHECK(SqliteStore::open(in(folder)));
}

TEST_CASE("sqlite_store: a file that is no database is refused") {
  const TempFolder folder;
  std::ofstream(folder.path() + "/catalog.db") << std::string(8192, 'x');
  const auto store = SqliteStore::open(in(folder));
  REQUIRE(!store);
  CHECK(store.error().reason == "db.damaged");
  CHECK(store.error().detail.find("catalog.db") != std::string::npos);
}

TEST_CASE("sqlite_store: a folder that cannot be made is one clear line") {
  const TempFolder folder;
  std::ofstream(folder.path() + "/file") << "not a folder";
  SqliteStore::Options options = in(folder);
  options.folder += "/file/data";
  const auto store = SqliteStore::open(std::move(options));
  REQUIRE(!store);
  CHECK(store.error().reason == "db.open");
  CHECK(store.error().detail.find('\n') == std::string::npos);
}

TEST_CASE("sqlite_store: data of a newer program is refused") {
  const TempFolder folder;
  constexpr db::Migration newer[] = {
      kStoreTables[0], {"notes", 2, "more", Home::kCustomer, "CREATE TABLE notes_more (id @id PRIMARY KEY);"}};
  {
    auto store = SqliteStore::open(in(folder));
    REQUIRE(store);
    REQUIRE((*store)->migrate(newer));
  }
  auto store = SqliteStore::open(in(folder));
  REQUIRE(store);
  const auto applied = (*store)->migrate(kStoreTables);
  REQUIRE(!applied);
  CHECK(applied.error().reason == "db.newer_schema");
}

TEST_CASE("sqlite_store: a failed assertion undoes its function and becomes an Error; the store goes on") {
  TestStore test({kStoreTables});
  const auto done = test.store().write(Home::kCustomer, [](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kAdd, 1, "words"));
    KONTOR_ASSERT(1 + 1 == 3);
    return {};
  });
  REQUIRE(!done);
  CHECK(done.error().reason == "db.assertion");
  CHECK(done.error().code == Errc::kInternal);
  CHECK(count(test.store()) == 0);
  CHECK(add(test.store(), 1));
}

TEST_CASE("sqlite_store: a table of another home, too few parameters and homes apart are refused") {
  TestStore test({kStoreTables});
  const auto other = test.store().write(Home::kStock, [](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kAdd, 1, "words"));
    return {};
  });
  REQUIRE(!other);
  CHECK(other.error().reason == "db.assertion");
  const auto few = test.store().write(Home::kCustomer, [](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kAdd, 1));
    return {};
  });
  CHECK(!few);
  const auto apart = test.store().write(Home::kCustomer | Home::kCatalog, [](db::Tx&) -> Result<void> { return {}; });
  REQUIRE(!apart);
  CHECK(apart.error().reason == "db.homes_apart");
  CHECK(count(test.store()) == 0);
}

TEST_CASE("sqlite_store: a number that became REAL is an Error, not a rounded amount") {
  TestStore test;
  static constexpr db::Query kReal{"test.real", Home::kCustomer, "SELECT 9223372036854775807 + 1"};
  const auto done = test.store().read(Home::kCustomer, [](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.ask(kReal));
    return {};
  });
  REQUIRE(!done);
  CHECK(done.error().reason == "db.not_an_integer");
}

TEST_CASE("sqlite_store: a long log is copied into the file and started anew") {
  const TempFolder folder;
  SqliteStore::Options options = in(folder);
  options.sync = false;
  options.checkpoint_bytes = 1 << 20;
  auto store = SqliteStore::open(std::move(options));
  REQUIRE(store);
  REQUIRE((*store)->migrate(kStoreTables));
  const std::string words(4000, 'w');
  for (std::int64_t id = 1; id <= 3000; ++id) {
    REQUIRE((*store)->write(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kAdd, id, words));
      return {};
    }));
  }
  CHECK((*store)->stats()[0].checkpoints > 0);
  // 3,000 commits are 36 MB of frames. How far the copying thread lags is up to the machine.
  CHECK(std::filesystem::file_size(folder.path() + "/shop.db-wal") < (12 << 20));
  CHECK((*store)->check());
}

TEST_CASE("sqlite_store: functions that wait together are committed together") {
  TestStore test({kStoreTables});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) static_cast<void>(add(test.store(), t * 1000 + i + 1));
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(count(test.store()) == 800);
  const auto stats = test.store().stats()[0];
  CHECK(stats.functions == 800);
  CHECK(stats.batches < 800);
}

TEST_CASE("sqlite_store: fibers that are killed while they wait take nothing down with them") {
  TestStore test({kStoreTables});
  std::atomic<std::int64_t> acknowledged{0};
  for (int round = 0; round < 20; ++round) {
    runtime::Loop loop;
    std::atomic<bool> stopped{false};
    for (int fiber = 0; fiber < 16; ++fiber) {
      loop.spawn([&, fiber] {
        for (std::int64_t i = 1; !stopped; ++i) {
          std::vector<std::int64_t> seen;  // on this fiber's stack: the writer must not touch it afterwards
          const auto done = test.store().write(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
            seen.assign(100, i);
            TRY_DO(tx.run(kAdd, (round * 100 + fiber) * 1'000'000 + i, "words"));
            return {};
          });
          if (done && ++acknowledged % 50 == 49) {
            stopped = true;
            loop.stop();
          }
        }
      });
    }
    loop.run();
  }
  CHECK(acknowledged > 0);
  CHECK(count(test.store()) >= acknowledged);
  CHECK(test.store().check());
}

TEST_CASE("sqlite_store: inline, fibers of one loop share a commit") {
  TestStore test({kStoreTables}, true);
  runtime::Loop::Options options;
  options.virtual_time = true;
  runtime::Loop loop(std::move(options));
  int acknowledged = 0;
  for (int fiber = 0; fiber < 10; ++fiber) {
    loop.spawn([&, fiber] {
      if (add(test.store(), fiber + 1)) ++acknowledged;
    });
  }
  const auto before = test.store().stats()[0];
  loop.run();
  CHECK(acknowledged == 10);
  CHECK(count(test.store()) == 10);
  CHECK(test.store().stats()[0].batches - before.batches < 10);
}

TEST_CASE("sqlite_store: a write inside a write is refused, not waited for") {
  TestStore test({kStoreTables});
  const auto nested = test.store().write(Home::kCustomer, [&](db::Tx&) { return add(test.store(), 1); });
  REQUIRE(!nested);
  CHECK(nested.error().reason == "db.assertion");
  CHECK(add(test.store(), 2));
}
