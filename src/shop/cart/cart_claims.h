// Units that are set aside when they are put in a cart, for offers of which staff say so: a sale of few pieces, where
// finding at the checkout that they are gone would be worse than holding them for a while. A claim is a reservation
// under a key of its own, with an end that changes of the cart do not move. Whoever buys gives the claim to the
// checkout in the transaction that reserves, so nobody comes in between; a checkout that comes to nothing gives it
// back, if its time is not over.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/snapshot.h"
#include "shop/inventory/inventory.h"

namespace kontor::cart {

inline constexpr std::int64_t kMostClaimMinutes = 24 * 60;
inline constexpr std::size_t kMostClaimRules = 1000;

// Offers with their minutes.
using ClaimRules = std::map<OfferId, std::int64_t>;

struct CartClaim {
  OfferId offer;
  std::int64_t quantity = 0;
  Time until;
  CheckoutId reservation;  // 0 while a checkout has the units
};

class CartClaims {
 public:
  CartClaims(db::Store& store, Clock& clock, IdSource& ids, inventory::Inventory& inventory)
      : store_(store), clock_(clock), ids_(ids), inventory_(inventory) {}

  // The rules as they are stored; from then on as they are in memory here. `beside` runs in the same write function.
  Result<ClaimRules> load_rules();
  // kConflict "cart.claim_rule_limit". Repeatable.
  Result<void> set_rule(OfferId offer, std::int64_t minutes, const db::Function& beside);
  // Claims that are held stay until their end. Repeatable.
  Result<void> remove_rule(OfferId offer, const db::Function& beside);
  // How long the offer's units are set aside, in minutes; 0: they are not. Memory speed once the rules are loaded.
  Result<std::int64_t> minutes_of(OfferId offer);
  // False: no offer has a rule, so nothing is to be looked up.
  bool any_rule() const { return known_.load(std::memory_order_acquire) != Known::kNone; }

  // The customer holds exactly so many from now on, 0: none; the end stays where it was while there is one. Repeatable.
  // kOutOfStock as of inventory, and then what was held before is held still.
  Result<void> hold(CustomerId customer, OfferId offer, std::int64_t quantity);
  // Likewise, and never more than before: what is not held, or what a checkout has, is not reserved anew.
  Result<void> lower(CustomerId customer, OfferId offer, std::int64_t quantity);
  // Those whose time is not over.
  Result<std::vector<CartClaim>> of(CustomerId customer);
  // What `from` holds is held by `into`; where both hold some of an offer, what `into` holds stays. Repeatable.
  Result<void> take_over(CustomerId into, CustomerId from);
  // Hears of each customer whose claim ended; before the first sweep, and from its fiber.
  void on_end(std::function<void(CustomerId)> told) { told_ = std::move(told); }
  // How many were let go whose time is over. Repeatable, and at the same time elsewhere.
  Result<int> expire(int limit);

  // Inside the caller's write function (home stock). The units go to whoever reserves next in it. Repeatable.
  Result<void> give(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now);
  // What was given and came to nothing, as far as there are units and time. Repeatable.
  Result<void> take_back(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now);

 private:
  Result<std::shared_ptr<const ClaimRules>> rules();
  Result<CheckoutId> reserve(db::Tx& tx, CustomerId customer, OfferId offer, std::int64_t quantity, Time now);

  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  inventory::Inventory& inventory_;
  services::Snapshot<ClaimRules> rules_;
  enum class Known { kNothing, kNone, kSome };
  std::atomic<Known> known_{Known::kNothing};  // of rules_; what most shops and calls go by
  std::function<void(CustomerId)> told_;
};

}  // namespace kontor::cart
