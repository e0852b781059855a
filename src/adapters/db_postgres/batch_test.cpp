#include "adapters/db_postgres/batch.h"

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <thread>
#include <utility>

#include "adapters/db_postgres/postgres_store.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres_database.h"

using namespace kontor;
using db::Home;
using db::Rows;
using db::Tx;
using db_postgres::PostgresStore;
using testing::CuttingProxy;

namespace {

constexpr db::Migration kBatchTables[] = {
    {"t", 1, "all", Home::kCustomer,
     "CREATE TABLE t_cell (id @id PRIMARY KEY, n @int, words @text);\n"
     "CREATE TABLE t_log (id @serial, words @text NOT NULL);\n"},
};
constexpr db::Query kPutWords{"t.put", Home::kCustomer, "INSERT INTO t_cell (id, n, words) VALUES ($1, $2, $3)"};
constexpr db::Query kGetWords{"t.get", Home::kCustomer, "SELECT n, words FROM t_cell WHERE id = $1"};
constexpr db::Query kTake{"t.take", Home::kCustomer, "UPDATE t_cell SET n = n - $2 WHERE id = $1 AND n >= $2"};
constexpr db::Query kCopy{
    "t.copy", Home::kCustomer,
    "INSERT INTO t_log (words) SELECT words FROM t_cell WHERE id = $1 AND n >= CAST($2 AS BIGINT) "
    "RETURNING id"};
constexpr db::Query kLogged{"t.logged", Home::kCustomer, "SELECT words FROM t_log WHERE id = $1"};
constexpr db::Query kFind{
    "t.find", Home::kCustomer,
    "SELECT n FROM t_cell WHERE id = $1 AND (CAST($2 AS TEXT) IS NULL OR words = CAST($2 AS TEXT))"};
constexpr db::Query kWrong{"t.wrong", Home::kCustomer, "SELECT n / 0 FROM t_cell WHERE id = $1"};

constexpr int kFibers = 40;

struct BatchFixture {
  testing::PostgresDatabase database;
  std::unique_ptr<PostgresStore> store;

  BatchFixture() {
    if (!database.url().empty()) store = open(database.url());
  }
  static std::unique_ptr<PostgresStore> open(const std::string& url) {
    PostgresStore::Options options;
    options.url = url;
    options.batch = options.read_batch = 128;
    options.alarm = [](std::string_view) {};
    auto opened = PostgresStore::open(options);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
    REQUIRE((*opened)->migrate(kBatchTables));
    return std::move(*opened);
  }
  static Result<void> put(db::Store& to, std::int64_t id, std::int64_t n) {
    return to.write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPutWords, id, n, "words " + std::to_string(id)));
      return {};
    });
  }
  std::int64_t number_of(std::int64_t id) const {
    std::int64_t n = -1;
    REQUIRE(store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(const Rows rows, tx.ask(kGetWords, id));
      n = rows.empty() ? -1 : rows.front().i64(0);
      return {};
    }));
    return n;
  }
  // body(0) … body(kFibers - 1) at once on one loop.
  static void on_fibers(const std::function<void(int)>& body) {
    runtime::Loop loop;
    int left = kFibers;
    for (int fiber = 0; fiber < kFibers; ++fiber)
      loop.spawn([&, fiber] {
        body(fiber);
        if (--left == 0) loop.stop();
      });
    loop.run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: functions of fibers share a transaction, and each hears its own") {
  if (!store) return;
  int wrong = 0;
  on_fibers([&](int fiber) {
    const auto done = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      const std::string words = "words " + std::to_string(fiber);
      TRY_DO(tx.run(kPutWords, fiber, fiber, words));
      TRY(const Rows copied, tx.ask(kCopy, fiber, kFibers / 2));
      if (copied.empty() != (fiber < kFibers / 2)) return fail(Errc::kInternal, "t.wrong");
      if (copied.empty()) return {};
      TRY(const Rows logged, tx.ask(kLogged, copied.front().i64(0)));
      if (logged.front().text(0) != words) return fail(Errc::kInternal, "t.wrong");
      return {};
    });
    if (!done) ++wrong;
  });
  CHECK(wrong == 0);
  CHECK(store->stats().batches < kFibers / 2);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: all want one row, and it becomes a chain") {
  if (!store) return;
  REQUIRE(put(*store, 1, 25));
  int taken = 0;
  for (int round = 0; round < 2; ++round)
    on_fibers([&](int) {
      std::int64_t got = 0;
      REQUIRE(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.ask(kCopy, 1, 0));
        TRY(got, tx.run(kTake, 1, 1));
        return {};
      }));
      taken += static_cast<int>(got);
    });
  CHECK(taken == 25);
  CHECK(number_of(1) == 0);
  CHECK(store->stats().batches < kFibers);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: who fails after a change takes nothing of the others with it") {
  if (!store) return;
  int kept = 0, refused = 0;
  on_fibers([&](int fiber) {
    const auto done = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPutWords, fiber, 1, ""));
      if (fiber % 10 == 3) return fail(Errc::kConflict, "t.refused");
      if (fiber % 10 == 4) KONTOR_ASSERT(false);
      if (fiber % 10 == 5) TRY_DO(tx.ask(kWrong, fiber));
      return {};
    });
    if (done)
      ++kept;
    else if (done.error().reason == (fiber % 10 == 3 ? "t.refused" : fiber % 10 == 4 ? "db.assertion" : "db.statement"))
      ++refused;
  });
  CHECK(kept == kFibers * 7 / 10);
  CHECK(refused == kFibers * 3 / 10);
  for (int id = 0; id < kFibers; ++id) CHECK(number_of(id) == (id % 10 >= 3 && id % 10 <= 5 ? -1 : 1));
  CHECK(store->stats().undone > 0);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: an attempt that fails is undone alone") {
  if (!store) return;
  int wrong = 0;
  on_fibers([&](int fiber) {
    const auto done = store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPutWords, fiber, 1, ""));
      const auto part = tx.attempt([&]() -> Result<void> {
        TRY_DO(tx.run(kPutWords, 1000 + fiber, 1, ""));
        return fail(Errc::kConflict, "t.refused");
      });
      if (part || part.error().reason != "t.refused") return fail(Errc::kInternal, "t.wrong");
      TRY_DO(tx.run(kPutWords, 2000 + fiber, 1, ""));
      return {};
    });
    if (!done) ++wrong;
  });
  CHECK(wrong == 0);
  for (int id = 0; id < kFibers; ++id) {
    CHECK(number_of(id) == 1);
    CHECK(number_of(1000 + id) == -1);
    CHECK(number_of(2000 + id) == 1);
  }
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: lost during COMMIT, nobody knows, and all are told so") {
  if (!store) return;
  CuttingProxy proxy(database.port());
  const auto remote = open(database.url_at(proxy.port()));
  proxy.cut_at("COMMIT", CuttingProxy::Cut::kAfter);
  int unknown = 0, done = 0;
  on_fibers([&](int fiber) {
    const auto answer = put(*remote, fiber, 1);
    if (answer) ++done;
    if (!answer && answer.error().reason == "db.outcome_unknown") ++unknown;
  });
  CHECK(unknown > 0);
  CHECK(unknown + done == kFibers);
  for (int id = 0; id < kFibers; ++id) CHECK(number_of(id) == 1);  // the cut came after it
}

TEST_CASE_FIXTURE(BatchFixture,
                  "postgresql batch: functions that set out before a gate that is never reached run again") {
  if (!store) return;
  CuttingProxy proxy(database.port());
  const auto remote = open(database.url_at(proxy.port()));
  proxy.cut_at("LOCK TABLE", CuttingProxy::Cut::kBefore);
  int done = 0, runs = 0;
  on_fibers([&](int fiber) {
    done += remote
                ->write(Home::kCustomer,
                        [&](Tx& tx) -> Result<void> {
                          ++runs;
                          if (fiber % 3 == 0) static_cast<void>(tx.serial_in_commit_order());  // waits for the gate
                          TRY_DO(tx.run(kPutWords, fiber, fiber, ""));
                          return {};
                        })
                .has_value();
  });
  CHECK(done == kFibers);
  CHECK(runs > kFibers);
  for (int id = 0; id < kFibers; ++id) CHECK(number_of(id) == id);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: a loop torn down in the middle leaves nothing behind") {
  if (!store) return;
  static constexpr db::Query kLong{"t.long", Home::kEvery, "SELECT pg_sleep(60)"};
  {
    runtime::Loop loop;
    for (int fiber = 0; fiber < kFibers; ++fiber)
      loop.spawn([&, fiber] {
        static_cast<void>(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.run(kPutWords, fiber, 1, ""));
          if (fiber > 0) return {};
          runtime::Loop::current()->post([] { runtime::Loop::current()->stop(); });
          TRY_DO(tx.ask(kLong));
          return {};
        }));
      });
    loop.run();
    loop.kill_all();
  }
  for (int id = 0; id < kFibers; ++id) CHECK(number_of(id) == -1);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: reads that ask together what no value was seen of") {
  if (!store) return;
  for (int id = 0; id < kFibers; ++id) REQUIRE(put(*store, id, id));
  int right = 0;
  on_fibers([&](int fiber) {
    std::int64_t n = -1;
    const auto done = store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(const Rows rows, tx.ask(kFind, fiber, std::optional<std::string>()));
      n = rows.empty() ? -1 : rows.front().i64(0);
      return {};
    });
    right += done && n == fiber;
  });
  CHECK(right == kFibers);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: reads one after the other share no snapshot") {
  if (!store) return;
  int wrong = 0;
  on_fibers([&](int fiber) {
    for (std::int64_t n = 0; n < 5; ++n) {
      const auto written = n == 0 ? put(*store, fiber, 9) : store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kTake, fiber, 1));
        return {};
      });
      std::int64_t found = -1;
      const auto read = store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY(const Rows rows, tx.ask(kGetWords, fiber));
        found = rows.front().i64(0);
        return {};
      });
      wrong += !written || !read || found != 9 - n;
    }
  });
  CHECK(wrong == 0);
}

TEST_CASE_FIXTURE(BatchFixture,
                  "postgresql batch: a read that takes long does not keep those waiting that come after it") {
  if (!store) return;
  static constexpr db::Query kHold{"t.hold", Home::kEvery, "SELECT pg_advisory_xact_lock(4711)"};
  static constexpr db::Query kShare{"t.share", Home::kEvery, "SELECT pg_advisory_xact_lock_shared(4711)"};
  REQUIRE(put(*store, 1, 5));
  std::promise<void> held, let_go;
  std::thread holder([&] {
    static_cast<void>(store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.ask(kHold));
      held.set_value();
      let_go.get_future().wait();
      return {};
    }));
  });
  held.get_future().wait();
  runtime::Loop loop;
  std::int64_t found = -1;
  int runs = 0;  // more than one when it waited in vain, and its statement's time was over
  bool shared = false;
  const auto come_after = [&] {
    const auto read = store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(const Rows rows, tx.ask(kGetWords, 1));
      found = rows.front().i64(0);
      return {};
    });
    CHECK(read);
    let_go.set_value();
  };
  loop.spawn([&] {
    shared = store
                 ->read(Home::kCustomer,
                        [&](Tx& tx) -> Result<void> {
                          if (++runs == 1) loop.spawn(come_after);
                          TRY_DO(tx.ask(kShare));
                          return {};
                        })
                 .has_value();
    loop.stop();
  });
  loop.run();
  holder.join();
  CHECK(shared);
  CHECK(runs == 1);
  CHECK(found == 5);
}

namespace {

constexpr db::Query kNothing{"t.nothing", Home::kEvery, "SELECT 1"};

// Holds what `query` locks, by a function of a plain thread, until it is let go.
class Holding {
 public:
  enum class By { kReading, kWriting };
  Holding(PostgresStore& store, const db::Query& query, By by, db::Homes homes)
      : thread_([this, &store, &query, by, homes] {
          const db::Function function = [&](Tx& tx) -> Result<void> {
            TRY_DO(tx.ask(query));
            held_.set_value();
            let_go_.get_future().wait();
            return {};
          };
          CHECK((by == By::kReading ? store.read(homes, function) : store.write(homes, function)));
        }) {
    held_.get_future().wait();
  }
  ~Holding() {
    let_go();
    thread_.join();
  }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  void let_go() {
    if (!std::exchange(gone_, true)) let_go_.set_value();
  }

 private:
  std::promise<void> held_, let_go_;
  bool gone_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: of many, one half goes on while the other half is at the server") {
  if (!store) return;
  static constexpr db::Query kHold{"t.hold", Home::kEvery, "SELECT pg_advisory_xact_lock(4712)"};
  static constexpr db::Query kShare{"t.share", Home::kEvery, "SELECT pg_advisory_xact_lock_shared(4712)"};
  for (int id = 0; id < kFibers; ++id) REQUIRE(put(*store, id, id));
  Holding holding(*store, kHold, Holding::By::kReading, Home::kCustomer);  // a write would hold the gate
  const auto other = open(database.url());
  Holding gate(*other, kNothing, Holding::By::kWriting, Home::kCustomer);  // until all have set out
  int done = 0, runs = 0, right = 0;
  on_fibers([&](int fiber) {
    done += store
                ->write(Home::kCustomer,
                        [&](Tx& tx) -> Result<void> {
                          if (++runs == kFibers) gate.let_go();
                          if (fiber >= kFibers / 2) {
                            TRY_DO(tx.ask(kShare));  // waits at the server until one of the first half goes on
                            return {};
                          }
                          TRY(const Rows rows, tx.ask(kGetWords, fiber));
                          right += rows.size() == 1 && rows.front().i64(0) == fiber ? 1 : 0;
                          holding.let_go();
                          return {};
                        })
                .has_value();
  });
  CHECK(done == kFibers);
  CHECK(runs == kFibers);
  CHECK(right == kFibers / 2);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: what visitors do waits for no purchase, nor the other way round") {
  if (!store) return;
  static constexpr db::Query kSeen{"t.seen", Home::kTelemetry, "INSERT INTO t_cell (id, n, words) VALUES ($1, 1, '')"};
  const auto see = [&](std::int64_t id) {
    return store->write(Home::kTelemetry, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kSeen, id));
      return {};
    });
  };
  // While a function by itself holds one gate, what is behind the other goes on.
  const auto each_while = [&](db::Homes held, bool may_sell, bool may_see, std::int64_t ids) {
    PostgresStore::Options options;
    options.url = database.url();
    options.batch = 128;
    auto holder = PostgresStore::open(options);
    REQUIRE(holder);
    Holding holding(**holder, kNothing, Holding::By::kWriting, held);
    bool sold = false, seen = false;
    runtime::Loop loop;
    int left = 2;
    const auto end = [&] {
      if (--left == 0) loop.stop();
    };
    loop.spawn([&] {
      if (may_sell) sold = put(*store, ids, 1).has_value();
      end();
    });
    loop.spawn([&] {
      if (may_see) seen = see(ids + 1).has_value();
      end();
    });
    loop.run();
    CHECK(sold == may_sell);
    CHECK(seen == may_see);
  };
  each_while(Home::kCustomer, false, true, 10);
  each_while(Home::kTelemetry, true, false, 20);
  CHECK(number_of(11) == 1);
  CHECK(number_of(20) == 1);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: a function that touches what visitors do and more runs by itself") {
  if (!store) return;
  static constexpr db::Query kSeen{"t.seen", Home::kTelemetry, "UPDATE t_cell SET n = n + 1 WHERE id = $1"};
  REQUIRE(put(*store, 1, 0));
  const auto batches = store->stats().batches;
  int done = 0;
  on_fibers([&](int fiber) {
    done += store
                ->write(Home::kCustomer | Home::kTelemetry,
                        [&](Tx& tx) -> Result<void> {
                          TRY_DO(tx.run(kPutWords, 100 + fiber, 1, ""));
                          TRY_DO(tx.run(kSeen, 1));
                          return {};
                        })
                .has_value();
  });
  CHECK(done == kFibers);
  CHECK(number_of(1) == kFibers);
  CHECK(store->stats().batches == batches);
}

TEST_CASE_FIXTURE(BatchFixture, "postgresql batch: who comes while it waits for the gate sets out at once") {
  if (!store) return;
  const auto other = open(database.url());
  Holding gate(*other, kNothing, Holding::By::kWriting, Home::kCustomer);
  runtime::Loop loop;
  int runs = 0, done = 0;
  const auto write = [&](std::int64_t id, const std::function<void()>& set_out) {
    done += store
                ->write(Home::kCustomer,
                        [&](Tx& tx) -> Result<void> {
                          ++runs;
                          set_out();
                          TRY_DO(tx.run(kPutWords, id, 1, ""));
                          return {};
                        })
                .has_value();
    if (done == 2) loop.stop();
  };
  loop.spawn([&] {
    write(1, [&] {
      if (runs == 1) loop.spawn([&] { write(2, [&] { gate.let_go(); }); });
    });
  });
  loop.run();
  CHECK(runs == 2);
  CHECK(number_of(1) == 1);
  CHECK(number_of(2) == 1);
}
