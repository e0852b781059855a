// What `GET /cart` answers: the lines at today's prices, what changed since they were added, and the totals. Money of a
// line whose offer is no longer for sale is not counted.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/exchange.h"
#include "base/id.h"
#include "base/money.h"
#include "base/time.h"

namespace kontor::cart {

enum class Availability { kInStock, kLowStock, kBackorder, kOutOfStock, kRemoved };
constexpr auto enum_names(Availability) {
  using A = Availability;
  using N = EnumName<A>;
  return std::array{N{A::kInStock, "in_stock"}, N{A::kLowStock, "low_stock"}, N{A::kBackorder, "backorder"},
                    N{A::kOutOfStock, "out_of_stock"}, N{A::kRemoved, "removed"}};
}

struct GiftView {
  bool wrap = false;
  std::optional<std::string> message;

  static constexpr auto fields() {
    return described(Field("wrap", &GiftView::wrap, "Whether it is wrapped"),
                     Field("message", &GiftView::message, "Words for who receives it"));
  }
};

struct ItemView {
  CartItemId id;
  ProductId product_id;
  OfferId offer_id;
  std::string title;
  std::optional<std::string> image;
  std::int64_t quantity = 0;
  Money unit_price;
  Money price_when_added;
  bool price_changed = false;
  Availability availability = Availability::kInStock;
  Money line_total;
  std::optional<std::string> note = {};
  std::optional<GiftView> gift = {};
  std::optional<std::int64_t> min_quantity = {};
  std::optional<std::int64_t> quantity_step = {};
  std::optional<Time> reserved_until = {};
  std::optional<Money> list_price = {};

  static constexpr auto fields() {
    using V = ItemView;
    return described(
        Field("id", &V::id, "The line"), Field("product_id", &V::product_id, "Its product"),
        Field("offer_id", &V::offer_id, "What is bought"), Field("title", &V::title, "The product's title"),
        Field("image", &V::image, "The product's first image"), Field("quantity", &V::quantity, "How many"),
        Field("unit_price", &V::unit_price, "What one costs now"),
        Field("price_when_added", &V::price_when_added, "What one cost when it was added"),
        Field("price_changed", &V::price_changed, "Whether these two differ"),
        Field("availability", &V::availability, "Whether so many can be had; `removed` is no longer sold"),
        Field("line_total", &V::line_total, "What the line costs after its discounts"),
        Field("note", &V::note, "The buyer's words to the shop"), Field("gift", &V::gift, "When it is a gift"),
        Field("min_quantity", &V::min_quantity, "At least so many at once; absent: 1"),
        Field("quantity_step", &V::quantity_step, "Multiples of it; absent: 1"),
        Field("reserved_until", &V::reserved_until,
              "Until then all of it is set aside for this cart; absent: it is not"),
        Field("list_price", &V::list_price, "While it is reduced: what one cost before"));
  }
};

struct DiscountView {
  std::string promotion_id;
  std::string label;
  Money amount;

  static constexpr auto fields() {
    using V = DiscountView;
    return described(Field("promotion_id", &V::promotion_id, "Which promotion"),
                     Field("label", &V::label, "Its name for people"),
                     Field("amount", &V::amount, "What it takes off"));
  }
};

struct MessageView {
  std::string code;
  std::optional<CartItemId> item_id;
  std::string text;
  std::optional<OfferId> offer_id = {};

  static constexpr auto fields() {
    using V = MessageView;
    return described(
        Field("code", &V::code,
              "Of a line: removed, out_of_stock, not_reserved, quantity_step, price_changed. Of the last change, until "
              "the next: "
              "saved_over_limit, saved_no_room, saved_other_currency. Also coupon_… (why a coupon does nothing), "
              "free_shipping, gift"),
        Field("item_id", &V::item_id, "The line meant; absent when it is none"), Field("text", &V::text, "For people"),
        Field("offer_id", &V::offer_id, "What may be put in for nothing"));
  }
};

struct CartView {
  CartId id;
  std::int64_t version = 0;
  Currency currency;
  std::int64_t item_count = 0;
  std::vector<ItemView> items;
  std::vector<ItemView> saved_for_later;
  std::vector<std::string> coupons;
  Money subtotal;
  std::vector<DiscountView> discounts;
  std::optional<Money> shipping;
  std::optional<Money> tax;
  Money total;
  std::optional<ExchangeTableText> rates;
  std::vector<MessageView> messages;
  Time last_modified;
  Time expires_at;

  static constexpr auto fields() {
    using V = CartView;
    return described(
        Field("id", &V::id, "The cart"), Field("version", &V::version, "Raised by every change; also the ETag"),
        Field("currency", &V::currency, "Of all its amounts"), Field("item_count", &V::item_count, "Units, all lines"),
        Field("items", &V::items, "Oldest first"), Field("saved_for_later", &V::saved_for_later, "Kept, not counted"),
        Field("coupons", &V::coupons, "Codes in use"), Field("subtotal", &V::subtotal, "Before discounts"),
        Field("discounts", &V::discounts, "What was taken off"), Field("shipping", &V::shipping, "Once it is known"),
        Field("tax", &V::tax, "Once it is known"), Field("total", &V::total, "To pay, as far as it is known"),
        Field("rates", &V::rates, "By which prices in other currencies were converted; absent: by none"),
        Field("messages", &V::messages, "What the shopper should hear"),
        Field("last_modified", &V::last_modified, "When it last changed"),
        Field("expires_at", &V::expires_at, "When it is thrown away if nothing happens"));
  }
};

}  // namespace kontor::cart
