#include "shop/payments/webhooks.h"

#include <doctest/doctest.h>

#include "ports/webhook_signature.h"
#include "tests/support/shop_world.h"

namespace kontor::payments {
namespace {

constexpr std::string_view kSecret = "a secret of the gateway";

// A real shop whose gateway knows the secret, and the webhooks of it.
struct WebhooksWorld : testing::ShopWorld {
  WebhooksWorld() {
    gateway_sandbox::Options options = testing::instant_gateway();
    options.webhook_secrets = {std::string(kSecret)};
    signer = std::move(*gateway_sandbox::SandboxGateway::open(options, test.clock));
    webhooks = std::make_unique<Webhooks>(store, *signer, test.clock, metrics, [this](CheckoutId id) -> Result<void> {
      if (away) return fail(Errc::kUnavailable, "db.away");
      looked.push_back(id);
      return shop->checkouts.hint(id);
    });
  }
  static std::string body(const std::string& event, CheckoutId checkout, ChargeState state = ChargeState::kCaptured) {
    return gateway_sandbox::webhook_body(event, "pay_0000000000001", checkout, state);
  }
  std::string deliver(const std::string& text, const std::string& signature) {
    const auto taken = webhooks->take("sandbox", {[&](std::string_view) { return std::string_view(signature); }, text});
    return taken ? "" : taken.error().reason;
  }
  std::string deliver(const std::string& text) { return deliver(text, sign_webhook(kSecret, test.clock.now(), text)); }
  std::string problems() {
    services::CheckReport report;
    REQUIRE(webhooks->check(report));
    return report.ok() ? "" : report.findings().begin()->first;
  }

  std::unique_ptr<gateway_sandbox::SandboxGateway> signer;
  runtime::Metrics metrics;
  std::unique_ptr<Webhooks> webhooks;
  std::vector<CheckoutId> looked;
  bool away = false;
};

TEST_CASE("a signed event is acted upon once, however often it comes") {
  WebhooksWorld world;
  const auto text = world.body("evt_1", CheckoutId{7});
  for (int i = 0; i < 3; ++i) CHECK(world.deliver(text) == "");
  CHECK(world.looked.size() == 1);
  CHECK(world.problems() == "");
  // Delivered again much later, with a signature of that moment: still known.
  world.test.clock.advance_ms(kDayMs);
  CHECK(world.deliver(text) == "");
  CHECK(world.looked.size() == 1);
}

TEST_CASE("one event has one body") {
  WebhooksWorld world;
  CHECK(world.deliver(world.body("evt_1", CheckoutId{7})) == "");
  CHECK(world.deliver(world.body("evt_1", CheckoutId{8})) == "payments.webhook_reused");
  CHECK(world.looked == std::vector{CheckoutId{7}});
}

TEST_CASE("what is forged, too old or of another gateway is not even noted") {
  WebhooksWorld world;
  const auto text = world.body("evt_1", CheckoutId{7});
  CHECK(world.deliver(text, "") == "payments.webhook_unsigned");
  CHECK(world.deliver(text, sign_webhook("somebody's own secret", world.test.clock.now(), text)) ==
        "payments.webhook_forged");
  const auto old_call = sign_webhook(kSecret, world.test.clock.now(), text);
  world.test.clock.advance_ms(kWebhookWindowMs + 1000);
  CHECK(world.deliver(text, old_call) == "payments.webhook_too_old");
  CHECK(world.deliver(text, sign_webhook(kSecret, world.test.clock.now().plus_ms(kHourMs), text)) ==
        "payments.webhook_from_the_future");
  const auto other = world.webhooks->take("another", {[](std::string_view) { return std::string_view(); }, text});
  CHECK(other.error().reason == "payments.no_such_gateway");
  CHECK(world.deliver("{}") != "");
  CHECK(world.looked.empty());
  CHECK(world.deliver(text) == "");
  CHECK(world.looked.size() == 1);
}

TEST_CASE("an event that could not be acted upon is delivered again") {
  WebhooksWorld world;
  const auto text = world.body("evt_1", CheckoutId{7});
  world.away = true;
  CHECK(world.deliver(text) == "db.away");
  world.away = false;
  CHECK(world.deliver(text) == "");
  CHECK(world.looked.size() == 1);
  CHECK(world.problems() == "");
}

TEST_CASE("news before the answer, and in the wrong order, change nothing but what the gateway says") {
  WebhooksWorld world;
  const auto tea = world.offer(450, 3);
  const auto ada = world.guest();
  world.put(ada, tea, 1);
  world.gateway.lose_answers = 2;
  const auto waiting = world.buy(ada, "k1");
  REQUIRE(waiting);
  CHECK(waiting->status == 202);
  CHECK(world.deliver(world.body("evt_2", waiting->checkout, ChargeState::kRefunded)) == "");
  CHECK(world.orders_of(ada).size() == 1);
  CHECK(world.deliver(world.body("evt_1", waiting->checkout, ChargeState::kDeclined)) == "");
  CHECK(world.orders_of(ada).size() == 1);
  CHECK(world.orders_of(ada)[0].state == orders::OrderState::kConfirmed);
  CHECK(world.check() == "");
}

TEST_CASE("the check finds an event that had its effect twice; old events are forgotten") {
  WebhooksWorld world;
  const auto text = world.body("evt_1", CheckoutId{7});
  world.webhooks->forget_what_came(true);
  for (int i = 0; i < 2; ++i) CHECK(world.deliver(text) == "");
  CHECK(world.problems() == "payments.webhook_handled_once");
  CHECK(world.webhooks->prune(world.test.clock.now(), 500) == 0);
  world.test.clock.advance_ms(1000);
  CHECK(world.webhooks->prune(world.test.clock.now(), 500) == 1);
  CHECK(world.problems() == "");
}

}  // namespace
}  // namespace kontor::payments
