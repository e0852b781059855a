// The part of the cart's face that checkout uses: what lies in it, who buys it, and what is set aside in it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/db.h"
#include "shop/cart/cart_cache.h"

namespace kontor::cart {

// A line as checkout needs it.
struct CartLine {
  CartItemId id;
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  bool unlooked = false;  // its card is not at hand: whether it is for sale, and for which currency, is yet to be seen
  std::string note = {};  // "": none
  bool gift_wrap = false;
  std::string gift_message = {};
};

struct CartContents {
  CartId id;
  std::int64_t version = 0;
  Currency currency;                     // of the goods
  std::optional<Currency> chosen;        // what they are sold in, where somebody chose one
  std::vector<std::string> coupons;      // codes
  std::vector<CartLine> lines;           // without those that are known not to be for sale any more
  std::optional<CheckoutId> claimed_by;  // a checkout is under way
  std::optional<CheckoutId> bought_by;   // the checkout that last emptied it
  std::int64_t bought_version = 0;       // the version that it bought; unchanged since when version is one more
};

// Functions on a Tx run inside the caller's write function (home customer). Those that change the cart take the Writing
// that the caller holds around that write.
class CartsForCheckout {
 public:
  virtual ~CartsForCheckout() = default;
  // May come from memory, and is never older than what was acknowledged; claiming says whether it is still so.
  virtual Result<std::optional<CartContents>> contents(CustomerId customer) = 0;
  virtual Writing writing(CustomerId customer) = 0;
  // Binds this version of the cart to the checkout. kConflict "cart.claimed" when another holds it,
  // kVersionConflict "cart.version_conflict" when it has changed. Repeating with the same checkout is harmless.
  virtual Result<void> claim(db::Tx& tx, Writing& cart, std::int64_t version, CheckoutId checkout) = 0;
  virtual Result<void> unclaim(db::Tx& tx, Writing& cart, CheckoutId checkout) = 0;
  // Takes the bought lines out (what was added meanwhile stays), raises the version, remembers who bought which
  // version. Repeatable; a cart that is gone is nothing to do. kConflict "cart.not_claimed" when the checkout does not
  // hold it.
  virtual Result<void> bought(db::Tx& tx, Writing& cart, CheckoutId checkout) = 0;
  // Whether units of these may be set aside in carts; memory speed. Then, inside a write function of the home stock:
  // what the customer holds so goes to whoever reserves next in it; and back, as far as there are units and time.
  virtual Result<bool> claims_any(std::span<const CartLine>) { return false; }
  virtual Result<void> give_claims(db::Tx&, CustomerId, std::span<const OfferId>, Time) { return {}; }
  virtual Result<void> take_claims_back(db::Tx&, CustomerId, std::span<const OfferId>, Time) { return {}; }
};

}  // namespace kontor::cart
