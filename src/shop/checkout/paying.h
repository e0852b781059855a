// Who pays what: the payments of a body against the total of a purchase. Gift cards and store credit pay what they hold
// up to what is left, cards pay the rest; what cannot be paid so is refused before anything is set aside.
#pragma once
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct Paying {
  std::vector<orders::OrderPayment> payments;  // attempts to be
  std::vector<std::string> tokens;             // by attempt; kept nowhere
};

// Nothing for a total of nothing. Errors: kInvalid "checkout.payments_do_not_add_up",
// "checkout.no_such_payment_method", "credit.no_such_card", "credit.mistyped"; kConflict "credit.expired",
// "credit.disabled", "credit.other_currency", "credit.not_for_gift_cards", and "credit.not_enough" with {available,
// missing}; kRateLimited.
Result<Paying> paying_of(const Parts& parts, const Purchase& purchase, const orders::Document& document, Time now);

}  // namespace kontor::checkout
