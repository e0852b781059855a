#include "services/dead_letters.h"

#include <doctest/doctest.h>

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

constexpr db::Query kOldLetters{"testing.old_letters", db::Home::kEvery, "UPDATE consumer_dead_letters SET body = ''"};
constexpr db::Query kForget{"testing.forget", db::Home::kEvery, "DELETE FROM outbox_events"};

struct LettersWorld {
  db::Store& store;
  testing::FakeClock clock;
  log_outbox::OutboxLog log{store};
  Leases leases{store, clock, "me"};
  ConsumerRunner runner{store, log, leases, clock, {.tries = 1}};
  DeadLetters letters{store, log, runner, clock};
  std::string heard;
  bool broken = true;

  explicit LettersWorld(db::Store& s) : store(s) {
    Consumer consumer;
    consumer.name = "testing.mail";
    consumer.handle = [this](const LoggedEvent& event) -> Result<void> {
      if (broken) return fail(Errc::kInvalid, "testing.broken", "not now");
      heard += event.subject + event.body + " ";
      return {};
    };
    runner.add(std::move(consumer));
    REQUIRE(runner.prepare());
    REQUIRE(store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      for (int i = 1; i <= 3; ++i) TRY_DO(emit(tx, Happened{i}, std::to_string(i), Time{i}));
      return {};
    }));
    REQUIRE(runner.run_until_quiet());
  }
  std::vector<LetterView> all() { return *letters.list(std::nullopt, 100); }
  LetterKey key(std::size_t i) { return *parse_letter_key(all()[i].id); }
  Result<void> retry(const LetterKey& which) {
    return letters.retry(which, [](db::Tx&) -> Result<void> { return {}; });
  }
  void run(const db::Query& query) {
    REQUIRE(store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(query));
      return {};
    }));
  }
};

TEST_CASE("dead letters are listed in order, in pages, and a retry that succeeds removes one") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    LettersWorld world(store);
    const auto all = world.all();
    REQUIRE(all.size() == 3);
    CHECK(all[0].reason == "testing.broken: not now");
    CHECK(all[0].subject == "1");
    CHECK(all[0].event_id == "shop.1");
    const auto second = world.letters.list(parse_letter_key(all[0].id), 1);
    REQUIRE(second->size() == 1);
    CHECK((*second)[0].id == all[1].id);

    world.clock.advance_ms(1000);
    CHECK(world.retry(world.key(0)).error().reason == "testing.broken");
    CHECK(world.all()[0].parked_at == world.clock.now());  // still there, tried again
    world.broken = false;
    world.run(kForget);  // the letter has its event with it
    CHECK(world.retry(world.key(1)));
    CHECK(world.heard == "2{\"number\":2} ");
    CHECK(world.all().size() == 2);
    CHECK(world.retry({"testing.mail", "shop", 2}).error().reason == "dead_letters.no_such_letter");
    for (int twice = 0; twice < 2; ++twice)
      CHECK(world.letters.discard({"testing.mail", "shop", 1}, [](db::Tx&) -> Result<void> { return {}; }));
    CHECK(world.all().size() == 1);
    CHECK(world.heard == "2{\"number\":2} ");
  });
}

TEST_CASE("a letter of before letters kept their events is read from the log, as long as that remembers") {
  testing::TestStore test({services_migrations()});
  LettersWorld world(test.store());
  world.broken = false;
  world.run(kOldLetters);
  CHECK(world.retry(world.key(2)));
  CHECK(world.heard == "3{\"number\":3} ");
  world.run(kForget);
  CHECK(world.retry(world.key(0)).error().reason == "dead_letters.event_forgotten");
  CHECK(world.all().size() == 2);
}

TEST_CASE("a letter of a consumer that the program no longer has stays") {
  testing::TestStore test({services_migrations()});
  LettersWorld world(test.store());
  ConsumerRunner other(test.store(), world.log, world.leases, world.clock, {});
  DeadLetters letters(test.store(), world.log, other, world.clock);
  const auto retried = letters.retry(world.key(0), [](db::Tx&) -> Result<void> { return {}; });
  CHECK(retried.error().reason == "dead_letters.consumer_gone");
  CHECK(world.all().size() == 3);
}

TEST_CASE("keys as text") {
  CHECK(parse_letter_key("a.b~shop~12")->position == 12);
  CHECK(parse_letter_key("a.b~shop~12")->text() == "a.b~shop~12");
  for (const auto* bad : {"", "a~b", "a~b~", "a~b~-1", "a~b~1x", "~b~1", "a~~1", "a~b~1~2", "a~b~99999999999999999999"})
    CHECK_FALSE(parse_letter_key(bad));
}

}  // namespace
}  // namespace kontor::services
