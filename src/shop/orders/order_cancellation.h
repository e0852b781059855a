// What a cancellation took out of an order, kept with it for good: the lines and their money, the parcels the units
// came from, the payments it goes back to. The order's own lines and totals stay what was bought.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/time.h"

namespace kontor::orders {

struct CancelledLine {
  OrderLineId line_id;
  OfferId offer_id;
  std::int64_t quantity = 0;
  Money discount;
  Money tax;
  Money line_total;

  static constexpr auto fields() {
    using C = CancelledLine;
    return described(Field("line_id", &C::line_id, "The order's line"), Field("offer_id", &C::offer_id, "Its offer"),
                     Field("quantity", &C::quantity, "How many units of it"),
                     Field("discount", &C::discount, "Their share of the line's discount"),
                     Field("tax", &C::tax, "Their share of the line's tax"),
                     Field("line_total", &C::line_total, "What they had cost"));
  }
};

struct TakenUnits {
  ShipmentId shipment_id;
  OfferId offer_id;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(Field("shipment_id", &TakenUnits::shipment_id, "Out of which shipment"),
                     Field("offer_id", &TakenUnits::offer_id, "What"),
                     Field("quantity", &TakenUnits::quantity, "How many"));
  }
};

struct RefundShare {
  PaymentId payment_id;
  Money amount;

  static constexpr auto fields() {
    return described(Field("payment_id", &RefundShare::payment_id, "To which payment"),
                     Field("amount", &RefundShare::amount, "How much goes back to it"));
  }
};

struct OrderCancellation {
  std::int64_t number = 0;
  Time at;
  std::string by;
  std::optional<std::string> reason;
  std::vector<CancelledLine> lines;
  std::vector<TakenUnits> units;
  std::vector<RefundShare> refunds;
  Money shipping;
  Money refund;
  Money total_before;
  Money total_after;
  std::optional<Money> shipping_tax = {};

  static constexpr auto fields() {
    using C = OrderCancellation;
    return described(Field("number", &C::number, "The order's first, second … cancellation"),
                     Field("at", &C::at, "When"), Field("by", &C::by, "customer, staff or system"),
                     Field("reason", &C::reason, "As it was given"), Field("lines", &C::lines, "What was cancelled"),
                     Field("units", &C::units, "Where it was taken out"),
                     Field("refunds", &C::refunds, "Where the money goes back to"),
                     Field("shipping", &C::shipping, "Shipping that comes back: all of it with the last unit"),
                     Field("refund", &C::refund, "Lines and shipping: what comes back altogether"),
                     Field("total_before", &C::total_before, "The order's total until then"),
                     Field("total_after", &C::total_after, "The order's total since then"),
                     Field("shipping_tax", &C::shipping_tax, "What of it is tax on shipping"));
  }
};

}  // namespace kontor::orders
