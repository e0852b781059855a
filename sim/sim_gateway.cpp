#include "sim/sim_gateway.h"

#include "base/described.h"
#include "ports/webhook_signature.h"
#include "runtime/fiber.h"

namespace kontor::sim {
namespace {

constexpr std::string_view kSecret = "what shop and gateway share";
constexpr std::int64_t kPatienceMs = 5000;                  // how long a caller waits before it gives up
constexpr std::int64_t kLongestSilenceMs = 25 * kMinuteMs;  // longer than a reservation holds

std::string_view words(ChargeState state) {
  switch (state) {
    case ChargeState::kAuthorised:
      return "authorised";
    case ChargeState::kCaptured:
      return "captured";
    case ChargeState::kDeclined:
      return "declined";
    case ChargeState::kRequiresAction:
      return "requires_action";
    case ChargeState::kVoided:
      return "voided";
    case ChargeState::kRefunded:
      return "refunded";
    case ChargeState::kRejectedByRisk:
      return "rejected_by_risk";
    case ChargeState::kNone:
      break;
  }
  return "none";
}

}  // namespace

void SimGateway::wait_a_little() { runtime::sleep_for(1 + luck_.below(40)); }

Result<void> SimGateway::reach(bool patient) {
  arrive();
  wait_a_little();
  if (luck_.chance(faults_.refused_pct)) {
    trace_.reached("gateway: down");
    return fail(Errc::kGatewayUnavailable, "gateway.down");
  }
  const bool silent = clock_.now().ms < silent_until_ms_;
  if (silent || luck_.chance(faults_.lost_request_pct)) {
    trace_.reached(silent ? "gateway: silent" : "gateway: request lost");
    if (patient) runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  return {};
}

Result<Charge> SimGateway::reply(const std::string& key, bool patient) {
  const Charge charge = held_[key].charge;
  trace_.say(clock_.now().ms, "gateway: " + key + " is " + std::string(words(charge.state)));
  if (luck_.chance(faults_.lost_answer_pct)) {
    trace_.reached("gateway: answer lost");
    if (patient) runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  wait_a_little();
  return charge;
}

void SimGateway::call_back(const std::string& key) {
  if (!luck_.chance(faults_.webhook_pct)) return;
  const int times = luck_.chance(50) ? 2 : 1;
  for (int i = 0; i < times; ++i) hooks_.push_back({clock_.now().ms + luck_.below(300), key});
}

Charge SimGateway::take_effect(const ChargeRequest& request) {
  Held& held = held_[request.key];
  if (held.charge.state != ChargeState::kNone) {  // the same attempt again
    if (held.asked != request.amount) complaint_ = "one key, two amounts: " + request.key;
    trace_.reached("gateway: the same attempt again");
    return held.charge;
  }
  held.checkout = request.checkout;
  held.capture = request.capture;
  held.charge.amount = held.asked = request.amount;
  held.charge.refunded = Money::minor(0, request.amount.currency());
  held.charge.reference = "sim-" + request.key;
  if (held.barred) {
    held.charge.state = ChargeState::kVoided;
    trace_.reached("gateway: a charge after its void");
  } else if (luck_.chance(faults_.decline_pct)) {
    held.charge.state = ChargeState::kDeclined;
    held.charge.decline_code = "card_declined";
    trace_.reached("gateway: declined");
  } else if (luck_.chance(faults_.step_up_pct)) {
    held.charge.state = ChargeState::kRequiresAction;
    held.charge.action_url = "https://bank.example/" + request.key;
    trace_.reached("gateway: a step of the buyer");
  } else {
    held.charge.state = request.capture ? ChargeState::kCaptured : ChargeState::kAuthorised;
    if (request.capture) book(ChargeLine::Kind::kCapture, request.key, request.amount);
  }
  call_back(request.key);
  return held.charge;
}

// Whether this charge still took effect, takes effect when the silence is over, or never, nobody can tell meanwhile.
void SimGateway::fall_silent(const ChargeRequest& request) {
  const auto now = clock_.now().ms;
  silent_until_ms_ = now + kMinuteMs + luck_.below(kLongestSilenceMs);
  trace_.reached("gateway: falls silent");
  trace_.say(now, "gateway: falls silent");
  const auto fate = luck_.below(3);
  if (fate == 0) take_effect(request);
  if (fate == 1) on_its_way_.push_back({silent_until_ms_ + luck_.below(kMinuteMs), request});
}

Result<Charge> SimGateway::charge(const ChargeRequest& request) {
  if (clock_.now().ms >= silent_until_ms_ && luck_.chance(faults_.silence_pct)) fall_silent(request);
  TRY_DO(reach(true));
  if (luck_.chance(faults_.late_effect_pct)) {
    trace_.reached("gateway: effect after the time-out");
    on_its_way_.push_back({clock_.now().ms + luck_.below(4 * kPatienceMs), request});
    runtime::sleep_for(kPatienceMs);
    return fail(Errc::kTimeout, "gateway.timeout");
  }
  take_effect(request);
  unanswered_.insert(request.key);
  auto answer = reply(request.key, true);
  unanswered_.erase(request.key);
  return answer;
}

Result<Charge> SimGateway::capture(const std::string& key, Money amount) {
  TRY_DO(reach(false));
  Held& held = held_[key];
  if (held.charge.state == ChargeState::kAuthorised) {
    if (amount > held.charge.amount || amount.amount_minor() <= 0)
      complaint_ = "a capture of " + amount.text() + " of " + held.charge.amount.text() + ": " + key;
    if (amount < held.charge.amount) trace_.reached("gateway: a capture of less than was promised");
    held.charge.state = ChargeState::kCaptured;
    held.charge.amount = amount;
    book(ChargeLine::Kind::kCapture, key, amount);
    trace_.reached("gateway: a later capture");
  }
  return reply(key, false);
}

Result<Charge> SimGateway::confirm_action(const std::string& key) {
  TRY_DO(reach(false));
  Held& held = held_[key];
  if (held.charge.state == ChargeState::kRequiresAction) {
    held.charge.state = luck_.chance(20) ? ChargeState::kDeclined
                        : held.capture   ? ChargeState::kCaptured
                                         : ChargeState::kAuthorised;
    if (held.charge.state == ChargeState::kCaptured) book(ChargeLine::Kind::kCapture, key, held.charge.amount);
    call_back(key);
  }
  return reply(key, false);
}

Result<Charge> SimGateway::find(const std::string& key) {
  TRY_DO(reach(false));
  const auto found = held_.find(key);
  return found == held_.end() ? Charge{} : found->second.charge;
}

Result<Charge> SimGateway::void_charge(const std::string& key) {
  TRY_DO(reach(false));
  Held& held = held_[key];
  held.barred = true;
  if (held.charge.state == ChargeState::kAuthorised || held.charge.state == ChargeState::kCaptured ||
      held.charge.state == ChargeState::kRequiresAction) {
    if (held.charge.state == ChargeState::kCaptured) trace_.reached("gateway: a capture given back");
    held.charge.state = ChargeState::kVoided;
    book(ChargeLine::Kind::kVoid, key, held.charge.amount);
  }
  return reply(key, false);
}

Result<Charge> SimGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  TRY_DO(reach(false));
  const auto found = held_.find(key);
  if (found == held_.end()) return fail(Errc::kNotFound, "gateway.no_such_charge");
  Charge& charge = found->second.charge;
  if (!refunds_.contains(refund_key)) {
    const Money after = charge.refunded + amount;
    if (charge.state != ChargeState::kCaptured || after > charge.amount)
      return fail(Errc::kConflict, "gateway.refund_over_capture");
    charge.refunded = after;
    refunds_[refund_key] = amount.amount_minor();
    book(ChargeLine::Kind::kRefund, key, amount, refund_key);
    if (after == charge.amount) charge.state = ChargeState::kRefunded;
  } else {
    trace_.reached("gateway: the same refund again");
  }
  return reply(key, false);
}

Result<std::vector<std::pair<std::string, Charge>>> SimGateway::all_charges() {
  arrive();
  std::vector<std::pair<std::string, Charge>> all;
  for (const auto& [key, held] : held_) all.emplace_back(key, held.charge);
  return all;
}

void SimGateway::book(ChargeLine::Kind kind, const std::string& key, Money amount, const std::string& refund_key) {
  booked_.push_back({kind, key, refund_key, amount, clock_.now()});
}

Result<std::vector<ChargeLine>> SimGateway::charge_file(Time from, Time until) {
  std::vector<ChargeLine> lines;
  for (const ChargeLine& line : booked_)
    if (line.at >= from && line.at < until) lines.push_back(line);
  return lines;
}

void SimGateway::arrive() {
  const auto now = clock_.now().ms;
  std::vector<OnItsWay> due;
  std::erase_if(on_its_way_, [&](const OnItsWay& late) {
    if (late.at_ms > now) return false;
    due.push_back(late);
    return true;
  });
  for (const OnItsWay& late : due) take_effect(late.request);
}

Result<CardOnFile> SimGateway::keep_card(const std::string& token, CustomerId) {
  TRY_DO(reach(false));
  return CardOnFile{token, "visa", "4242", 12, 2039};
}

Result<GatewayNews> SimGateway::read_webhook(const WebhookCall& call) {
  const std::string secret(kSecret);
  TRY_DO(check_webhook(call.header(gateway_sandbox::kSignatureHeader), call.body, std::span(&secret, 1), clock_.now()));
  return gateway_sandbox::read_webhook_body(call.body);
}

// Most are the gateway's. Some are somebody's who guesses: no secret, or an old call that was listened to.
void SimGateway::deliver_webhooks(gateway_sandbox::WebhookSink& sink) {
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
    trace_.reached(unanswered_.contains(key) ? "gateway: a webhook before the answer" : "gateway: a webhook");
    // One event a charge and state: what is told twice is the same event.
    const std::string body = gateway_sandbox::webhook_body("evt_" + key + "_" + std::string(words(held.charge.state)),
                                                           key, held.checkout, held.charge.state);
    const bool forged = luck_.chance(10);
    const Time signed_at = luck_.chance(5) ? clock_.now().plus_ms(-2 * kWebhookWindowMs) : clock_.now();
    const std::string signature = sign_webhook(forged ? "a secret of nobody" : kSecret, signed_at, body);
    sink.deliver({[&](std::string_view name) {
                    return name == gateway_sandbox::kSignatureHeader ? std::string_view(signature) : std::string_view();
                  },
                  body});
  }
}

}  // namespace kontor::sim
