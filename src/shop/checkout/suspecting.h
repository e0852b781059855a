// What risk is told of a purchase, and what follows: nothing, a review by staff, or a refusal before anything is set
// aside or charged.
#pragma once
#include <optional>

#include "shop/checkout/checkout.h"
#include "shop/checkout/journal.h"

namespace kontor::checkout {

// A purchase that staff shall look at.
struct Suspicion {
  risk::Facts facts;
  risk::Assessment assessment;
};

// Nothing for a purchase that is approved, or where nobody looks. kRejectedByRisk "checkout.rejected_by_risk_check".
Result<std::optional<Suspicion>> suspect(const Parts& parts, const Purchase& purchase,
                                         const cart::CartContents& contents, const Plan& plan);

// 403 of a purchase that is refused, by the rules or by staff.
Error rejected_by_risk();

}  // namespace kontor::checkout
