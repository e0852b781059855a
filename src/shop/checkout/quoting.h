// What a cart costs right now, by the store's own prices, or by those that a quote holds for ten minutes. Owns
// checkout_quotes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"
#include "shop/checkout/journal.h"

namespace kontor::checkout {

class Quoting {
 public:
  Quoting(const Parts& parts, const Settings& settings) : parts_(parts), settings_(settings) {}

  // The order to be (lines, totals; no payments yet) of these contents.
  // kOutOfStock for what is not sold any more, kPurchaseLimit, kInvalid for a currency or shipping option that is not
  // there; kPriceChanged with {changes, quote} when the total is not `expected_total` or what the body's quote held.
  Result<Plan> price(CustomerId customer, const cart::CartContents& contents, const CheckoutBody& body, Time now);
  // The same as a quote that is kept.
  Result<QuoteView> quote(CustomerId customer, const cart::CartContents& contents, const CheckoutBody& body, Time now);
  // A purchase that nobody makes; nothing is kept. Errors as price().
  Result<PreviewView> imagine(const Imagined& purchase, Time now);
  Result<int> prune(Time now, int limit);

 private:
  struct Held;  // the terms of a kept quote
  // A plan, and what its totals are made of: for quotes, which say so. A purchase does without.
  struct Priced {
    Plan plan;
    pricing::Totals totals;
  };
  Result<std::optional<Held>> held(CustomerId customer, const CheckoutBody& body);
  // What it is priced in, and by what.
  struct Basis {
    Currency currency;
    const Held* held = nullptr;  // null: today's prices and rates
  };
  Result<Priced> present(const cart::CartContents& contents, const CheckoutBody& body, const Basis& basis, Time now);
  // `quote` may be null, or not hold any more.
  Result<Priced> present_wished(const cart::CartContents& contents, const CheckoutBody& body, const Held* quote,
                                Time now);
  Result<QuoteView> keep(CustomerId customer, const Priced& priced, Time now);
  Result<void> within_limits(CustomerId customer, const Plan& plan);
  Error changed(CustomerId customer, const Priced& priced, const CheckoutBody& body, const Held* held);

  const Parts& parts_;
  const Settings& settings_;
};

}  // namespace kontor::checkout
