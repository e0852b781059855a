#include "shop/checkout/checkout.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using testing::ShopWorld;

CheckoutView view_of(ShopWorld& world, CustomerId customer, const Answer& answer) {
  const auto view = world.shop->checkouts.view(customer, answer.checkout);
  REQUIRE(view);
  return *view;
}

TEST_CASE("a purchase: the order, the money, the stock, the cart and the events") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto cup = world.offer(1200, 5, "Cup");
  const auto ada = world.guest();
  world.put(ada, tea, 3);
  world.put(ada, cup, 1);
  const auto answer = world.buy(ada, "k1");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK_FALSE(answer->replayed);
  const auto orders = world.orders_of(ada);
  REQUIRE(orders.size() == 1);
  CHECK(orders[0].state == orders::OrderState::kConfirmed);
  CHECK(orders[0].document.totals.total == world.usd(2550));
  CHECK(orders[0].document.lines.size() == 2);
  CHECK(orders[0].document.timeline.front().by == "customer");
  CHECK(orders[0].document.payments.at(0).status == "captured");
  CHECK(orders[0].document.shipments.size() == 1);
  CHECK(answer->body.find(orders[0].id.text()) != std::string::npos);
  CHECK(answer->body.find("ada@example.com") == std::string::npos);
  CHECK(world.stock_of(tea).allocated == 3);
  CHECK(world.stock_of(tea).reserved == 0);
  CHECK(world.lines_in_cart(ada) == 0);
  CHECK(world.money_held() == 2550);
  const auto view = view_of(world, ada, *answer);
  CHECK(view.state == CheckoutState::kCompleted);
  CHECK(view.order_id == orders[0].id);
  CHECK(world.check() == "");
}

TEST_CASE(
    "the same key answers the same bytes, another body is refused, another key on the same cart means the first "
    "order") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  const auto first = world.buy(ada, "k1");
  REQUIRE(first);
  const auto again = world.buy(ada, "k1");
  REQUIRE(again);
  CHECK(again->status == 201);
  CHECK(again->body == first->body);
  CHECK(again->replayed);
  auto other = world.purchase(ada, "k1");
  other.fingerprint = "another body";
  const auto reused = world.shop->checkouts.buy(other);
  REQUIRE_FALSE(reused);
  CHECK(reused.error().code == Errc::kKeyReused);
  const auto second_key = world.buy(ada, "k2");
  REQUIRE(second_key);
  CHECK(second_key->body == first->body);
  CHECK(world.orders_of(ada).size() == 1);
  CHECK(world.money_held() == 450);
  // After a day the key is free; a fresh cart is another purchase.
  world.test.clock.advance_ms(kDayMs + kMinuteMs);
  world.put(ada, tea, 2);
  const auto next_day = world.buy(ada, "k1");
  REQUIRE(next_day);
  CHECK(next_day->body != first->body);
  CHECK(world.orders_of(ada).size() == 2);
  CHECK(world.check() == "");
}

TEST_CASE("a key is its customer's own") {
  ShopWorld world;
  const auto tea = world.offer(450, 20);
  const auto ada = world.guest(), eve = world.guest();
  world.put(ada, tea, 1);
  world.put(eve, tea, 1);
  const auto a = world.buy(ada, "k"), e = world.buy(eve, "k");
  REQUIRE((a && e));
  CHECK(a->body != e->body);
  CHECK_FALSE(world.shop->checkouts.view(eve, a->checkout));
}

TEST_CASE("a refused payment is kept, gives the stock back and leaves the cart") {
  struct Row {
    const char* token;
    int status;
    const char* words;
  };
  const Row rows[] = {{"tok_decline", 402, "card_declined"},
                      {"tok_insufficient", 402, "insufficient_funds"},
                      {"tok_expired_card", 402, "expired_card"},
                      {"tok_unheard_of", 402, "invalid_token"},
                      {"tok_fraud", 403, "rejected_by_risk_check"}};
  for (const bool apart : {false, true}) {
    for (const auto& row : rows) {
      CAPTURE(apart);
      CAPTURE(row.token);
      ShopWorld world(apart);
      const auto tea = world.offer(450, 3);
      const auto ada = world.guest();
      world.put(ada, tea, 3);
      const auto answer = world.buy(ada, "k1", row.token);
      REQUIRE(answer);
      CHECK(answer->status == row.status);
      CHECK(answer->body.find(row.words) != std::string::npos);
      CHECK(world.stock_of(tea).reserved == 0);
      CHECK(world.lines_in_cart(ada) == 1);
      const auto again = world.buy(ada, "k1", row.token);
      REQUIRE(again);
      CHECK((again->replayed && again->body == answer->body && again->status == row.status));
      CHECK(view_of(world, ada, *answer).state == CheckoutState::kInventoryReleased);
      const auto other_card = world.buy(ada, "k2");
      REQUIRE(other_card);
      CHECK(other_card->status == 201);
      CHECK(world.money_held() == 1350);
      CHECK(world.check() == "");
    }
  }
}

TEST_CASE("no answer and charged: 202, then the order comes") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto tea = world.offer(450, 3);
    const auto ada = world.guest();
    world.put(ada, tea, 1);
    const auto answer = world.buy(ada, "k1", "tok_timeout");
    REQUIRE(answer);
    CHECK(answer->status == 202);
    CHECK(view_of(world, ada, *answer).state == CheckoutState::kPaymentUnknown);
    CHECK(world.orders_of(ada).empty());
    CHECK(world.stock_of(tea).reserved == 1);
    const auto other = world.buy(ada, "k2");
    REQUIRE_FALSE(other);
    CHECK(other.error().code == Errc::kInProgress);
    world.test.clock.advance_ms(5 * kSecondMs);
    CHECK(world.shop->checkouts.sweep(10).value() == 1);
    CHECK(view_of(world, ada, *answer).state == CheckoutState::kCompleted);
    CHECK(world.orders_of(ada).size() == 1);
    const auto again = world.buy(ada, "k1", "tok_timeout");
    REQUIRE(again);
    CHECK((again->status == 202 && again->replayed && again->body == answer->body));
    world.settle();
    CHECK(world.stock_of(tea).allocated == 1);
    CHECK(world.check() == "");
  }
}

TEST_CASE("no answer and not charged: undone") {
  ShopWorld world;
  const auto tea = world.offer(450, 3);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  const auto answer = world.buy(ada, "k1", "tok_timeout_uncharged");
  REQUIRE(answer);
  CHECK(answer->status == 202);
  REQUIRE(world.shop->checkouts.hint(answer->checkout));
  const auto view = view_of(world, ada, *answer);
  CHECK(view.state == CheckoutState::kInventoryReleased);
  CHECK(view.problem.has_value());
  CHECK(world.stock_of(tea).reserved == 0);
  CHECK(world.lines_in_cart(ada) == 1);
  CHECK(world.buy(ada, "k2")->status == 201);
  CHECK(world.check() == "");
}

TEST_CASE("a lost answer is asked for again with the same key and charges once") {
  ShopWorld world;
  const auto tea = world.offer(450, 3);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  world.gateway.lose_answers = 1;
  const auto answer = world.buy(ada, "k1");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(world.sandbox->all_charges()->size() == 1);
}

TEST_CASE("a gateway that is down leaves nothing behind") {
  ShopWorld world;
  const auto tea = world.offer(450, 3);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  world.gateway.down = true;
  const auto refused = world.buy(ada, "k1");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kGatewayUnavailable);
  CHECK(refused.error().retry_after_s > 0);
  CHECK(world.stock_of(tea).reserved == 0);
  world.gateway.down = false;
  const auto again = world.buy(ada, "k1");
  REQUIRE(again);
  CHECK((again->status == 201 && !again->replayed));
  CHECK(world.check() == "");
}

TEST_CASE("a webhook that comes first and twice is harmless") {
  ShopWorld world;
  struct Sink : gateway_sandbox::WebhookSink {
    explicit Sink(ShopWorld& w) : world(w) {}
    void deliver(const WebhookCall& call) override {
      ++rung;
      const auto news = world.sandbox->read_webhook(call);
      REQUIRE(news);
      CHECK(world.shop->checkouts.hint(news->checkout));
    }
    ShopWorld& world;
    int rung = 0;
  } sink(world);
  world.sandbox->set_sink(&sink);
  const auto tea = world.offer(450, 3);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  const auto answer = world.buy(ada, "k1", "tok_twice");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(sink.rung == 2);
  CHECK(world.orders_of(ada).size() == 1);
  REQUIRE(world.shop->checkouts.hint(answer->checkout));
  CHECK(world.check() == "");
}

TEST_CASE("a step of the buyer: taken, not taken in time, given up") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto tea = world.offer(450, 3);
    const auto ada = world.guest();
    world.put(ada, tea, 1);
    const auto first = world.buy(ada, "k1", "tok_step_up");
    REQUIRE(first);
    CHECK(first->status == 202);
    const auto view = view_of(world, ada, *first);
    CHECK(view.state == CheckoutState::kPaymentPending);
    REQUIRE(view.next_action);
    CHECK(view.next_action->url.starts_with("https://"));
    CHECK_FALSE(world.shop->checkouts.complete(world.guest(), first->checkout, "r"));
    world.test.clock.advance_ms(20 * kMinuteMs);  // longer than a reservation, shorter than a step-up
    (void)world.shop->checkouts.sweep(10);
    const auto done = world.shop->checkouts.complete(ada, first->checkout, "r");
    REQUIRE(done);
    CHECK(done->status == 201);
    const auto twice = world.shop->checkouts.complete(ada, first->checkout, "r");
    REQUIRE(twice);
    CHECK(twice->body == done->body);
    CHECK(world.orders_of(ada).size() == 1);

    world.put(ada, tea, 1);
    const auto late = world.buy(ada, "k2", "tok_step_up");
    REQUIRE(late);
    world.settle();
    CHECK(view_of(world, ada, *late).state == CheckoutState::kExpired);
    CHECK_FALSE(world.shop->checkouts.complete(ada, late->checkout, "r"));
    CHECK(world.stock_of(tea).reserved == 0);

    const auto given_up = world.buy(ada, "k3", "tok_step_up");
    REQUIRE(given_up);
    const auto cancelled = world.shop->checkouts.cancel(ada, given_up->checkout);
    REQUIRE(cancelled);
    CHECK(cancelled->state == CheckoutState::kCancelled);
    CHECK(world.shop->checkouts.cancel(ada, given_up->checkout));
    const auto too_late = world.shop->checkouts.cancel(ada, first->checkout);
    REQUIRE_FALSE(too_late);
    CHECK(too_late.error().code == Errc::kInvalidTransition);
    CHECK(world.lines_in_cart(ada) == 1);
    CHECK(world.money_held() == 450);
    CHECK(world.check() == "");
  }
}

TEST_CASE("sold out says what there is, and the key is free again") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto tea = world.offer(450, 5);
    const auto ada = world.guest();
    world.put(ada, tea, 5);
    world.stock(tea, 3);
    const auto refused = world.buy(ada, "k1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kOutOfStock);
    CHECK(refused.error().members.find("\"available\":3") != std::string::npos);
    CHECK(world.money_held() == 0);
    world.stock(tea, 5);
    const auto again = world.buy(ada, "k1");
    REQUIRE(again);
    CHECK((again->status == 201 && !again->replayed));
    CHECK(world.check() == "");
  }
}

TEST_CASE("what is not sold any more, or in too great a number, is refused") {
  ShopWorld world;
  const auto tea = world.offer(450, 50);
  const auto ada = world.guest();
  world.put(ada, tea, 4);
  world.shelf.all[tea].purchase_limit = 3;
  const auto limited = world.buy(ada, "k1");
  REQUIRE(limited);
  CHECK((limited->status == 403 && !limited->replayed));
  CHECK(limited->body.find("checkout.purchase_limit") != std::string::npos);
  world.shelf.all[tea].buyable = false;
  CHECK(world.buy(ada, "k1")->body == limited->body);
  CHECK_FALSE(world.buy(ada, "k2"));
  CHECK(world.money_held() == 0);
}

TEST_CASE("of a cart that nobody looked at lately, what is not sold any more is left out, as the cart would show it") {
  ShopWorld world;
  const auto tea = world.offer(450, 50), cup = world.offer(1200, 50), pin = world.offer(100, 50);
  const auto ada = world.guest();
  for (const auto offer : {tea, cup, pin}) world.put(ada, offer, 1);
  world.shelf.forgets = true;
  world.shelf.all[cup].buyable = false;
  world.shelf.all[pin].price = Money::minor(90, *Currency::parse("EUR"));
  const auto bought = world.buy(ada, "k1");
  REQUIRE((bought && bought->status == 201));
  CHECK(bought->body.find(R"("total_charged":{"amount":450)") != std::string::npos);
  const auto bob = world.guest();
  world.put(bob, tea, 1);
  world.shelf.all[tea].buyable = false;
  const auto nothing = world.buy(bob, "k2");
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().reason == "checkout.cart_empty");
  world.shelf.forgets = false;
  world.shelf.all[tea].buyable = true;
}

TEST_CASE("a purchase limit holds over all purchases of a customer, and a cancelled order gives its share back") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    ShopWorld world(apart);
    const auto tea = world.offer(450, 50);
    const auto ada = world.guest();
    world.put(ada, tea, 2);
    world.shelf.all[tea].purchase_limit = 3;
    const auto first = world.buy(ada, "k1");
    REQUIRE((first && first->status == 201));
    world.put(ada, tea, 2);
    const auto limited = world.buy(ada, "k2");
    REQUIRE(limited);
    CHECK(limited->status == 403);
    CHECK(limited->body.find("inventory.purchase_limit") != std::string::npos);
    CHECK(limited->body.find("\"bought\":2") != std::string::npos);
    checkout::CheckoutBody body;
    CHECK(world.shop->checkouts.quote(ada, body).error().reason == "inventory.purchase_limit");
    const auto row = world.shop->inventory.rows(tea);
    CHECK(row->front().reserved + row->front().allocated == 2);
    std::vector<OrderId> placed;
    REQUIRE(world.shop->orders.each([&](const orders::Order& order) { placed.push_back(order.id); }));
    REQUIRE(placed.size() == 1);
    REQUIRE(world.shop->checkouts.cancel_order(placed[0], "customer"));
    CHECK(world.buy(ada, "k2")->body == limited->body);
    const auto again = world.buy(ada, "k3");
    REQUIRE((again && again->status == 201));
    CHECK(world.check() == "");
  }
}

TEST_CASE("an empty cart, and a cart that has changed since it was shown") {
  ShopWorld world;
  const auto tea = world.offer(450, 5);
  const auto ada = world.guest();
  const auto empty = world.buy(ada, "k1");
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == Errc::kCartEmpty);
  world.put(ada, tea, 1);
  auto stale = world.purchase(ada, "k1");
  stale.body.cart_version = (*world.shop->carts.contents(ada))->version - 1;
  const auto refused = world.shop->checkouts.buy(stale);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kVersionConflict);
}

TEST_CASE("another total than expected charges nothing and offers a quote; the quote holds its price for ten minutes") {
  ShopWorld world;
  const auto tea = world.offer(450, 9);
  const auto ada = world.guest();
  world.put(ada, tea, 2);
  auto purchase = world.purchase(ada, "k1");
  purchase.body.expected_total = world.usd(899);
  const auto refused = world.shop->checkouts.buy(purchase);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kPriceChanged);
  CHECK(refused.error().members.find("quo_") != std::string::npos);
  CHECK(world.money_held() == 0);

  const auto quote = world.shop->checkouts.quote(ada, purchase.body);
  REQUIRE(quote);
  CHECK(quote->totals.total == world.usd(900));
  CHECK(quote->shipping_options.size() == 1);
  world.shelf.all[tea].price = world.usd(500);
  purchase.body.expected_total.reset();
  purchase.body.quote_id = quote->quote_id;
  auto of_another = world.purchase(world.guest(), "k1");
  world.put(of_another.customer, tea, 1);
  of_another.body.quote_id = quote->quote_id;
  CHECK(world.shop->checkouts.buy(of_another).error().code == Errc::kInvalid);
  const auto held = world.shop->checkouts.buy(purchase);
  REQUIRE(held);
  CHECK(held->status == 201);
  CHECK(world.money_held() == 900);

  world.put(ada, tea, 1);
  const auto second = world.shop->checkouts.quote(ada, purchase.body);
  REQUIRE(second);
  world.shelf.all[tea].price = world.usd(600);
  world.test.clock.advance_ms(11 * kMinuteMs);
  purchase.key = "k2";
  purchase.body.quote_id = second->quote_id;
  const auto late = world.shop->checkouts.buy(purchase);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::kPriceChanged);
  CHECK(late.error().members.find("\"offer_id\"") != std::string::npos);
  CHECK(world.check() == "");
}

TEST_CASE("two checkouts of one cart: one buys, the other is in progress; and so is the same key") {
  ShopWorld world;
  const auto tea = world.offer(450, 9);
  const auto ada = world.guest();
  world.put(ada, tea, 2);
  std::optional<Errc> same_key, other_key;
  world.gateway.on_charge = [&] {
    same_key = world.buy(ada, "k1").error().code;
    other_key = world.buy(ada, "k2").error().code;
  };
  const auto answer = world.buy(ada, "k1");
  REQUIRE(answer);
  CHECK(same_key == Errc::kInProgress);
  CHECK(other_key == Errc::kInProgress);
  CHECK(world.orders_of(ada).size() == 1);
  CHECK(world.money_held() == 900);
}

TEST_CASE("what is put in the cart while it is bought stays there") {
  ShopWorld world;
  const auto tea = world.offer(450, 9);
  const auto cup = world.offer(900, 9, "Cup");
  const auto ada = world.guest();
  world.put(ada, tea, 2);
  world.gateway.on_charge = [&] { world.put(ada, cup, 1); };
  REQUIRE(world.buy(ada, "k1"));
  CHECK(world.lines_in_cart(ada) == 1);
  CHECK(world.money_held() == 900);
}

TEST_CASE("several payments cover the total together; a refused one gives the others back") {
  ShopWorld world;
  const auto tea = world.offer(1000, 9);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  auto purchase = world.purchase(ada, "k1");
  PaymentBody first;
  first.token = "tok_approve";
  first.amount = world.usd(300);
  PaymentBody rest;
  rest.token = "tok_decline";
  purchase.body.payments = std::vector{first, rest};
  const auto declined = world.shop->checkouts.buy(purchase);
  REQUIRE(declined);
  CHECK(declined->status == 402);
  CHECK(world.money_held() == 0);
  CHECK(world.stock_of(tea).reserved == 0);
  purchase.key = "k2";
  purchase.body.payments->at(1).token = "tok_approve";
  REQUIRE(world.shop->checkouts.buy(purchase)->status == 201);
  REQUIRE(world.shop->checkouts.capture_order(world.orders_of(ada).front().id));
  CHECK(world.money_held() == 1000);
  CHECK(world.orders_of(ada).front().document.payments.size() == 2);
  world.put(ada, tea, 1);
  purchase.key = "k3";
  purchase.body.payments->at(0).amount = world.usd(1001);
  CHECK(world.shop->checkouts.buy(purchase).error().code == Errc::kInvalid);
  CHECK(world.check() == "");
}

TEST_CASE("many buyers of the last units: as many orders as there were units") {
  ShopWorld world;
  const auto tea = world.offer(450, 5);
  std::vector<CustomerId> buyers;
  for (int i = 0; i < 16; ++i) {
    buyers.push_back(world.guest());
    world.put(buyers.back(), tea, 1);
  }
  std::atomic<int> bought{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = t; i < 16; i += 4) {
        const auto answer = world.buy(buyers[static_cast<std::size_t>(i)], "k");
        if (answer && answer->status == 201) ++bought;
        if (!answer && answer.error().code == Errc::kOutOfStock) ++refused;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(bought == 5);
  CHECK(refused == 11);
  CHECK(world.money_held() == 5 * 450);
  CHECK(world.check() == "");
}

TEST_CASE("the planted bug, a timeout taken for a no, is found by the check") {
  ShopWorld world;
  const auto tea = world.offer(450, 5);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  world.shop->payments.planted_bugs().timeout_means_no = true;
  REQUIRE(world.buy(ada, "k1", "tok_timeout"));
  CHECK(world.check().find("payments.no_charge_without_order") != std::string::npos);
}

}  // namespace
}  // namespace kontor::checkout
