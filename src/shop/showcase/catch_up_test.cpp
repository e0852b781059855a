#include "shop/showcase/catch_up.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "adapters/log_outbox/outbox_log.h"
#include "shop/showcase/showcase.h"
#include "shop/showcase/showcase_consumers.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> showcase_migrations();
}  // namespace kontor

namespace kontor::showcase {
namespace {

// A shop in which nobody listens, unless a test says so.
struct Silent {
  testing::TestStore test{services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  Showcase showcase{test.store(), catalog, inventory, {}};
  log_outbox::OutboxLog log{test.store()};
  services::Settings settings{test.store(), test.clock};
  CatchUp catch_up{showcase, log, settings};

  OfferId make(const std::string& key, std::int64_t stock) {
    catalog::Draft draft;
    draft.product.external_id = key;
    draft.product.title = "Title " + key;
    catalog::Offer offer;
    offer.seller = SellerId{1};
    offer.sku = key;
    offer.price = Money::minor(100, Currency());
    draft.product.offers.push_back(offer);
    test.clock.advance_ms(1);
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    set_stock((*saved)[0].offers[0], stock);
    return (*saved)[0].offers[0];
  }
  void set_stock(OfferId offer, std::int64_t on_hand) {
    REQUIRE(test.store().write(db::Home::kStock, [&](db::Tx& tx) {
      return inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, on_hand}, "test", test.clock.now());
    }));
  }
  std::size_t in_stock() {
    const auto ids = catalog.ids_after({}, 1000);
    REQUIRE(ids);
    const auto listed = showcase.listed(*ids);
    REQUIRE(listed);
    return static_cast<std::size_t>(std::count_if(listed->begin(), listed->end(), [](Availability status) {
      return status == Availability::kInStock || status == Availability::kLowStock;
    }));
  }
  // What the consumer would have done with everything that is in the log.
  void tell_all() {
    for (const auto& stream : log.streams()) {
      const auto events = log.read(stream, 0, 1000);
      REQUIRE(events);
      for (const auto& event : *events) {
        REQUIRE(take_event(showcase, event));
        showcase.followed_to(event.stream, event.position);
      }
    }
  }
};

TEST_CASE("catch up: the first time by a walk, then by what happened since, then by nothing") {
  Silent shop;
  const OfferId first = shop.make("A", 9);
  CHECK(shop.in_stock() == 0);
  CHECK(*shop.catch_up.run() == 1);  // one repair
  CHECK(shop.in_stock() == 1);
  CHECK(*shop.catch_up.run() == 0);
  shop.set_stock(first, 0);
  shop.make("B", 9);
  shop.make("C", 9);
  const auto events = shop.catch_up.run();
  REQUIRE(events);
  CHECK(*events == 5);  // three stock levels, two products
  CHECK(shop.in_stock() == 2);
  CHECK(*shop.catch_up.run() == 0);
}

TEST_CASE("catch up: what the consumer was told and looked at is remembered, and not one event more") {
  Silent shop;
  REQUIRE(shop.catch_up.run());
  shop.make("A", 9);
  shop.tell_all();
  REQUIRE(shop.catch_up.remember());  // told, but not looked at yet
  CHECK(shop.showcase.followed().empty());
  REQUIRE(shop.showcase.refresh_stock());
  REQUIRE(shop.catch_up.remember());
  CHECK(shop.in_stock() == 1);
  CHECK(*shop.catch_up.run() == 0);  // nothing is left to be done
  shop.make("B", 9);
  CHECK(*shop.catch_up.run() == 2);
  CHECK(shop.in_stock() == 2);
}

TEST_CASE("catch up: a log that is shorter than what is remembered belongs to another store: a walk") {
  Silent shop;
  REQUIRE(shop.settings.set("showcase.followed", R"({"shop":1000000,"catalog":1000000})"));
  shop.make("A", 9);
  REQUIRE(shop.catch_up.run());
  CHECK(shop.in_stock() == 1);
}

TEST_CASE("catch up: events that were pruned meanwhile are made up for by a walk") {
  Silent shop;
  shop.make("A", 9);
  REQUIRE(shop.catch_up.run());
  shop.make("B", 9);
  shop.make("C", 9);
  for (const auto& stream : shop.log.streams())
    REQUIRE(shop.log.prune(stream, *shop.log.head(stream), shop.test.clock.now().plus_ms(1), 1000));
  REQUIRE(shop.catch_up.run());
  CHECK(shop.in_stock() == 3);
}

TEST_CASE("more notes than are kept are answered by a walk, and memory stays bounded") {
  Silent shop;
  shop.make("A", 9);
  std::vector<OfferId> many;
  for (std::size_t i = 0; i <= Showcase::kMostNoted; ++i) many.push_back(OfferId{static_cast<std::int64_t>(i + 1)});
  shop.showcase.stock_changed(many);
  CHECK(shop.showcase.stock_is_noted());
  REQUIRE(shop.showcase.refresh_stock());
  CHECK_FALSE(shop.showcase.stock_is_noted());
  CHECK(shop.in_stock() == 1);
}

}  // namespace
}  // namespace kontor::showcase
