#include "app/guarded_gateway.h"

#include <doctest/doctest.h>

#include <thread>

#include "runtime/fiber.h"
#include "tests/support/shop_world.h"

namespace kontor::app {
namespace {

// A gateway that answers as it is told, or holds its callers until they are let go.
class Moody : public PaymentGateway {
 public:
  std::string_view name() const override { return "moody"; }
  Result<Charge> charge(const ChargeRequest&) override {
    ++asked;
    if (holds) {
      held.wake();
      let_go.wait();
    }
    return answer();
  }
  Result<Charge> capture(const std::string&, Money) override { return answer(); }
  Result<Charge> find(const std::string&) override { return answer(); }
  Result<Charge> void_charge(const std::string&) override { return answer(); }
  Result<Charge> refund(const std::string&, const std::string&, Money) override { return answer(); }
  Result<CardOnFile> keep_card(const std::string&, CustomerId) override { return CardOnFile{}; }
  Result<GatewayNews> read_webhook(const WebhookCall&) override { return GatewayNews{}; }
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override { return {}; }
  Result<std::vector<ChargeLine>> charge_file(Time, Time) override { return {}; }

  Errc trouble = Errc::kInternal;  // kInternal: none
  bool declines = false;
  bool holds = false;
  int asked = 0;
  runtime::Parker held, let_go;

 private:
  Result<Charge> answer() {
    if (trouble != Errc::kInternal) return fail(trouble, "gateway.trouble");
    Charge charge;
    charge.state = declines ? ChargeState::kDeclined : ChargeState::kCaptured;
    return charge;
  }
};

struct GuardedWorld {
  Moody moody;
  testing::FakeClock clock;
  runtime::Metrics metrics;
  GuardedGateway guard{moody, clock, metrics, {3, 1000, 4000, 2}};
  std::string charge() {
    const auto charged = guard.charge({"k", "tok", Money::minor(1, Currency()), CheckoutId{1}, true});
    return charged ? "" : charged.error().reason;
  }
};

TEST_CASE("failures in a row open the circuit; after a rest one call tries") {
  for (const Errc trouble : {Errc::kTimeout, Errc::kGatewayUnavailable}) {
    GuardedWorld world;
    world.moody.trouble = trouble;
    for (int i = 0; i < 3; ++i) CHECK(world.charge() == "gateway.trouble");
    CHECK(world.guard.open());
    const auto refused = world.guard.charge({"k", "tok", Money::minor(1, Currency()), CheckoutId{1}, true});
    CHECK(refused.error().reason == "gateway.circuit_open");
    CHECK(refused.error().code == Errc::kGatewayUnavailable);
    CHECK(refused.error().retry_after_s == 1);
    CHECK(world.moody.asked == 3);
    world.clock.advance_ms(1000);
    CHECK(world.charge() == "gateway.trouble");  // the try fails: a longer rest
    world.clock.advance_ms(1999);
    CHECK(world.charge() == "gateway.circuit_open");
    world.clock.advance_ms(1);
    world.moody.trouble = Errc::kInternal;
    CHECK(world.charge() == "");
    CHECK_FALSE(world.guard.open());
    CHECK(world.charge() == "");
  }
}

TEST_CASE("cards that are declined are no trouble, and one success forgets the failures") {
  GuardedWorld world;
  world.moody.declines = true;
  for (int i = 0; i < 9; ++i) CHECK(world.charge() == "");
  for (int round = 0; round < 3; ++round) {
    world.moody.trouble = Errc::kTimeout;
    for (int i = 0; i < 2; ++i) CHECK(world.charge() == "gateway.trouble");
    world.moody.trouble = Errc::kInternal;
    CHECK(world.guard.find("k"));
  }
  CHECK_FALSE(world.guard.open());
}

TEST_CASE("what has begun is settled while the circuit is open, and shows that the gateway is back") {
  GuardedWorld world;
  world.moody.trouble = Errc::kTimeout;
  for (int i = 0; i < 3; ++i) CHECK(world.charge() == "gateway.trouble");
  CHECK_FALSE(world.guard.void_charge("k"));
  CHECK(world.guard.open());
  world.moody.trouble = Errc::kInternal;
  CHECK(world.guard.void_charge("k"));
  CHECK(world.charge() == "");
}

TEST_CASE("a clock that is set back does not keep the circuit open") {
  GuardedWorld world;
  world.moody.trouble = Errc::kTimeout;
  for (int i = 0; i < 3; ++i) CHECK(world.charge() == "gateway.trouble");
  world.moody.trouble = Errc::kInternal;
  world.clock.advance_ms(-kDayMs);
  CHECK(world.charge() == "");
}

TEST_CASE("a slow gateway holds so many buyers and no more") {
  GuardedWorld world;
  world.moody.holds = true;
  std::thread slow([&] { CHECK(world.charge() == ""); });
  world.moody.held.wait();
  world.moody.holds = false;
  CHECK(world.charge() == "");  // one of two places is free
  runtime::Metrics other;
  GuardedGateway narrow(world.moody, world.clock, other, {3, 1000, 4000, 0});
  const auto crowded = narrow.charge({"k", "tok", Money::minor(1, Currency()), CheckoutId{1}, true});
  CHECK(crowded.error().reason == "gateway.too_many_calls");
  CHECK(crowded.error().retry_after_s == 1);
  world.moody.let_go.wake();
  slow.join();
  CHECK_FALSE(world.guard.open());
}

TEST_CASE(
    "with the circuit open a purchase ends at once: stock is let go, the key is free, and later it goes through") {
  testing::ShopWorld shop;
  runtime::Metrics metrics;
  GuardedGateway guard(shop.gateway, shop.test.clock, metrics, {2, 1000, 4000, 8});
  payments::Payments payments(shop.store, guard, shop.test.clock);
  checkout::Checkouts checkouts({shop.store, shop.shop->carts, shop.shelf, shop.pricing, shop.shipping,
                                 shop.shop->inventory, payments, shop.shop->orders, shop.test.clock, shop.test.ids},
                                {});
  const auto tea = shop.offer(450, 3);
  const auto ada = shop.guest();
  shop.put(ada, tea, 1);
  shop.gateway.down = true;
  for (int i = 0; i < 3; ++i) {
    const auto refused = checkouts.buy(shop.purchase(ada, "k1"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kGatewayUnavailable);
    CHECK(refused.error().retry_after_s > 0);
    CHECK(shop.stock_of(tea).reserved == 0);
  }
  CHECK(guard.open());
  shop.gateway.down = false;
  shop.test.clock.advance_ms(1000);
  const auto bought = checkouts.buy(shop.purchase(ada, "k1"));
  REQUIRE(bought);
  CHECK(bought->status == 201);
  CHECK(shop.check() == "");
}

}  // namespace
}  // namespace kontor::app
