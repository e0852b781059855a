// The contract of the payment gateway port, run on every adapter: what the shop relies on, whatever the gateway is.
#include <doctest/doctest.h>

#include <functional>
#include <memory>

#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "ports/webhook_signature.h"
#include "shop/credit/house_gateway.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> payments_migrations();
std::span<const db::Migration> orders_migrations();
std::span<const db::Migration> credit_migrations();
}  // namespace kontor

namespace kontor::contract {
namespace {

// A gateway with cards to try it with.
struct Subject {
  std::string name;
  std::unique_ptr<PaymentGateway> gateway;
  std::string good, declined, stepping;  // tokens
  std::string kept;                      // of a card that can be kept
  // A webhook as the gateway would send it now: the header's value and the body.
  std::string header;
  std::function<std::pair<std::string, std::string>(const std::string& event, CheckoutId checkout, Time at)> webhook;
  std::unique_ptr<testing::FakeClock> clock;
  std::shared_ptr<void> behind;  // what the gateway stands on
};

constexpr std::string_view kSecret = "the contract's own secret";

Subject sandbox() {
  Subject subject;
  subject.name = "sandbox";
  subject.clock = std::make_unique<testing::FakeClock>();
  gateway_sandbox::Options options;
  options.timeout_ms = options.slow_ms = 0;
  options.webhook_secrets = {std::string(kSecret)};
  auto opened = gateway_sandbox::SandboxGateway::open(std::move(options), *subject.clock);
  REQUIRE(opened);
  subject.gateway = std::move(*opened);
  subject.good = subject.kept = "tok_approve";
  subject.declined = "tok_decline";
  subject.stepping = "tok_step_up";
  subject.header = gateway_sandbox::kSignatureHeader;
  subject.webhook = [](const std::string& event, CheckoutId checkout, Time at) {
    const auto body = gateway_sandbox::webhook_body(event, "pay_0000000000001", checkout, ChargeState::kCaptured);
    return std::pair(sign_webhook(kSecret, at, body), body);
  };
  return subject;
}

// The shop's own accounts in front of the sandbox: a gift card that is good, and one on which there is nothing.
struct House {
  House() : sandboxed(sandbox()) {
    clock = sandboxed.clock.get();
    orders.emplace(test.store(), *clock);
    credits.emplace(credit::Credits::Parts{test.store(), *orders, *clock, test.ids, test.random},
                    credit::Credits::Settings{});
  }
  std::string token(std::int64_t minor) {
    const auto card = credits->issue({Money::minor(minor, Currency()), {}, {}, {}}, "contract", {});
    REQUIRE(card);
    return credit::token_of(card->account.id);
  }
  Subject sandboxed;
  testing::FakeClock* clock = nullptr;
  testing::TestStore test{services_migrations(), payments_migrations(), orders_migrations(), credit_migrations()};
  std::optional<orders::Orders> orders;
  std::optional<credit::Credits> credits;
};

Subject house() {
  auto behind = std::make_shared<House>();
  Subject subject;
  subject.name = "house";
  subject.gateway = std::make_unique<credit::HouseGateway>(*behind->credits, *behind->sandboxed.gateway);
  subject.good = behind->token(100'000);
  subject.declined = behind->token(1);
  subject.stepping = behind->sandboxed.stepping;
  subject.kept = behind->sandboxed.kept;
  subject.header = behind->sandboxed.header;
  subject.webhook = behind->sandboxed.webhook;
  subject.clock = std::make_unique<testing::FakeClock>();
  subject.behind = behind;
  return subject;
}

void each(const std::function<void(Subject&)>& test) {
  const std::function<Subject()> makers[] = {sandbox, house};
  for (const auto& make : makers) {
    Subject subject = make();
    CAPTURE(subject.name);
    test(subject);
  }
}

Money usd(std::int64_t minor) { return Money::minor(minor, Currency()); }
ChargeRequest request(int key, const std::string& token, bool capture = true) {
  return {PaymentId{1000 + key}.text(), token, usd(1000), CheckoutId{77}, capture};
}

TEST_CASE("gateway: one key is one attempt, whatever is repeated") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    CHECK(gateway.find(request(1, "").key)->state == ChargeState::kNone);
    for (int i = 0; i < 2; ++i) CHECK(gateway.charge(request(1, subject.good))->state == ChargeState::kCaptured);
    CHECK(gateway.charge(request(1, subject.declined))->state == ChargeState::kCaptured);
    CHECK(gateway.find(request(1, "").key)->amount == usd(1000));
    for (int i = 0; i < 2; ++i) {
      const auto declined = gateway.charge(request(2, subject.declined));
      REQUIRE(declined);
      CHECK(declined->state == ChargeState::kDeclined);
      CHECK_FALSE(declined->decline_code.empty());
    }
    CHECK(gateway.all_charges()->size() == 2);
  });
}

TEST_CASE("gateway: a promise is captured in whole or in part, once, and never beyond it") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    const auto key = request(1, "").key;
    CHECK(gateway.charge(request(1, subject.good, false))->state == ChargeState::kAuthorised);
    CHECK(gateway.capture(key, usd(1001)).error().code == Errc::kConflict);
    for (int i = 0; i < 2; ++i) {
      const auto captured = gateway.capture(key, usd(600));
      REQUIRE(captured);
      CHECK(captured->state == ChargeState::kCaptured);
      CHECK(captured->amount == usd(600));
    }
    CHECK(gateway.refund(key, "r", usd(601)).error().code == Errc::kConflict);
    CHECK(gateway.capture(request(9, "").key, usd(1))->state == ChargeState::kNone);
  });
}

TEST_CASE("gateway: what is voided is void for good, also what had not arrived") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    REQUIRE(gateway.charge(request(1, subject.good, false)));
    for (int i = 0; i < 2; ++i) CHECK(gateway.void_charge(request(1, "").key)->state == ChargeState::kVoided);
    CHECK(gateway.capture(request(1, "").key, usd(1000))->state == ChargeState::kVoided);
    REQUIRE(gateway.void_charge(request(2, "").key));
    CHECK(gateway.charge(request(2, subject.good))->state == ChargeState::kVoided);
  });
}

TEST_CASE("gateway: refunds add up to the capture, each once by its key") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    const auto key = request(1, "").key;
    REQUIRE(gateway.charge(request(1, subject.good)));
    for (int i = 0; i < 2; ++i) CHECK(gateway.refund(key, "r1", usd(400))->refunded == usd(400));
    CHECK(gateway.refund(key, "r2", usd(601)).error().code == Errc::kConflict);
    CHECK(gateway.refund(key, "r3", usd(600))->state == ChargeState::kRefunded);
    CHECK_FALSE(gateway.refund(key, "r4", usd(1)));
    const auto file = gateway.charge_file(Time{0}, subject.clock->now().plus_ms(1));
    REQUIRE(file);
    std::int64_t left = 0;
    for (const ChargeLine& line : *file)
      left += line.kind == ChargeLine::Kind::kCapture ? line.amount.amount_minor() : -line.amount.amount_minor();
    CHECK(left == 0);
  });
}

TEST_CASE("gateway: a step of the buyer is waited for, and taken once") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    const auto waiting = gateway.charge(request(1, subject.stepping));
    REQUIRE(waiting);
    CHECK(waiting->state == ChargeState::kRequiresAction);
    CHECK_FALSE(waiting->action_url.empty());
    for (int i = 0; i < 2; ++i) CHECK(gateway.confirm_action(request(1, "").key)->state == ChargeState::kCaptured);
  });
}

TEST_CASE("gateway: a kept card charges again, and shows no more than people need") {
  each([](Subject& subject) {
    auto& gateway = *subject.gateway;
    const auto card = gateway.keep_card(subject.kept, CustomerId{5});
    REQUIRE(card);
    CHECK(gateway.keep_card(subject.kept, CustomerId{5})->token == card->token);
    CHECK(card->last4.size() == 4);
    CHECK((card->expires_month >= 1 && card->expires_month <= 12 && card->expires_year > 2000));
    for (int i = 0; i < 2; ++i) CHECK(gateway.charge(request(i, card->token))->state == ChargeState::kCaptured);
    CHECK(gateway.keep_card("no such token", CustomerId{5}).error().code == Errc::kInvalid);
  });
}

TEST_CASE("gateway: webhooks are the gateway's, lately, or they are nothing") {
  each([](Subject& subject) {
    const auto read = [&](const std::string& mark, const std::string& body) {
      return subject.gateway->read_webhook(
          {[&](std::string_view name) { return name == subject.header ? std::string_view(mark) : std::string_view(); },
           body});
    };
    const Time now = subject.clock->now();
    const auto [mark, body] = subject.webhook("evt_7", CheckoutId{77}, now);
    const auto news = read(mark, body);
    REQUIRE(news);
    CHECK(news->event.find("evt_7") != std::string::npos);
    CHECK(news->checkout == CheckoutId{77});
    CHECK(read("", body).error().code == Errc::kUnauthorised);
    CHECK(read(mark, body + " ").error().code == Errc::kUnauthorised);
    const auto [old_mark, old_body] = subject.webhook("evt_7", CheckoutId{77}, now.plus_ms(-kHourMs));
    CHECK(read(old_mark, old_body).error().code == Errc::kUnauthorised);
  });
}

}  // namespace
}  // namespace kontor::contract
