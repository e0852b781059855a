#include "shop/checkout/shortages.h"

#include <doctest/doctest.h>

#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"
#include "tests/support/told.h"

namespace kontor::checkout {
namespace {

using testing::ShopWorld;

struct World : ShopWorld {
  using ShopWorld::ShopWorld;
  Shortages make(std::int64_t decide_ms = kHourMs) {
    auto& s = *shop;
    return Shortages(
        {store, s.carts, shelf, pricing, shipping, s.inventory, s.payments, s.orders, test.clock, test.ids, &s.risk},
        s.checkouts, {decide_ms});
  }
  // Each buys so many, in this order.
  std::vector<orders::Order> buy_each(OfferId offer, const std::vector<std::int64_t>& quantities) {
    std::vector<orders::Order> out;
    for (const auto quantity : quantities) {
      const auto buyer = guest();
      put(buyer, offer, quantity);
      REQUIRE(buy(buyer, "k"));
      out.push_back(orders_of(buyer).front());
      test.clock.advance_ms(1000);
    }
    return out;
  }
  int told(std::string_view event) { return testing::told(store, event); }
};

std::vector<Shortage> of(Shortages& shortages, const orders::Order& order) {
  return shortages.of_order(order.id).value();
}

TEST_CASE("shortages: the oldest are served, the newest go without, and are told once, on each store") {
  testing::on_each_store(World::migrations(), [](db::Store& store) {
    World world(store);
    auto shortages = world.make();
    const auto tea = world.offer(450, 10);
    const auto orders = world.buy_each(tea, {4, 3, 3});
    world.stock(tea, 5);  // five are lacking: all of the newest, two of the one before
    REQUIRE(shortages.oversold(tea, inventory::kMainWarehouse));
    CHECK(of(shortages, orders[0]).empty());
    REQUIRE(of(shortages, orders[1]).size() == 1);
    CHECK(of(shortages, orders[1])[0].quantity == 2);
    CHECK(of(shortages, orders[2])[0].quantity == 3);
    REQUIRE(shortages.oversold(tea, inventory::kMainWarehouse));
    REQUIRE(shortages.sweep(100));
    CHECK(world.told("order.units_missing") == 2);

    // One waits, one does not; who cancels is refunded, and only for what is missing.
    REQUIRE(shortages.decide(orders[1].id, {}, ShortageDecision::kWait, {"customer"}));
    REQUIRE(shortages.decide(orders[2].id, tea, ShortageDecision::kCancel, {"customer"}));
    CHECK(of(shortages, orders[1])[0].state == ShortageState::kWaiting);
    CHECK(of(shortages, orders[2])[0].state == ShortageState::kCancelled);
    CHECK(world.money_held() == 450 * 7);
    CHECK(shortages.decide(orders[2].id, {}, ShortageDecision::kWait, {"customer"}).error().reason ==
          "checkout.nothing_missing");
    world.test.clock.advance_ms(2 * kHourMs);
    REQUIRE(shortages.sweep(100));
    CHECK(of(shortages, orders[1])[0].state == ShortageState::kWaiting);  // however long
    world.stock(tea, 7);
    REQUIRE(shortages.sweep(100));
    CHECK(of(shortages, orders[1])[0].state == ShortageState::kSettled);
    CHECK(world.told("order.units_found") == 1);
    CHECK(shortages.sweep(100).value() == 0);
    CHECK(world.check() == "");
  });
}

TEST_CASE("shortages: who says nothing in time is cancelled, also where stock is another store") {
  World world(true);
  auto shortages = world.make();
  const auto tea = world.offer(450, 4);
  const auto orders = world.buy_each(tea, {2, 2});
  world.stock(tea, 3);
  REQUIRE(shortages.oversold(tea, inventory::kMainWarehouse));
  REQUIRE(shortages.sweep(100));
  CHECK(of(shortages, orders[1])[0].state == ShortageState::kOpen);
  world.test.clock.advance_ms(kHourMs);
  REQUIRE(shortages.sweep(100));
  CHECK(of(shortages, orders[1])[0].state == ShortageState::kCancelled);
  const auto cancelled = world.shop->orders.find(orders[1].id).value();
  CHECK(cancelled->document.cancellations->front().by == "system");
  world.settle();
  CHECK(world.money_held() == 450 * 3);
  CHECK(world.stock_of(tea).allocated == 3);
  CHECK(shortages.sweep(100).value() == 0);
  CHECK(world.check() == "");
}

TEST_CASE("shortages: a second parcel of the same offer is left alone; what is packed is there") {
  World world;
  auto shortages = world.make(0);
  const WarehouseId other = world.test.ids.next<WarehouseId>(world.test.clock.now(), 0);
  const auto tea = world.offer(450, 2);
  REQUIRE(world.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(world.shop->inventory.add_warehouse(tx, {other, "other", "Other"}));
    return world.shop->inventory.set_on_hand(tx, {tea, other, 3}, "test", world.test.clock.now());
  }));
  const auto order = world.buy_each(tea, {5})[0];
  REQUIRE(order.document.shipments.size() == 2);
  REQUIRE(world.store.write(db::Home::kStock, [&](db::Tx& tx) {
    return world.shop->inventory.set_on_hand(tx, {tea, other, 2}, "counted", world.test.clock.now());
  }));
  REQUIRE(shortages.oversold(tea, other));
  REQUIRE(shortages.sweep(100));
  const auto now = world.shop->orders.find(order.id).value();
  for (const auto& shipment : now->document.shipments) {
    REQUIRE(shipment.items.size() == 1);
    CHECK(shipment.items[0].quantity == 2);
  }
  // A box that is closed is not opened again, and the place stays on the list.
  const auto& packed = now->document.shipments[0];
  using fulfilment::ShipmentTrigger;
  REQUIRE(world.shop->fulfilment.move(packed.id, ShipmentTrigger::kPick, {}));
  REQUIRE(world.shop->fulfilment.move(packed.id, ShipmentTrigger::kPack, {}));
  REQUIRE(world.store.write(db::Home::kStock, [&](db::Tx& tx) {
    return world.shop->inventory.set_on_hand(tx, {tea, packed.warehouse_id, 1}, "counted", world.test.clock.now());
  }));
  REQUIRE(shortages.oversold(tea, packed.warehouse_id));
  CHECK(shortages.unsettled({}, 10)->empty());
  CHECK(world.check() == "");
}

TEST_CASE("shortages: what an offer may owe is no shortage, and a checkout that had to reserve again is found") {
  World world;
  auto shortages = world.make();
  const auto tea = world.offer(450, 3);
  world.shelf.all[tea].backorder = 2;
  const auto orders = world.buy_each(tea, {3, 2});
  world.stock(tea, 3);
  REQUIRE(shortages.oversold(tea, inventory::kMainWarehouse));
  CHECK(shortages.unsettled({}, 10)->empty());
  world.stock(tea, 2);
  REQUIRE(shortages.oversold(tea, inventory::kMainWarehouse));
  REQUIRE(shortages.unsettled({}, 10)->size() == 1);
  CHECK(of(shortages, orders[1])[0].quantity == 1);

  const auto cup = world.offer(900, 1);
  const auto bob = world.guest();
  world.put(bob, cup, 1);
  REQUIRE(world.buy(bob, "late", "tok_timeout"));
  world.gateway.silent = true;
  world.test.clock.advance_ms(11 * kMinuteMs);
  (void)world.shop->checkouts.sweep(10);
  world.gateway.silent = false;
  world.settle();
  REQUIRE(world.orders_of(bob).size() == 1);
  const auto order = world.orders_of(bob).front();
  CHECK(order.reservation != order.checkout);
  world.stock(cup, 0);
  REQUIRE(shortages.oversold(cup, inventory::kMainWarehouse));
  CHECK(of(shortages, order).size() == 1);
}

}  // namespace
}  // namespace kontor::checkout
