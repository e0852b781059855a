// Step 3, the point of no return: payment, order, stored answer and events become true in one transaction of the home
// `customer`. It has no undo: before it nothing is promised, after it the order is cancelled, if at all
// (cancellation.h).
#pragma once
#include <string>
#include <vector>

#include "shop/cart/cart.h"
#include "shop/checkout/authorise_payment.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/journal.h"

namespace kontor::checkout {

// The body of a 201.
struct AnsweredOrder {
  OrderId order_id;
  std::string number;
  orders::OrderState status = orders::OrderState::kConfirmed;
  Money total_charged;
  orders::DeliveryEstimate estimated_delivery;
  std::vector<orders::OrderShipment> shipments;

  static constexpr auto fields() {
    return described(Field("order_id", &AnsweredOrder::order_id, "The order"),
                     Field("number", &AnsweredOrder::number, "Its number for people"),
                     Field("status", &AnsweredOrder::status, "confirmed"),
                     Field("total_charged", &AnsweredOrder::total_charged, "What was taken"),
                     Field("estimated_delivery", &AnsweredOrder::estimated_delivery, "Of the last shipment"),
                     Field("shipments", &AnsweredOrder::shipments, "How it travels"));
  }
};

// Everything printed beforehand, so that the writer only writes.
struct Placing {
  orders::Order order;
  std::string document;
  std::string answer;         // the 201
  bool answer_later = false;  // the planted bug: it is not stored with the order
  std::vector<payments::Payment> payments;
};

class PlaceOrder {
 public:
  PlaceOrder(orders::Orders& orders, payments::Payments& payments, cart::CartsForCheckout& carts,
             shipping::Shipping& shipping, IdSource& ids)
      : orders_(orders), payments_(payments), carts_(carts), shipping_(shipping), ids_(ids) {}

  Placing prepare(const Journal& journal, const std::vector<inventory::Allotment>& allotments, const Verdict& verdict,
                  Time now);
  // kConflict "checkout.moved" when the journal is no longer in `journal.state`. `confirm_later`: the stock is another
  // home.
  Result<void> run(db::Tx& tx, const Journal& journal, const Placing& placing, bool confirm_later);
  // What was bought leaves the cart.
  Result<void> empty_cart(db::Tx& tx, cart::Writing& cart, const Journal& journal);

 private:
  orders::Orders& orders_;
  payments::Payments& payments_;
  cart::CartsForCheckout& carts_;
  shipping::Shipping& shipping_;
  IdSource& ids_;
};

// The 201 for an order that is there already.
std::string order_answer(const orders::Order& order);

}  // namespace kontor::checkout
