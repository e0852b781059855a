#include "shop/payments/payments.h"

#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::payments {
namespace {

using testing::ShopWorld;

struct PaymentsWorld : ShopWorld {
  Payment captured(std::int64_t amount) {
    Payment payment;
    payment.id = test.ids.next<PaymentId>(test.clock.now(), 0);
    payment.checkout = test.ids.next<CheckoutId>(test.clock.now(), 0);
    payment.order = test.ids.next<OrderId>(test.clock.now(), 0);
    payment.amount = usd(amount);
    payment.state = PaymentState::kCaptured;
    payment.method = "card";
    const auto outcome = shop->payments.charge({payment.id, payment.checkout, "tok_approve", payment.amount});
    REQUIRE(outcome);
    payment.reference = outcome->reference;
    REQUIRE(write([&](db::Tx& tx) { return shop->payments.record(tx, payment, test.clock.now()); }));
    return payment;
  }
  Payment promised(std::int64_t amount) {
    Payment payment;
    payment.id = test.ids.next<PaymentId>(test.clock.now(), 0);
    payment.checkout = test.ids.next<CheckoutId>(test.clock.now(), 0);
    payment.order = test.ids.next<OrderId>(test.clock.now(), 0);
    payment.amount = usd(amount);
    payment.besides.tax_minor = amount / 10;
    payment.state = PaymentState::kAuthorised;
    payment.method = "card";
    REQUIRE(shop->payments.charge({payment.id, payment.checkout, "tok_approve", payment.amount, false}));
    REQUIRE(write([&](db::Tx& tx) { return shop->payments.record(tx, payment, test.clock.now()); }));
    return payment;
  }
  Result<void> write(const db::Function& function) { return test.store().write(db::Home::kCustomer, function); }
  Result<Payment> refund(PaymentId id, const std::string& key, std::int64_t amount) {
    Result<Payment> after;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      after = shop->payments.record_refund(tx, id, key, usd(amount));
      if (!after) return fail(after.error());
      return {};
    }));
    return after;
  }
  std::string problems() {
    services::CheckReport report;
    REQUIRE(shop->payments.check(report));
    return report.ok() ? "" : report.findings().begin()->first;
  }
};

TEST_CASE("a timeout is asked once more with the same key, and then unknown") {
  PaymentsWorld world;
  const Attempt attempt{PaymentId{900}, CheckoutId{1}, "tok_approve", world.usd(100)};
  world.gateway.lose_answers = 1;
  CHECK(world.shop->payments.charge(attempt)->state == PaymentState::kCaptured);
  world.gateway.lose_answers = 2;
  const Attempt second{PaymentId{901}, CheckoutId{1}, "tok_approve", world.usd(100)};
  CHECK(world.shop->payments.charge(second)->state == PaymentState::kUnknown);
  CHECK(world.shop->payments.ask(second.id)->state == PaymentState::kCaptured);
  CHECK(world.shop->payments.ask(PaymentId{999})->state == PaymentState::kCreated);
  CHECK(world.sandbox->all_charges()->size() == 2);
}

TEST_CASE("refunds in parts, repeatable, never more than was paid; the ledger agrees") {
  PaymentsWorld world;
  const auto payment = world.captured(1000);
  REQUIRE(world.shop->payments.refund(payment.id, "r1", world.usd(300)));
  CHECK(world.refund(payment.id, "r1", 300)->state == PaymentState::kPartiallyRefunded);
  CHECK(world.refund(payment.id, "r1", 300)->refunded == world.usd(300));
  CHECK(world.problems() == "");
  CHECK_FALSE(world.refund(payment.id, "r2", 701));
  REQUIRE(world.shop->payments.refund(payment.id, "r3", world.usd(700)));
  CHECK(world.refund(payment.id, "r3", 700)->state == PaymentState::kRefunded);
  CHECK_FALSE(world.refund(payment.id, "r4", 1));
  CHECK(world.problems() == "");
}

TEST_CASE("the check finds a charge without an order, an order without a charge, and refunds that differ") {
  PaymentsWorld world;
  REQUIRE(world.shop->payments.charge({PaymentId{900}, CheckoutId{1}, "tok_approve", world.usd(100)}));
  CHECK(world.problems() == "payments.no_charge_without_order");
  REQUIRE(world.shop->payments.void_charge(PaymentId{900}));
  CHECK(world.problems() == "");
  const auto payment = world.captured(1000);
  REQUIRE(world.refund(payment.id, "r1", 300));
  CHECK(world.problems() == "payments.refunds_as_given");
  PaymentsWorld other;
  Payment unpaid;
  unpaid.id = PaymentId{5};
  unpaid.checkout = CheckoutId{6};
  unpaid.order = OrderId{7};
  unpaid.state = PaymentState::kCaptured;
  unpaid.amount = world.usd(10);
  REQUIRE(other.write([&](db::Tx& tx) { return other.shop->payments.record(tx, unpaid, Time{1}); }));
  CHECK(other.problems() == "payments.no_order_without_charge");
}

TEST_CASE("what is cancelled before the capture is not taken") {
  PaymentsWorld world;
  auto& payments = world.shop->payments;
  const auto payment = world.promised(1000);
  const auto release = [&](const std::string& key, std::int64_t amount) -> Result<Payment> {
    Result<Payment> after;
    TRY_DO(world.write([&](db::Tx& tx) -> Result<void> {
      after = payments.record_released(tx, payment.id, key, world.usd(amount));
      if (!after) return fail(after.error());
      return {};
    }));
    return after;
  };
  CHECK(release("c1", 300)->released == world.usd(300));
  CHECK(release("c1", 300)->released == world.usd(300));  // told again
  CHECK(world.problems() == "");
  CHECK(release("c2", 701).error().reason == "payments.released_too_much");
  REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
    TRY(const auto begun, payments.begin_capture(tx, payment.id));
    CHECK(begun.due() == world.usd(700));
    return {};
  }));
  CHECK(release("c3", 100).error().reason == "payments.not_promised");
  CHECK(world.problems() == "");
  REQUIRE(payments.capture(payment.id, world.usd(700)));
  CHECK(world.problems() == "");  // taken, and not noted yet
  REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
    TRY_DO(payments.record_captured(tx, payment.id));
    return {};
  }));
  CHECK(world.problems() == "");
  CHECK(payments.ledger().find(payment.id, "capture").value()->at_gateway() == world.usd(700));
  CHECK_FALSE(world.refund(payment.id, "r1", 701));
  REQUIRE(payments.refund(payment.id, "r2", world.usd(700)));
  CHECK(world.refund(payment.id, "r2", 700)->state == PaymentState::kRefunded);
  CHECK(world.problems() == "");
}

TEST_CASE("the last part that is let go voids the promise") {
  PaymentsWorld world;
  const auto payment = world.promised(1000);
  for (const auto& [key, amount] : {std::pair{"c1", 400}, std::pair{"c2", 600}, std::pair{"c1", 400}})
    REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(world.shop->payments.record_released(tx, payment.id, key, world.usd(amount)));
      return {};
    }));
  CHECK(world.shop->payments.find(payment.id).value()->state == PaymentState::kVoided);
  REQUIRE(world.shop->payments.void_charge(payment.id));
  CHECK(world.problems() == "");
}

TEST_CASE("a voided payment stays voided") {
  PaymentsWorld world;
  Payment payment;
  payment.id = PaymentId{900};
  payment.checkout = CheckoutId{6};
  payment.order = OrderId{7};
  payment.state = PaymentState::kAuthorised;
  payment.amount = world.usd(10);
  REQUIRE(world.write([&](db::Tx& tx) { return world.shop->payments.record(tx, payment, Time{1}); }));
  for (int i = 0; i < 2; ++i)
    REQUIRE(world.write([&](db::Tx& tx) -> Result<void> {
      TRY(const auto after, world.shop->payments.record_voided(tx, payment.id));
      CHECK(after.state == PaymentState::kVoided);
      return {};
    }));
  CHECK_FALSE(world.refund(payment.id, "r", 10));
}

}  // namespace
}  // namespace kontor::payments
