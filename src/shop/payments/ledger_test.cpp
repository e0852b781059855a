#include "shop/payments/ledger.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::payments {
namespace {

using testing::ShopWorld;

constexpr db::Query kOldEntry{"testing.old_entry", db::Home::kCustomer, R"sql(
  INSERT INTO payments_ledger (payment_id, entry, debit, credit, amount, currency, at)
  VALUES ($1, $2, $3, $4, $5, 'USD', 1)
)sql"};
constexpr db::Query kSkew{"testing.skew", db::Home::kCustomer, "UPDATE payments_ledger SET sales = sales + 1"};
constexpr db::Query kForgetLedger{"testing.forget", db::Home::kCustomer, "DELETE FROM payments_ledger"};
constexpr db::Query kPlain{"testing.plain_payment", db::Home::kCustomer, R"sql(
  INSERT INTO payments_payments (id, checkout_id, order_id, state, amount, currency, refunded, method, reference,
                                 created_at)
  VALUES ($1, 2, 3, 2, $2, 'USD', 0, 'card', '', 1)
)sql"};

struct LedgerWorld : ShopWorld {
  using ShopWorld::ShopWorld;

  Payment payment(std::int64_t amount, PaymentState state, Besides besides = {}) {
    Payment made;
    made.id = test.ids.next<PaymentId>(test.clock.now(), 0);
    made.checkout = test.ids.next<CheckoutId>(test.clock.now(), 0);
    made.order = test.ids.next<OrderId>(test.clock.now(), 0);
    made.amount = usd(amount);
    made.refunded = usd(0);
    made.state = state;
    made.method = "card";
    made.besides = besides;
    REQUIRE(write([&](db::Tx& tx) { return shop->payments.record(tx, made, test.clock.now()); }));
    return made;
  }
  Payment charged(std::int64_t amount, Besides besides = {}) {
    const auto made = payment(amount, PaymentState::kCaptured, besides);
    REQUIRE(sandbox->charge({made.id.text(), "tok_approve", made.amount, made.checkout, true}));
    return made;
  }
  Result<void> write(const db::Function& function) { return store.write(db::Home::kCustomer, function); }
  Result<void> run(const db::Query& query) {
    return write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(query));
      return {};
    });
  }
  Result<void> give_back(const Payment& payment, const std::string& key, std::int64_t amount) {
    TRY_DO(sandbox->refund(payment.id.text(), key, usd(amount)));
    return write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(shop->payments.record_refund(tx, payment.id, key, usd(amount)));
      return {};
    });
  }
  Ledger& ledger() { return shop->payments.ledger(); }
  Legs balance() {
    const auto all = ledger().balances();
    REQUIRE(all);
    REQUIRE(all->size() <= 1);
    return all->empty() ? Legs() : all->front().legs;
  }
  std::int64_t at(Account account) { return balance().of(account); }
  std::string problems() {
    services::CheckReport report;
    REQUIRE(shop->payments.check(report));
    std::string names;
    for (const auto& [name, finding] : report.findings()) names += (names.empty() ? "" : " ") + name;
    return names;
  }
};

TEST_CASE("ledger: a sale is split by what it pays for, and its legs add up to nothing") {
  const Legs legs = sale_legs(Account::kGateway, ShopWorld::usd(1350), {100, 50});
  CHECK(legs.of(Account::kGateway) == 1350);
  CHECK(legs.of(Account::kSales) == -1200);
  CHECK(legs.of(Account::kShipping) == -100);
  CHECK(legs.of(Account::kTax) == -50);
  CHECK(legs.balanced());
  CHECK(legs.moved() == 1350);
  Legs both = legs;
  both += return_legs(Account::kGateway, 1350, 50);
  CHECK(both.balanced());
  CHECK(both.of(Account::kGateway) == 0);
  CHECK(both.of(Account::kTax) == 0);
  CHECK(both.of(Account::kRefunds) == 1300);
}

TEST_CASE("ledger: an entry that does not balance, or moves nothing, is a bug and is not written") {
  LedgerWorld world;
  Entry entry;
  entry.payment = PaymentId{1};
  entry.key = "capture";
  CHECK_FALSE(world.write([&](db::Tx& tx) -> Result<void> {
    TRY_DO(write_entry(tx, entry));
    return {};
  }));
  entry.legs.add(Account::kGateway, 10);
  entry.legs.add(Account::kSales, -9);
  CHECK_FALSE(world.write([&](db::Tx& tx) -> Result<void> {
    TRY_DO(write_entry(tx, entry));
    return {};
  }));
  CHECK(world.ledger().newest({}, 10)->empty());
}

TEST_CASE("ledger: captures, refunds in parts and voids, on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    LedgerWorld world(store);
    const auto paid = world.charged(1000, {100, 70});
    CHECK(world.at(Account::kGateway) == 1000);
    CHECK(world.at(Account::kSales) == -830);
    // A third of what is left carries a third of the tax; the last part all that is left of it.
    REQUIRE(world.give_back(paid, "r1", 333));
    REQUIRE(world.give_back(paid, "r1", 333));
    CHECK(world.at(Account::kTax) == -47);
    REQUIRE(world.give_back(paid, "r2", 667));
    CHECK(world.at(Account::kTax) == 0);
    CHECK(world.at(Account::kGateway) == 0);
    CHECK(world.at(Account::kRefunds) == 930);
    CHECK(world.problems() == "");
    const auto promised = world.payment(500, PaymentState::kAuthorised, {0, 20});
    CHECK(world.at(Account::kReceivable) == 500);
    CHECK(world.at(Account::kGateway) == 0);
    REQUIRE(world.sandbox->void_charge(promised.id.text()));
    REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(world.shop->payments.record_voided(tx, promised.id));
      return {};
    }));
    CHECK(world.at(Account::kReceivable) == 0);
    CHECK(world.at(Account::kTax) == 0);
    CHECK(world.balance().balanced());
    CHECK(world.problems() == "payments.amount_as_charged");  // voided before the sandbox heard of an amount
    const auto entries = world.ledger().of_payments(std::array{promised.id, paid.id});
    REQUIRE(entries->size() == 5);
    for (const Entry& entry : *entries) CHECK(entry.legs.balanced());
    CHECK_FALSE(world.give_back(world.charged(10), "r3", 0));
  });
}

TEST_CASE("ledger: entries are listed newest first, none twice and none left out") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    LedgerWorld world(store);
    std::vector<PaymentId> made;
    for (int i = 0; i < 7; ++i) {
      made.push_back(world.charged(100 + i).id);
      if (i % 3 == 0) world.test.clock.advance_ms(1000);
    }
    std::vector<PaymentId> seen;
    std::optional<EntryPlace> before;
    while (true) {
      const auto page = world.ledger().newest(before, 2);
      REQUIRE(page);
      if (page->empty()) break;
      for (const Entry& entry : *page) seen.push_back(entry.payment);
      before = EntryPlace{page->back().at, page->back().payment, page->back().key};
    }
    std::sort(made.begin(), made.end());
    CHECK(seen.size() == 7);
    std::sort(seen.begin(), seen.end());
    CHECK(seen == made);
    CHECK(world.ledger().first_entry()->value() == Time{1'790'000'000'000});
  });
}

TEST_CASE("ledger: entries of the version before are read as what they meant, and gone on from") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    LedgerWorld world(store);
    const PaymentId id{77};
    REQUIRE(world.sandbox->charge({id.text(), "tok_approve", world.usd(900), CheckoutId{2}, true}));
    REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPlain, id, 900));
      TRY_DO(tx.run(kOldEntry, id, "capture", "gateway", "orders", 900));
      return {};
    }));
    CHECK(world.problems() == "");
    CHECK(world.at(Account::kSales) == -900);
    Payment old;
    old.id = id;
    REQUIRE(world.give_back(old, "r1", 400));
    REQUIRE(world.give_back(old, "r2", 500));
    CHECK(world.problems() == "");
    CHECK(world.at(Account::kRefunds) == 900);
    CHECK(world.at(Account::kGateway) == 0);
  });
}

TEST_CASE("ledger: the check finds what does not balance, is missing, or belongs to nobody") {
  LedgerWorld world;
  const auto paid = world.charged(1000);
  CHECK(world.problems() == "");
  REQUIRE(world.run(kSkew));
  CHECK(world.problems() == "payments.ledger_entry_balances");
  REQUIRE(world.run(kForgetLedger));
  CHECK(world.problems() == "payments.ledger_has_capture");
  LedgerWorld other;
  REQUIRE(other.write([&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kOldEntry, paid.id, "capture", "gateway", "orders", 5));
    return {};
  }));
  CHECK(other.problems() == "payments.ledger_entry_has_payment");
}

TEST_CASE("ledger: the planted bug, a leg that is lost, is found by the check") {
  LedgerWorld world;
  world.shop->payments.planted_bugs().lose_ledger_leg = true;
  REQUIRE(world.give_back(world.charged(1000), "r1", 300));
  CHECK(world.problems() == "payments.ledger_entry_balances");
}

TEST_CASE("ledger: whatever is taken, given back and repeated, it balances, and no more goes back than was taken") {
  LedgerWorld world;
  std::mt19937 luck(7);
  const auto draw = [&](std::int64_t bound) { return static_cast<std::int64_t>(luck()) % bound; };
  std::vector<Payment> taken;
  std::map<PaymentId, std::int64_t> back;
  std::set<std::pair<PaymentId, std::string>> keys;
  std::int64_t kept = 0;
  for (int step = 0; step < 300; ++step) {
    if (taken.empty() || draw(6) == 0) {
      const std::int64_t amount = 1 + draw(5000);
      taken.push_back(world.charged(amount, {draw(amount / 3 + 1), draw(amount / 3 + 1)}));
      kept += amount;
      continue;
    }
    const Payment& payment = taken[static_cast<std::size_t>(draw(static_cast<std::int64_t>(taken.size())))];
    const std::string key = payment.id.text() + ":" + std::to_string(draw(8));
    const std::int64_t amount = 1 + draw(payment.amount.amount_minor());
    const bool repeated = keys.contains({payment.id, key});
    const bool too_much = !repeated && back[payment.id] + amount > payment.amount.amount_minor();
    CHECK(world.give_back(payment, key, amount).has_value() == !too_much);
    if (too_much) {
      CHECK_FALSE(world.write([&](db::Tx& tx) -> Result<void> {
        TRY_DO(world.shop->payments.record_refund(tx, payment.id, key, world.usd(amount)));
        return {};
      }));
    } else if (!repeated) {
      keys.emplace(payment.id, key);
      back[payment.id] += amount;
      kept -= amount;
    }
    CHECK(world.balance().balanced());
    CHECK(world.at(Account::kGateway) == kept);
  }
  CHECK(kept >= 0);
  CHECK(world.problems() == "");
}

TEST_CASE(
    "ledger: a checkout of three lines writes one entry, in the transaction of its order; what is cancelled one more") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    LedgerWorld world(store);
    const auto ada = world.guest();
    for (const std::int64_t price : {450, 1200, 30}) world.put(ada, world.offer(price, 9), 2);
    const auto bought = world.buy(ada, "k1");
    REQUIRE(bought);
    const auto entries = world.ledger().newest({}, 10);
    REQUIRE(entries->size() == 1);
    const auto order = world.orders_of(ada).front();
    CHECK(entries->front().order == order.id);
    CHECK(entries->front().at_gateway() == order.document.totals.total);
    REQUIRE(world.shop->checkouts.cancel_order(order.id, "customer"));
    CHECK(world.ledger().newest({}, 10)->size() == 2);
    CHECK(world.at(Account::kGateway) == 0);
    // Refused and undone attempts are no business of the ledger.
    world.put(ada, world.offer(450, 9), 1);
    CHECK(world.buy(ada, "k2", "tok_decline")->status == 402);
    REQUIRE(world.buy(ada, "k3", "tok_timeout_uncharged"));
    world.settle();
    CHECK(world.ledger().newest({}, 10)->size() == 2);
    CHECK(world.check() == "");
  });
}

}  // namespace
}  // namespace kontor::payments
