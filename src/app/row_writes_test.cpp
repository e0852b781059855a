// What a purchase costs the embedded store: rows are what its writer's time goes into, and pages what its disk gets.
#include <doctest/doctest.h>

#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

constexpr std::uint64_t kMostRows = 30;

std::uint64_t rows_written(db_sqlite::SqliteStore& store) {
  std::uint64_t rows = 0;
  for (const auto& place : store.stats()) rows += place.rows;
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
    MESSAGE("rows of a checkout of three lines: ", after - before, ", of which ", bought - before,
            " before its answer");
    return after - before;
  };
  CHECK(buys("first") <= kMostRows);
  CHECK(buys("second") <= kMostRows);
}

}  // namespace
}  // namespace kontor::app
