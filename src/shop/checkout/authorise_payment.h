// Step 2: takes the money, or at least the promise of it, through the gateway and outside of any transaction.
// What is undone here is undone for good: after `undo` the gateway refuses a charge that arrives late.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"
#include "shop/checkout/journal.h"
#include "shop/payments/payments.h"

namespace kontor::checkout {

// What all payments of a checkout came to together.
struct Verdict {
  enum class Kind { kPaid, kDeclined, kActionRequired, kUnknown, kNeverArrived };
  Kind kind = Kind::kUnknown;
  std::vector<payments::ChargeOutcome> outcomes;  // by attempt; kCreated where it was not tried
  std::string decline_code;
  bool risk_rejected = false;
  std::string action_url;
};

class AuthorisePayment {
 public:
  AuthorisePayment(payments::Payments& payments, CaptureWhen capture) : payments_(payments), capture_(capture) {}

  // `tokens` by attempt of the plan; each attempt is charged once, whatever is repeated. Stops at the first that is
  // refused; the tokens are kept nowhere, so one that is unclear does not keep the others waiting. A single payment may
  // be captured at once, several never are. kGatewayUnavailable: the attempt it stopped at was certainly not charged;
  // earlier ones may have been.
  Result<Verdict> run(const Journal& journal, const std::vector<std::string>& tokens);
  // What the gateway says by now. The Error means that it does not say.
  Result<Verdict> ask(const Plan& plan);
  // The buyer took the step.
  Result<Verdict> confirm_action(const Plan& plan);
  // Succeeds as well when nothing was ever charged.
  Result<void> undo(const Plan& plan);

 private:
  payments::Payments& payments_;
  const CaptureWhen capture_;
};

}  // namespace kontor::checkout
