#include "shop/checkout/authorise_payment.h"

#include <algorithm>
#include <array>

namespace kontor::checkout {
namespace {

using payments::ChargeOutcome;
using payments::PaymentState;

bool paid(const ChargeOutcome& outcome) {
  return outcome.state == PaymentState::kCaptured || outcome.state == PaymentState::kAuthorised;
}

Verdict::Kind kind_of(const ChargeOutcome& outcome) {
  if (paid(outcome)) return Verdict::Kind::kPaid;
  if (outcome.state == PaymentState::kRequiresAction) return Verdict::Kind::kActionRequired;
  if (outcome.state == PaymentState::kUnknown) return Verdict::Kind::kUnknown;
  return outcome.state == PaymentState::kCreated ? Verdict::Kind::kNeverArrived : Verdict::Kind::kDeclined;
}

// The worst decides, and of equals the first. What is refused, or lost, makes it useless to wait for the others.
Verdict verdict_of(std::vector<ChargeOutcome> outcomes, std::size_t attempts) {
  using K = Verdict::Kind;
  constexpr std::array kByHope = {K::kPaid, K::kActionRequired, K::kUnknown, K::kNeverArrived, K::kDeclined};
  const auto place = [&](K kind) { return std::find(kByHope.begin(), kByHope.end(), kind); };
  Verdict verdict;
  verdict.kind = K::kPaid;
  for (const auto& outcome : outcomes) {
    if (place(kind_of(outcome)) <= place(verdict.kind)) continue;
    verdict.kind = kind_of(outcome);
    verdict.action_url = outcome.action_url;
    verdict.risk_rejected = outcome.risk_rejected;
    verdict.decline_code = outcome.decline_code;
    if (verdict.kind == K::kDeclined && verdict.decline_code.empty())
      verdict.decline_code = std::string(name_of(outcome.state));
  }
  outcomes.resize(attempts, ChargeOutcome{PaymentState::kCreated, "", "", "", false});
  verdict.outcomes = std::move(outcomes);
  return verdict;
}

}  // namespace

Result<Verdict> AuthorisePayment::run(const Journal& journal, const std::vector<std::string>& tokens) {
  const auto& attempts = journal.plan.document.payments;
  KONTOR_ASSERT(tokens.size() == attempts.size());
  const bool capture = capture_ == CaptureWhen::kNow && attempts.size() == 1;
  std::vector<ChargeOutcome> outcomes;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    TRY(auto outcome, payments_.charge({attempts[i].id, journal.id, tokens[i], attempts[i].amount, capture}));
    outcomes.push_back(std::move(outcome));
    if (kind_of(outcomes.back()) == Verdict::Kind::kDeclined) break;
  }
  return verdict_of(std::move(outcomes), attempts.size());
}

Result<Verdict> AuthorisePayment::ask(const Plan& plan) {
  std::vector<ChargeOutcome> outcomes;
  for (const auto& attempt : plan.document.payments) {
    TRY(auto outcome, payments_.ask(attempt.id));
    outcomes.push_back(std::move(outcome));
  }
  return verdict_of(std::move(outcomes), plan.document.payments.size());
}

Result<Verdict> AuthorisePayment::confirm_action(const Plan& plan) {
  std::vector<ChargeOutcome> outcomes;
  for (const auto& attempt : plan.document.payments) {
    TRY(auto outcome, payments_.ask(attempt.id));
    if (outcome.state == PaymentState::kRequiresAction) {
      TRY(outcome, payments_.confirm_action(attempt.id));
    }
    outcomes.push_back(std::move(outcome));
  }
  return verdict_of(std::move(outcomes), plan.document.payments.size());
}

Result<void> AuthorisePayment::undo(const Plan& plan) {
  for (const auto& attempt : plan.document.payments) TRY_DO(payments_.void_charge(attempt.id));
  return {};
}

}  // namespace kontor::checkout
