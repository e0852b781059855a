#include "adapters/gateway_sandbox/sandbox_gateway.h"

#include <doctest/doctest.h>

#include <fstream>

#include "runtime/fiber.h"
#include "tests/support/test_store.h"

namespace kontor::gateway_sandbox {
namespace {

Money usd(std::int64_t minor) { return Money::minor(minor, Currency()); }
std::string key(std::int64_t n) { return PaymentId{n}.text(); }
ChargeRequest request(std::int64_t n, const std::string& token) {
  return {key(n), token, usd(1000), CheckoutId{77}, true};
}

struct World {
  testing::TempFolder folder;
  testing::FakeClock clock;
  std::unique_ptr<SandboxGateway> gateway = open();
  std::unique_ptr<SandboxGateway> open() {
    auto opened = SandboxGateway::open({folder.path(), 0, 0}, clock);
    REQUIRE(opened);
    return std::move(*opened);
  }
  std::string file() const { return folder.path() + "/gateway-charges.ndjson"; }
};

TEST_CASE("each token has its answer") {
  World world;
  struct Row {
    const char* token;
    ChargeState state;
    const char* decline;
  };
  const Row rows[] = {{"tok_approve", ChargeState::kCaptured, ""},
                      {"tok_slow", ChargeState::kCaptured, ""},
                      {"tok_twice", ChargeState::kCaptured, ""},
                      {"tok_decline", ChargeState::kDeclined, "card_declined"},
                      {"tok_insufficient", ChargeState::kDeclined, "insufficient_funds"},
                      {"tok_expired_card", ChargeState::kDeclined, "expired_card"},
                      {"tok_nonsense", ChargeState::kDeclined, "invalid_token"},
                      {"tok_step_up", ChargeState::kRequiresAction, ""},
                      {"tok_fraud", ChargeState::kRejectedByRisk, ""}};
  std::int64_t n = 100;
  for (const auto& row : rows) {
    CAPTURE(row.token);
    const auto charge = world.gateway->charge(request(++n, row.token));
    REQUIRE(charge);
    CHECK(charge->state == row.state);
    CHECK(charge->decline_code == row.decline);
    CHECK((charge->state == ChargeState::kRequiresAction) == !charge->action_url.empty());
  }
}

TEST_CASE("a silent token answers nothing; one of them did charge") {
  World world;
  for (int i = 0; i < 2; ++i) {
    const auto charged = world.gateway->charge(request(1, "tok_timeout"));
    REQUIRE_FALSE(charged);
    CHECK(charged.error().code == Errc::kTimeout);
  }
  REQUIRE_FALSE(world.gateway->charge(request(2, "tok_timeout_uncharged")));
  CHECK(world.gateway->find(key(1))->state == ChargeState::kCaptured);
  CHECK(world.gateway->find(key(2))->state == ChargeState::kNone);
  CHECK(world.gateway->all_charges()->size() == 1);
}

TEST_CASE("slow and silent tokens wait, in virtual time") {
  testing::FakeClock clock;
  auto gateway = std::move(*SandboxGateway::open({"", 5000, 2000}, clock));
  runtime::Loop::Options options;
  options.virtual_time = true;
  runtime::Loop loop(std::move(options));
  std::int64_t slow = 0, silent = 0;
  loop.spawn([&] {
    const auto start = loop.now_ms();
    CHECK(gateway->charge(request(1, "tok_slow")));
    slow = loop.now_ms() - start;
    CHECK_FALSE(gateway->charge(request(2, "tok_timeout")));
    silent = loop.now_ms() - start - slow;
  });
  loop.run();
  CHECK(slow == 2000);
  CHECK(silent == 5000);
}

TEST_CASE("the same key is the same attempt, also with another token") {
  World world;
  REQUIRE(world.gateway->charge(request(1, "tok_decline")));
  const auto again = world.gateway->charge(request(1, "tok_approve"));
  REQUIRE(again);
  CHECK(again->state == ChargeState::kDeclined);
  CHECK(world.gateway->all_charges()->size() == 1);
}

TEST_CASE("a step is taken once the buyer says so") {
  World world;
  REQUIRE(world.gateway->charge(request(1, "tok_step_up")));
  CHECK(world.gateway->find(key(1))->state == ChargeState::kRequiresAction);
  CHECK(world.gateway->confirm_action(key(1))->state == ChargeState::kCaptured);
  CHECK(world.gateway->confirm_action(key(1))->state == ChargeState::kCaptured);
  CHECK(world.gateway->confirm_action(key(2))->state == ChargeState::kNone);
}

TEST_CASE("a voided key refuses the charge that arrives later") {
  World world;
  REQUIRE(world.gateway->void_charge(key(1)));
  const auto late = world.gateway->charge(request(1, "tok_approve"));
  REQUIRE(late);
  CHECK(late->state == ChargeState::kVoided);
  REQUIRE(world.gateway->charge(request(2, "tok_approve")));
  CHECK(world.gateway->void_charge(key(2))->state == ChargeState::kVoided);
  CHECK(world.gateway->void_charge(key(2))->state == ChargeState::kVoided);
}

TEST_CASE("refunds are repeatable and never more than was captured") {
  World world;
  REQUIRE(world.gateway->charge(request(1, "tok_approve")));
  REQUIRE(world.gateway->refund(key(1), "r1", usd(400)));
  const auto again = world.gateway->refund(key(1), "r1", usd(400));
  REQUIRE(again);
  CHECK(again->refunded == usd(400));
  CHECK(again->state == ChargeState::kCaptured);
  const auto too_much = world.gateway->refund(key(1), "r2", usd(601));
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().code == Errc::kConflict);
  CHECK(world.gateway->refund(key(1), "r3", usd(600))->state == ChargeState::kRefunded);
  CHECK_FALSE(world.gateway->refund(key(9), "r4", usd(1)));
}

TEST_CASE("charges survive the process; half a line at the end is cut off") {
  World world;
  REQUIRE(world.gateway->charge(request(1, "tok_approve")));
  REQUIRE(world.gateway->charge(request(2, "tok_insufficient")));
  REQUIRE(world.gateway->charge(request(3, "tok_step_up")));
  REQUIRE(world.gateway->refund(key(1), "r1", usd(400)));
  const auto before = *world.gateway->all_charges();
  world.gateway.reset();
  std::ofstream(world.file(), std::ios::app) << R"({"op":"charge","key":"pay_)";
  world.gateway = world.open();
  const auto after = *world.gateway->all_charges();
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK(after[i].first == before[i].first);
    CHECK(after[i].second.state == before[i].second.state);
    CHECK(after[i].second.amount == before[i].second.amount);
    CHECK(after[i].second.refunded == before[i].second.refunded);
    CHECK(after[i].second.decline_code == before[i].second.decline_code);
  }
  CHECK(world.gateway->refund(key(1), "r1", usd(400))->refunded == usd(400));
  REQUIRE(world.gateway->charge(request(4, "tok_approve")));
  world.gateway.reset();
  world.gateway = world.open();
  CHECK(world.gateway->all_charges()->size() == 4);
}

TEST_CASE("the charge file of a time holds what moved money then, and no more, in memory as on disk") {
  const auto told = [](SandboxGateway& gateway, testing::FakeClock& clock) {
    const Time first = clock.now();
    REQUIRE(gateway.charge(request(1, "tok_approve")));
    REQUIRE(gateway.charge(request(2, "tok_decline")));
    REQUIRE(gateway.charge(request(3, "tok_step_up")));
    REQUIRE(gateway.void_charge(key(9)));  // never heard of: nothing moved
    clock.advance_ms(1000);
    REQUIRE(gateway.confirm_action(key(3)));
    REQUIRE(gateway.refund(key(1), "r1", usd(400)));
    REQUIRE(gateway.refund(key(1), "r1", usd(400)));
    clock.advance_ms(1000);
    REQUIRE(gateway.void_charge(key(3)));
    CHECK(gateway.charge_file(first.plus_ms(-1000), first)->empty());
    const auto all = gateway.charge_file(first, first.plus_ms(kDayMs));
    REQUIRE(all->size() == 4);
    CHECK((*all)[0].kind == ChargeLine::Kind::kCapture);
    CHECK((*all)[0].key == key(1));
    CHECK((*all)[0].amount == usd(1000));
    CHECK((*all)[1].key == key(3));
    CHECK((*all)[1].at == first.plus_ms(1000));
    CHECK((*all)[2].kind == ChargeLine::Kind::kRefund);
    CHECK((*all)[2].refund_key == "r1");
    CHECK((*all)[2].amount == usd(400));
    CHECK((*all)[3].kind == ChargeLine::Kind::kVoid);
    CHECK(gateway.charge_file(first.plus_ms(1000), first.plus_ms(2000))->size() == 2);
  };
  World world;
  told(*world.gateway, world.clock);
  testing::FakeClock clock;
  const auto in_memory = std::move(*SandboxGateway::open({"", 0, 0}, clock));
  told(*in_memory, clock);
}

TEST_CASE("a damaged file is refused with its line") {
  World world;
  REQUIRE(world.gateway->charge(request(1, "tok_approve")));
  world.gateway.reset();
  std::ofstream(world.file(), std::ios::app) << "nonsense\n";
  const auto opened = SandboxGateway::open({world.folder.path(), 0, 0}, world.clock);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().reason == "gateway.charges_unreadable");
  CHECK(opened.error().detail.find("line 2") != std::string::npos);
}

TEST_CASE("less than was authorised is captured, the rest is released, and a repetition takes nothing more") {
  World world;
  auto only = request(1, "tok_approve");
  only.capture = false;
  REQUIRE(world.gateway->charge(only));
  const Money all = only.amount;
  const Money part = Money::minor(all.amount_minor() / 2, all.currency());
  CHECK(world.gateway->capture(only.key, all + part).error().reason == "gateway.capture_too_large");
  CHECK_FALSE(world.gateway->capture(only.key, all - all));
  for (int i = 0; i < 2; ++i) {
    const auto captured = world.gateway->capture(only.key, part);
    REQUIRE(captured);
    CHECK(captured->state == ChargeState::kCaptured);
    CHECK(captured->amount == part);
  }
  CHECK(world.gateway->capture(only.key, all)->amount == part);
  CHECK_FALSE(world.gateway->refund(only.key, "r1", all));
  const auto file = world.gateway->charge_file(Time{0}, world.clock.now().plus_ms(1));
  REQUIRE(file);
  REQUIRE(file->size() == 1);
  CHECK(file->front().amount == part);
}

TEST_CASE("a card is kept under its token, as people know it") {
  World world;
  const auto card = world.gateway->keep_card("tok_approve", CustomerId{1});
  REQUIRE(card);
  CHECK(card->token == "tok_approve");
  CHECK(card->last4 == "4242");
  CHECK(world.gateway->keep_card("tok_nonsense", CustomerId{1}).error().reason == "gateway.unknown_token");
  CHECK(world.gateway->keep_card("tok_expired_card", CustomerId{1}).error().code == Errc::kPaymentDeclined);
}

TEST_CASE("tok_twice rings twice before it answers, the others do not ring") {
  struct Sink : WebhookSink {
    explicit Sink(PaymentGateway& g) : gateway(g) {}
    PaymentGateway& gateway;
    int rung = 0;
    std::string event;
    void deliver(const WebhookCall& call) override {
      const auto news = gateway.read_webhook(call);
      REQUIRE(news);
      CHECK(news->checkout == CheckoutId{77});
      CHECK(call.body.find("captured") != std::string_view::npos);
      CHECK((event.empty() || event == news->event));
      event = news->event;
      ++rung;
      CHECK_FALSE(gateway.read_webhook({call.header, std::string(call.body) + " "}));
    }
  };
  World world;
  Sink sink(*world.gateway);
  world.gateway->set_sink(&sink);
  REQUIRE(world.gateway->charge(request(1, "tok_approve")));
  CHECK(sink.rung == 0);
  REQUIRE(world.gateway->charge(request(2, "tok_twice")));
  CHECK(sink.rung == 2);
}

}  // namespace
}  // namespace kontor::gateway_sandbox
