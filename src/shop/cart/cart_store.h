// All SQL of carts: one row per customer in the home `customer`, read and written by its key alone. Time of expiry has
// no index, because every change of a cart would dirty it; the sweep walks the keys instead.
#pragma once
#include <optional>
#include <vector>

#include "ports/db.h"
#include "services/check_report.h"
#include "shop/cart/cart_cache.h"
#include "shop/cart/cart_document.h"

namespace kontor::cart::sql {

Result<std::optional<Cart>> find(db::Tx& tx, CustomerId customer);
// `held` itself when the row is still that one, without bringing its documents; else the row, null when there is none.
// `held` may be null.
Result<CartCache::Pointer> find_unless_held(db::Tx& tx, CustomerId customer, const CartCache::Pointer& held);
// Writes the cart over the version before its own, or makes its row. Nobody else can have changed it: writes are
// serial.
Result<void> save(db::Tx& tx, Writing& writing, const Cart& cart);

// False when the version is another, or another checkout holds it.
Result<bool> claim(db::Tx& tx, Writing& writing, std::int64_t version, CheckoutId checkout);
Result<void> unclaim(db::Tx& tx, Writing& writing, CheckoutId checkout);
// False when the checkout does not hold the cart, or its lines changed since the claim.
Result<bool> bought_unchanged(db::Tx& tx, Writing& writing, CheckoutId checkout);
// For the other case: `cart` has what stays.
Result<void> bought_changed(db::Tx& tx, Writing& writing, const Cart& cart, CheckoutId checkout);

// A customer's cart with lines that has been silent.
struct Silent {
  CustomerId customer;
  std::int64_t version = 0;
  Reminded stage = Reminded::kOfSilence;  // what is to be told of next
  Time expires;
};
// A customer's cart with lines, as far as one has to see whether they are still sold.
struct Watched {
  CustomerId customer;
  std::int64_t version = 0;
  std::string lines;
  std::optional<std::string> extras;
};
// Of the next `limit` carts after `after`: those that expired before `now`, how many of the others have lines and were
// touched since `silent`, or not, and what their customers should hear; `last` is the last key looked at, 0 at the end.
struct Swept {
  std::vector<CustomerId> expired;
  std::vector<Silent> silent;
  std::vector<Watched> watched;
  CustomerId last;
  std::int64_t active = 0;
  std::int64_t abandoned = 0;
};
struct SweepTimes {
  Time now;
  Time silent;
  Time remind;  // reminded of are those that changed until then; 0: none
  Time ending;  // and those that expire until then; 0: none
};
Result<Swept> sweep(db::Tx& tx, CustomerId after, const SweepTimes& times, int limit);
// False when it has changed since, is claimed, or was reminded of already.
Result<bool> remind(db::Tx& tx, Writing& writing, const Silent& silent);
// Of the cart as it is at its version; raises none.
Result<void> keep_extras(db::Tx& tx, Writing& writing, const Cart& cart);
// False when it was touched or claimed since.
Result<bool> remove_expired(db::Tx& tx, Writing& writing, Time now);

Result<void> check(db::Tx& tx, services::CheckReport& report);

}  // namespace kontor::cart::sql
