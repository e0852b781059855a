#include "app/watched_gateway.h"

#include "runtime/tracing.h"

namespace kontor::app {
namespace {

constexpr std::string_view kOutcomes[] = {"approved", "declined", "action_required", "rejected_by_risk", "voided",
                                          "refunded", "none",     "timeout",         "refused",          "unavailable",
                                          "error"};

std::string_view outcome_of(const Result<Charge>& answer) {
  if (!answer) {
    switch (answer.error().code) {
      case Errc::kTimeout:
        return "timeout";
      case Errc::kGatewayUnavailable:
      case Errc::kUnavailable:
        return "unavailable";
      case Errc::kInvalid:
      case Errc::kConflict:
        return "refused";
      default:
        return "error";
    }
  }
  switch (answer->state) {
    case ChargeState::kAuthorised:
    case ChargeState::kCaptured:
      return "approved";
    case ChargeState::kDeclined:
      return "declined";
    case ChargeState::kRequiresAction:
      return "action_required";
    case ChargeState::kRejectedByRisk:
      return "rejected_by_risk";
    case ChargeState::kVoided:
      return "voided";
    case ChargeState::kRefunded:
      return "refunded";
    case ChargeState::kNone:
      return "none";
  }
  return "error";
}

}  // namespace

WatchedGateway::Call WatchedGateway::watched(runtime::Metrics& metrics, std::string_view call) const {
  const std::string gateway(gateway_.name());
  Call out;
  out.span = "gateway." + std::string(call);
  out.duration = &metrics.histogram("kontor_gateway_call_seconds", "A call of the payment gateway, retries apart",
                                    {{"gateway", gateway}, {"call", std::string(call)}});
  for (const auto outcome : kOutcomes) {
    out.outcomes[outcome] =
        &metrics.counter("kontor_gateway_calls_total", "Calls of the payment gateway by what came of them",
                         {{"gateway", gateway}, {"call", std::string(call)}, {"outcome", std::string(outcome)}});
  }
  return out;
}

WatchedGateway::WatchedGateway(PaymentGateway& gateway, runtime::Metrics& metrics)
    : FrontGateway(gateway),
      charge_(watched(metrics, "charge")),
      capture_(watched(metrics, "capture")),
      confirm_(watched(metrics, "confirm_action")),
      find_(watched(metrics, "find")),
      void_(watched(metrics, "void")),
      refund_(watched(metrics, "refund")) {}

template <class Ask>
Result<Charge> WatchedGateway::count(Call& call, const Ask& ask) {
  runtime::Span span(call.span, runtime::SpanKind::kClient);
  const runtime::Stopwatch watch;
  auto answer = ask();
  const auto outcome = outcome_of(answer);
  call.duration->observe(watch.us());
  call.outcomes.find(outcome)->second->add();
  span.set("kontor.gateway", gateway_.name());
  span.set("kontor.outcome", outcome);
  if (!answer) span.failed();
  return answer;
}

Result<Charge> WatchedGateway::charge(const ChargeRequest& request) {
  return count(charge_, [&] { return gateway_.charge(request); });
}
Result<Charge> WatchedGateway::capture(const std::string& key, Money amount) {
  return count(capture_, [&] { return gateway_.capture(key, amount); });
}
Result<Charge> WatchedGateway::confirm_action(const std::string& key) {
  return count(confirm_, [&] { return gateway_.confirm_action(key); });
}
Result<Charge> WatchedGateway::find(const std::string& key) {
  return count(find_, [&] { return gateway_.find(key); });
}
Result<Charge> WatchedGateway::void_charge(const std::string& key) {
  return count(void_, [&] { return gateway_.void_charge(key); });
}
Result<Charge> WatchedGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  return count(refund_, [&] { return gateway_.refund(key, refund_key, amount); });
}

}  // namespace kontor::app
