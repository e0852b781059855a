// The parts of an order as they are kept and shown: lines, totals, shipments, payments, timeline, addresses.
// Amounts add up: a line's total is its price times quantity less discount plus tax; the lines and shipping make the
// total.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/exchange.h"
#include "base/id.h"
#include "base/money.h"
#include "base/time.h"
#include "runtime/json.h"
#include "shop/orders/order_address.h"
#include "shop/orders/order_cancellation.h"
#include "shop/orders/orders_state.h"

namespace kontor::orders {

struct OrderGift {
  bool wrap = false;
  std::optional<std::string> message;

  static constexpr auto fields() {
    return described(Field("wrap", &OrderGift::wrap, "Whether it is wrapped"),
                     Field("message", &OrderGift::message, "Words for who receives it"));
  }
};

struct OrderLine {
  OrderLineId id;
  OfferId offer_id;
  ProductId product_id;
  std::string title;
  std::string sku;
  std::int64_t quantity = 0;
  Money unit_price;
  Money discount;
  Money tax;
  Money line_total;
  std::optional<std::int64_t> cancelled = {};
  std::optional<std::string> note = {};
  std::optional<OrderGift> gift = {};
  std::optional<bool> gift_card = {};

  bool is_gift_card() const { return gift_card.value_or(false); }
  std::int64_t left() const { return quantity - cancelled.value_or(0); }

  static constexpr auto fields() {
    return described(
        Field("id", &OrderLine::id, "The line"), Field("offer_id", &OrderLine::offer_id, "What was bought"),
        Field("product_id", &OrderLine::product_id, "Its product"),
        Field("title", &OrderLine::title, "Its title when it was bought"),
        Field("sku", &OrderLine::sku, "Its stock keeping unit"), Field("quantity", &OrderLine::quantity, "How many"),
        Field("unit_price", &OrderLine::unit_price, "Of one"),
        Field("discount", &OrderLine::discount, "This line's share of all discounts"),
        Field("tax", &OrderLine::tax, "On this line"),
        Field("line_total", &OrderLine::line_total, "What the line costs"),
        Field("cancelled", &OrderLine::cancelled, "How many of them were cancelled; absent: none"),
        Field("note", &OrderLine::note, "The buyer's words to the shop"),
        Field("gift", &OrderLine::gift, "When it is a gift"),
        Field("gift_card", &OrderLine::gift_card, "true: each unit is a gift card of what it cost"));
  }
};

struct DeliveryEstimate {
  Time earliest;
  Time latest;

  static constexpr auto fields() {
    return described(Field("earliest", &DeliveryEstimate::earliest, "Not before"),
                     Field("latest", &DeliveryEstimate::latest, "Not after, most likely"));
  }
};

struct ShipmentItem {
  OfferId offer_id;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &ShipmentItem::offer_id, "What"),
                     Field("quantity", &ShipmentItem::quantity, "How many"));
  }
};

struct OrderShipment {
  ShipmentId id;
  WarehouseId warehouse_id;
  ShipmentState status = ShipmentState::kPending;
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;
  DeliveryEstimate estimated_delivery;
  std::vector<ShipmentItem> items;

  static constexpr auto fields() {
    return described(Field("id", &OrderShipment::id, "The shipment"),
                     Field("warehouse_id", &OrderShipment::warehouse_id, "Where it leaves"),
                     Field("status", &OrderShipment::status, "How far it is"),
                     Field("carrier", &OrderShipment::carrier, "Who carries it"),
                     Field("tracking_number", &OrderShipment::tracking_number, "The carrier's number"),
                     Field("estimated_delivery", &OrderShipment::estimated_delivery, "When it should arrive"),
                     Field("items", &OrderShipment::items, "What is in it"));
  }
};

struct OrderPayment {
  PaymentId id;
  std::string method;
  std::string status;
  Money amount;
  Money refunded;
  std::optional<Money> released = {};

  static constexpr auto fields() {
    return described(Field("id", &OrderPayment::id, "The payment"), Field("method", &OrderPayment::method, "card …"),
                     Field("status", &OrderPayment::status, "captured, refunded …"),
                     Field("amount", &OrderPayment::amount, "What was taken, or promised"),
                     Field("refunded", &OrderPayment::refunded, "What was given back of it"),
                     Field("released", &OrderPayment::released, "What of a promise was not taken"));
  }
};

struct AppliedDiscount {
  std::string promotion_id;
  std::string label;
  Money amount;

  static constexpr auto fields() {
    return described(Field("promotion_id", &AppliedDiscount::promotion_id, "The promotion"),
                     Field("label", &AppliedDiscount::label, "For people"),
                     Field("amount", &AppliedDiscount::amount, "What it took off"));
  }
};

// One of the taxes of an order.
struct OrderTax {
  std::string name;
  std::int64_t rate_ppm = 0;
  Money taxable;
  Money tax;

  static constexpr auto fields() {
    return described(Field("name", &OrderTax::name, "VAT, State tax …"),
                     Field("rate_ppm", &OrderTax::rate_ppm, "Parts per million: 19 % is 190000"),
                     Field("taxable", &OrderTax::taxable, "On what, without the tax"),
                     Field("tax", &OrderTax::tax, "How much"));
  }
};

struct OrderTotals {
  Money subtotal;
  std::vector<AppliedDiscount> discounts;
  Money shipping;
  Money tax;
  Money total;
  std::optional<Money> shipping_tax = {};
  std::optional<std::vector<OrderTax>> taxes = {};
  std::optional<bool> tax_included = {}, tax_estimated = {};
  std::optional<std::string> tax_treatment = {};
  std::optional<ExchangeTableText> rates = {};

  // What shipping costs with the tax that is on top of it.
  Money shipping_whole() const {
    return shipping_tax && !tax_included.value_or(false) ? shipping + *shipping_tax : shipping;
  }
  // And without the tax that it holds.
  Money shipping_net() const {
    return shipping_tax && tax_included.value_or(false) ? shipping - *shipping_tax : shipping;
  }

  static constexpr auto fields() {
    return described(Field("subtotal", &OrderTotals::subtotal, "Prices times quantities"),
                     Field("discounts", &OrderTotals::discounts, "What was taken off"),
                     Field("shipping", &OrderTotals::shipping, "For the way"),
                     Field("tax", &OrderTotals::tax, "All taxes"), Field("total", &OrderTotals::total, "What is paid"),
                     Field("shipping_tax", &OrderTotals::shipping_tax, "What of the tax is on shipping; absent: none"),
                     Field("taxes", &OrderTotals::taxes, "The taxes one by one, as the order was placed"),
                     Field("tax_included", &OrderTotals::tax_included, "true: prices and shipping hold the tax"),
                     Field("tax_estimated", &OrderTotals::tax_estimated,
                           "true: the tax provider was away, the shop's own table was asked"),
                     Field("tax_treatment", &OrderTotals::tax_treatment, "Why no tax is due: reverse_charge, exempt"),
                     Field("rates", &OrderTotals::rates,
                           "By which prices in other currencies were converted when it was quoted; absent: by none"));
  }
};

struct TimelineEntry {
  OrderState status = OrderState::kPending;
  Time at;
  std::string by;
  std::optional<std::int64_t> cancellation = {};
  std::optional<std::string> payment = {};
  std::optional<Money> amount = {};

  static constexpr auto fields() {
    return described(
        Field("status", &TimelineEntry::status, "What it became, or still was"),
        Field("at", &TimelineEntry::at, "When"), Field("by", &TimelineEntry::by, "customer, staff or system"),
        Field("cancellation", &TimelineEntry::cancellation, "The number of the cancellation that this was"),
        Field("payment", &TimelineEntry::payment, "captured or refunded: money that moved after the order was placed"),
        Field("amount", &TimelineEntry::amount, "How much of it"));
  }
};

struct Document {
  std::vector<OrderLine> lines;
  OrderTotals totals;
  std::vector<OrderShipment> shipments;
  std::vector<OrderPayment> payments;
  std::vector<TimelineEntry> timeline;
  Address shipping_address;
  std::optional<Address> billing_address;
  std::optional<std::vector<OrderCancellation>> cancellations = {};  // oldest first; never empty
  std::optional<std::string> tax_id = {}, seller_tax_id = {};
  // The promotions that applied, each for the lines it counted: what a cancellation computes anew. Not shown.
  std::optional<std::vector<json::Raw>> promotions = {};

  static constexpr auto fields() {
    return described(Field("lines", &Document::lines, "What was bought"),
                     Field("totals", &Document::totals, "What it costs"),
                     Field("shipments", &Document::shipments, "How it travels"),
                     Field("payments", &Document::payments, "How it is paid"),
                     Field("timeline", &Document::timeline, "What happened when"),
                     Field("shipping_address", &Document::shipping_address, "Where it goes"),
                     Field("billing_address", &Document::billing_address, "Where the invoice goes"),
                     Field("cancellations", &Document::cancellations, "What was cancelled, oldest first"),
                     Field("tax_id", &Document::tax_id, "The buyer's tax number, for the invoice"),
                     Field("seller_tax_id", &Document::seller_tax_id, "The seller's, for the invoice"),
                     Field("promotions", &Document::promotions, "What applied, and to which offers"));
  }
};

}  // namespace kontor::orders
