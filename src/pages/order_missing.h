// The part of an order's page that says what is missing of it after all, and the forms with which its buyer decides.
#pragma once
#include "pages/html.h"
#include "pages/pages.h"
#include "shop/orders/orders.h"

namespace kontor::pages {

// Nothing where nothing is missing.
void put_missing(Html& out, const orders::Order& order, const std::vector<MissingUnits>& missing);

struct MissingDecision {
  OfferId offer;
  bool waits = false;
};
// kInvalid "pages.nothing_decided" when the form says neither.
Result<MissingDecision> read_missing_decision(const Form& form);

}  // namespace kontor::pages
