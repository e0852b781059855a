#include "sim/risk_desk.h"

namespace kontor::sim {
namespace {

constexpr int kAtOnce = 20;

// Whatever the process forgets, the staff do not change their mind about a purchase.
bool is_trusted(CheckoutId checkout) { return checkout.value % 5 < 3; }

void decide(Process& process, const risk::Review& review) {
  World& world = process.world();
  const bool approve = is_trusted(review.checkout_id);
  const auto decided = process.shop().checkouts.decide_review(review.checkout_id, approve, "staff",
                                                              [](db::Tx&) -> Result<void> { return {}; });
  world.trace.reached(decided ? (approve ? "review: approved" : "review: rejected")
                              : "review: " + decided.error().reason);
  if (!decided && decided.error().code == Errc::kInternal)
    world.problem("a decision ended in " + decided.error().reason + ": " + decided.error().detail);
}

}  // namespace

void look_for_fraud(Process& process) {
  for (;;) {
    runtime::sleep_for(900);
    const auto open = process.shop().risk.list(risk::ReviewState::kOpen, std::nullopt, kAtOnce);
    if (!open) continue;
    for (const auto& review : *open) decide(process, review);
  }
}

}  // namespace kontor::sim
