#include "services/consumers.h"

#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "adapters/log_outbox/outbox_log.h"
#include "services/outbox.h"
#include "tests/support/each_store.h"
#include "tests/support/happened.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

using testing::Happened;

struct Ignored {
  static constexpr std::string_view kName = "testing.ignored";
  static constexpr auto fields() { return described(); }
};

constexpr db::Migration kEffectTables[] = {{"testing", 1, "effects", db::Home::kCustomer,
                                            "CREATE TABLE testing_effects (id @serial, subject @text NOT NULL);"}};
constexpr db::Query kEffect{"testing.effect", db::Home::kCustomer, "INSERT INTO testing_effects (subject) VALUES ($1)"};
constexpr db::Query kAllEffects{"testing.effects", db::Home::kCustomer,
                                "SELECT subject FROM testing_effects ORDER BY id"};

void emit_numbers(db::Store& store, int from, int to) {
  const auto done = store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    for (int i = from; i <= to; ++i) TRY_DO(emit(tx, Happened{i}, std::to_string(i), Time{i}));
    return {};
  });
  REQUIRE(done);
}

std::string effects(db::Store& store) {
  std::string all;
  REQUIRE(store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    all.clear();
    TRY(const auto rows, tx.ask(kAllEffects));
    for (const auto row : rows) all += row.str(0) + " ";
    return {};
  }));
  return all;
}

struct ConsumersWorld {
  db::Store& store;
  testing::FakeClock clock;
  log_outbox::OutboxLog log{store};
  Leases leases{store, clock, "me"};

  explicit ConsumersWorld(db::Store& s) : store(s) {}
  ConsumerRunner runner(ConsumerRunner::Settings settings = {}) {
    return {store, log, leases, clock, std::move(settings)};
  }
};

Consumer listener(std::string name, std::string& heard) {
  Consumer consumer;
  consumer.name = std::move(name);
  consumer.handles = {"testing.happened"};
  consumer.handle = [&heard](const LoggedEvent& event) -> Result<void> {
    heard += event.subject + " ";
    return {};
  };
  return consumer;
}

Consumer writer(std::string name) {
  Consumer consumer;
  consumer.name = std::move(name);
  consumer.handles = {"testing.happened"};
  consumer.handle_in_tx = [](db::Tx& tx, const LoggedEvent& event) -> Result<void> {
    TRY_DO(tx.run(kEffect, event.subject));
    return {};
  };
  return consumer;
}

TEST_CASE("a durable consumer hears each event once, in order, and goes on where it stopped") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    ConsumersWorld world(store);
    std::string heard;
    emit_numbers(store, 1, 3);
    {
      auto runner = world.runner();
      runner.add(listener("testing.mail", heard));
      REQUIRE(runner.prepare());
      CHECK(*runner.run_until_quiet() == 3);
      REQUIRE(store.write(db::Home::kCustomer, [](db::Tx& tx) { return emit(tx, Ignored{}, "x", Time{}); }));
      CHECK(*runner.run_until_quiet() == 0);
      CHECK(*runner.passed("shop") == *world.log.head("shop"));
    }
    emit_numbers(store, 4, 5);
    auto again = world.runner();
    again.add(listener("testing.mail", heard));
    REQUIRE(again.prepare());
    CHECK(*again.run_until_quiet() == 2);
    CHECK(heard == "1 2 3 4 5 ");
  });
}

TEST_CASE("how far a consumer is behind is what the stream has and the store says it has not handled") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    ConsumersWorld world(store);
    std::string heard;
    auto runner = world.runner();
    runner.add(listener("testing.mail", heard));
    REQUIRE(runner.prepare());
    emit_numbers(store, 1, 7);
    const auto waiting = *world.log.unrelayed("shop", 5);
    CHECK((waiting == 0 || waiting == 5));  // only where a relay numbers events, and no further than asked
    REQUIRE(world.log.relay());
    CHECK(*world.log.unrelayed("shop", 5) == 0);
    const auto lag_on_shop = [&] {
      const auto all = runner.lags();
      REQUIRE(all);
      for (const auto& one : *all)
        if (one.consumer == "testing.mail" && one.stream == "shop") return one.events;
      return std::int64_t{-1};
    };
    CHECK(lag_on_shop() == 7);
    CHECK(*runner.run_until_quiet() == 7);
    CHECK(lag_on_shop() == 0);
  });
}

TEST_CASE("events beyond one batch are all heard") {
  testing::TestStore test({services_migrations()});
  ConsumersWorld world(test.store());
  int count = 0;
  auto runner = world.runner({.batch = 10});
  Consumer consumer;
  consumer.name = "testing.count";
  consumer.handle = [&](const LoggedEvent&) -> Result<void> {
    ++count;
    return {};
  };
  runner.add(std::move(consumer));
  runner.add(writer("testing.ignored"));
  REQUIRE(runner.prepare());
  emit_numbers(test.store(), 1, 95);
  // The second consumer's table is not there: its events end as dead letters and hold up nobody.
  CHECK(*runner.run_until_quiet() == 95);
  CHECK(count == 95);
  CHECK(runner.dead_letters(100)->size() == 95);
}

TEST_CASE("an event that keeps failing is parked after its tries, and the next one runs") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    ConsumersWorld world(store);
    std::string heard;
    int tries = 0;
    auto consumer = listener("testing.mail", heard);
    consumer.handle = [&, inner = consumer.handle](const LoggedEvent& event) -> Result<void> {
      if (event.subject != "2") return inner(event);
      ++tries;
      return fail(Errc::kInvalid, "testing.bad", "cannot be");
    };
    std::string parked;
    auto runner = world.runner({.tries = 3, .trouble = [&](auto, auto words) { parked = words; }});
    runner.add(std::move(consumer));
    REQUIRE(runner.prepare());
    emit_numbers(store, 1, 3);
    CHECK(runner.run_until_quiet());
    CHECK(heard == "1 3 ");
    CHECK(tries == 3);
    const auto letters = runner.dead_letters(10);
    REQUIRE(letters->size() == 1);
    CHECK((*letters)[0].consumer == "testing.mail");
    CHECK((*letters)[0].subject == "2");
    CHECK((*letters)[0].reason == "testing.bad: cannot be");
    CHECK(parked.find("parked shop:") == 0);
    CHECK(*runner.run_until_quiet() == 0);
  });
}

TEST_CASE("an error that no repetition mends is parked at once") {
  testing::TestStore test({services_migrations()});
  ConsumersWorld world(test.store());
  std::string heard;
  int tries = 0;
  auto consumer = listener("testing.mail", heard);
  consumer.hopeless = {"testing.refused"};
  consumer.handle = [&, inner = consumer.handle](const LoggedEvent& event) -> Result<void> {
    if (event.subject != "2") return inner(event);
    ++tries;
    return fail(Errc::kUnavailable, "testing.refused", "no such person");
  };
  auto runner = world.runner();
  runner.add(std::move(consumer));
  REQUIRE(runner.prepare());
  emit_numbers(test.store(), 1, 3);
  CHECK(*runner.run_until_quiet() == 2);
  CHECK(tries == 1);
  CHECK(heard == "1 3 ");
  CHECK(runner.dead_letters(10)->size() == 1);
}

// The log, counting how often each stream is read.
class CountedLog : public EventLog {
 public:
  explicit CountedLog(EventLog& log) : log_(log) {}
  std::vector<std::string> streams() const override { return log_.streams(); }
  Result<std::vector<LoggedEvent>> read(const std::string& stream, std::int64_t position, int limit) override {
    ++reads[stream];
    auto events = log_.read(stream, position, limit);
    if (events) read_events += events->size();
    return events;
  }
  Result<int> relay() override { return log_.relay(); }
  Result<int> prune(const std::string& stream, std::int64_t passed, Time before, int limit) override {
    return log_.prune(stream, passed, before, limit);
  }
  Result<Forgotten> forgotten(const std::string& stream) override { return log_.forgotten(stream); }
  Result<std::int64_t> head(const std::string& stream) override { return log_.head(stream); }
  Result<std::int64_t> unrelayed(const std::string& stream, std::int64_t most) override {
    return log_.unrelayed(stream, most);
  }
  std::map<std::string, int> reads;
  std::size_t read_events = 0;

 private:
  EventLog& log_;
};

TEST_CASE("on a loop: what one consumer has read the others do not read again, nor streams that have not grown") {
  testing::TestStore test({services_migrations()}, true);
  ConsumersWorld world(test.store());
  CountedLog log(world.log);
  runtime::Loop loop({.virtual_time = true});
  std::string first, second, third;
  ConsumerRunner runner(test.store(), log, world.leases, world.clock, {.idle_poll_ms = 60'000, .notified = true});
  runner.add(listener("testing.first", first));
  runner.add(listener("testing.second", second));
  runner.add(listener("testing.third", third));
  loop.spawn([&] {
    REQUIRE(runner.prepare());
    runner.start(loop);
    runtime::sleep_for(100);
    for (int number = 1; number <= 3; ++number) {
      log.reads.clear();
      emit_numbers(test.store(), number, number);
      runner.notify();
      runtime::sleep_for(100);
      CHECK(log.reads == std::map<std::string, int>{{"shop", 1}});
    }
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
  });
  loop.run();
  CHECK(first == "1 2 3 ");
  CHECK(second == first);
  CHECK(third == first);
}

TEST_CASE("on a loop: a consumer that fell behind in the middle of a page goes on with what the others have read") {
  testing::TestStore test({services_migrations()}, true);
  ConsumersWorld world(test.store());
  CountedLog log(world.log);
  runtime::Loop loop({.virtual_time = true});
  std::string first, second;
  bool away = true;
  ConsumerRunner runner(test.store(), log, world.leases, world.clock, {.idle_poll_ms = 60'000, .notified = true});
  runner.add(listener("testing.first", first));
  auto late = listener("testing.second", second);
  late.handle = [&, inner = late.handle](const LoggedEvent& event) -> Result<void> {
    if (away && event.subject == "2") return fail(Errc::kUnavailable, "testing.away");
    return inner(event);
  };
  runner.add(std::move(late));
  loop.spawn([&] {
    REQUIRE(runner.prepare());
    emit_numbers(test.store(), 1, 3);
    runner.start(loop);
    runtime::sleep_for(100);
    CHECK(second == "1 ");
    emit_numbers(test.store(), 4, 4);
    runner.notify();
    runtime::sleep_for(100);
    CHECK(first == "1 2 3 4 ");
    away = false;
    world.clock.advance_ms(1'000);
    runtime::sleep_for(2'000);
    CHECK(second == first);
    CHECK(log.read_events == 4);
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
  });
  loop.run();
}

TEST_CASE("on a loop: told of a commit, consumers run at once, and a rush of notices is one look") {
  testing::TestStore test({services_migrations()}, true);
  ConsumersWorld world(test.store());
  runtime::Loop loop({.virtual_time = true});
  std::string heard;
  auto runner = world.runner({.idle_poll_ms = 60'000, .notified = true});
  runner.add(listener("testing.mail", heard));
  std::int64_t waited = -1;
  loop.spawn([&] {
    REQUIRE(runner.prepare());
    runner.start(loop);
    runtime::sleep_for(5000);
    world.clock.advance_ms(5000);
    emit_numbers(test.store(), 1, 1);
    const auto before = loop.now_ms();
    for (int i = 0; i < 1000; ++i) runner.notify();
    while (heard.empty() && loop.now_ms() < before + 30'000) runtime::sleep_for(1);
    waited = loop.now_ms() - before;
    emit_numbers(test.store(), 2, 2);
    runner.notify();
    while (heard != "1 2 " && loop.now_ms() < before + 30'000) runtime::sleep_for(1);
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
  });
  loop.run();
  CHECK(waited >= 0);
  CHECK(waited <= 25);  // virtual milliseconds
  CHECK(heard == "1 2 ");
}

TEST_CASE("an outage is tried much longer than a fault of the event") {
  testing::TestStore test({services_migrations()});
  ConsumersWorld world(test.store());
  int tries = 0;
  std::string heard;
  auto consumer = listener("testing.mail", heard);
  consumer.handle = [&, inner = consumer.handle](const LoggedEvent& event) -> Result<void> {
    if (++tries <= 20) return fail(Errc::kUnavailable, "testing.away");
    return inner(event);
  };
  auto runner = world.runner({.tries = 3});
  runner.add(std::move(consumer));
  REQUIRE(runner.prepare());
  emit_numbers(test.store(), 1, 1);
  CHECK(*runner.run_until_quiet() == 1);
  CHECK(heard == "1 ");
  CHECK(runner.dead_letters(10)->empty());
}

TEST_CASE("an effect in the transaction of the position happens exactly once, also beside a failing neighbour") {
  testing::on_each_store({services_migrations(), kEffectTables}, [](db::Store& store) {
    ConsumersWorld world(store);
    auto consumer = writer("testing.effects");
    consumer.handle_in_tx = [inner = consumer.handle_in_tx](db::Tx& tx, const LoggedEvent& event) -> Result<void> {
      TRY_DO(inner(tx, event));
      if (event.subject == "3") return fail(Errc::kInvalid, "testing.bad");
      return {};
    };
    auto runner = world.runner({.tries = 2});
    runner.add(std::move(consumer));
    REQUIRE(runner.prepare());
    emit_numbers(store, 1, 5);
    CHECK(*runner.run_until_quiet() == 4);
    CHECK(effects(store) == "1 2 4 5 ");
    CHECK(runner.dead_letters(10)->size() == 1);
  });
}

TEST_CASE("two runners of one consumer make each effect once") {
  testing::on_each_store({services_migrations(), kEffectTables}, [](db::Store& store) {
    ConsumersWorld world(store);
    constexpr int kEvents = 200;
    emit_numbers(store, 1, kEvents);
    REQUIRE(world.log.relay());
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        auto runner = world.runner({.batch = 5});
        runner.add(writer("testing.effects"));
        if (!runner.prepare()) return;
        // The one that is overtaken hears "consumer.moved" and looks again.
        for (int i = 0; i < 1000; ++i)
          if (const auto done = runner.run_until_quiet(); done) return;
      });
    for (auto& thread : threads) thread.join();
    std::string wanted;
    for (int i = 1; i <= kEvents; ++i) wanted += std::to_string(i) + " ";
    CHECK(effects(store) == wanted);
  });
}

TEST_CASE("a consumer of every replica starts at the head and keeps no position") {
  testing::TestStore test({services_migrations()});
  ConsumersWorld world(test.store());
  std::string heard;
  auto consumer = listener("testing.cache", heard);
  consumer.kind = ConsumerKind::kEveryReplica;
  emit_numbers(test.store(), 1, 2);
  auto runner = world.runner();
  runner.add(consumer);
  REQUIRE(runner.prepare());
  emit_numbers(test.store(), 3, 4);
  CHECK(*runner.run_until_quiet() == 2);
  CHECK(heard == "3 4 ");
  CHECK(*runner.passed("shop") == *world.log.head("shop"));  // holds up no pruning
}

TEST_CASE("a consumer new to a store may begin now") {
  testing::TestStore test({services_migrations()});
  ConsumersWorld world(test.store());
  std::string heard;
  auto consumer = listener("testing.mail", heard);
  consumer.from_now = true;
  emit_numbers(test.store(), 1, 2);
  for (int restart = 0; restart < 2; ++restart) {
    auto runner = world.runner();
    runner.add(consumer);
    REQUIRE(runner.prepare());
    emit_numbers(test.store(), 3 + restart, 3 + restart);
    CHECK(*runner.run_until_quiet() == 1);
    emit_numbers(test.store(), 9, 9);  // comes between this run and the next: not skipped by the next start
    CHECK(*runner.run_until_quiet() == 1);
  }
  CHECK(heard == "3 9 4 9 ");
}

TEST_CASE("on a loop: consumers run as fibers, wake up for events, retry later and stop") {
  testing::TestStore test({services_migrations()}, true);
  ConsumersWorld world(test.store());
  runtime::Loop loop({.virtual_time = true});
  std::string heard;
  int failures = 0;
  std::int64_t lag = -1;
  auto consumer = listener("testing.mail", heard);
  consumer.handle = [&, inner = consumer.handle](const LoggedEvent& event) -> Result<void> {
    if (event.subject == "2" && failures++ < 2) return fail(Errc::kInvalid, "testing.not_yet");
    return inner(event);
  };
  auto runner = world.runner({.lag = [&](const ConsumerLag& one) {
    if (one.consumer == "testing.mail" && one.stream == "shop") lag = one.events;
  }});
  runner.add(std::move(consumer));
  bool ended = false;
  loop.spawn([&] {
    REQUIRE(runner.prepare());
    runner.start(loop);
    for (int i = 0; i < 100; ++i) {
      if (i == 10) emit_numbers(test.store(), 1, 3);
      runtime::sleep_for(20);
      world.clock.advance_ms(20);
    }
    CHECK(heard == "1 2 3 ");
    CHECK(lag == 0);
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
    // The lease was given back, so another replica goes on at once.
    Leases other(test.store(), world.clock, "other");
    CHECK(*other.take("consumer:testing.mail", 1000));
    ended = true;
  });
  loop.run();
  CHECK(ended);
  CHECK(failures == 3);
}

}  // namespace
}  // namespace kontor::services
