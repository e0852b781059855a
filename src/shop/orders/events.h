// What orders tell the rest of the house. Ids and figures only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"

namespace kontor::orders {

// How many units of a product.
struct ProductUnits {
  ProductId product_id;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(Field("product_id", &ProductUnits::product_id, "Of which product"),
                     Field("quantity", &ProductUnits::quantity, "How many units"));
  }
};

struct OrderPlaced {
  static constexpr std::string_view kName = "order.placed";
  OrderId order_id;
  CheckoutId checkout_id;
  CustomerId customer_id;
  std::string status;
  Money total;
  std::int64_t item_count = 0;
  std::vector<ProductUnits> products;

  static constexpr auto fields() {
    return described(Field("order_id", &OrderPlaced::order_id, "The order"),
                     Field("checkout_id", &OrderPlaced::checkout_id, "The checkout that made it"),
                     Field("customer_id", &OrderPlaced::customer_id, "Whose"),
                     Field("status", &OrderPlaced::status, "As placed"),
                     Field("total", &OrderPlaced::total, "What it costs"),
                     Field("item_count", &OrderPlaced::item_count, "Units over all lines"),
                     Field("products", &OrderPlaced::products, "What was bought, each product once", Default{}));
  }
};

struct OrderConfirmed {
  static constexpr std::string_view kName = "order.confirmed";
  OrderId order_id;

  static constexpr auto fields() { return described(Field("order_id", &OrderConfirmed::order_id, "The order")); }
};

struct OrderCancelled {
  static constexpr std::string_view kName = "order.cancelled";
  OrderId order_id;
  std::string by;
  std::vector<ProductUnits> products;

  static constexpr auto fields() {
    return described(
        Field("order_id", &OrderCancelled::order_id, "The order"),
        Field("by", &OrderCancelled::by, "customer, staff or system"),
        Field("products", &OrderCancelled::products, "What was cancelled with it, each product once", Default{}));
  }
};

// A part of it; the last part is order.cancelled as well.
struct OrderLinesCancelled {
  static constexpr std::string_view kName = "order.lines_cancelled";
  struct Line {
    OfferId offer_id;
    std::int64_t quantity = 0;

    static constexpr auto fields() {
      return described(Field("offer_id", &Line::offer_id, "Of which offer"),
                       Field("quantity", &Line::quantity, "How many units"));
    }
  };
  OrderId order_id;
  std::int64_t number = 0;
  std::string by;
  std::vector<Line> lines;
  Money refund;
  Money total_after;
  std::vector<ProductUnits> products;

  static constexpr auto fields() {
    using E = OrderLinesCancelled;
    return described(Field("order_id", &E::order_id, "The order"),
                     Field("number", &E::number, "Which of its cancellations"),
                     Field("by", &E::by, "customer, staff or system"), Field("lines", &E::lines, "What was cancelled"),
                     Field("refund", &E::refund, "What comes back for it"),
                     Field("total_after", &E::total_after, "What the order costs now"),
                     Field("products", &E::products, "What was cancelled, each product once", Default{}));
  }
};

struct OrderPaymentFailed {
  static constexpr std::string_view kName = "order.payment_failed";
  OrderId order_id;

  static constexpr auto fields() { return described(Field("order_id", &OrderPaymentFailed::order_id, "The order")); }
};

struct OrderStatusChanged {
  static constexpr std::string_view kName = "order.status_changed";
  OrderId order_id;
  std::string from;
  std::string to;

  static constexpr auto fields() {
    return described(Field("order_id", &OrderStatusChanged::order_id, "The order"),
                     Field("from", &OrderStatusChanged::from, "What it was"),
                     Field("to", &OrderStatusChanged::to, "What it is"));
  }
};

}  // namespace kontor::orders
