#include "services/live.h"

#include <doctest/doctest.h>

#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

struct LiveWorld {
  testing::TestStore test{{services_migrations()}};
  runtime::Metrics metrics;
  Shoppers shoppers{test.clock, test.random, test.ids, {"a secret of sixteen bytes or more"}};
  Live live{test.store(), test.clock, test.random, shoppers, metrics, {"a secret of sixteen bytes or more"}};
};

TEST_CASE("a ticket is its holder's, for one connection within a minute") {
  LiveWorld world;
  Shopper guest;
  guest.kind = Shopper::Kind::kGuest;
  guest.customer = CustomerId{77};
  const auto ticket = world.live.issue(guest);
  const auto holder = world.live.redeem(ticket.text);
  REQUIRE(holder);
  CHECK(holder->kind == Shopper::Kind::kGuest);
  CHECK(holder->customer == guest.customer);
  CHECK_FALSE(holder->roles.has(Role::kSupport));
  CHECK(world.live.redeem(ticket.text).error().reason == "services.ticket_used");
  Shopper staff;
  staff.kind = Shopper::Kind::kStaff;
  staff.roles = Roles{}.with(Role::kSupport);
  CHECK(world.live.redeem(world.live.issue(staff).text)->roles.has(Role::kSupport));
  const auto late = world.live.issue(guest);
  world.test.clock.advance_ms(kMinuteMs);
  CHECK(world.live.redeem(late.text).error().reason == "services.bad_ticket");
  CHECK(world.live.redeem("").error().reason == "services.bad_ticket");
  CHECK(world.live.redeem(ticket.text + "x").error().reason == "services.bad_ticket");
  // A guest's token is signed by the same secret for something else.
  CHECK(world.live.redeem(world.shoppers.issue_guest().token).error().reason == "services.bad_ticket");
  CHECK(world.live.prune_tickets(world.test.clock.now(), 500) == 2);
}

TEST_CASE("nobody follows, nothing is made") {
  LiveWorld world;
  CHECK_FALSE(world.live.followed("order:x"));
  world.live.publish("order:x", {1, "order.changed", world.test.clock.now(), "{}"});
  CHECK(world.live.followers() == 0);
}

}  // namespace
}  // namespace kontor::services
