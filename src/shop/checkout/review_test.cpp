// A purchase that staff look at before it becomes an order.
#include <doctest/doctest.h>

#include "tests/support/shop_world.h"
#include "tests/support/told.h"

namespace kontor::checkout {
namespace {

using testing::Died;
using testing::ShopWorld;

const auto kNothing = [](db::Tx&) -> Result<void> { return {}; };

struct Waiting {
  CustomerId ada;
  OfferId tea;
  CheckoutId checkout;
};

// A guest, a high value, a listed device: 55 points.
Waiting bought(ShopWorld& world) {
  Waiting out;
  out.tea = world.offer(60'000, 5);
  out.ada = world.guest();
  world.put(out.ada, out.tea, 1);
  REQUIRE(world.shop->risk.list_device("d1", "test"));
  auto purchase = world.purchase(out.ada, "k");
  purchase.body.device = json::Raw{"{\"fingerprint\":\"d1\"}"};
  const auto answer = world.shop->checkouts.buy(purchase);
  REQUIRE(answer);
  CHECK(answer->status == 202);
  out.checkout = answer->checkout;
  return out;
}

TEST_CASE("nothing is taken and nothing is ordered before staff have looked") {
  ShopWorld world;
  const auto waiting = bought(world);
  CHECK(world.money_held() == 0);
  CHECK(world.orders_of(waiting.ada).empty());
  CHECK(world.stock_of(waiting.tea).reserved == 1);
  world.test.clock.advance_ms(kHourMs);
  REQUIRE(world.shop->checkouts.sweep(10));
  REQUIRE(world.shop->checkouts.hint(waiting.checkout));
  const auto pressed = world.shop->checkouts.complete(waiting.ada, waiting.checkout, "r");
  REQUIRE(pressed);
  CHECK(pressed->status == 202);
  CHECK(world.orders_of(waiting.ada).empty());
  CHECK(world.stock_of(waiting.tea).reserved == 1);
  CHECK(world.check() == "");
}

TEST_CASE("approved it is an order, and rejected it is nothing") {
  for (const bool apart : {false, true})
    for (const bool approve : {true, false}) {
      CAPTURE(apart);
      CAPTURE(approve);
      ShopWorld world(apart);
      const auto waiting = bought(world);
      const auto view = world.shop->checkouts.decide_review(waiting.checkout, approve, "admin", kNothing);
      REQUIRE(view);
      CHECK(view->state == (approve ? CheckoutState::kCompleted : CheckoutState::kInventoryReleased));
      world.settle();
      CHECK(world.orders_of(waiting.ada).size() == (approve ? 1u : 0u));
      CHECK(world.stock_of(waiting.tea).reserved == 0);
      CHECK(world.stock_of(waiting.tea).allocated == (approve ? 1 : 0));
      CHECK(testing::told(world.store, "checkout.not_completed") == (approve ? 0 : 1));
      if (approve) CHECK(world.orders_of(waiting.ada).front().document.timeline.front().by == "staff");
      if (approve) {
        REQUIRE(world.shop->checkouts.capture_order(world.orders_of(waiting.ada).front().id));
        CHECK(world.money_held() == 60'000);
      }
      const auto again = world.shop->checkouts.decide_review(waiting.checkout, !approve, "admin", kNothing);
      REQUIRE_FALSE(again);
      CHECK(again.error().code == Errc::kConflict);
      CHECK(world.check() == "");
    }
}

TEST_CASE("after a day without a word the money and the units go back, and so they do when the buyer gives up") {
  for (const bool gives_up : {false, true}) {
    CAPTURE(gives_up);
    ShopWorld world;
    const auto waiting = bought(world);
    if (gives_up)
      REQUIRE(world.shop->checkouts.cancel(waiting.ada, waiting.checkout));
    else
      world.test.clock.advance_ms(kDayMs + kMinuteMs);
    world.settle();
    CHECK(world.orders_of(waiting.ada).empty());
    CHECK(world.stock_of(waiting.tea).reserved == 0);
    CHECK(testing::told(world.store, "checkout.not_completed") == (gives_up ? 0 : 1));
    CHECK(world.shop->risk.find(waiting.checkout)->value().state == risk::ReviewState::kExpired);
    CHECK_FALSE(world.shop->checkouts.decide_review(waiting.checkout, true, "admin", kNothing));
    CHECK(world.check() == "");
  }
}

TEST_CASE("what is refused by the rules is refused before anything is set aside") {
  ShopWorld world;
  const auto tea = world.offer(60'000, 50);
  const auto cup = world.offer(100, 50);
  const auto ada = world.guest();
  REQUIRE(world.shop->risk.list_device("d1", "test"));
  for (int i = 0; i < 6; ++i) {
    world.put(ada, cup, 1);
    REQUIRE(world.buy(ada, "k" + std::to_string(i))->status == 201);
  }
  world.put(ada, tea, 1);
  auto purchase = world.purchase(ada, "last");
  purchase.body.device = json::Raw{"{\"fingerprint\":\"d1\"}"};  // 30, a new account 25, six orders in the hour 20
  const auto answer = world.shop->checkouts.buy(purchase);
  REQUIRE(answer);
  CHECK(answer->status == 403);
  CHECK(world.stock_of(tea).reserved == 0);
  CHECK(world.lines_in_cart(ada) == 1);
  // The answer is its key's; another attempt takes another key.
  world.test.clock.advance_ms(kHourMs + 1);
  const auto again = world.shop->checkouts.buy(purchase);
  REQUIRE(again);
  CHECK((again->replayed && again->status == 403 && again->body == answer->body));
  purchase.key = "after that";
  CHECK(world.shop->checkouts.buy(purchase)->status == 202);
  CHECK(world.check() == "");
}

TEST_CASE("a decision that died anywhere is carried out, or can be given again") {
  for (const bool approve : {true, false})
    for (const bool after : {false, true})
      for (int step = 0;; ++step) {
        CAPTURE(approve);
        CAPTURE(after);
        CAPTURE(step);
        REQUIRE(step < 20);
        ShopWorld world;
        const auto waiting = bought(world);
        world.scissors.arm(step, after);
        bool died = false;
        try {
          (void)world.shop->checkouts.decide_review(waiting.checkout, approve, "admin", kNothing);
        } catch (const Died&) {
          died = true;
        }
        world.scissors.disarm();
        world.restart();
        (void)world.shop->checkouts.decide_review(waiting.checkout, approve, "admin", kNothing);
        world.settle();
        CHECK(world.orders_of(waiting.ada).size() == (approve ? 1u : 0u));
        CHECK(world.stock_of(waiting.tea).reserved == 0);
        CHECK(world.check() == "");
        if (!died) break;
      }
}

}  // namespace
}  // namespace kontor::checkout
