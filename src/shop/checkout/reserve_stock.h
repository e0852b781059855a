// Step 1: sets the stock aside, and with it the uses of promotions that run out. Stock before money: an authorisation
// for goods that are not there is the mistake a shopper sees. Every function runs inside the caller's write function,
// home `stock`; the key is the journal's reservation.
#pragma once
#include <vector>

#include "shop/cart/cart.h"
#include "shop/checkout/journal.h"
#include "shop/inventory/inventory.h"
#include "shop/promotions/promotions.h"
#include "shop/shipping/shipping.h"

namespace kontor::checkout {

// The lines of a plan, and where they go; without key and customer.
inventory::ReserveRequest reserve_request(const Plan& plan);
// When these units should arrive: what is owed leaves when it has come in.
class Arrival {
 public:
  Arrival(const shipping::Shipping& shipping, const shipping::Option& option, Time placed)
      : shipping_(shipping), option_(option), placed_(placed) {}
  orders::DeliveryEstimate of(const inventory::Allotment& allotment) const;

 private:
  const shipping::Shipping& shipping_;
  const shipping::Option& option_;
  Time placed_;
};
// Of two, the one that is later: a parcel leaves when all of it is there.
orders::DeliveryEstimate later_of(const orders::DeliveryEstimate& a, const orders::DeliveryEstimate& b);

// Under which key, and for whom.
struct Reserving {
  CheckoutId reservation;
  CustomerId customer;
  bool fresh = false;  // nothing was reserved under it yet, as the caller's own transaction says
};

class ReserveStock {
 public:
  // `promotions` null: none are counted.
  ReserveStock(inventory::Inventory& inventory, promotions::Promotions* promotions, cart::CartsForCheckout& carts)
      : inventory_(inventory), promotions_(promotions), carts_(carts) {}

  // Repeating it answers the same allotments; what the cart held of it is given up in the same transaction. Purchase
  // limits count for the customer. kConflict "promotions.used_up",
  // "promotions.already_used".
  Result<std::vector<inventory::Allotment>> run(db::Tx& tx, const Reserving& who, const Plan& plan, Time now);
  // Succeeds as well when `run` never happened, and then keeps a late one from happening.
  // What the cart held before is held again, as far as there are units and time.
  Result<void> undo(db::Tx& tx, const Journal& journal, bool expired, Time now);
  // Sold: forward only, repeatable.
  Result<void> confirm(db::Tx& tx, CheckoutId reservation);
  // The same where the caller's own transaction says that it was not confirmed yet.
  Result<void> confirm_once(db::Tx& tx, CheckoutId reservation);

 private:
  inventory::Inventory& inventory_;
  promotions::Promotions* promotions_;
  cart::CartsForCheckout& carts_;
};

}  // namespace kontor::checkout
