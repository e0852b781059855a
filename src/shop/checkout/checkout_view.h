// What checkout answers: the state of a purchase, and a quote.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/time.h"
#include "runtime/json.h"
#include "shop/checkout/checkout_state.h"
#include "shop/checkout/explaining.h"
#include "shop/orders/orders.h"

namespace kontor::checkout {

struct NextAction {
  std::string type;
  std::string url;

  static constexpr auto fields() {
    return described(Field("type", &NextAction::type, "What the buyer must do: step_up"),
                     Field("url", &NextAction::url, "Where it is done"));
  }
};

struct CheckoutView {
  CheckoutId id;
  CheckoutState state = CheckoutState::kCreated;
  std::optional<OrderId> order_id;
  std::optional<NextAction> next_action;
  Time expires_at;
  std::optional<json::Raw> problem;

  static constexpr auto fields() {
    return described(Field("id", &CheckoutView::id, "The checkout"),
                     Field("state", &CheckoutView::state, "How far it is"),
                     Field("order_id", &CheckoutView::order_id, "The order, once there is one"),
                     Field("next_action", &CheckoutView::next_action, "What the buyer must do"),
                     Field("expires_at", &CheckoutView::expires_at, "Until when it waits"),
                     Field("problem", &CheckoutView::problem, "Why it came to nothing"));
  }
};

struct ShippingChargeView {
  std::string code, label;
  Money amount;

  static constexpr auto fields() {
    using V = ShippingChargeView;
    return described(Field("code", &V::code, "base, carbon_neutral, consolidated (taken off), or the surcharge's own"),
                     Field("label", &V::label, "For people"), Field("amount", &V::amount, "What it adds"));
  }
};

struct ShippingOptionView {
  std::string code, label;
  Money price;
  std::vector<ShippingChargeView> charges;
  std::optional<Money> carbon_neutral, consolidated;
  std::optional<std::string> carrier;
  orders::DeliveryEstimate estimated_delivery;

  static constexpr auto fields() {
    using V = ShippingOptionView;
    return described(
        Field("code", &V::code, "For shipping_option"), Field("label", &V::label, "For people"),
        Field("price", &V::price, "What it costs"), Field("charges", &V::charges, "What the price is made of"),
        Field("carbon_neutral", &V::carbon_neutral, "What that adds where it is wanted; absent: not offered"),
        Field("consolidated", &V::consolidated, "What comes off where few parcels are wanted"),
        Field("carrier", &V::carrier, "Who carries it"),
        Field("estimated_delivery", &V::estimated_delivery, "When it should arrive"));
  }
};

struct QuotedShipment {
  WarehouseId warehouse_id;
  orders::DeliveryEstimate estimated_delivery;
  std::vector<orders::ShipmentItem> items;

  static constexpr auto fields() {
    return described(Field("warehouse_id", &QuotedShipment::warehouse_id, "Where it would leave"),
                     Field("estimated_delivery", &QuotedShipment::estimated_delivery, "When it should arrive"),
                     Field("items", &QuotedShipment::items, "What is in it"));
  }
};

struct QuoteView {
  QuoteId quote_id;
  Time expires_at;
  std::int64_t cart_version = 0;
  std::vector<orders::OrderLine> items;
  orders::OrderTotals totals;
  std::vector<ShippingOptionView> shipping_options;
  std::vector<QuotedShipment> shipments;
  std::vector<Explained> explanation;
  std::vector<CouponView> coupons;

  static constexpr auto fields() {
    return described(Field("quote_id", &QuoteView::quote_id, "Holds these prices at /checkout"),
                     Field("expires_at", &QuoteView::expires_at, "Until when"),
                     Field("cart_version", &QuoteView::cart_version, "The cart that was quoted"),
                     Field("items", &QuoteView::items, "The lines"), Field("totals", &QuoteView::totals, "All totals"),
                     Field("shipping_options", &QuoteView::shipping_options, "How it may travel"),
                     Field("shipments", &QuoteView::shipments, "How it would be split"),
                     Field("explanation", &QuoteView::explanation,
                           "Where each unit of the total comes from: these amounts add up to it"),
                     Field("coupons", &QuoteView::coupons, "What became of the cart's codes"));
  }
};

// What a purchase that nobody makes would cost.
struct PreviewView {
  std::vector<orders::OrderLine> items;
  orders::OrderTotals totals;
  std::vector<Explained> explanation;
  std::vector<CouponView> coupons;

  static constexpr auto fields() {
    using V = PreviewView;
    return described(Field("items", &V::items, "The lines"), Field("totals", &V::totals, "All totals"),
                     Field("explanation", &V::explanation, "Where each unit of the total comes from"),
                     Field("coupons", &V::coupons, "What became of the codes"));
  }
};

}  // namespace kontor::checkout
