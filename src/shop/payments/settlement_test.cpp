#include "shop/payments/settlement.h"

#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::payments {
namespace {

using testing::ShopWorld;

constexpr db::Query kForgetCaptures{"testing.forget_entry", db::Home::kCustomer,
                                    "DELETE FROM payments_ledger WHERE entry = 'capture'"};
constexpr db::Query kDouble{"testing.double_entry", db::Home::kCustomer,
                            "UPDATE payments_ledger SET gateway = gateway * 2, sales = sales * 2"};

struct SettlementWorld : ShopWorld {
  using ShopWorld::ShopWorld;
  Settlements settlements{store, gateway, test.clock};
  CustomerId ada = guest();
  OfferId tea = offer(450, 100);
  int bought = 0;

  Time today() { return test.clock.now(); }
  OrderId buy_tea(const std::string& token = "tok_approve") {
    put(ada, tea, 1);
    REQUIRE(buy(ada, "k" + std::to_string(++bought), token));
    const auto orders = orders_of(ada);
    return orders.empty() ? OrderId{} : orders.front().id;
  }
  Settlement compare() {
    auto report = settlements.compare(today());
    REQUIRE(report);
    return *report;
  }
  void run(const db::Query& query) {
    REQUIRE(store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(query));
      return {};
    }));
  }
  std::vector<std::string> told() {
    log_outbox::OutboxLog log(store);
    REQUIRE(log.relay());
    std::vector<std::string> bodies;
    for (const auto& stream : log.streams()) {
      const auto events = log.read(stream, 0, 1000);
      REQUIRE(events);
      for (const auto& event : *events)
        if (event.name == "settlement.reported") bodies.push_back(event.body);
    }
    return bodies;
  }
};

const auto kNever = [] { return false; };

TEST_CASE("settlement: a day of purchases and cancellations agrees with the gateway, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    SettlementWorld world(store);
    const auto first = world.buy_tea();
    world.buy_tea();
    world.buy_tea("tok_decline");
    REQUIRE(world.shop->checkouts.cancel_order(first, "customer"));
    const auto report = world.compare();
    CHECK(report.day == "2026-09-21");
    CHECK(report.gateway == "sandbox");
    CHECK(report.matched == 3);
    CHECK(report.differing() == 0);
    REQUIRE(report.totals.size() == 1);
    CHECK(report.totals[0].captured == world.usd(900));
    CHECK(report.totals[0].captured_at_gateway == world.usd(900));
    CHECK(report.totals[0].refunded == world.usd(450));
    CHECK(report.totals[0].refunded_at_gateway == world.usd(450));
  });
}

TEST_CASE("settlement: each kind of difference is told apart") {
  SettlementWorld world;
  REQUIRE(world.sandbox->charge({"pay_elsewhere", "tok_approve", world.usd(70), CheckoutId{9}, true}));
  REQUIRE(world.sandbox->charge({"pay_undone", "tok_approve", world.usd(80), CheckoutId{9}, true}));
  REQUIRE(world.sandbox->void_charge("pay_undone"));
  world.buy_tea();
  auto report = world.compare();
  CHECK(report.matched == 1);
  CHECK(report.voided == 1);
  CHECK(report.missing_here == 1);
  REQUIRE(report.differences.size() == 1);
  CHECK(report.differences[0].kind == DifferenceKind::kMissingHere);
  CHECK(report.differences[0].at_gateway == world.usd(70));
  CHECK(report.totals[0].voided_at_gateway == world.usd(80));

  world.run(kDouble);
  report = world.compare();
  CHECK(report.other_amounts == 1);
  CHECK(report.differing() == 2);

  world.run(kForgetCaptures);
  report = world.compare();
  CHECK(report.missing_here == 2);
  CHECK(report.other_amounts == 0);

  SettlementWorld other;
  Payment unpaid;
  unpaid.id = PaymentId{5};
  unpaid.checkout = CheckoutId{6};
  unpaid.order = OrderId{7};
  unpaid.state = PaymentState::kCaptured;
  unpaid.amount = world.usd(10);
  REQUIRE(other.store.write(db::Home::kCustomer,
                            [&](db::Tx& tx) { return other.shop->payments.record(tx, unpaid, other.today()); }));
  report = other.compare();
  CHECK(report.missing_at_gateway == 1);
  CHECK(report.differences[0].here == world.usd(10));
}

TEST_CASE("settlement: an order whose charge the gateway gave back is a difference, not a void") {
  SettlementWorld world;
  const auto order = world.buy_tea();
  const auto payment = world.shop->orders.find(order)->value().document.payments[0].id;
  REQUIRE(world.sandbox->void_charge(payment.text()));
  CHECK(world.compare().missing_at_gateway == 1);
  CHECK(world.compare().voided == 0);
}

TEST_CASE("settlement: what either side noted beyond midnight is no difference") {
  SettlementWorld world;
  world.test.clock.set(Time{1'790'035'199'000});  // 23:59:59
  world.put(world.ada, world.tea, 1);
  REQUIRE(world.buy(world.ada, "late", "tok_timeout"));  // charged, and nobody was told
  const Time before = world.today();
  auto report = world.settlements.compare(before);
  REQUIRE(report);
  CHECK(report->missing_here == 1);  // still under way
  world.test.clock.advance_ms(kMinuteMs);
  REQUIRE(world.shop->checkouts.sweep(100));
  CHECK(world.orders_of(world.ada).size() == 1);
  CHECK(world.settlements.compare(before)->matched_on_another_day == 1);
  CHECK(world.settlements.compare(before)->differing() == 0);
  CHECK(world.compare().day == "2026-09-22");
  CHECK(world.compare().matched_on_another_day == 1);
  CHECK(world.compare().differing() == 0);
}

TEST_CASE("settlement: reports are kept once a day, told when they say something new, and caught up with") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    SettlementWorld world(store);
    // Nothing was ever sold: nothing to compare. It is 14:13; the day before is finished.
    const auto again = world.settlements.catch_up(kNever);
    REQUIRE(again);
    CHECK(to_rfc3339(*again) == "2026-09-22T02:00:00Z");
    CHECK(world.settlements.newest({}, 10)->empty());
    world.buy_tea();
    world.test.clock.set(again->plus_ms(-1));
    REQUIRE(world.settlements.catch_up(kNever));
    CHECK(world.settlements.newest({}, 10)->empty());
    world.test.clock.set(again->plus_ms(2 * kDayMs));
    REQUIRE(world.settlements.catch_up([] { return true; }));
    CHECK(world.settlements.newest({}, 10)->empty());
    REQUIRE(world.settlements.catch_up(kNever));
    REQUIRE(world.settlements.catch_up(kNever));
    const auto kept = world.settlements.newest({}, 10);
    REQUIRE(kept->size() == 3);
    CHECK(kept->front().day == "2026-09-23");
    CHECK(kept->back().day == "2026-09-21");
    CHECK(kept->back().matched == 1);
    CHECK(kept->back().made_at == world.today());
    CHECK(world.settlements.newest(day_of("2026-09-23"), 1)->front().day == "2026-09-22");
    REQUIRE(world.told().size() == 3);
    CHECK(world.told()[0] == R"({"day":"2026-09-21","gateway":"sandbox","matched":1,"differences":0})");
    // The same again is not told, something else is.
    REQUIRE(world.settlements.keep(kept->back()));
    CHECK(world.told().size() == 3);
    Settlement other = kept->back();
    other.missing_here = 2;
    REQUIRE(world.settlements.keep(other));
    CHECK(world.told().size() == 4);
    CHECK(world.settlements.find(*day_of("2026-09-21"))->value().missing_here == 2);
    CHECK_FALSE(world.settlements.find(*day_of("2026-09-30"))->has_value());
  });
}

TEST_CASE(
    "settlement: a gateway that is away fails the report, which is tried again; at most a month is caught up with") {
  SettlementWorld world;
  world.buy_tea();
  world.test.clock.advance_ms(100 * kDayMs);
  world.gateway.down = true;
  CHECK_FALSE(world.settlements.catch_up(kNever));
  world.gateway.down = false;
  REQUIRE(world.settlements.catch_up(kNever));
  CHECK(world.settlements.newest({}, 100)->size() == 31);
}

TEST_CASE("settlement: the job comes back by itself, and there is one") {
  SettlementWorld world;
  services::Jobs jobs(world.store, world.test.clock, world.test.ids);
  services::JobRunner runner(jobs, "test", {});
  add_settlement_job(runner, world.settlements);
  world.buy_tea();
  REQUIRE(plan_settlements(jobs));
  REQUIRE(plan_settlements(jobs));
  CHECK(runner.run_until_quiet().value() == 1);
  for (int day = 1; day <= 3; ++day) {
    world.test.clock.advance_ms(kDayMs);
    CHECK(runner.run_until_quiet().value() == 1);
    CHECK(world.settlements.newest({}, 10)->size() == static_cast<std::size_t>(day));
  }
  // However long the gateway is away, the job stays.
  world.test.clock.advance_ms(kDayMs);
  world.gateway.down = true;
  for (int i = 0; i < 20; ++i) {
    CHECK(runner.run_until_quiet().value() == 1);
    world.test.clock.advance_ms(2 * kMinuteMs);
  }
  CHECK(world.settlements.newest({}, 10)->size() == 3);
  world.gateway.down = false;
  CHECK(runner.run_until_quiet().value() == 1);
  CHECK(world.settlements.newest({}, 10)->size() == 4);
}

TEST_CASE("settlement: days are read strictly") {
  CHECK(day_of("2026-11-21") == parse_rfc3339("2026-11-21T00:00:00Z"));
  for (const char* text : {"", "2026-11-31", "2026-1-21", "26-11-21xx", "2026-11-21T", "today"})
    CHECK_FALSE(day_of(text));
  CHECK(day_text(*day_of("2026-02-28")) == "2026-02-28");
}

}  // namespace
}  // namespace kontor::payments
