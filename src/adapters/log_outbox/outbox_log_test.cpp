#include "adapters/log_outbox/outbox_log.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "runtime/fiber.h"
#include "services/outbox.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::log_outbox {
namespace {

using testing::on_each_store;

struct Happened {
  static constexpr std::string_view kName = "testing.happened";
  std::int64_t number = 0;
  static constexpr auto fields() { return described(Field("number", &Happened::number, "Which")); }
};

Result<void> emit_number(db::Store& store, std::int64_t number) {
  return store.write(db::Home::kCustomer, [&](db::Tx& tx) {
    return services::emit(tx, Happened{number}, "thing_" + std::to_string(number), Time{1000 + number});
  });
}

TEST_CASE("facts come out whole, in order, after their commit") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    for (int i = 1; i <= 3; ++i) REQUIRE(emit_number(store, i));
    const auto undone = store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(services::emit(tx, Happened{99}, "thing_99", Time{}));
      return fail(Errc::kConflict, "testing.undone");
    });
    CHECK(!undone);
    REQUIRE(log.relay());
    const auto events = log.read("shop", 0, 10);
    REQUIRE(events);
    REQUIRE(events->size() == 3);
    CHECK((*events)[0].name == "testing.happened");
    CHECK((*events)[0].subject == "thing_1");
    CHECK((*events)[0].body == R"({"number":1})");
    CHECK((*events)[0].at == Time{1001});
    CHECK((*events)[0].position < (*events)[1].position);
    CHECK((*events)[1].position < (*events)[2].position);
    CHECK(*log.head("shop") == (*events)[2].position);
    const auto rest = log.read("shop", (*events)[1].position, 10);
    REQUIRE(rest);
    CHECK(rest->size() == 1);
    CHECK(log.read("shop", 0, 2)->size() == 2);
  });
}

TEST_CASE("many facts go in one round trip, in their order") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    std::vector<services::Fact> facts;
    for (int i = 0; i < 5; ++i) facts.push_back(services::fact(Happened{i}, std::to_string(i)));
    REQUIRE(store.write(db::Home::kCustomer, [&](db::Tx& tx) { return services::emit_all(tx, facts, Time{7}); }));
    REQUIRE(log.relay());
    const auto events = log.read("shop", 0, 10);
    REQUIRE(events);
    REQUIRE(events->size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK((*events)[i].subject == std::to_string(i));
  });
}

TEST_CASE("each place has a stream of its own") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    CHECK(log.streams().size() == store.places().size());
    REQUIRE(store.write(db::Home::kCatalog, [&](db::Tx& tx) { return services::emit(tx, Happened{1}, "c", Time{}); }));
    REQUIRE(emit_number(store, 2));
    REQUIRE(log.relay());
    std::size_t found = 0;
    for (const auto& stream : log.streams()) found += log.read(stream, 0, 10)->size();
    CHECK(found == 2);
    CHECK(log.read("nowhere", 0, 1).error().code == Errc::kNotFound);
  });
}

// Two transactions are open at once and commit in the reverse order of their ids; a consumer reads in between. Where
// one writer makes that impossible (SQLite), the second simply waits for the first.
TEST_CASE("a transaction that commits in the reverse order of its ids loses no event") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    std::vector<LoggedEvent> seen;
    const auto consume = [&] {
      REQUIRE(log.relay());
      const auto events = log.read("shop", seen.empty() ? 0 : seen.back().position, 100);
      REQUIRE(events);
      seen.insert(seen.end(), events->begin(), events->end());
    };
    if (store.engine() == "postgresql") {
      std::latch early_wrote(1);
      std::latch late_committed(1);
      std::atomic<int> runs{0};
      std::thread early([&] {
        const auto done = store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
          TRY_DO(services::emit(tx, Happened{1}, "early", Time{1}));
          if (runs++ == 0) early_wrote.count_down();
          late_committed.wait();
          return {};
        });
        CHECK(done);
      });
      early_wrote.wait();
      CHECK(emit_number(store, 2));
      consume();
      CHECK(seen.size() == 1);  // the later id alone is there
      late_committed.count_down();
      early.join();
    } else {
      CHECK(emit_number(store, 1));
      consume();
      CHECK(emit_number(store, 2));
    }
    consume();
    consume();
    std::multiset<std::string> bodies;
    for (const auto& event : seen) bodies.insert(event.body);
    CHECK(bodies == std::multiset<std::string>{R"({"number":1})", R"({"number":2})"});
  });
}

TEST_CASE("a reader beside many writers sees every event once") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    OutboxLog other(store);  // a second relay at the same time
    constexpr int kThreads = 4;
    constexpr int kEach = 25;
    std::atomic<int> open{kThreads};
    std::vector<std::thread> writers;
    std::atomic<int> failed{0};
    for (int t = 0; t < kThreads; ++t)
      writers.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i)
          if (!emit_number(store, t * kEach + i)) ++failed;
        --open;
      });
    std::thread second([&] {
      while (open > 0) (void)other.relay();
    });
    std::vector<LoggedEvent> seen;
    for (bool last = false;;) {
      last = open == 0;
      (void)log.relay();
      const auto events = log.read("shop", seen.empty() ? 0 : seen.back().position, 7);
      if (!events) continue;
      seen.insert(seen.end(), events->begin(), events->end());
      if (last && events->empty()) break;
    }
    for (auto& writer : writers) writer.join();
    second.join();
    while (true) {  // what the second relay moved last
      REQUIRE(log.relay());
      const auto events = log.read("shop", seen.back().position, 100);
      REQUIRE(events);
      if (events->empty()) break;
      seen.insert(seen.end(), events->begin(), events->end());
    }
    CHECK(failed == 0);
    std::set<std::string> bodies;
    for (const auto& event : seen) bodies.insert(event.body);
    CHECK(seen.size() == kThreads * kEach);
    CHECK(bodies.size() == kThreads * kEach);
  });
}

// Functions that share a transaction put their events into the log at once, unless some of others still wait for the
// relay: those happened before.
TEST_CASE("postgresql: events of a batch need no relay, and never pass those that wait for it") {
  const testing::PostgresDatabase database;
  if (!database.available()) return;
  db_postgres::PostgresStore::Options options;
  options.url = database.url();
  options.batch = 64;
  options.queue_table = "outbox_pending";
  const auto store = db_postgres::PostgresStore::open(std::move(options));
  REQUIRE((store && (*store)->migrate(services_migrations())));
  OutboxLog log(**store);
  constexpr int kFibers = 10;
  const auto emit_many = [&](int from) {
    runtime::Loop loop;
    int left = kFibers;
    for (int i = 0; i < kFibers; ++i)
      loop.spawn([&, i] {
        CHECK(emit_number(**store, from + i));
        if (--left == 0) loop.stop();
      });
    loop.run();
  };
  emit_many(0);
  REQUIRE(log.read("shop", 0, 100)->size() == kFibers);
  REQUIRE(emit_number(**store, 100));  // of a plain thread: by itself
  CHECK(log.read("shop", 0, 100)->size() == kFibers);
  emit_many(200);
  CHECK(log.read("shop", 0, 100)->size() == kFibers);
  CHECK(*log.unrelayed("shop", 100) == kFibers + 1);
  CHECK(*log.relay() == kFibers + 1);
  emit_many(300);
  const auto events = *log.read("shop", 0, 100);
  REQUIRE(events.size() == 3 * kFibers + 1);
  CHECK(events[kFibers].body == R"({"number":100})");
  std::set<std::string> bodies;
  for (std::size_t i = 0; i < events.size(); ++i) {
    bodies.insert(events[i].body);
    const auto hundreds = i < kFibers ? "" : i <= 2 * kFibers ? "2" : "3";
    if (i != kFibers) CHECK(events[i].body.starts_with(std::string(R"({"number":)") + hundreds));
  }
  CHECK(bodies.size() == events.size());
}

TEST_CASE("pruning keeps what is young, unseen or newest") {
  on_each_store({services_migrations()}, [](db::Store& store) {
    OutboxLog log(store);
    for (int i = 1; i <= 6; ++i) REQUIRE(emit_number(store, i));  // at 1001 … 1006
    REQUIRE(log.relay());
    const auto all = log.read("shop", 0, 10);
    REQUIRE(all->size() == 6);
    CHECK(*log.prune("shop", (*all)[3].position, Time{1003}) == 2);  // younger ones stay
    CHECK(*log.prune("shop", (*all)[2].position, Time{9999}) == 1);  // unseen ones stay
    CHECK(*log.prune("shop", (*all)[5].position, Time{9999}) == 2);  // the newest stays
    const auto head = *log.head("shop");
    CHECK(head == (*all)[5].position);
    CHECK(log.forgotten("shop")->through == (*all)[4].position);
    CHECK(log.forgotten("shop")->before == Time{9999});
    CHECK(*log.prune("shop", (*all)[5].position, Time{1}) == 0);  // nothing to forget changes nothing
    CHECK(log.forgotten("shop")->before == Time{9999});
    CHECK(log.forgotten(log.streams().back())->through == (log.streams().size() > 1 ? 0 : (*all)[4].position));
    REQUIRE(emit_number(store, 7));
    REQUIRE(log.relay());
    CHECK(log.read("shop", head, 10)->size() == 1);
  });
}

}  // namespace
}  // namespace kontor::log_outbox
