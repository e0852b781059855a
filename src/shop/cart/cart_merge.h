// One cart into another: the rules, on documents alone. Of an offer in both the higher quantity, capped; what has no
// room is kept for later, with a message. Every unit is afterwards in a line or kept, or was the lower of two
// quantities.
#pragma once
#include <map>

#include "base/result.h"
#include "shop/cart/cart_document.h"

namespace kontor::cart {

// How many of an offer may lie in the cart, and the id of the line that takes what is more.
struct Room {
  std::int64_t most = 0;
  CartItemId spare;
  std::int64_t step = 1;
  std::int64_t least = 1;
  bool limited = false;  // per customer: what a checkout under way holds counts as bought
};

// The rooms beside what a checkout of this cart holds, whose units are still among its lines; in whole steps.
std::map<OfferId, Room> rooms_beside(std::map<OfferId, Room> rooms, const Cart& cart);

inline constexpr std::size_t kMostKept = 500;  // lines for later, after merging; changes by hand stop at kMostLines

// Moves everything out of `from`. `rooms` has each offer of the lines of `from`. kConflict "cart.too_much_kept": both
// carts are to be thrown away.
Result<void> merge_carts(Cart& into, Cart& from, const std::map<OfferId, Room>& rooms);

// Copies the lines of `from` as far as there is room, in its currency; of an offer in both the higher quantity. Nothing
// is lost by what has no room: `from` stays as it is. Repeatable.
void copy_lines(Cart& into, const Cart& from, const std::map<OfferId, Room>& rooms);

}  // namespace kontor::cart
