// The same purchases on each kind of store: what the statements of the buying modules mean must not depend on the
// engine.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using fulfilment::ShipmentTrigger;
using testing::ShopWorld;

TEST_CASE("the whole path on each store: bought, shipped, cancelled, declined, unknown, stepped up, quoted") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto tea = world.offer(450, 20);
    const auto cup = world.offer(1200, 5, "Cup");
    const auto ada = world.guest();
    world.put(ada, tea, 3);
    world.put(ada, cup, 1);
    const auto quote = world.shop->checkouts.quote(ada, {});
    REQUIRE(quote);
    auto purchase = world.purchase(ada, "k1");
    purchase.body.quote_id = quote->quote_id;
    const auto first = world.shop->checkouts.buy(purchase);
    REQUIRE(first);
    CHECK(first->status == 201);
    CHECK(world.shop->checkouts.buy(purchase)->replayed);
    CHECK(world.buy(ada, "k2")->body == first->body);
    const auto order = world.orders_of(ada).front();
    const auto shipment = world.shop->fulfilment.of_order(order.id)->front().id;
    for (const auto on :
         {ShipmentTrigger::kPick, ShipmentTrigger::kPack, ShipmentTrigger::kShip, ShipmentTrigger::kDeliver})
      REQUIRE(world.shop->fulfilment.move(shipment, on, {"post", "T-1", "staff"}));
    CHECK(world.stock_of(tea).on_hand == 17);

    world.put(ada, tea, 2);
    CHECK(world.buy(ada, "k3", "tok_decline")->status == 402);
    const auto unknown = world.buy(ada, "k4", "tok_timeout");
    REQUIRE(unknown);
    CHECK(unknown->status == 202);
    world.settle();
    CHECK(world.shop->checkouts.view(ada, unknown->checkout)->state == CheckoutState::kCompleted);
    world.put(ada, tea, 1);
    const auto stepped = world.buy(ada, "k5", "tok_step_up");
    REQUIRE(stepped);
    CHECK(world.shop->checkouts.complete(ada, stepped->checkout, "r")->status == 201);
    REQUIRE(world.shop->checkouts.cancel_order(world.orders_of(ada).front().id, "customer"));
    CHECK(world.orders_of(ada).front().document.payments[0].status == "refunded");
    world.put(ada, cup, 4);
    world.stock(cup, 2);
    const auto refused = world.buy(ada, "k6");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kOutOfStock);
    world.shelf.all[cup].purchase_limit = 1;
    const auto limited = world.buy(ada, "k7");
    REQUIRE(limited);
    CHECK(limited->status == 403);
    auto other = world.purchase(ada, "k7");
    other.fingerprint = "another body";
    CHECK(world.shop->checkouts.buy(other).error().code == Errc::kKeyReused);
    CHECK(world.buy(ada, "k7")->replayed);
    world.shelf.all[cup].purchase_limit = 0;
    orders::ListQuery changed;
    changed.updated_since = Time{0};
    changed.limit = 2;
    const auto page = world.shop->orders.list(changed);
    REQUIRE(page);
    REQUIRE(page->size() == 2);
    changed.after = std::pair{page->back().updated, page->back().id};
    CHECK(world.shop->orders.list(changed)->size() == 1);
    CHECK(world.check() == "");
  });
}

TEST_CASE("buyers of the last units, at once, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto tea = world.offer(450, 3);
    std::vector<CustomerId> buyers;
    for (int i = 0; i < 8; ++i) {
      buyers.push_back(world.guest());
      world.put(buyers.back(), tea, 1);
    }
    std::atomic<int> bought{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < buyers.size(); i += 4) {
          const auto answer = world.buy(buyers[i], "k");
          if (answer && answer->status == 201) ++bought;
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(bought == 3);
    CHECK(world.money_held() == 3 * 450);
    CHECK(world.check() == "");
  });
}

}  // namespace
}  // namespace kontor::checkout
