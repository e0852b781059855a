#include "shop/checkout/authorise_payment.h"

namespace kontor::checkout {
namespace {

using payments::ChargeOutcome;
using payments::PaymentState;

bool paid(const ChargeOutcome& outcome) {
  return outcome.state == PaymentState::kCaptured || outcome.state == PaymentState::kAuthorised;
}

// The first attempt that is not paid decides.
Verdict verdict_of(std::vector<ChargeOutcome> outcomes, std::size_t attempts) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::kPaid;
  for (const auto& outcome : outcomes) {
    if (paid(outcome)) continue;
    switch (outcome.state) {
      case PaymentState::kRequiresAction:
        verdict.kind = Verdict::Kind::kActionRequired;
        verdict.action_url = outcome.action_url;
        break;
      case PaymentState::kUnknown:
        verdict.kind = Verdict::Kind::kUnknown;
        break;
      case PaymentState::kCreated:
        verdict.kind = Verdict::Kind::kNeverArrived;
        break;
      default:
        verdict.kind = Verdict::Kind::kDeclined;
        verdict.decline_code =
            outcome.decline_code.empty() ? std::string(name_of(outcome.state)) : outcome.decline_code;
        verdict.risk_rejected = outcome.risk_rejected;
    }
    break;
  }
  outcomes.resize(attempts, ChargeOutcome{PaymentState::kCreated, "", "", "", false});
  verdict.outcomes = std::move(outcomes);
  return verdict;
}

}  // namespace

Result<Verdict> AuthorisePayment::run(const Journal& journal, const std::vector<std::string>& tokens) {
  const auto& attempts = journal.plan.document.payments;
  KONTOR_ASSERT(tokens.size() == attempts.size());
  std::vector<ChargeOutcome> outcomes;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    TRY(auto outcome, payments_.charge({attempts[i].id, journal.id, tokens[i], attempts[i].amount}));
    outcomes.push_back(std::move(outcome));
    if (!paid(outcomes.back())) break;
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
