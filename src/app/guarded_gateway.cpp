#include "app/guarded_gateway.h"

#include <algorithm>

namespace kontor::app {
namespace {

// Whether the gateway did not do its work, as opposed to a card that it refuses.
bool in_trouble(const Result<Charge>& answer) {
  if (answer) return false;
  const Errc code = answer.error().code;
  return code == Errc::kTimeout || code == Errc::kGatewayUnavailable || code == Errc::kUnavailable;
}

tl::unexpected<Error> not_now(std::string_view reason, std::string detail, std::int64_t wait_ms) {
  Error error{Errc::kGatewayUnavailable, std::string(reason), std::move(detail), {}, {}, 0};
  error.retry_after_s = static_cast<int>(std::max<std::int64_t>(1, (wait_ms + kSecondMs - 1) / kSecondMs));
  return fail(std::move(error));
}

}  // namespace

GuardedGateway::GuardedGateway(PaymentGateway& gateway, Clock& clock, runtime::Metrics& metrics, Settings settings)
    : FrontGateway(gateway),
      clock_(clock),
      settings_(settings),
      rest_ms_(settings.rest_ms),
      rested_(metrics.counter("kontor_gateway_turned_away_total", "Charges that the gateway was not asked for",
                              {{"reason", "circuit_open"}})),
      crowded_(metrics.counter("kontor_gateway_turned_away_total", "Charges that the gateway was not asked for",
                               {{"reason", "too_many_calls"}})) {
  metrics.watch("kontor_gateway_circuit_open", "1 while no card is charged, since the gateway fails call after call",
                [this] { return open() ? 1.0 : 0.0; });
  metrics.watch("kontor_gateway_charges_in_flight", "Charges that the gateway has not answered yet", [this] {
    const std::lock_guard lock(mutex_);
    return static_cast<double>(under_way_);
  });
}

bool GuardedGateway::open() const {
  const std::lock_guard lock(mutex_);
  return closed_until_.ms != 0;
}

// A clock that was set back must not keep the circuit open: nothing rests longer than the longest rest.
Result<void> GuardedGateway::enter() {
  const std::lock_guard lock(mutex_);
  if (closed_until_.ms != 0) {
    const std::int64_t left = closed_until_.ms - clock_.now().ms;
    const bool rests = left > 0 && left <= settings_.longest_rest_ms;
    if (rests || trying_) {
      rested_.add();
      return not_now("gateway.circuit_open",
                     "The payment gateway does not work at the moment; nothing was charged. Try again in a moment.",
                     rests ? left : settings_.rest_ms);
    }
    trying_ = true;
  }
  if (under_way_ >= settings_.calls) {
    trying_ = false;
    crowded_.add();
    return not_now(
        "gateway.too_many_calls",
        "The payment gateway is slow, and many are waiting for it; nothing was charged. Try again in a moment.",
        kSecondMs);
  }
  ++under_way_;
  return {};
}

Result<Charge> GuardedGateway::noted(Result<Charge> answer) {
  const std::lock_guard lock(mutex_);
  if (!in_trouble(answer)) {
    failed_ = 0;
    closed_until_ = Time{};
    rest_ms_ = settings_.rest_ms;
    return answer;
  }
  ++failed_;
  if (failed_ >= settings_.failures && (closed_until_.ms == 0 || trying_)) {
    closed_until_ = clock_.now().plus_ms(rest_ms_);
    rest_ms_ = std::min(rest_ms_ * 2, settings_.longest_rest_ms);
  }
  return answer;
}

Result<Charge> GuardedGateway::charge(const ChargeRequest& request) {
  TRY_DO(enter());
  // Also when the fiber is killed while it waits.
  struct Leave {
    GuardedGateway& guard;
    ~Leave() {
      const std::lock_guard lock(guard.mutex_);
      --guard.under_way_;
      guard.trying_ = false;
    }
  } leave{*this};
  return noted(gateway_.charge(request));
}

Result<Charge> GuardedGateway::capture(const std::string& key, Money amount) {
  return noted(gateway_.capture(key, amount));
}
Result<Charge> GuardedGateway::confirm_action(const std::string& key) { return noted(gateway_.confirm_action(key)); }
Result<Charge> GuardedGateway::find(const std::string& key) { return noted(gateway_.find(key)); }
Result<Charge> GuardedGateway::void_charge(const std::string& key) { return noted(gateway_.void_charge(key)); }
Result<Charge> GuardedGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  return noted(gateway_.refund(key, refund_key, amount));
}

}  // namespace kontor::app
