#include "sim/sim_gateway.h"

#include "runtime/fiber.h"

namespace kontor::sim {
namespace {
constexpr std::int64_t kPatienceMs = 5000;  // how long a caller waits before it gives up
}  // namespace

void SimGateway::wait_a_little() { runtime::sleep_for(1 + luck_.below(40)); }

Charge SimGateway::take_effect(const ChargeRequest& request) {
  Held& held = held_[request.key];
  if (held.charge.state != ChargeState::kNone) return held.charge;  // the same attempt again
  held.checkout = request.checkout;
  held.charge.amount = request.amount;
  held.charge.reference = "sim-" + request.key;
  if (held.barred) {
    held.charge.state = ChargeState::kVoided;
  } else if (luck_.chance(faults_.decline_pct)) {
    held.charge.state = ChargeState::kDeclined;
    held.charge.decline_code = "card_declined";
  } else {
    held.charge.state = request.capture ? ChargeState::kCaptured : ChargeState::kAuthorised;
  }
  if (luck_.chance(faults_.webhook_pct)) {
    const int times = luck_.chance(50) ? 2 : 1;
    for (int i = 0; i < times; ++i) hooks_.push_back({clock_.now().ms + luck_.below(300), request.key});
  }
  trace_.say(clock_.now().ms, "gateway holds " + request.key + " state " + std::to_string(static_cast<int>(held.charge.state)));
  return held.charge;
}

Result<Charge> SimGateway::charge(const ChargeRequest& request) {
  arrive();
  wait_a_little();
  if (luck_.chance(faults_.refused_pct)) return fail(Errc::kGatewayUnavailable, "gateway.down");
  if (luck_.chance(faults_.lost_request_pct)) {
    runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  if (luck_.chance(faults_.late_effect_pct)) {
    on_its_way_.push_back({clock_.now().ms + luck_.below(4 * kPatienceMs), request});
    runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  const Charge charge = take_effect(request);
  if (luck_.chance(faults_.lost_answer_pct)) {
    runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  wait_a_little();
  return charge;
}

Result<Charge> SimGateway::find(const std::string& key) {
  arrive();
  wait_a_little();
  if (luck_.chance(faults_.refused_pct)) return fail(Errc::kGatewayUnavailable, "gateway.down");
  if (luck_.chance(faults_.lost_request_pct)) return fail(Errc::kTimeout, "gateway.timeout");
  const auto found = held_.find(key);
  return found == held_.end() ? Charge{} : found->second.charge;
}

Result<Charge> SimGateway::void_charge(const std::string& key) {
  arrive();
  wait_a_little();
  if (luck_.chance(faults_.refused_pct)) return fail(Errc::kGatewayUnavailable, "gateway.down");
  if (luck_.chance(faults_.lost_request_pct)) return fail(Errc::kTimeout, "gateway.timeout");
  Held& held = held_[key];
  held.barred = true;
  if (held.charge.state == ChargeState::kAuthorised) held.charge.state = ChargeState::kVoided;
  if (held.charge.state == ChargeState::kCaptured) {
    held.charge.state = ChargeState::kVoided;
    held.refunded = held.charge.amount.amount_minor();
  }
  const Charge charge = held.charge;
  trace_.say(clock_.now().ms, "gateway voids " + key);
  if (luck_.chance(faults_.lost_answer_pct)) return fail(Errc::kTimeout, "gateway.timeout");
  return charge;
}

Result<Charge> SimGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  arrive();
  wait_a_little();
  if (luck_.chance(faults_.refused_pct)) return fail(Errc::kGatewayUnavailable, "gateway.down");
  if (luck_.chance(faults_.lost_request_pct)) return fail(Errc::kTimeout, "gateway.timeout");
  const auto found = held_.find(key);
  if (found == held_.end()) return fail(Errc::kNotFound, "gateway.no_such_charge");
  Held& held = found->second;
  if (!refunds_.contains(refund_key)) {
    if (held.refunded + amount.amount_minor() > held.charge.amount.amount_minor()) {
      return fail(Errc::kConflict, "gateway.refund_over_capture");
    }
    held.refunded += amount.amount_minor();
    refunds_[refund_key] = amount.amount_minor();
    if (held.refunded == held.charge.amount.amount_minor()) held.charge.state = ChargeState::kRefunded;
    trace_.say(clock_.now().ms, "gateway refunds " + refund_key);
  }
  if (luck_.chance(faults_.lost_answer_pct)) return fail(Errc::kTimeout, "gateway.timeout");
  return held.charge;
}

Result<std::vector<std::pair<std::string, Charge>>> SimGateway::all_charges() {
  arrive();
  std::vector<std::pair<std::string, Charge>> all;
  for (const auto& [key, held] : held_) all.emplace_back(key, held.charge);
  return all;
}

void SimGateway::arrive() {
  const auto now = clock_.now().ms;
  std::erase_if(on_its_way_, [&](const OnItsWay& late) {
    if (late.at_ms > now) return false;
    take_effect(late.request);
    return true;
  });
}

void SimGateway::deliver_webhooks() {
  arrive();
  const auto now = clock_.now().ms;
  std::vector<std::string> due;
  std::erase_if(hooks_, [&](const Hook& hook) {
    if (hook.at_ms > now) return false;
    due.push_back(hook.key);
    return true;
  });
  for (const auto& key : due) {
    const Held held = held_[key];
    if (sink_ != nullptr) sink_->charge_changed(key, held.checkout, held.charge);
  }
}

}  // namespace kontor::sim
