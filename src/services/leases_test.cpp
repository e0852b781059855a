#include "services/leases.h"

#include <doctest/doctest.h>

#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

TEST_CASE("a lease has one holder until it expires, and its token grows with each new one") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Leases a(store, clock, "a");
    Leases b(store, clock, "b");
    const auto first = a.take("sweep", 1000);
    REQUIRE(first);
    REQUIRE(*first);
    CHECK((*first)->token == 1);
    CHECK((*first)->expires == clock.now().plus_ms(1000));
    CHECK(!*b.take("sweep", 1000));
    CHECK(*b.take("other", 1000));

    clock.advance_ms(900);
    const auto renewed = a.take("sweep", 1000);
    REQUIRE(*renewed);
    CHECK((*renewed)->token == 1);
    clock.advance_ms(900);
    CHECK(!*b.take("sweep", 1000));

    clock.advance_ms(101);
    const auto second = b.take("sweep", 1000);
    REQUIRE(*second);
    CHECK((*second)->token == 2);
    CHECK(!*a.take("sweep", 1000));
  });
}

TEST_CASE("a holder that lost its lease is fenced off") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Leases a(store, clock, "a");
    Leases b(store, clock, "b");
    const auto lease = **a.take("sweep", 1000);
    const auto fenced = [&](const Lease& held) {
      return store.write(db::Home::kGlobal, [&](db::Tx& tx) { return Leases::still_held(tx, held); });
    };
    CHECK(fenced(lease));
    clock.advance_ms(1001);
    CHECK(fenced(lease));  // late, but nobody came
    REQUIRE(*b.take("sweep", 1000));
    CHECK(fenced(lease).error().reason == "lease.lost");
    CHECK(fenced(Lease{"never", 1, {}}).error().reason == "lease.lost");
  });
}

TEST_CASE("a released lease is free at once; releasing another's changes nothing") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Leases a(store, clock, "a");
    Leases b(store, clock, "b");
    REQUIRE(*a.take("sweep", 1000));
    REQUIRE(b.release("sweep"));
    CHECK(!*b.take("sweep", 1000));
    REQUIRE(a.release("sweep"));
    CHECK(*b.take("sweep", 1000));
  });
}

TEST_CASE("a lease from before the clock was set back is over; clocks that differ a little take nothing away") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Leases a(store, clock, "a");
    Leases b(store, clock, "b");
    REQUIRE(*a.take("sweep", 1000));
    clock.advance_ms(-30'000);
    CHECK(!*b.take("sweep", 1000));
    clock.advance_ms(-kDayMs);
    const auto second = b.take("sweep", 1000);
    REQUIRE(*second);
    CHECK((*second)->token == 2);
  });
}

}  // namespace
}  // namespace kontor::services
