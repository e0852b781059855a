// What gateways tell us of their own accord (POST /hooks/payments/{gateway}). Owns payments_webhooks, a row an event.
// Nothing in a webhook is believed but that something changed: whoever is concerned asks the gateway. So late, early
// and reordered ones do no harm, and what comes twice is told apart by the event's id.
#pragma once
#include <functional>
#include <string_view>

#include "ports/clock.h"
#include "ports/db.h"
#include "ports/payment_gateway.h"
#include "runtime/http.h"
#include "runtime/metrics.h"
#include "services/check_report.h"

namespace kontor::payments {

class Webhooks {
 public:
  // Told which checkout to look after. A repetition must be harmless; after an Error the gateway delivers again.
  using Look = std::function<Result<void>(CheckoutId)>;
  Webhooks(db::Store& store, PaymentGateway& gateway, Clock& clock, runtime::Metrics& metrics, Look look);

  // One delivery, as it came over the wire. kNotFound "payments.no_such_gateway"; as PaymentGateway::read_webhook()
  // when it is not the gateway's; kConflict "payments.webhook_reused" for an event that came with another body before.
  // A repetition of what was handled succeeds and does nothing.
  Result<void> take(std::string_view gateway, const WebhookCall& call);

  // Forgets at most `limit` that came before `before`; how many.
  Result<int> prune(Time before, int limit);
  // Every event had its effect at most once.
  Result<void> check(services::CheckReport& report);

  // For tests of the tests only.
  void forget_what_came(bool yes) { forgetful_ = yes; }

 private:
  enum class Known { kNew, kUnhandled, kHandled };
  Result<Known> note(std::string_view gateway, const GatewayNews& news, std::string_view body);
  Result<void> take_one(std::string_view gateway, const WebhookCall& call);

  db::Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  runtime::Metrics& metrics_;
  Look look_;
  bool forgetful_ = false;
};

void add_webhook_routes(http::Router& router, Webhooks& webhooks);

}  // namespace kontor::payments
