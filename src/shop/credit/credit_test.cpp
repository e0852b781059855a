// Gift cards and store credit on each kind of store: what is taken, given back, refused, and that it adds up.
#include "shop/credit/credit.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "shop/credit/gift_code.h"
#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::credit {
namespace {

using testing::ShopWorld;

Money usd(std::int64_t minor) { return ShopWorld::usd(minor); }

IssuedCard card_of(ShopWorld& world, std::int64_t minor) {
  NewCard wish;
  wish.amount = usd(minor);
  auto made = world.shop->credits.issue(wish, "test", {});
  REQUIRE(made);
  return *made;
}

std::int64_t left_on(ShopWorld& world, CreditId id) {
  return world.shop->credits.find(id)->value().balance.amount_minor();
}

ChargeRequest request(const std::string& key, const Account& account, std::int64_t minor, bool capture = true) {
  return {key, token_of(account.id), usd(minor), CheckoutId{7}, capture};
}

TEST_CASE("credit: taken, set aside, given back, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    auto& house = world.shop->house;
    const auto card = card_of(world, 1000).account;
    for (int i = 0; i < 2; ++i) CHECK(house.charge(request("a", card, 300))->state == ChargeState::kCaptured);
    CHECK(left_on(world, card.id) == 700);
    const auto declined = house.charge(request("b", card, 701));
    REQUIRE(declined);
    CHECK(declined->state == ChargeState::kDeclined);
    CHECK(declined->decline_code == "insufficient_funds");
    CHECK(house.charge(request("c", card, 700, false))->state == ChargeState::kAuthorised);
    CHECK(left_on(world, card.id) == 0);
    CHECK(house.capture("c", usd(701)).error().code == Errc::kConflict);
    for (int i = 0; i < 2; ++i) CHECK(house.capture("c", usd(500))->amount == usd(500));
    CHECK(left_on(world, card.id) == 200);
    for (int i = 0; i < 2; ++i) CHECK(house.refund("c", "r1", usd(100))->refunded == usd(100));
    CHECK(house.refund("c", "r2", usd(401)).error().code == Errc::kConflict);
    CHECK(house.refund("c", "r3", usd(400))->state == ChargeState::kRefunded);
    CHECK(left_on(world, card.id) == 700);
    for (int i = 0; i < 2; ++i) CHECK(house.void_charge("a")->state == ChargeState::kVoided);
    CHECK(left_on(world, card.id) == 1000);
    // What was given up before it came is refused when it comes.
    REQUIRE(house.void_charge("late"));
    CHECK(house.charge(request("late", card, 100))->state == ChargeState::kVoided);
    CHECK(left_on(world, card.id) == 1000);
    const auto moved = world.shop->credits.movements(card.id, 100);
    REQUIRE(moved);
    CHECK(moved->size() == 7);
    // The outside gateway heard of none of it, except of what nobody knew.
    const auto outside = world.sandbox->all_charges();
    REQUIRE(outside);
    for (const auto& [key, charge] : *outside) CHECK(charge.state == ChargeState::kVoided);
    services::CheckReport report;
    REQUIRE(world.shop->credits.check(report, world.shop->payments.ledger()));
    CHECK(report.ok());
  });
}

TEST_CASE("credit: a thousand spend a card of a hundred at once, and a hundred have it") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto card = card_of(world, 100).account;
    constexpr int kThreads = 8, kEach = 125;
    std::atomic<int> taken{0}, refused{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const auto key = "k" + std::to_string(t) + "-" + std::to_string(i);
          const auto charge = world.shop->house.charge(request(key, card, 1));
          if (!charge) continue;
          ++(charge->state == ChargeState::kCaptured ? taken : refused);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(taken == 100);
    CHECK(refused == 900);
    CHECK(left_on(world, card.id) == 0);
    services::CheckReport report;
    REQUIRE(world.shop->credits.check(report, world.shop->payments.ledger()));
    CHECK(report.ok());
  });
}

TEST_CASE("credit: a card that expired meanwhile has its money back, and time to spend it") {
  ShopWorld world;
  auto& credits = world.shop->credits;
  NewCard wish;
  wish.amount = usd(500);
  wish.expires = world.test.clock.now().plus_ms(kDayMs);
  const auto made = credits.issue(wish, "test", {});
  REQUIRE(made);
  const auto id = made->account.id;
  REQUIRE(world.shop->house.charge(request("a", made->account, 200)));
  world.test.clock.advance_ms(2 * kDayMs);
  CHECK(world.shop->house.charge(request("b", made->account, 200))->decline_code == "expired_card");
  CHECK(Credits::usable(**credits.find(id), Currency(), world.test.clock.now()).error().reason == "credit.expired");
  REQUIRE(world.shop->house.refund("a", "r", usd(200)));
  const auto card = credits.find(id)->value();
  CHECK(card.balance == usd(500));
  CHECK(*card.expires == world.test.clock.now().plus_ms(kGraceMs));
  CHECK(Credits::usable(card, Currency(), world.test.clock.now()).has_value());
}

TEST_CASE("credit: the check sees a balance that is not what moved") {
  ShopWorld world;
  const auto card = card_of(world, 500).account;
  const db::Query bend{"test.bend", db::Home::kCustomer, "UPDATE credit_accounts SET balance = balance + 1"};
  REQUIRE(world.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(bend));
    return {};
  }));
  CHECK(world.check().find("credit.movements_make_the_balance") != std::string::npos);
  const db::Query below{"test.below", db::Home::kCustomer, "UPDATE credit_accounts SET balance = -1"};
  CHECK_FALSE(world.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(below));
    return {};
  }));
}

struct Sold {
  CustomerId ada;
  orders::Order order;
};

Sold sell_cards(ShopWorld& world, std::int64_t units, std::int64_t price = 1000) {
  Sold sold;
  const auto offer = world.offer(price, 50, "Gift card");
  world.shelf.all[offer].goods.tax_class = "gift_card";
  sold.ada = world.guest();
  world.put(sold.ada, offer, units);
  REQUIRE(world.buy(sold.ada, "sold")->status == 201);
  sold.order = world.orders_of(sold.ada).front();
  return sold;
}

Result<orders::Order> cancel_units(ShopWorld& world, const Sold& sold, std::int64_t units) {
  orders::CancelOrder wish;
  wish.lines = {{sold.order.document.lines[0].id, {}, units}};
  return world.shop->checkouts.cancel_order(sold.order.id, "customer", wish);
}

TEST_CASE("credit: a card a unit that is paid for, once however often it is told, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    auto& credits = world.shop->credits;
    const auto sold = sell_cards(world, 3);
    REQUIRE(cancel_units(world, sold, 1));  // before its card was there
    for (int i = 0; i < 3; ++i) REQUIRE(credits.issue_for(sold.order.id));
    auto cards = *credits.cards_before({}, 10);
    REQUIRE(cards.size() == 2);
    for (const auto& card : cards) {
      CHECK(card.balance == usd(1000));
      CHECK(card.email == "ada@example.com");
      const auto unsent = credits.unsent(card.id);
      REQUIRE((unsent && *unsent));
      CHECK(credits.by_code((*unsent)->code, {sold.ada})->id == card.id);
      REQUIRE(credits.sent(card.id));
      CHECK_FALSE(credits.unsent(card.id)->has_value());
    }
    // One is used, the other is taken back with its unit; the used one stays, and so does its line.
    REQUIRE(world.shop->house.charge(request("a", cards[0], 1)));
    REQUIRE(cancel_units(world, sold, 1));
    CHECK(credits.find(cards[1].id)->value().state == CreditState::kWithdrawn);
    const auto used = cancel_units(world, sold, 1);
    REQUIRE_FALSE(used);
    CHECK(used.error().reason == "credit.card_used");
    CHECK(world.shop->checkouts.cancel_order(sold.order.id, "customer").error().code == Errc::kNotCancellable);
    REQUIRE(world.shop->house.void_charge("a"));
    REQUIRE(world.shop->checkouts.cancel_order(sold.order.id, "customer"));
    REQUIRE(credits.issue_for(sold.order.id));
    CHECK(credits.cards_before({}, 10)->size() == 2);
    CHECK(world.check() == "");
    const auto balances = world.shop->payments.ledger().balances();
    REQUIRE(balances);
    CHECK(balances->front().legs.of(payments::Account::kCredit) == 0);
    CHECK(balances->front().legs.of(payments::Account::kGateway) == 0);
  });
}

TEST_CASE("credit: what is not paid for yet is no card") {
  ShopWorld world;
  const auto sold = sell_cards(world, 1);
  const db::Query promise{"test.promise", db::Home::kCustomer,
                          "UPDATE orders_orders SET document = REPLACE(document, 'captured', 'authorised')"};
  REQUIRE(world.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(promise));
    return {};
  }));
  REQUIRE(world.shop->credits.issue_for(sold.order.id));
  CHECK(world.shop->credits.cards_before({}, 10)->empty());
}

TEST_CASE("credit: wrong codes are counted, and typos are not") {
  ShopWorld world;
  auto& credits = world.shop->credits;
  const auto made = card_of(world, 100);
  const Asker ada{world.guest(), "192.0.2.1"};
  for (int i = 0; i < 30; ++i) CHECK(credits.by_code("no code", ada).error().reason == "credit.mistyped");
  for (int i = 0; i < 10; ++i) CHECK(credits.by_code("0000000000000000", ada).error().reason == "credit.no_such_card");
  CHECK(credits.by_code(made.code, ada).error().code == Errc::kRateLimited);
  CHECK(credits.by_code(made.code, {world.guest(), "192.0.2.2"})->id == made.account.id);
  world.test.clock.advance_ms(11 * kMinuteMs);
  CHECK(credits.by_code(made.code, ada)->id == made.account.id);
}

}  // namespace
}  // namespace kontor::credit
