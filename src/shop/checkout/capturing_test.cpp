// What is authorised first and captured later: several payments for one order, and cards that are charged when the
// parcel leaves.
#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using testing::Died;
using testing::ShopWorld;

struct Sale {
  CustomerId ada;
  OfferId tea;
  OrderId order;
};

Purchase by_two_cards(ShopWorld& world, CustomerId ada, const std::string& key, const std::string& second) {
  auto purchase = world.purchase(ada, key);
  PaymentBody first = purchase.body.payments->front();
  first.amount = ShopWorld::usd(300);
  PaymentBody rest;
  rest.token = second;
  purchase.body.payments = std::vector{first, rest};
  return purchase;
}

Sale sold(ShopWorld& world) {
  Sale sale;
  sale.tea = world.offer(1000, 9);
  sale.ada = world.guest();
  world.put(sale.ada, sale.tea, 1);
  REQUIRE(world.shop->checkouts.buy(by_two_cards(world, sale.ada, "k", "tok_approve"))->status == 201);
  sale.order = world.orders_of(sale.ada).front().id;
  return sale;
}

std::vector<std::string> statuses(ShopWorld& world, const Sale& sale) {
  std::vector<std::string> out;
  const auto orders = world.orders_of(sale.ada);
  for (const auto& payment : orders.front().document.payments) out.push_back(payment.status);
  return out;
}

using Statuses = std::vector<std::string>;

TEST_CASE("several payments are promised first, and taken once the order stands") {
  ShopWorld world;
  const Sale sale = sold(world);
  CHECK(world.money_held() == 0);
  CHECK(statuses(world, sale) == Statuses{"authorised", "authorised"});
  CHECK(world.check() == "");
  int acts = 0;
  const auto act = [&](db::Tx&) -> Result<void> {
    ++acts;
    return {};
  };
  REQUIRE(world.shop->checkouts.capture_order(sale.order, "staff", act));
  CHECK(world.money_held() == 1000);
  CHECK(statuses(world, sale) == Statuses{"captured", "captured"});
  REQUIRE(world.shop->checkouts.capture_order(sale.order, "staff", act));
  CHECK(acts == 1);
  CHECK(world.money_held() == 1000);
  const auto timeline = world.orders_of(sale.ada).front().document.timeline;
  REQUIRE(timeline.size() == 3);  // what it becomes is not changed by its money
  CHECK(timeline.back().status == orders::OrderState::kConfirmed);
  CHECK(timeline.back().payment == "captured");
  CHECK(timeline.back().by == "staff");
  CHECK(world.check() == "");
}

TEST_CASE("a card that is refused leaves the other one as it was") {
  ShopWorld world;
  const auto tea = world.offer(1000, 9);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  for (const char* token : {"tok_decline", "tok_fraud", "tok_timeout_uncharged"}) {
    CAPTURE(token);
    REQUIRE(world.shop->checkouts.buy(by_two_cards(world, ada, token, token)));
    world.settle();
    const auto charges = world.sandbox->charge_file(Time{0}, world.test.clock.now().plus_ms(1));
    REQUIRE(charges);
    for (const auto& line : *charges) CHECK(line.kind != ChargeLine::Kind::kCapture);
    CHECK(world.stock_of(tea).reserved == 0);
    CHECK(world.check() == "");
  }
}

TEST_CASE("an unclear card does not keep the other one from being asked, and a step of the buyer may come in between") {
  ShopWorld world;
  const auto tea = world.offer(1000, 9);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  auto purchase = by_two_cards(world, ada, "k", "tok_step_up");
  purchase.body.payments->at(0).token = "tok_timeout";
  const auto answer = world.shop->checkouts.buy(purchase);
  REQUIRE(answer);
  CHECK(answer->status == 202);
  world.test.clock.advance_ms(5 * kSecondMs);
  REQUIRE(world.shop->checkouts.sweep(10));
  const auto view = world.shop->checkouts.view(ada, answer->checkout);
  REQUIRE(view);
  REQUIRE(view->next_action);
  const auto done = world.shop->checkouts.complete(ada, answer->checkout, "r");
  REQUIRE(done);
  CHECK(done->status == 201);
  REQUIRE(world.shop->checkouts.capture_order(world.orders_of(ada).front().id));
  CHECK(world.money_held() == 1000);
  CHECK(world.check() == "");
}

TEST_CASE("a capture that died anywhere is made once, when it is repeated") {
  for (const bool after : {false, true})
    for (int step = 0;; ++step) {
      CAPTURE(after);
      CAPTURE(step);
      REQUIRE(step < 20);
      ShopWorld world;
      const Sale sale = sold(world);
      world.scissors.arm(step, after);
      bool died = false;
      try {
        (void)world.shop->checkouts.capture_order(sale.order);
      } catch (const Died&) {
        died = true;
      }
      world.scissors.disarm();
      world.restart();
      REQUIRE(world.shop->checkouts.capture_order(sale.order));
      CHECK(world.money_held() == 1000);
      CHECK(statuses(world, sale) == Statuses{"captured", "captured"});
      CHECK(world.check() == "");
      if (!died) break;
    }
}

TEST_CASE("an order that is cancelled while its capture is unclear is refunded when that is clear") {
  for (const bool captured : {false, true}) {
    CAPTURE(captured);
    ShopWorld world;
    const Sale sale = sold(world);
    world.gateway.silent = !captured;
    world.gateway.lose_answers = captured ? 1 : 0;
    CHECK_FALSE(world.shop->checkouts.capture_order(sale.order));
    CHECK(statuses(world, sale) == Statuses{"capturing", "authorised"});
    REQUIRE(world.shop->checkouts.cancel_order(sale.order, "customer"));
    world.gateway.silent = false;
    CHECK(world.check() == "");
    world.settle();
    CHECK(statuses(world, sale) == Statuses{"capturing", "authorised"});  // the capture comes first
    REQUIRE(world.shop->checkouts.capture_order(sale.order));
    world.settle();
    CHECK(statuses(world, sale) == Statuses{"refunded", "voided"});
    CHECK(world.money_held() == 0);
    CHECK(world.check() == "");
  }
}

TEST_CASE("a cancelled order is not captured any more, whoever is told first") {
  ShopWorld world;
  const Sale sale = sold(world);
  world.gateway.silent = true;
  REQUIRE(world.shop->checkouts.cancel_order(sale.order, "customer"));
  CHECK(statuses(world, sale).front() == "voided");
  CHECK(world.check() == "");  // the gateway does not know yet, and the cancellation is open
  REQUIRE(world.shop->checkouts.capture_order(sale.order));
  world.gateway.silent = false;
  world.settle();
  CHECK(statuses(world, sale) == Statuses{"voided", "voided"});
  CHECK(world.money_held() == 0);
  CHECK(world.check() == "");
}

TEST_CASE("what the gateway gives up is voided, and the order says so") {
  ShopWorld world;
  const Sale sale = sold(world);
  const auto payments = world.orders_of(sale.ada).front().document.payments;
  REQUIRE(world.sandbox->void_charge(payments[0].id.text()));  // the promise has expired
  REQUIRE(world.shop->checkouts.capture_order(sale.order));
  CHECK(statuses(world, sale) == Statuses{"voided", "captured"});
  CHECK(world.money_held() == 700);
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::checkout
