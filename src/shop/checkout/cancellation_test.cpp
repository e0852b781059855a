// Lines of orders are cancelled: their money and its entries, what the version before left, and the race with packing.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/each_store.h"
#include "tests/support/flat_tax.h"
#include "tests/support/flat_zone.h"
#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using fulfilment::ShipmentTrigger;
using testing::ShopWorld;

orders::CancelOrder some(OfferId offer, std::optional<std::int64_t> quantity) {
  orders::CancelOrder wish;
  wish.lines = {{{}, offer, quantity}};
  return wish;
}

std::vector<payments::Entry> entries_of(ShopWorld& world, const orders::Order& order) {
  const PaymentId payments[] = {order.document.payments[0].id};
  return world.shop->payments.ledger().of_payments(payments).value();
}

TEST_CASE("a refund that the gateway gave and the books do not have yet is no finding of the check") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, tea, 3);
  REQUIRE(world.buy(ada, "k1"));
  const auto placed = world.orders_of(ada).front();
  world.gateway.lose_answers = 1;
  REQUIRE(world.shop->checkouts.cancel_order(placed.id, "customer", some(tea, 1)));
  const auto payment = world.shop->payments.find(placed.document.payments[0].id);
  REQUIRE((payment && *payment));
  CHECK((*payment)->refunded == world.usd(0));
  CHECK(world.sandbox->find(placed.document.payments[0].id.text())->refunded == world.usd(450));
  CHECK(world.check() == "");
  world.settle();
  CHECK(world.check() == "");
  // Without a cancellation under way it is one.
  REQUIRE(world.sandbox->refund(placed.document.payments[0].id.text(), "by hand", world.usd(1)));
  CHECK(world.check().starts_with("payments.refunds_as_given: "));
}

// Cancels an order unit by unit under these taxes: everything comes back, and the books know of what.
void cancel_by_parts(db::Store& store, const tax::Taxes::Texts& texts) {
  ShopWorld world(store);
  world.tax.hold(texts);
  REQUIRE(world.shipping.hold({testing::flat_zone({{"standard", 499}})}));
  const auto tea = world.offer(333, 20);
  const auto cup = world.offer(1001, 20, "Cup");
  const auto ada = world.guest();
  world.put(ada, tea, 7);
  world.put(ada, cup, 1);
  REQUIRE(world.buy(ada, "k1"));
  const auto placed = world.orders_of(ada).front();
  const auto& totals = placed.document.totals;
  const auto cancel = [&](const orders::CancelOrder& wish) {
    world.test.clock.advance_ms(1000);
    REQUIRE(world.shop->checkouts.cancel_order(placed.id, "customer", wish));
  };
  cancel(some(tea, 2));
  auto entries = entries_of(world, placed);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].legs.of(payments::Account::kTax) == -totals.tax.amount_minor());
  CHECK(entries[0].legs.of(payments::Account::kShipping) == -totals.shipping_net().amount_minor());
  if (!texts.settings.prices_include_tax) {
    // 7 × 333 at 19 % are 443 of tax: two sevenths of it are 126.
    CHECK(entries[1].legs.of(payments::Account::kTax) == 126);
    CHECK(entries[1].legs.of(payments::Account::kGateway) == -(666 + 126));
  }
  cancel(some(cup, std::nullopt));
  cancel(some(tea, 4));
  CHECK(world.check() == "");
  cancel(some(tea, 1));
  entries = entries_of(world, placed);
  REQUIRE(entries.size() == 5);
  payments::Legs sum;
  for (const auto& entry : entries) sum += entry.legs;
  CHECK(sum.of(payments::Account::kGateway) == 0);
  CHECK(sum.of(payments::Account::kTax) == 0);
  const auto order = world.orders_of(ada).front();
  CHECK(order.state == orders::OrderState::kCancelled);
  CHECK(order.document.cancellations->back().shipping == totals.shipping_whole());
  CHECK(world.money_held() == 0);
  CHECK(world.stock_of(tea).allocated == 0);
  CHECK(world.check() == "");
}

TEST_CASE("what comes back carries its own tax, and the last of it the shipping, to the cent") {
  // Tax on top of goods alone, on top of shipping too, and contained in both.
  for (const auto& texts : {testing::flat_tax(190'000), testing::flat_tax(190'000, "standard"),
                            testing::flat_tax(190'000, "standard", true)})
    testing::on_each_store(ShopWorld::migrations(), [&](db::Store& store) { cancel_by_parts(store, texts); });
}

TEST_CASE("cancellations of one order settle in any order, also while the gateway is silent") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, tea, 3);
  REQUIRE(world.buy(ada, "k1"));
  const auto id = world.orders_of(ada).front().id;
  world.gateway.silent = true;
  REQUIRE(world.shop->checkouts.cancel_order(id, "customer", some(tea, 1)));
  REQUIRE(world.shop->checkouts.cancel_order(id, "customer", some(tea, 1)));
  REQUIRE(world.shop->checkouts.cancel_order(id, "staff"));
  CHECK(world.stock_of(tea).allocated == 0);
  CHECK(world.orders_of(ada).front().document.payments[0].status == "captured");
  world.gateway.silent = false;
  world.settle();
  CHECK(world.orders_of(ada).front().document.payments[0].status == "refunded");
  CHECK(entries_of(world, world.orders_of(ada).front()).size() == 4);
  CHECK(world.check() == "");
}

TEST_CASE("a cancellation that the version before began is finished") {
  constexpr db::Query kOld{"test.old_cancellation", db::Home::kCustomer,
                           "INSERT INTO checkout_cancellations (order_id, attempts, created_at, next_at) "
                           "VALUES ($1, 0, $2, $2)"};
  ShopWorld world(true);  // the stock is another store: it is given back after the order's transaction
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, tea, 3);
  REQUIRE(world.buy(ada, "k1"));
  const auto id = world.orders_of(ada).front().id;
  const Time now = world.test.clock.now();
  REQUIRE(world.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(world.shop->orders.cancel(tx, id, "customer"));
    TRY_DO(tx.run(kOld, id, now));
    return {};
  }));
  CHECK(world.stock_of(tea).allocated == 3);
  world.settle();
  CHECK(world.stock_of(tea).allocated == 0);
  CHECK(world.money_held() == 0);
  CHECK(world.check() == "");
  CHECK(world.shop->checkouts.sweep(100).value() == 0);
}

TEST_CASE("of cancelling and packing at once one wins, on each store, and the other hears why") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto tea = world.offer(450, 100);
    const auto ada = world.guest();
    constexpr int kOrders = 12;
    for (int i = 0; i < kOrders; ++i) {
      world.put(ada, tea, 2);
      REQUIRE(world.buy(ada, "k" + std::to_string(i)));
    }
    const auto orders = world.orders_of(ada);
    for (const auto& order : orders)
      REQUIRE(world.shop->fulfilment.move(order.document.shipments[0].id, ShipmentTrigger::kPick, {}));
    std::vector<Result<fulfilment::Shipment>> packed(kOrders);
    std::vector<Result<orders::Order>> cancelled(kOrders);
    std::atomic<int> ready{0};
    const auto together = [&](std::size_t i) {  // both start an order at once
      ready.fetch_add(1);
      while (ready.load() < 2 * (static_cast<int>(i) + 1)) std::this_thread::yield();
    };
    std::thread packing([&] {
      for (std::size_t i = 0; i < orders.size(); ++i) {
        together(i);
        packed[i] = world.shop->fulfilment.move(orders[i].document.shipments[0].id, ShipmentTrigger::kPack, {});
      }
    });
    std::thread cancelling([&] {
      for (std::size_t i = 0; i < orders.size(); ++i) {
        together(i);
        cancelled[i] = world.shop->checkouts.cancel_order(orders[i].id, "customer", some(tea, 2));
      }
    });
    packing.join();
    cancelling.join();
    for (std::size_t i = 0; i < orders.size(); ++i) {
      REQUIRE(packed[i].has_value() != cancelled[i].has_value());
      if (!packed[i]) CHECK(packed[i].error().code == Errc::kInvalidTransition);
      if (!cancelled[i]) CHECK(cancelled[i].error().code == Errc::kNotCancellable);
    }
    CHECK(world.check() == "");
  });
}

TEST_CASE("cancelling the parcel that was waited for lets the order show the one that is ahead") {
  ShopWorld world;
  const WarehouseId other = world.test.ids.next<WarehouseId>(world.test.clock.now(), 0);
  const auto tea = world.offer(450, 2);
  REQUIRE(world.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    const Time now = world.test.clock.now();
    TRY_DO(world.shop->inventory.add_warehouse(tx, {other, "other", "Other"}));
    return world.shop->inventory.set_on_hand(tx, {tea, other, 3}, "test", now);
  }));
  const auto ada = world.guest();
  world.put(ada, tea, 5);
  REQUIRE(world.buy(ada, "k1"));
  const auto placed = world.orders_of(ada).front();
  REQUIRE(placed.document.shipments.size() == 2);
  const auto first = placed.document.shipments[0];
  for (const auto on : {ShipmentTrigger::kPick, ShipmentTrigger::kPack, ShipmentTrigger::kShip})
    REQUIRE(world.shop->fulfilment.move(first.id, on, {}));
  CHECK(world.orders_of(ada).front().state == orders::OrderState::kProcessing);
  const auto whole = world.shop->checkouts.cancel_order(placed.id, "customer");
  REQUIRE_FALSE(whole);
  CHECK(whole.error().reason == "fulfilment.already_packed");
  const auto left = 5 - first.items[0].quantity;
  REQUIRE(world.shop->checkouts.cancel_order(placed.id, "customer", some(tea, left)));
  world.settle();
  const auto order = world.orders_of(ada).front();
  CHECK(order.state == orders::OrderState::kShipped);
  CHECK(order.document.shipments[1].status == orders::ShipmentState::kCancelled);
  CHECK(world.money_held() == 450 * first.items[0].quantity);
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::checkout
