#include "adapters/db_postgres/postgres_store.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

#include "base/assert.h"
#include "runtime/fiber.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres_database.h"

using namespace kontor;
using db::Home;
using db::Rows;
using db::Tx;
using db_postgres::PostgresStore;
using testing::CuttingProxy;

namespace {

constexpr db::Migration kStoreTables[] = {
    {"t", 1, "all", Home::kCustomer,
     "CREATE TABLE t_cell (id @id PRIMARY KEY, n @int, words @text, bytes @blob, small INTEGER);\n"
     "CREATE TABLE t_name (id @id PRIMARY KEY, name @text NOT NULL UNIQUE);\n"},
};
constexpr db::Query kPutCell{"t.put", Home::kCustomer,
                             "INSERT INTO t_cell (id, n, words, bytes) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kGetCell{"t.get", Home::kCustomer, "SELECT id, n, words, bytes FROM t_cell WHERE id = $1"};
constexpr db::Query kSetCell{"t.set", Home::kCustomer, "UPDATE t_cell SET n = $2 WHERE id = $1"};
constexpr db::Query kCountCells{"t.count", Home::kCustomer, "SELECT COUNT(*) FROM t_cell"};
constexpr db::Query kName{"t.name", Home::kCustomer, "INSERT INTO t_name (id, name) VALUES ($1, $2)"};
constexpr db::Query kDie{"t.die", Home::kEvery, "SELECT pg_terminate_backend(pg_backend_pid())"};

PostgresStore::Options options_for(const std::string& url) {
  PostgresStore::Options options;
  options.url = url;
  options.alarm = [](std::string_view) {};
  return options;
}

std::unique_ptr<PostgresStore> open_at(const std::string& url) {
  auto opened = PostgresStore::open(options_for(url));
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
  REQUIRE((*opened)->migrate(kStoreTables));
  return std::move(*opened);
}

Result<void> put(db::Store& store, std::int64_t id, std::int64_t n) {
  return store.write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kPutCell, id, n, db::Null{}, db::Null{}));
    return {};
  });
}
std::int64_t number_of(db::Store& store, std::int64_t id) {
  std::int64_t n = -1;
  const auto done = store.read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    n = -1;
    TRY(const Rows rows, tx.ask(kGetCell, id));
    if (!rows.empty()) n = rows.front().i64(1);
    return {};
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  return n;
}
std::string reason_of(const Result<void>& done) { return done ? "" : done.error().reason; }

struct StoreFixture {
  testing::PostgresDatabase database;
  std::unique_ptr<PostgresStore> store;
  StoreFixture() {
    if (database.available())
      store = open_at(database.url());
    else
      MESSAGE("postgresql: skipped");
  }
};

}  // namespace

TEST_CASE_FIXTURE(StoreFixture, "postgresql: every type of cell comes back as it went") {
  if (!store) return;
  const std::string bytes("a\0\xff\x01", 4);
  const std::int64_t numbers[] = {0, -1, std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min()};
  for (const std::int64_t number : numbers) {
    CHECK(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      static constexpr db::Query kClear{"t.clear", Home::kCustomer, "DELETE FROM t_cell"};
      TRY_DO(tx.run(kClear));
      TRY(const auto put_rows, tx.run(kPutCell, 7, number, "Grüße, 世界", db::Blob{bytes}));
      CHECK(put_rows == 1);
      TRY(const Rows rows, tx.ask(kGetCell, 7));
      REQUIRE(rows.size() == 1);
      CHECK(rows.front().i64(1) == number);
      CHECK(rows.front().text(2) == "Grüße, 世界");
      CHECK(rows.front().text(3) == bytes);
      return {};
    }));
  }
  static constexpr db::Query kMany{"t.many", Home::kCustomer,
                                   "SELECT CAST(-5 AS SMALLINT), 70000, 1 = 1, NULL, SUM(v), SUM(-v), MAX(v), 'x' FROM "
                                   "(VALUES (CAST(12345678901234 AS BIGINT)), (6)) AS a (v)"};
  CHECK(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const Rows rows, tx.ask(kMany));
    const auto row = rows.front();
    CHECK(row.i64(0) == -5);
    CHECK(row.i64(1) == 70000);
    CHECK(row.flag(2));
    CHECK(row.is_null(3));
    CHECK(row.i64(4) == 12345678901240);
    CHECK(row.i64(5) == -12345678901240);
    CHECK(row.i64(6) == 12345678901234);
    CHECK(row.text(7) == "x");
    return {};
  }));
  static constexpr db::Query kFraction{"t.fraction", Home::kCustomer, "SELECT 1.5"};
  CHECK(reason_of(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.ask(kFraction));
          return {};
        })) == "db.not_an_integer");
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: parameters keep their type whether or not they are null the first time") {
  if (!store) return;
  // Left to itself the server takes $2 for a 32-bit integer here.
  static constexpr db::Query kLater{"t.later", Home::kCustomer,
                                    "SELECT CAST(COALESCE($2, 0) + 1 AS BIGINT), $1 IS NULL"};
  CHECK(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const Rows none, tx.ask(kLater, "x", db::Null{}));
    CHECK(none.front().i64(0) == 1);
    TRY(const Rows some, tx.ask(kLater, "x", 1'790'000'000'000));
    CHECK(some.front().i64(0) == 1'790'000'000'001);
    TRY(const Rows again, tx.ask(kLater, "x", db::Null{}));
    CHECK(again.front().i64(0) == 1);
    return {};
  }));
  CHECK(reason_of(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kName, 1, std::string("a\0b", 3)));
          return {};
        })) == "db.bad_text");
  CHECK(reason_of(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kName, 1, "\xc3\x28"));
          return {};
        })) == "db.bad_text");
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: a table that changed under prepared statements is read again") {
  if (!store) return;
  static constexpr db::Query kAll{"t.all", Home::kCustomer, "SELECT * FROM t_name"};
  static constexpr db::Query kGrow{"t.grow", Home::kCustomer, "ALTER TABLE t_name ADD COLUMN more BIGINT"};
  const auto look = [&] {
    return store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.ask(kAll));
      return {};
    });
  };
  CHECK(look());
  CHECK(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kGrow));
    return {};
  }));
  CHECK(look());
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: an error outside attempt() fails the write even when it is swallowed") {
  if (!store) return;
  const auto swallowed = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kName, 1, "one"));
    CHECK(tx.run(kName, 2, "one").error().reason == "db.duplicate");
    CHECK(tx.run(kName, 3, "three").error().reason == "db.duplicate");
    return {};
  });
  CHECK(reason_of(swallowed) == "db.duplicate");
  const auto healed = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kName, 1, "one"));
    const auto inner = tx.attempt([&]() -> Result<void> {
      TRY_DO(tx.attempt([&]() -> Result<void> {
        TRY_DO(tx.run(kName, 5, "five"));
        return {};
      }));
      TRY_DO(tx.run(kName, 2, "one"));
      return {};
    });
    CHECK(reason_of(inner) == "db.duplicate");
    CHECK(tx.attempt([] { return Result<void>{}; }));
    TRY_DO(tx.run(kName, 3, "three"));
    return {};
  });
  CHECK(healed);
  static constexpr db::Query kIds{"t.ids", Home::kCustomer, "SELECT id FROM t_name ORDER BY id"};
  CHECK(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const Rows rows, tx.ask(kIds));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].i64(0) == 1);
    CHECK(rows[1].i64(0) == 3);
    return {};
  }));
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: an attempt that fails last is undone by the commit") {
  if (!store) return;
  CHECK(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kName, 1, "one"));
    CHECK_FALSE(tx.attempt([&]() -> Result<void> {
      TRY_DO(tx.run(kName, 2, "two"));
      return fail(Errc::kConflict, "t.changed_my_mind");
    }));
    return {};
  }));
  static constexpr db::Query kNames{"t.names", Home::kCustomer, "SELECT COUNT(*) FROM t_name"};
  CHECK(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const Rows rows, tx.ask(kNames));
    CHECK(rows.front().i64(0) == 1);
    return {};
  }));
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: run_each sends everything at once and stops at the first error") {
  if (!store) return;
  const std::string large(20'000, 'x');  // more than the sockets hold, in both directions
  std::vector<std::vector<db::Param>> sets;
  for (std::int64_t id = 1; id <= 500; ++id)
    sets.push_back({id, id % 2 == 0 ? db::Param(id) : db::Param(), large, db::Null{}});
  CHECK(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const auto changed, tx.run_each(kPutCell, sets));
    CHECK(changed == std::vector<std::int64_t>(500, 1));
    TRY(const Rows rows, tx.ask(kCountCells));
    CHECK(rows.front().i64(0) == 500);
    std::vector<std::vector<db::Param>> updates{{1, 5}, {1'000, 5}, {2, 5}};
    TRY(const auto updated, tx.run_each(kSetCell, updates));
    CHECK(updated == std::vector<std::int64_t>{1, 0, 1});
    return {};
  }));
  sets = {{600, 1, "a", db::Null{}}, {1, 1, "a", db::Null{}}, {601, 1, "a", db::Null{}}};
  CHECK(reason_of(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run_each(kPutCell, sets));
          return {};
        })) == "db.duplicate");
  CHECK(number_of(*store, 600) == -1);
}

TEST_CASE_FIXTURE(StoreFixture,
                  "postgresql: fibers of one loop that get in each other's way repeat until they add up") {
  if (!store) return;
  REQUIRE(put(*store, 1, 0));
  runtime::Loop loop;
  int left = 4;
  int failed = 0;
  for (int fiber = 0; fiber < 4; ++fiber) {
    loop.spawn([&] {
      for (int round = 0; round < 25; ++round) {
        const auto done = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY(const Rows rows, tx.ask(kGetCell, 1));
          TRY_DO(tx.run(kSetCell, 1, rows.front().i64(1) + 1));
          return {};
        });
        if (!done) ++failed;
      }
      if (--left == 0) loop.stop();
    });
  }
  loop.run();
  CHECK(failed == 0);
  CHECK(number_of(*store, 1) == 100);
  CHECK(store->stats().repeats > 0);
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: a function may not wait, and a failed assertion undoes it") {
  if (!store) return;
  CHECK(reason_of(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kPutCell, 1, 1, db::Null{}, db::Null{}));
          runtime::Parker parker;
          parker.wait_for(1);
          return {};
        })) == "db.assertion");
  CHECK(reason_of(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kPutCell, 1, 1, db::Null{}, db::Null{}));
          KONTOR_ASSERT(false);
          return {};
        })) == "db.assertion");
  CHECK(reason_of(store->write(Home::kStock, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kPutCell, 1, 1, db::Null{}, db::Null{}));
          return {};
        })) == "db.assertion");
  CHECK(reason_of(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kPutCell, 1, 1, db::Null{}, db::Null{}));
          return {};
        })) == "db.write_in_read");
  CHECK(number_of(*store, 1) == -1);
  CHECK(put(*store, 1, 8));
  CHECK(number_of(*store, 1) == 8);
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: a connection killed before COMMIT is replaced once") {
  if (!store) return;
  int runs = 0;
  CHECK(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    ++runs;
    TRY_DO(tx.run(kPutCell, 1, runs, db::Null{}, db::Null{}));
    if (runs == 1) TRY_DO(tx.ask(kDie));
    return {};
  }));
  CHECK(runs == 2);
  CHECK(number_of(*store, 1) == 2);
  const auto hopeless = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kPutCell, 2, 1, db::Null{}, db::Null{}));
    TRY_DO(tx.ask(kDie));
    return {};
  });
  CHECK(reason_of(hopeless) == "db.away");
  CHECK(number_of(*store, 2) == -1);
  CHECK(put(*store, 2, 3));
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: a connection lost during COMMIT leaves the outcome unknown") {
  if (!store) return;
  CuttingProxy proxy(database.port());
  const auto remote = open_at(database.url_at(proxy.port()));
  REQUIRE(put(*remote, 1, 1));

  proxy.cut_at("COMMIT", CuttingProxy::Cut::kAfter);
  CHECK(reason_of(put(*remote, 2, 2)) == "db.outcome_unknown");
  CHECK(number_of(*store, 2) == 2);

  proxy.cut_at("COMMIT", CuttingProxy::Cut::kBefore);
  CHECK(reason_of(put(*remote, 3, 3)) == "db.outcome_unknown");
  CHECK(number_of(*store, 3) == -1);
  CHECK(remote->stats().unknown == 2);

  proxy.cut_at("INSERT",
               CuttingProxy::Cut::kAfter);  // the connections are new: the statement is prepared there once more
  CHECK(put(*remote, 4, 4));
  CHECK(number_of(*store, 4) == 4);
  CHECK(proxy.cuts() == 3);
}

TEST_CASE("postgresql: a server that is away is one clear line") {
  PostgresStore::Options options = options_for("postgresql://kontor:secret@127.0.0.1:1/kontor");
  const auto away = PostgresStore::open(options);
  REQUIRE_FALSE(away.has_value());
  CHECK(away.error().reason == "db.away");
  CHECK(away.error().detail.starts_with("PostgreSQL cannot be used: "));
  CHECK(away.error().detail.find('\n') == std::string::npos);
  CHECK(away.error().detail.find("secret") == std::string::npos);
  options.url = "postgresql://%%%";
  CHECK_FALSE(PostgresStore::open(options).has_value());
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: the store works again when the server is back") {
  const char* control = std::getenv("KONTOR_TEST_POSTGRES_CTL");
  if (!store || control == nullptr) return;
  REQUIRE(put(*store, 1, 1));
  REQUIRE(std::system((std::string(control) + " stop").c_str()) == 0);
  CHECK(reason_of(put(*store, 2, 2)) == "db.away");
  REQUIRE(std::system((std::string(control) + " start").c_str()) == 0);
  CHECK(put(*store, 2, 2));
  CHECK(number_of(*store, 1) == 1);
  CHECK(number_of(*store, 2) == 2);
}

TEST_CASE_FIXTURE(StoreFixture, "postgresql: a fiber torn away in the middle leaves nothing behind") {
  if (!store) return;
  static constexpr db::Query kLong{"t.long", Home::kEvery, "SELECT pg_sleep(60)"};
  {
    runtime::Loop loop;
    loop.spawn([&] {
      static_cast<void>(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kPutCell, 1, 1, db::Null{}, db::Null{}));
        runtime::Loop::current()->post([] { runtime::Loop::current()->stop(); });
        TRY_DO(tx.ask(kLong));
        return {};
      }));
    });
    loop.run();
    loop.kill_all();
  }
  CHECK(number_of(*store, 1) == -1);
}
