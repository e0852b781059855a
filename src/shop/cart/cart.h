// Carts of guests and customers: lines, versions, totals by pricing. One row per customer in the home `customer` holds the lines as
// a document, so a change is one row. Two devices adding at once both count; a stale If-Match is refused.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/db.h"

namespace kontor::cart {

// A line as checkout needs it.
struct CartLine {
  CartItemId id;
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
};

struct CartContents {
  CartId id;
  std::int64_t version = 0;
  Currency currency;
  std::vector<CartLine> lines;
  std::optional<CheckoutId> claimed_by;      // a checkout is under way
  std::optional<CheckoutId> bought_by;       // the checkout that last emptied it
  std::int64_t bought_version = 0;           // the version that it bought
};

// The part of the face that checkout uses; functions on a Tx run inside the caller's write function (home customer).
class CartsForCheckout {
 public:
  virtual ~CartsForCheckout() = default;
  virtual Result<std::optional<CartContents>> contents(CustomerId customer) = 0;
  // Binds this version of the cart to the checkout. kConflict "cart.claimed" when another holds it,
  // kVersionConflict "cart.version_conflict" when it has changed. Repeating with the same checkout is harmless.
  virtual Result<void> claim(db::Tx& tx, CustomerId customer, std::int64_t version, CheckoutId checkout) = 0;
  virtual Result<void> unclaim(db::Tx& tx, CustomerId customer, CheckoutId checkout) = 0;
  // Takes the bought lines out (what was added meanwhile stays), raises the version, remembers who bought which version.
  virtual Result<void> bought(db::Tx& tx, CustomerId customer, CheckoutId checkout) = 0;
};

}  // namespace kontor::cart
