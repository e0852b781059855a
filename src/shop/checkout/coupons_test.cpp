// What a purchase takes of promotions that run out, through every way that it may go.
#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using testing::ShopWorld;

struct CouponWorld : ShopWorld {
  explicit CouponWorld(std::int64_t max_uses, bool apart = false) : ShopWorld(apart) {
    promotions::Promotion wish;
    wish.name = wish.label = "A fifth";
    wish.type = "percentage";
    wish.parameters.text = R"({"basis_points":2000})";
    wish.needs_coupon = true;
    wish.max_uses = max_uses;
    const auto made = promotions.create(wish, nothing);
    REQUIRE(made.has_value());
    id = made->promotion.id;
    const std::string codes[] = {"FIFTH"};
    REQUIRE(promotions.add_coupons(id, codes, 0, nothing).has_value());
  }
  CustomerId shopper(OfferId tea) {
    const auto customer = guest();
    put(customer, tea, 2);
    REQUIRE(shop->carts.add_coupon({customer, true}, "fifth").has_value());
    return customer;
  }
  std::int64_t uses() { return promotions.find(id).value()->uses; }

  const promotions::Promotions::Beside nothing = [](db::Tx&) { return Result<void>(); };
  PromotionId id;
};

TEST_CASE("a purchase with a coupon pays less, uses it once, and a cancelled one gives it back") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    CouponWorld world(1, apart);
    const auto tea = world.offer(450, 20);
    const auto ada = world.shopper(tea);
    const auto bob = world.shopper(tea);
    const auto answer = world.buy(ada, "a1");
    REQUIRE(answer.has_value());
    CHECK(answer->status == 201);
    const auto again = world.buy(ada, "a1");
    CHECK(again->body == answer->body);
    CHECK(world.uses() == 1);
    const auto order = world.orders_of(ada).at(0);
    CHECK(order.document.totals.total.amount_minor() == 720);
    CHECK(order.document.lines.at(0).discount.amount_minor() == 180);
    CHECK(world.money_held() == 720);
    const auto late = world.buy(bob, "b1");
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().reason == "promotions.used_up");
    CHECK(world.orders_of(bob).empty());
    CHECK(world.stock_of(tea).sellable() == 18);  // nothing of the refused purchase is held
    REQUIRE(world.shop->checkouts.cancel_order(order.id, "customer").has_value());
    CHECK(world.uses() == 0);
    world.promotions.changed();
    CHECK(world.buy(bob, "b2")->status == 201);
    CHECK(world.uses() == 1);
    world.settle();
    CHECK(world.check() == "");
  }
}

TEST_CASE("a declined card, and a charge that never arrived, give the use back") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    CouponWorld world(5, apart);
    const auto tea = world.offer(450, 20);
    CHECK(world.buy(world.shopper(tea), "k1", "tok_decline")->status == 402);
    CHECK(world.uses() == 0);
    CHECK(world.buy(world.shopper(tea), "k2", "tok_timeout_uncharged")->status == 202);
    CHECK(world.uses() == 1);  // it waits
    world.settle();
    CHECK(world.uses() == 0);
    CHECK(world.buy(world.shopper(tea), "k3", "tok_timeout")->status == 202);
    world.settle();
    CHECK(world.uses() == 1);  // the gateway did charge
    CHECK(world.check() == "");
  }
}

TEST_CASE("without its coupon a cart costs what it costs, and the change is said before anything is charged") {
  CouponWorld world(1);
  const auto tea = world.offer(450, 20);
  const auto ada = world.shopper(tea);
  const auto bob = world.shopper(tea);
  CHECK(world.buy(ada, "a1")->status == 201);
  world.promotions.changed();  // as five seconds later
  auto purchase = world.purchase(bob, "b1");
  purchase.body.expected_total = ShopWorld::usd(720);
  const auto refused = world.shop->checkouts.buy(purchase);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kPriceChanged);
  purchase.body.expected_total = ShopWorld::usd(900);
  CHECK(world.shop->checkouts.buy(purchase)->status == 201);
  CHECK(world.orders_of(bob).at(0).document.totals.discounts.empty());
  CHECK(world.uses() == 1);
  CHECK(world.check() == "");
}

TEST_CASE("who cancels four of five gives the bulk discount back, and gets the rest") {
  ShopWorld world;
  promotions::Promotion bulk;
  bulk.name = bulk.label = "10 % from five";
  bulk.type = "tiered";
  REQUIRE(world.promotions.create(bulk, [](db::Tx&) { return Result<void>(); }).has_value());
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, tea, 5);
  CHECK(world.buy(ada, "a1")->status == 201);
  CHECK(world.money_held() == 2025);
  auto order = world.orders_of(ada).at(0);
  orders::CancelOrder wish;
  wish.lines = {{order.document.lines.at(0).id, {}, 4}};
  REQUIRE(world.shop->checkouts.cancel_order(order.id, "customer", wish).has_value());
  order = world.orders_of(ada).at(0);
  CHECK(order.document.cancellations->at(0).refund.amount_minor() == 1575);
  CHECK(orders::totals_left(order.document).total.amount_minor() == 450);
  CHECK(orders::totals_left(order.document).discounts.at(0).amount.amount_minor() == 0);
  CHECK(world.money_held() == 450);
  REQUIRE(world.shop->checkouts.cancel_order(order.id, "customer").has_value());
  CHECK(world.money_held() == 0);
  world.settle();
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::checkout
