// The shop dies at every step in turn, is started again, and has to come out right.
#include <doctest/doctest.h>

#include "shop/checkout/refunds.h"
#include "shop/checkout/unplaced.h"
#include "tests/support/shop_world.h"
#include "tests/support/told.h"

namespace kontor::checkout {
namespace {

using testing::Died;
using testing::ShopWorld;

constexpr int kMostSteps = 40;

// Runs `act` again and again, dying one step later each time, until it comes through; after each death the shop starts
// again and `then` judges. Answers how many deaths there were.
template <class Prepare, class Act, class Then>
int die_everywhere(bool apart, bool after, Prepare&& prepare, Act&& act, Then&& then) {
  for (int step = 0; step < kMostSteps; ++step) {
    CAPTURE(apart);
    CAPTURE(after);
    CAPTURE(step);
    ShopWorld world(apart);
    const auto state = prepare(world);
    world.scissors.arm(step, after);
    bool died = false;
    try {
      act(world, state);
    } catch (const Died&) {
      died = true;
    }
    world.scissors.disarm();
    if (!died) return step;
    world.restart();
    then(world, state);
    CHECK(world.check() == "");
  }
  FAIL("it never came through");
  return 0;
}

int told_of_the_end(ShopWorld& world) { return testing::told(world.store, "checkout.not_completed"); }

struct Bought {
  CustomerId ada;
  OfferId tea;
};
Bought with_a_cart(ShopWorld& world) {
  Bought state;
  state.tea = world.offer(450, 5);
  state.ada = world.guest();
  world.put(state.ada, state.tea, 2);
  return state;
}

TEST_CASE("a purchase that died anywhere is completed or undone, and its repetition buys once") {
  for (const char* token : {"tok_approve", "tok_decline", "tok_timeout", "tok_timeout_uncharged", "tok_step_up"})
    for (const bool apart : {false, true})
      for (const bool after : {false, true}) {
        CAPTURE(token);
        const int deaths = die_everywhere(
            apart, after, with_a_cart,
            [&](ShopWorld& world, const Bought& state) {
              const auto answer = world.buy(state.ada, "k1", token);
              if (answer && answer->status == 202) {
                world.test.clock.advance_ms(5 * kSecondMs);
                (void)world.shop->checkouts.sweep(10);
                (void)world.shop->checkouts.complete(state.ada, answer->checkout, "r");
              }
            },
            [&](ShopWorld& world, const Bought& state) {
              world.settle();
              const auto held = world.money_held();
              const auto orders = world.orders_of(state.ada);
              CHECK(held == static_cast<std::int64_t>(orders.size()) * 900);
              CHECK(orders.size() <= 1);
              CHECK(world.stock_of(state.tea).reserved == 0);
              CHECK(world.stock_of(state.tea).allocated == static_cast<std::int64_t>(orders.size()) * 2);
              const auto again = world.buy(state.ada, "k1", token);
              REQUIRE(again);
              if (std::string_view(token) == "tok_approve") CHECK(again->status == 201);
              if (std::string_view(token) == "tok_decline") CHECK(again->status == 402);
              world.settle();
              CHECK(world.orders_of(state.ada).size() <= 1);
              CHECK(world.money_held() == static_cast<std::int64_t>(world.orders_of(state.ada).size()) * 900);
              CHECK(world.stock_of(state.tea).reserved == 0);
            });
        CHECK(deaths >= 2);
      }
}

TEST_CASE("after a start everything open is taken up at once") {
  ShopWorld world;
  const auto state = with_a_cart(world);
  world.scissors.arm(2, false);  // the card is charged, the order is not placed
  CHECK_THROWS_AS((void)world.buy(state.ada, "k1"), Died);
  world.scissors.disarm();
  CHECK(world.money_held() == 900);
  world.restart();
  CHECK(world.shop->checkouts.sweep(10).value() == 0);  // it might still be at work
  CHECK(world.shop->checkouts.sweep(10, Which::kAllOpen).value() == 1);
  REQUIRE(world.orders_of(state.ada).size() == 1);
  CHECK(world.orders_of(state.ada)[0].document.timeline.front().by == "system");
  const auto again = world.buy(state.ada, "k1");
  REQUIRE(again);
  CHECK((again->status == 201 && again->replayed));
  CHECK(again->body.find(world.orders_of(state.ada)[0].id.text()) != std::string::npos);
}

TEST_CASE("a gateway silent beyond the reservation: the stock goes back, late money buys again or goes back") {
  for (const bool apart : {false, true})
    for (const bool still_there : {true, false}) {
      CAPTURE(apart);
      CAPTURE(still_there);
      ShopWorld world(apart);
      const auto state = with_a_cart(world);
      const auto answer = world.buy(state.ada, "k1", "tok_timeout");
      REQUIRE(answer);
      world.gateway.silent = true;
      world.test.clock.advance_ms(11 * kMinuteMs);
      (void)world.shop->checkouts.sweep(10);
      CHECK(world.shop->checkouts.view(state.ada, answer->checkout)->state == CheckoutState::kExpired);
      CHECK(world.stock_of(state.tea).reserved == 0);
      CHECK(world.money_held() == 900);
      if (!still_there) world.stock(state.tea, 1);
      world.gateway.silent = false;
      world.settle();
      const auto view = world.shop->checkouts.view(state.ada, answer->checkout);
      REQUIRE(view);
      CHECK(view->state == (still_there ? CheckoutState::kCompleted : CheckoutState::kExpired));
      CHECK(world.orders_of(state.ada).size() == (still_there ? 1u : 0u));
      CHECK(world.money_held() == (still_there ? 900 : 0));
      CHECK(world.stock_of(state.tea).allocated == (still_there ? 2 : 0));
      CHECK(told_of_the_end(world) == (still_there ? 0 : 1));
      CHECK(world.check() == "");
    }
}

TEST_CASE("a buyer who was never answered may ask again after the time ran out: the key is free") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto state = with_a_cart(world);
    world.scissors.arm(apart ? 3 : 2, false);  // the card is charged, the order is not placed
    CHECK_THROWS_AS((void)world.buy(state.ada, "k1"), Died);
    world.scissors.disarm();
    world.restart();
    world.gateway.silent = true;
    world.test.clock.advance_ms(11 * kMinuteMs);
    (void)world.shop->checkouts.sweep(10);
    CHECK(world.stock_of(state.tea).reserved == 0);
    world.stock(state.tea, 1);  // the late money buys nothing any more
    world.gateway.silent = false;
    world.settle();
    CHECK(world.money_held() == 0);
    CHECK(told_of_the_end(world) == 0);
    const auto again = world.buy(state.ada, "k1");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Errc::kOutOfStock);
    world.stock(state.tea, 5);
    const auto bought = world.buy(state.ada, "k1");
    REQUIRE(bought);
    CHECK(bought->status == 201);
    CHECK(world.orders_of(state.ada).size() == 1);
    CHECK(world.check() == "");
  }
}

TEST_CASE("late money for a cart that was bought otherwise goes back") {
  ShopWorld world;
  const auto state = with_a_cart(world);
  const auto answer = world.buy(state.ada, "k1", "tok_timeout");
  REQUIRE(answer);
  world.gateway.silent = true;
  world.test.clock.advance_ms(11 * kMinuteMs);
  (void)world.shop->checkouts.sweep(10);
  world.gateway.silent = false;
  REQUIRE(world.buy(state.ada, "k2")->status == 201);
  world.settle();
  CHECK(world.orders_of(state.ada).size() == 1);
  CHECK(world.money_held() == 900);
  CHECK(world.check() == "");
}

TEST_CASE("an undo that the gateway does not answer is tried until it does") {
  ShopWorld world;
  const auto state = with_a_cart(world);
  const auto answer = world.buy(state.ada, "k1", "tok_step_up");
  REQUIRE(answer);
  world.gateway.silent = true;
  const auto cancelled = world.shop->checkouts.cancel(state.ada, answer->checkout);
  REQUIRE(cancelled);
  CHECK(cancelled->state == CheckoutState::kCancelled);
  CHECK(world.stock_of(state.tea).reserved == 2);
  world.settle();
  CHECK(world.stock_of(state.tea).reserved == 2);
  world.gateway.silent = false;
  world.settle();
  CHECK(world.stock_of(state.tea).reserved == 0);
  CHECK(world.lines_in_cart(state.ada) == 1);
  CHECK(world.sandbox->all_charges()->front().second.state == ChargeState::kVoided);
  CHECK(told_of_the_end(world) == 0);  // the buyer gave it up
}

TEST_CASE("who was told to wait is told once that it came to nothing, wherever it dies, and then forgotten") {
  for (const char* token : {"tok_step_up", "tok_timeout_uncharged"})
    for (const bool apart : {false, true})
      for (const bool after : {false, true}) {
        CAPTURE(token);
        struct WaitingCart {
          Bought bought;
          CheckoutId checkout;
        };
        const int deaths = die_everywhere(
            apart, after,
            [&](ShopWorld& world) {
              WaitingCart state{with_a_cart(world), {}};
              const auto answer = world.buy(state.bought.ada, "k1", token);
              REQUIRE(answer);
              REQUIRE(answer->status == 202);
              state.checkout = answer->checkout;
              world.test.clock.advance_ms(31 * kMinuteMs);
              return state;
            },
            [](ShopWorld& world, const WaitingCart&) { (void)world.shop->checkouts.sweep(10); },
            [](ShopWorld& world, const WaitingCart& state) {
              world.settle();
              CHECK(world.orders_of(state.bought.ada).empty());
              CHECK(world.money_held() == 0);
              CHECK(told_of_the_end(world) == 1);
              Unplaced unplaced(world.store);
              const auto purchase = unplaced.find(state.checkout);
              REQUIRE(purchase.has_value());
              REQUIRE(purchase->has_value());
              CHECK((*purchase)->email == "ada@example.com");
              CHECK((*purchase)->lines.size() == 1);
              REQUIRE(unplaced.told(state.checkout));
              CHECK_FALSE(unplaced.find(state.checkout)->has_value());
            });
        CHECK(deaths >= 2);
      }
}

struct Ordered {
  Bought bought;
  orders::Order order;
};
Ordered with_an_order(ShopWorld& world) {
  Ordered state{with_a_cart(world), {}};
  if (!world.buy(state.bought.ada, "k1")) std::abort();
  state.order = world.orders_of(state.bought.ada).front();
  return state;
}

TEST_CASE("a cancelled order gives stock and money back, once, wherever it dies") {
  for (const bool apart : {false, true})
    for (const bool after : {false, true}) {
      const auto cancelled = [](ShopWorld& world, const Ordered& state) {
        REQUIRE(world.shop->checkouts.cancel_order(state.order.id, "customer"));
        world.settle();
        const auto order = world.orders_of(state.bought.ada).front();
        CHECK(order.state == orders::OrderState::kCancelled);
        CHECK(order.document.payments[0].status == "refunded");
        CHECK(order.document.timeline.back().payment == "refunded");
        CHECK(order.document.timeline.back().amount == ShopWorld::usd(900));
        CHECK(order.document.shipments[0].status == orders::ShipmentState::kCancelled);
        CHECK(world.money_held() == 0);
        CHECK(world.stock_of(state.bought.tea).allocated == 0);
        CHECK(world.stock_of(state.bought.tea).on_hand == 5);
      };
      const int deaths = die_everywhere(
          apart, after, with_an_order,
          [&](ShopWorld& world, const Ordered& state) {
            (void)world.shop->checkouts.cancel_order(state.order.id, "customer");
          },
          cancelled);
      CHECK(deaths >= 3);
      ShopWorld world(apart);
      const auto state = with_an_order(world);
      cancelled(world, state);
      cancelled(world, state);
      CHECK(world.check() == "");
    }
}

TEST_CASE("lines that are cancelled give their stock and money back, once, wherever it dies") {
  orders::CancelOrder one;
  one.lines = {{{}, {}, 1}};
  for (const bool apart : {false, true})
    for (const bool after : {false, true}) {
      const auto again = [&](ShopWorld& world, const Ordered& state) {
        one.lines->front().offer_id = state.bought.tea;
        if (!world.orders_of(state.bought.ada).front().document.cancellations)
          REQUIRE(world.shop->checkouts.cancel_order(state.order.id, "customer", one));
        world.settle();
        const auto order = world.orders_of(state.bought.ada).front();
        CHECK(order.state == orders::OrderState::kConfirmed);
        CHECK(order.document.payments[0].status == "partially_refunded");
        CHECK(order.document.cancellations->size() == 1);
        CHECK(world.money_held() == 450);
        CHECK(world.stock_of(state.bought.tea).allocated == 1);
        CHECK(world.check() == "");
        REQUIRE(world.shop->checkouts.cancel_order(state.order.id, "staff"));
        world.settle();
        CHECK(world.money_held() == 0);
        CHECK(world.stock_of(state.bought.tea).allocated == 0);
      };
      const int deaths = die_everywhere(
          apart, after, with_an_order,
          [&](ShopWorld& world, const Ordered& state) {
            one.lines->front().offer_id = state.bought.tea;
            (void)world.shop->checkouts.cancel_order(state.order.id, "customer", one);
          },
          again);
      CHECK(deaths >= 3);
    }
}

// Two cards, so that nothing is taken with the order.
Ordered with_a_promise(ShopWorld& world) {
  Ordered state{with_a_cart(world), {}};
  auto purchase = world.purchase(state.bought.ada, "k1");
  PaymentBody first = purchase.body.payments->front();
  first.amount = ShopWorld::usd(300);
  purchase.body.payments->insert(purchase.body.payments->begin(), first);
  if (!world.shop->checkouts.buy(purchase)) std::abort();
  state.order = world.orders_of(state.bought.ada).front();
  return state;
}

TEST_CASE("lines cancelled of a promise are not taken, nor given back as well, wherever it dies") {
  orders::CancelOrder one;
  one.lines = {{{}, {}, 1}};
  for (const bool apart : {false, true})
    for (const bool after : {false, true}) {
      const auto again = [&](ShopWorld& world, const Ordered& state) {
        one.lines->front().offer_id = state.bought.tea;
        if (!world.orders_of(state.bought.ada).front().document.cancellations)
          REQUIRE(world.shop->checkouts.cancel_order(state.order.id, "customer", one));
        // The parcel leaves before the interrupted cancellation goes on.
        REQUIRE(world.shop->checkouts.capture_order(state.order.id));
        world.settle();
        CHECK(world.money_held() == 450);
        CHECK(world.check() == "");
      };
      const int deaths = die_everywhere(
          apart, after, with_a_promise,
          [&](ShopWorld& world, const Ordered& state) {
            one.lines->front().offer_id = state.bought.tea;
            (void)world.shop->checkouts.cancel_order(state.order.id, "customer", one);
          },
          again);
      CHECK(deaths >= 3);
    }
}

TEST_CASE("packed is too late to cancel, and a cancelled shipment is not packed") {
  ShopWorld world;
  const auto state = with_an_order(world);
  const auto shipment = world.shop->fulfilment.of_order(state.order.id).value().front().id;
  REQUIRE(world.shop->fulfilment.move(shipment, fulfilment::ShipmentTrigger::kPick, {}));
  REQUIRE(world.shop->fulfilment.move(shipment, fulfilment::ShipmentTrigger::kPack, {}));
  const auto refused = world.shop->checkouts.cancel_order(state.order.id, "customer");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kNotCancellable);
  CHECK(world.money_held() == 900);

  ShopWorld other;
  const auto gone = with_an_order(other);
  REQUIRE(other.shop->checkouts.cancel_order(gone.order.id, "customer"));
  const auto its = other.shop->fulfilment.of_order(gone.order.id).value().front().id;
  const auto packed = other.shop->fulfilment.move(its, fulfilment::ShipmentTrigger::kPick, {});
  REQUIRE_FALSE(packed);
  CHECK(packed.error().code == Errc::kInvalidTransition);
}

TEST_CASE("a clock that is set back by a day keeps nothing waiting until it has caught up") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto state = with_a_cart(world);
    const auto answer = world.buy(state.ada, "k1", "tok_timeout");
    REQUIRE(answer);
    CHECK(answer->status == 202);
    world.test.clock.advance_ms(-kDayMs);
    world.settle();
    CHECK(world.shop->checkouts.view(state.ada, answer->checkout)->state == CheckoutState::kCompleted);
    CHECK(world.shop->checkouts.sweep(10).value() == 0);
    REQUIRE(world.orders_of(state.ada).size() == 1);
    world.gateway.silent = true;
    REQUIRE(world.shop->checkouts.cancel_order(world.orders_of(state.ada)[0].id, "customer"));
    world.gateway.silent = false;
    world.test.clock.advance_ms(-kDayMs);
    world.settle();
    CHECK(world.orders_of(state.ada)[0].document.payments[0].status == "refunded");
    CHECK(world.money_held() == 0);
    CHECK(world.stock_of(state.tea).reserved == 0);
    CHECK(world.check() == "");
  }
}

TEST_CASE("a step that a buyer owes is not asked about all day after the clock was set back") {
  ShopWorld world;
  const auto state = with_a_cart(world);
  REQUIRE(world.buy(state.ada, "k1", "tok_step_up"));
  world.test.clock.advance_ms(-kDayMs);
  CHECK(world.shop->checkouts.sweep(10).value() == 1);
  CHECK(world.shop->checkouts.sweep(10).value() == 0);
}

// An order of 9.00 that is packed.
Ordered with_a_packed_order(ShopWorld& world) {
  auto state = with_an_order(world);
  const auto shipment = state.order.document.shipments[0].id;
  for (const auto on : {fulfilment::ShipmentTrigger::kPick, fulfilment::ShipmentTrigger::kPack})
    if (!world.shop->fulfilment.move(shipment, on, {})) std::abort();
  state.order = world.orders_of(state.bought.ada).front();
  return state;
}

Refunds refunds_in(ShopWorld& world) {
  auto& shop = *world.shop;
  return Refunds({world.store, shop.carts, world.shelf, world.pricing, world.shipping, shop.inventory, shop.payments,
                  shop.orders, world.test.clock, world.test.ids},
                 {});
}
RefundWish wish_for(const Ordered& state, std::int64_t minor) {
  return {state.order.document.payments[0].id, ShopWorld::usd(minor), "a dent"};
}

TEST_CASE("money that finance gives back goes back once, wherever it dies") {
  for (const bool after : {false, true}) {
    const auto paid_once = [](ShopWorld& world, const Ordered& state) {
      auto refunds = refunds_in(world);
      for (int i = 0; i < 5; ++i) {
        world.test.clock.advance_ms(kMinuteMs);
        REQUIRE(refunds.sweep(10));
      }
      CHECK(refunds.open(10)->empty());
      const auto decided = refunds.of_order(state.order.id);
      const bool stands = decided->size() == 1;
      const auto payment = world.orders_of(state.bought.ada)[0].document.payments[0];
      CHECK(payment.refunded == ShopWorld::usd(stands ? 400 : 0));
      CHECK(payment.status == (stands ? "partially_refunded" : "captured"));
      CHECK(world.money_held() == (stands ? 500 : 900));
    };
    const int deaths = die_everywhere(
        false, after, with_a_packed_order,
        [](ShopWorld& world, const Ordered& state) {
          (void)refunds_in(world).run(state.order.id, wish_for(state, 400), "finance", {});
        },
        paid_once);
    CHECK(deaths == 3);
  }
}

TEST_CASE("finance gives back what was taken, and no more, after the order is packed") {
  ShopWorld world;
  auto state = with_an_order(world);
  auto refunds = refunds_in(world);
  const auto refused = [&](const RefundWish& wish) {
    return refunds.run(state.order.id, wish, "f", {}).error().reason;
  };
  CHECK(refused(wish_for(state, 100)) == "checkout.cancel_instead");
  ShopWorld packed;
  state = with_a_packed_order(packed);
  auto of_packed = refunds_in(packed);
  const auto give = [&](std::int64_t minor) { return of_packed.run(state.order.id, wish_for(state, minor), "f", {}); };
  CHECK(give(0).error().reason == "payments.refund_of_nothing");
  CHECK(give(901).error().reason == "payments.refund_too_large");
  // Decided is as good as given: a silent gateway does not make room for more.
  packed.gateway.silent = true;
  const auto first = give(600);
  REQUIRE(first);
  CHECK(first->next);
  CHECK(give(301).error().reason == "payments.refund_too_large");
  CHECK(packed.check() == "");
  packed.gateway.silent = false;
  REQUIRE(give(300));
  packed.test.clock.advance_ms(-kDayMs);
  REQUIRE(of_packed.sweep(10).value() == 1);
  CHECK(give(1).error().reason == "payments.refund_too_large");
  const auto payment = packed.orders_of(state.bought.ada)[0].document.payments[0];
  CHECK(payment.status == "refunded");
  CHECK(payment.refunded == ShopWorld::usd(900));
  CHECK(packed.money_held() == 0);
  CHECK(packed.check() == "");
}

}  // namespace
}  // namespace kontor::checkout
