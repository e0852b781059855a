// What a purchase costs the embedded store: rows are what its writer's time goes into, and pages what its disk gets.
#include <doctest/doctest.h>

#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

constexpr std::uint64_t kMostRows = 30;
// What behaviour makes of it has a writer of its own, and many purchases share these rows: a second's worth of them.
constexpr std::uint64_t kMostTelemetryRows = 5;

struct Rows {
  std::uint64_t sold = 0, telemetry = 0;
};
Rows rows_written(db_sqlite::SqliteStore& store) {
  const auto stats = store.stats();  // telemetry comes last
  Rows rows{0, stats.back().rows};
  for (const auto& place : stats) rows.sold += place.rows;
  rows.sold -= rows.telemetry;
  return rows;
}

TEST_CASE("a checkout of three lines writes at most 30 rows, with everything that follows from it") {
  testing::WholeShop world;
  std::vector<OfferId> offers;
  for (int i = 0; i < 3; ++i) offers.push_back(world.small.offer(450 + i, 100));
  world.open();
  REQUIRE(world.shop->consumers.run_until_quiet());
  const auto buys = [&](const std::string& key) {
    const auto who = world.small.guest();
    for (const OfferId offer : offers) world.small.put(who, offer, 1);
    REQUIRE(world.shop->consumers.run_until_quiet());
    const auto before = rows_written(world.small.test.store());
    REQUIRE(world.small.buy(who, key));
    const auto bought = rows_written(world.small.test.store());
    REQUIRE(world.shop->consumers.run_until_quiet());
    REQUIRE(world.shop->showcase.refresh_stock());
    const auto after = rows_written(world.small.test.store());
    MESSAGE("rows of a checkout of three lines: ", after.sold - before.sold, ", of which ", bought.sold - before.sold,
            " before its answer; of telemetry ", after.telemetry - before.telemetry);
    CHECK(after.sold - before.sold <= kMostRows);
    CHECK(after.telemetry - before.telemetry <= kMostTelemetryRows);
  };
  buys("first");
  buys("second");
}

}  // namespace
}  // namespace kontor::app
