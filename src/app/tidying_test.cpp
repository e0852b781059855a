#include <doctest/doctest.h>

#include "app/events_check.h"
#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

constexpr db::Query kPlaced{"testing.placed", db::Home::kCustomer,
                            "SELECT COUNT(*) FROM outbox_events WHERE name = 'order.placed'"};
constexpr db::Query kLose{"testing.lose", db::Home::kCustomer, "DELETE FROM outbox_events WHERE name = 'order.placed'"};

struct TidyingWorld : testing::WholeShop {
  std::int64_t placed() {
    std::int64_t count = -1;
    REQUIRE(small.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kPlaced));
      count = rows.front().i64(0);
      return {};
    }));
    return count;
  }
  bool sound() {
    services::CheckReport report;
    REQUIRE(check_events(log, *shop, report));
    return report.ok();
  }
  void buy(const std::string& key) {
    const auto who = small.guest();
    small.put(who, tea, 1);
    REQUIRE(small.buy(who, key));
  }
  OfferId tea = small.offer(450, 100);
};

TEST_CASE("old events go when every consumer has them; the check knows which orders outlived theirs") {
  TidyingWorld world;
  for (int i = 0; i < 3; ++i) world.buy("old" + std::to_string(i));
  world.small.test.clock.advance_ms(8 * kDayMs);
  world.buy("new");
  world.open();
  CHECK(world.placed() == 4);
  REQUIRE(world.shop->tidy());
  CHECK(world.placed() == 4);  // the mail consumer has not seen them yet
  REQUIRE(world.shop->consumers.run_until_quiet());
  REQUIRE(world.shop->tidy());
  CHECK(world.placed() == 1);
  CHECK(world.sound());
  world.buy("newer");
  CHECK(world.sound());
  // A young order without its event is still found.
  REQUIRE(world.small.store.write(db::Home::kCustomer, [](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kLose));
    return {};
  }));
  CHECK_FALSE(world.sound());
}

}  // namespace
}  // namespace kontor::app
