// What checkout tells of purchases that came to nothing and of orders that cannot be kept in full, in the home
// `customer`. Ids and figures only.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"
#include "base/time.h"

namespace kontor::checkout {

// A purchase that was answered 202 will not become an order; nothing is charged, or what was comes back. Not told of
// one that its buyer gave up.
struct CheckoutNotCompleted {
  static constexpr std::string_view kName = "checkout.not_completed";
  CheckoutId checkout_id;
  std::string reason;

  static constexpr auto fields() {
    using E = CheckoutNotCompleted;
    return described(Field("checkout_id", &E::checkout_id, "The checkout"),
                     Field("reason", &E::reason, "As its problem says: checkout.payment_declined …"));
  }
};

// An order that buys gift cards has a payment captured; it may have others that are not.
struct GiftCardsPaid {
  static constexpr std::string_view kName = "checkout.gift_cards_paid";
  OrderId order_id;

  static constexpr auto fields() { return described(Field("order_id", &GiftCardsPaid::order_id, "The order")); }
};

// Less was counted than is promised, and this order is among the newest: so many of its units are not there.
struct OrderUnitsMissing {
  static constexpr std::string_view kName = "order.units_missing";
  OrderId order_id;
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t quantity = 0;
  Time decide_by;

  static constexpr auto fields() {
    using E = OrderUnitsMissing;
    return described(Field("order_id", &E::order_id, "The order"), Field("offer_id", &E::offer_id, "Of which offer"),
                     Field("warehouse_id", &E::warehouse_id, "Where they should lie"),
                     Field("quantity", &E::quantity, "How many units"),
                     Field("decide_by", &E::decide_by, "When they are cancelled unless the buyer waits for them"));
  }
};

// They are there again, or nobody wants them any more.
struct OrderUnitsFound {
  static constexpr std::string_view kName = "order.units_found";
  OrderId order_id;
  OfferId offer_id;
  WarehouseId warehouse_id;

  static constexpr auto fields() {
    using E = OrderUnitsFound;
    return described(Field("order_id", &E::order_id, "The order"), Field("offer_id", &E::offer_id, "Of which offer"),
                     Field("warehouse_id", &E::warehouse_id, "Where they lie"));
  }
};

// Somebody decided, or nobody did in time.
struct OrderShortageDecided {
  static constexpr std::string_view kName = "order.shortage_decided";
  OrderId order_id;
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::string state;
  std::string by;

  static constexpr auto fields() {
    using E = OrderShortageDecided;
    return described(Field("order_id", &E::order_id, "The order"), Field("offer_id", &E::offer_id, "Of which offer"),
                     Field("warehouse_id", &E::warehouse_id, "Where they should lie"),
                     Field("state", &E::state, "waiting or cancelled"),
                     Field("by", &E::by, "customer, staff or system"));
  }
};

}  // namespace kontor::checkout
