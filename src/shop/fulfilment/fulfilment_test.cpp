#include "shop/fulfilment/fulfilment.h"

#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::fulfilment {
namespace {

using testing::Died;
using testing::ShopWorld;

struct Waiting {
  OfferId tea;
  orders::Order order;
  ShipmentId shipment;
};
Waiting sold(ShopWorld& world) {
  Waiting waiting;
  waiting.tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, waiting.tea, 3);
  REQUIRE(world.buy(ada, "k1"));
  waiting.order = world.orders_of(ada).front();
  const auto shipments = world.shop->fulfilment.of_order(waiting.order.id).value();
  REQUIRE(shipments.size() == 1);
  waiting.shipment = shipments.front().id;
  CHECK(shipments.front().items.front().quantity == 3);
  return waiting;
}
orders::OrderState state_of(ShopWorld& world, const Waiting& waiting) {
  return (*world.shop->orders.find(waiting.order.id))->state;
}

TEST_CASE("a shipment goes its way and takes its order along; its units leave once") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto waiting = sold(world);
    auto& fulfilment = world.shop->fulfilment;
    const auto early = fulfilment.move(waiting.shipment, ShipmentTrigger::kShip, {});
    REQUIRE_FALSE(early);
    CHECK(early.error().code == Errc::kInvalidTransition);
    CHECK(early.error().members.find(R"("from":"pending","to":"shipped","allowed":["picked","cancelled"])") !=
          std::string::npos);
    REQUIRE(fulfilment.move(waiting.shipment, ShipmentTrigger::kPick, {}));
    CHECK(state_of(world, waiting) == orders::OrderState::kProcessing);
    REQUIRE(fulfilment.move(waiting.shipment, ShipmentTrigger::kPack, {}));
    CHECK(state_of(world, waiting) == orders::OrderState::kPacked);
    CHECK(world.stock_of(waiting.tea).on_hand == 20);
    const auto shipped = fulfilment.move(waiting.shipment, ShipmentTrigger::kShip, {"post", "T-1", "staff"});
    REQUIRE(shipped);
    CHECK(shipped->tracking_number == "T-1");
    CHECK(world.stock_of(waiting.tea).on_hand == 17);
    CHECK(world.stock_of(waiting.tea).allocated == 0);
    CHECK((*world.shop->orders.find(waiting.order.id))->document.shipments[0].tracking_number == "T-1");
    const auto again = fulfilment.move(waiting.shipment, ShipmentTrigger::kShip, {});
    REQUIRE_FALSE(again);
    REQUIRE(fulfilment.move(waiting.shipment, ShipmentTrigger::kDeliver, {}));
    CHECK(state_of(world, waiting) == orders::OrderState::kDelivered);
    CHECK(world.check() == "");
  }
}

TEST_CASE("a clerk that dies while shipping leaves nothing half done") {
  for (const bool apart : {false, true})
    for (const bool after : {false, true})
      for (int step = 0; step < 3; ++step) {
        CAPTURE(apart);
        CAPTURE(after);
        CAPTURE(step);
        ShopWorld world(apart);
        const auto waiting = sold(world);
        REQUIRE(world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kPick, {}));
        REQUIRE(world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kPack, {}));
        world.scissors.arm(step, after);
        try {
          (void)world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kShip, {});
        } catch (const Died&) {
        }
        world.scissors.disarm();
        world.restart();
        REQUIRE(world.shop->fulfilment.sweep(10));
        const bool left = world.shop->fulfilment.of_order(waiting.order.id)->front().status == ShipmentState::kShipped;
        CHECK(world.stock_of(waiting.tea).on_hand == (left ? 17 : 20));
        CHECK(world.stock_of(waiting.tea).allocated == (left ? 0 : 3));
        CHECK(world.check() == "");
      }
}

TEST_CASE("what is not on the shelf does not leave") {
  ShopWorld world;
  const auto waiting = sold(world);
  REQUIRE(world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kPick, {}));
  REQUIRE(world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kPack, {}));
  world.stock(waiting.tea, 2);
  const auto refused = world.shop->fulfilment.move(waiting.shipment, ShipmentTrigger::kShip, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "inventory.not_on_hand");
  CHECK(world.shop->fulfilment.of_order(waiting.order.id)->front().status == ShipmentState::kPacked);
  CHECK(state_of(world, waiting) == orders::OrderState::kPacked);
}

TEST_CASE("an unknown shipment, and the list") {
  ShopWorld world;
  const auto missing = world.shop->fulfilment.move(ShipmentId{5}, ShipmentTrigger::kPick, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::kNotFound);
  const auto waiting = sold(world);
  const auto listed = world.shop->fulfilment.list(ShipmentId{}, 10);
  REQUIRE(listed);
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().id == waiting.shipment);
  CHECK(world.shop->fulfilment.list(waiting.shipment, 10)->empty());
}

}  // namespace
}  // namespace kontor::fulfilment
