#include "services/degradation.h"

#include <doctest/doctest.h>

#include "runtime/router.h"
#include "services/degradation_api.h"
#include "services/settings.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

constexpr auto nothing = [](db::Tx&) { return Result<void>(); };

Degradation::ByHand by_hand(int level, std::optional<Time> until = {}) {
  return {level, "a sale", until, "staff:admin", Time{5}};
}

void feed(Degradation& degradation, testing::FakeClock& clock, const Load& load, std::int64_t ms) {
  for (std::int64_t passed = 0; passed < ms; passed += 250) {
    clock.advance_ms(250);
    degradation.measured(load);
  }
}

TEST_CASE("the load raises the level and lets it fall; each change is told once") {
  testing::TestStore test({services_migrations()});
  std::vector<std::pair<int, int>> changes;
  Degradation degradation(test.store(), test.clock, {{}, [&](const Degradation::Change& change) {
                                                       changes.emplace_back(change.from, change.to);
                                                       CHECK(change.cause == Degradation::Cause::kLoad);
                                                     }});
  CHECK(degradation.level() == 0);
  CHECK_FALSE(degradation.state().load.has_value());
  feed(degradation, test.clock, {600'000, 10}, 2000);
  CHECK(degradation.level() == 3);
  CHECK_FALSE(degradation.shows_facets());
  CHECK(degradation.answers_search());
  CHECK(degradation.state().load->delay_us == 600'000);
  feed(degradation, test.clock, {}, 60'000);
  CHECK(degradation.level() == 0);
  CHECK(changes == std::vector<std::pair<int, int>>{{0, 3}, {3, 2}, {2, 1}, {1, 0}});
}

TEST_CASE("what is set by hand holds for all replicas and over restarts, until it is given back or over") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Degradation here(store, clock, {});
    Degradation there(store, clock, {});
    REQUIRE(here.set_by_hand(by_hand(2), nothing));
    CHECK(here.level() == 2);
    CHECK(there.level() == 0);
    REQUIRE(there.refresh());
    CHECK(there.level() == 2);
    CHECK(there.state().cause == Degradation::Cause::kHand);
    CHECK(there.state().by_hand->reason == "a sale");

    Degradation restarted(store, clock, {});
    REQUIRE(restarted.refresh());
    CHECK(restarted.level() == 2);
    // The load goes on being followed behind it.
    feed(here, clock, {0, 5000}, 2000);
    CHECK(here.level() == 2);
    CHECK(here.state().by_load == 4);

    REQUIRE(here.set_by_hand(std::nullopt, nothing));
    CHECK(here.level() == 4);
    REQUIRE(there.refresh());
    CHECK(there.level() == 0);
    CHECK_FALSE(there.state().by_hand.has_value());

    REQUIRE(there.set_by_hand(by_hand(3, clock.now().plus_ms(5000)), nothing));
    REQUIRE(here.refresh());
    CHECK(here.level() == 3);
    clock.advance_ms(5000);
    REQUIRE(here.refresh());
    CHECK(here.level() == 4);
    there.measured({});
    CHECK(there.level() == 0);
  });
}

TEST_CASE("by hand a busy shop stays at level 0; what cannot be written changes nothing") {
  testing::TestStore test({services_migrations()});
  Degradation degradation(test.store(), test.clock, {});
  REQUIRE(degradation.set_by_hand(by_hand(0), nothing));
  feed(degradation, test.clock, {0, 5000}, 5000);
  CHECK(degradation.level() == 0);
  const auto refused = degradation.set_by_hand(
      by_hand(4), [](db::Tx&) -> Result<void> { return fail(Errc::kConflict, "testing.no", "No."); });
  CHECK(refused.error().reason == "testing.no");
  CHECK(degradation.level() == 0);
  REQUIRE(degradation.refresh());
  CHECK(degradation.level() == 0);
}

TEST_CASE("a setting that makes no sense is an error and leaves the level as it is") {
  testing::TestStore test({services_migrations()});
  Settings settings(test.store(), test.clock);
  Degradation degradation(test.store(), test.clock, {});
  REQUIRE(degradation.set_by_hand(by_hand(1), nothing));
  for (const auto* text : {"nonsense", R"({"by_hand":{"level":9,"reason":"","by":"","at":"2026-01-01T00:00:00Z"}})"}) {
    REQUIRE(settings.set("degradation.by_hand", text));
    CHECK_FALSE(degradation.refresh().has_value());
    CHECK(degradation.level() == 1);
  }
}

// What is said to be off at a level is off from there on, and nothing comes back at a higher one.
TEST_CASE("predicates follow the levels") {
  testing::TestStore test({services_migrations()});
  Degradation degradation(test.store(), test.clock, {});
  for (int level = 0; level <= kMostLevel; ++level) {
    REQUIRE(degradation.set_by_hand(by_hand(level), nothing));
    CHECK(degradation.recommends() == (level < 1));
    CHECK(degradation.narrows_by_attributes() == (level < 1));
    CHECK(degradation.keeps_house() == (level < 1));
    CHECK(degradation.keeps_pages_longer() == (level >= 2));
    CHECK(degradation.corrects_spelling() == (level < 2));
    CHECK(degradation.moves_bulk() == (level < 2));
    CHECK(degradation.tells_visitors() == (level >= 2));
    CHECK(degradation.rates_in_listings() == (level < 3));
    CHECK(degradation.shows_facets() == (level < 3));
    CHECK(degradation.has_static_products() == (level >= 4));
    CHECK(degradation.answers_search() == (level < 4));
    CHECK((degradation.stale_stock_ms() > 0) == (level >= 2));
    CHECK((degradation.stale_product_ms() > 0) == (level >= 4));
  }
}

TEST_CASE("an endpoint that rests is refused with a time to come again") {
  testing::TestStore test({services_migrations()});
  Degradation degradation(test.store(), test.clock, {});
  int answered = 0;
  http::Endpoint endpoint;
  endpoint.pattern = "/bulk";
  endpoint.handle = [&](http::Call&) {
    ++answered;
    return http::Response{};
  };
  http::Router router("");
  router.add(with_rests(std::move(endpoint), degradation,
                        [](const Degradation& now, const http::Call&) { return now.moves_bulk(); }));
  const http::Router* routers[] = {&router};
  const http::Dispatcher dispatcher(routers);
  http::Request request;
  request.path = request.target = "/bulk";
  const auto ask = [&] { return dispatcher.run(dispatcher.find(request.method, request.path), request); };
  CHECK(ask().status == 200);
  REQUIRE(degradation.set_by_hand(by_hand(2), nothing));
  const auto refused = ask();
  CHECK(refused.status == 503);
  CHECK(refused.body.find("degradation.rests") != std::string::npos);
  bool comes_again = false;
  for (const auto& [name, value] : refused.headers)
    comes_again = comes_again || (name == "Retry-After" && value == "30");
  CHECK(comes_again);
  CHECK(answered == 1);
}

}  // namespace
}  // namespace kontor::services
