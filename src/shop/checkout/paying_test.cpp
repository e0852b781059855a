// Purchases that gift cards and store credit pay for, or a part of: on each store, and with the shop dying at each
// step.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using testing::Died;
using testing::ShopWorld;

Purchase by_gift_card(ShopWorld& world, CustomerId customer, const std::string& key, const std::string& code,
                      const std::string& card = {}) {
  auto purchase = world.purchase(customer, key);
  purchase.body.payments = std::vector{PaymentBody{PaymentMethod::kGiftCard, code, {}}};
  if (!card.empty()) purchase.body.payments->push_back({PaymentMethod::kCard, card, {}});
  return purchase;
}

credit::IssuedCard issue(ShopWorld& world, std::int64_t minor) {
  credit::NewCard wish;
  wish.amount = ShopWorld::usd(minor);
  return *world.shop->credits.issue(wish, "test", {});
}

std::int64_t left_on(ShopWorld& world, credit::CreditId id) {
  return world.shop->credits.find(id)->value().balance.amount_minor();
}

TEST_CASE("paying: a gift card alone, with a card for the rest, and back, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    auto& checkouts = world.shop->checkouts;
    const auto tea = world.offer(450, 20);
    const auto ada = world.guest();
    const auto card = issue(world, 1000);
    world.put(ada, tea, 2);
    REQUIRE(checkouts.buy(by_gift_card(world, ada, "k1", card.code))->status == 201);
    CHECK(left_on(world, card.account.id) == 100);
    CHECK(world.money_held() == 0);
    world.put(ada, tea, 2);
    const auto short_of = checkouts.buy(by_gift_card(world, ada, "k2", card.code));
    REQUIRE_FALSE(short_of);
    CHECK(short_of.error().reason == "credit.not_enough");
    CHECK(short_of.error().members.find("\"amount\":100,") != std::string::npos);
    REQUIRE(checkouts.buy(by_gift_card(world, ada, "k2", card.code, "tok_approve"))->status == 201);
    CHECK(left_on(world, card.account.id) == 0);
    CHECK(world.money_held() == 0);  // several are authorised first
    const auto order = world.orders_of(ada).front();
    REQUIRE(checkouts.capture_order(order.id));
    CHECK(world.money_held() == 800);
    CHECK(world.check() == "");
    REQUIRE(checkouts.cancel_order(order.id, "customer"));
    CHECK(left_on(world, card.account.id) == 100);
    CHECK(world.money_held() == 0);
    CHECK(world.check() == "");
  });
}

TEST_CASE("paying: the gateway is down, and a gift card pays all the same") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  const auto card = issue(world, 1000);
  world.put(ada, tea, 2);
  world.gateway.down = true;
  CHECK(world.shop->checkouts.buy(by_gift_card(world, ada, "k1", card.code))->status == 201);
}

TEST_CASE("paying: eight buyers with one card at once, and it pays for two, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto tea = world.offer(450, 50);
    const auto card = issue(world, 2000);
    std::vector<CustomerId> buyers;
    for (int i = 0; i < 8; ++i) {
      buyers.push_back(world.guest());
      world.put(buyers.back(), tea, 2);
    }
    std::atomic<int> bought{0}, declined{0}, refused{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < buyers.size(); i += 4) {
          const auto answer = world.shop->checkouts.buy(by_gift_card(world, buyers[i], "k", card.code));
          if (!answer)
            refused += answer.error().reason == "credit.not_enough";
          else
            ++(answer->status == 201 ? bought : declined);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(bought == 2);
    CHECK(declined + refused == 6);
    CHECK(left_on(world, card.account.id) == 200);
    CHECK(world.stock_of(tea).reserved == 0);
    CHECK(world.check() == "");
  });
}

// What the card lacks, orders have; wherever it died, and also where the two homes are apart.
TEST_CASE("paying: died anywhere, a gift card has what no order has") {
  for (const char* rest : {"", "tok_approve", "tok_decline", "tok_step_up", "tok_timeout_uncharged"})
    for (const bool apart : {false, true})
      for (const bool after : {false, true})
        for (int step = 0;; ++step) {
          REQUIRE(step < 60);
          CAPTURE(rest);
          CAPTURE(apart);
          CAPTURE(after);
          CAPTURE(step);
          ShopWorld world(apart);
          const auto tea = world.offer(450, 20);
          const auto ada = world.guest();
          const auto card = issue(world, *rest == '\0' ? 2000 : 600);
          world.put(ada, tea, 2);
          world.scissors.arm(step, after);
          bool died = false;
          try {
            const auto answer = world.shop->checkouts.buy(by_gift_card(world, ada, "k1", card.code, rest));
            if (answer && answer->status == 202) (void)world.shop->checkouts.complete(ada, answer->checkout, "r");
            const auto orders = world.orders_of(ada);
            if (!orders.empty()) (void)world.shop->checkouts.cancel_order(orders.front().id, "customer");
          } catch (const Died&) {
            died = true;
          }
          world.scissors.disarm();
          if (!died) break;
          world.restart();
          world.settle();
          std::int64_t of_card = 0;
          for (const auto& order : world.orders_of(ada))
            for (const auto& payment : order.document.payments)
              if (payment.method == "gift_card" && payment.status != "voided")
                of_card += (payment.amount - payment.refunded).amount_minor();
          CHECK(left_on(world, card.account.id) == card.account.balance.amount_minor() - of_card);
          CHECK(world.stock_of(tea).reserved == 0);
          CHECK(world.check() == "");
        }
}

}  // namespace
}  // namespace kontor::checkout
