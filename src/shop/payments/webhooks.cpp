#include "shop/payments/webhooks.h"

#include "base/text.h"
#include "services/signer.h"

namespace kontor::payments {
namespace {

constexpr std::size_t kBodyLimit = 64 * 1024;  // more is no news of one charge

constexpr db::Query kNoteWebhook{"payments.note_webhook", db::Home::kCustomer, R"sql(
  INSERT INTO payments_webhooks (gateway, event, body_hash, received_at, handled) VALUES ($1, $2, $3, $4, 0)
  ON CONFLICT (gateway, event) DO NOTHING
)sql"};

constexpr db::Query kFindWebhook{"payments.find_webhook", db::Home::kCustomer, R"sql(
  SELECT body_hash, handled FROM payments_webhooks WHERE gateway = $1 AND event = $2
)sql"};

// The count is compared, so that of two deliveries at once one counts.
constexpr db::Query kWebhookHandled{"payments.webhook_handled", db::Home::kCustomer, R"sql(
  UPDATE payments_webhooks SET handled = handled + 1 WHERE gateway = $1 AND event = $2 AND (handled = 0 OR $3 = 1)
)sql"};

constexpr db::Query kPruneWebhooks{"payments.prune_webhooks", db::Home::kCustomer, R"sql(
  DELETE FROM payments_webhooks
   WHERE (gateway, event) IN (SELECT gateway, event FROM payments_webhooks WHERE received_at < $1 LIMIT $2)
)sql"};

constexpr db::Query kHandledTwice{"payments.webhooks_handled_twice", db::Home::kCustomer, R"sql(
  SELECT gateway, event, handled FROM payments_webhooks WHERE handled > 1 ORDER BY gateway, event LIMIT 100
)sql"};

constexpr db::Query kCountWebhooks{"payments.count_webhooks", db::Home::kCustomer, R"sql(
  SELECT COUNT(*) FROM payments_webhooks
)sql"};

std::string hash_of(std::string_view body) {
  const std::string hash = services::blake2b(body);
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), 16));
}

runtime::Counter& counted(runtime::Metrics& metrics, std::string_view outcome) {
  return metrics.counter("kontor_webhooks_total", "Webhooks of payment gateways by what became of them",
                         {{"outcome", std::string(outcome)}});
}

}  // namespace

Webhooks::Webhooks(db::Store& store, PaymentGateway& gateway, Clock& clock, runtime::Metrics& metrics, Look look)
    : store_(store), gateway_(gateway), clock_(clock), metrics_(metrics), look_(std::move(look)) {
  for (const auto outcome : {"taken", "forged", "refused", "put_off"})
    counted(metrics_, outcome);  // there from the start
}

Result<Webhooks::Known> Webhooks::note(std::string_view gateway, const GatewayNews& news, std::string_view body) {
  const std::string hash = hash_of(body);
  const Time now = clock_.now();
  auto known = Known::kNew;
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    known = Known::kNew;
    TRY(const auto noted, tx.run(kNoteWebhook, gateway, news.event, hash, now));
    if (noted > 0) return {};
    TRY(const auto rows, tx.ask(kFindWebhook, gateway, news.event));
    if (rows.empty()) return fail(Errc::kInternal, "payments.webhook_lost", "A noted webhook is not there.");
    if (rows.front().str(0) != hash)
      return fail(Errc::kConflict, "payments.webhook_reused",
                  "The event '" + news.event + "' has come before with another body.");
    known = rows.front().i64(1) > 0 ? Known::kHandled : Known::kUnhandled;
    return {};
  }));
  return known;
}

// Noted, then handled, then noted as handled: who dies in between is told once more by the gateway.
Result<void> Webhooks::take_one(std::string_view gateway, const WebhookCall& call) {
  if (gateway != gateway_.name())
    return fail(Errc::kNotFound, "payments.no_such_gateway",
                "The shop does not use the payment gateway '" + std::string(clip(gateway, 60)) + "'.");
  TRY(const auto news, gateway_.read_webhook(call));
  TRY(const auto known, note(gateway, news, call.body));
  if (known == Known::kHandled && !forgetful_) return {};
  if (news.checkout) TRY_DO(look_(news.checkout));
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kWebhookHandled, gateway, news.event, std::int64_t{forgetful_}));
    return {};
  });
}

Result<void> Webhooks::take(std::string_view gateway, const WebhookCall& call) {
  auto taken = take_one(gateway, call);
  const auto outcome = [&]() -> std::string_view {
    if (taken) return "taken";
    if (taken.error().code == Errc::kUnauthorised) return "forged";
    return taken.error().code == Errc::kUnavailable ? "put_off" : "refused";
  }();
  counted(metrics_, outcome).add();
  return taken;
}

Result<int> Webhooks::prune(Time before, int limit) {
  std::int64_t removed = 0;
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, tx.run(kPruneWebhooks, before, limit));
    return {};
  }));
  return static_cast<int>(removed);
}

Result<void> Webhooks::check(services::CheckReport& report) {
  return store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto twice, tx.ask(kHandledTwice));
    for (const auto row : twice)
      report.fail("payments.webhook_handled_once",
                  row.str(0) + " " + row.str(1) + ": " + std::to_string(row.i64(2)) + " times");
    TRY(const auto count, tx.ask(kCountWebhooks));
    report.looked_at("webhooks", count.front().i64(0));
    return {};
  });
}

void add_webhook_routes(http::Router& router, Webhooks& webhooks) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kPost;
  endpoint.pattern = "/hooks/payments/{gateway}";
  endpoint.about = {"A payment gateway says that a charge changed; signed",
                    {"payments.no_such_gateway", "payments.webhook_unsigned", "payments.webhook_forged",
                     "payments.webhook_too_old", "payments.webhook_from_the_future", "payments.webhook_reused"},
                    204,
                    "hooks"};
  endpoint.body_limit = kBodyLimit;
  endpoint.handle = [&webhooks](http::Call& call) -> http::Response {
    const WebhookCall delivery{[&](std::string_view name) { return call.request.header(name); }, call.request.body};
    const auto taken = webhooks.take(call.param("gateway"), delivery);
    if (!taken) return http::problem(taken.error(), call.request.request_id);
    http::Response done;
    done.status = 204;
    return done;
  };
  router.add(std::move(endpoint));
}

}  // namespace kontor::payments
