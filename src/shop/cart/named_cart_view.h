// What the calls on named carts answer.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "shop/cart/cart_view.h"

namespace kontor::cart {

enum class NamedRole { kOwner, kMember };
constexpr auto enum_names(NamedRole) {
  return std::array{EnumName<NamedRole>{NamedRole::kOwner, "owner"}, EnumName<NamedRole>{NamedRole::kMember, "member"}};
}

struct NamedItemView {
  OfferId offer_id;
  ProductId product_id;
  std::string title;
  std::optional<std::string> image;
  std::int64_t quantity = 0;
  std::optional<Money> unit_price;
  Availability availability = Availability::kRemoved;

  static constexpr auto fields() {
    using V = NamedItemView;
    return described(
        Field("offer_id", &V::offer_id, "What is kept"), Field("product_id", &V::product_id, "Its product"),
        Field("title", &V::title, "The product's title"), Field("image", &V::image, "The product's first image"),
        Field("quantity", &V::quantity, "How many"),
        Field("unit_price", &V::unit_price, "What one costs now; absent when it is no longer sold"),
        Field("availability", &V::availability, "Whether so many can be had"));
  }
};

struct NamedCartSummary {
  CartId id;
  std::string name;
  NamedRole role = NamedRole::kOwner;
  std::int64_t version = 0;
  std::int64_t item_count = 0;
  std::int64_t members = 0;
  bool shared = false;
  Time created_at, last_modified, expires_at;

  static constexpr auto fields() {
    using V = NamedCartSummary;
    return described(Field("id", &V::id, "The named cart"), Field("name", &V::name, "For people"),
                     Field("role", &V::role, "What it is to the caller"),
                     Field("version", &V::version, "Raised by every change; also the ETag"),
                     Field("item_count", &V::item_count, "Units, all lines"),
                     Field("members", &V::members, "How many have joined, beside its owner"),
                     Field("shared", &V::shared, "Whether links open it"), Field("created_at", &V::created_at, "Made"),
                     Field("last_modified", &V::last_modified, "When it last changed"),
                     Field("expires_at", &V::expires_at, "When it is thrown away if nothing happens"));
  }
};

struct NamedCartView : NamedCartSummary {
  std::vector<NamedItemView> items;
  std::optional<Money> subtotal;

  static constexpr auto fields() {
    using V = NamedCartView;
    return joined_fields(
        NamedCartSummary::fields(),
        described(Field("items", &V::items, "In the order in which they were put in"),
                  Field("subtotal", &V::subtotal,
                        "What is still sold at today's prices; absent when that is nothing or in several currencies")));
  }
};

// Why a line is not, or not whole, in the cart after it was taken.
enum class NotTaken { kRemoved, kOtherCurrency, kPurchaseLimit, kNoRoom };
constexpr auto enum_names(NotTaken) {
  using N = EnumName<NotTaken>;
  return std::array{N{NotTaken::kRemoved, "removed"}, N{NotTaken::kOtherCurrency, "other_currency"},
                    N{NotTaken::kPurchaseLimit, "purchase_limit"}, N{NotTaken::kNoRoom, "no_room"}};
}

struct NotTakenView {
  OfferId offer_id;
  std::string title;
  std::int64_t quantity = 0;
  NotTaken reason = NotTaken::kRemoved;

  static constexpr auto fields() {
    using V = NotTakenView;
    return described(
        Field("offer_id", &V::offer_id, "Of which offer"), Field("title", &V::title, "The product's title"),
        Field("quantity", &V::quantity, "How many are missing in the cart"), Field("reason", &V::reason, "Why"));
  }
};

struct TakenView {
  CartView cart;
  std::vector<NotTakenView> not_taken;

  static constexpr auto fields() {
    return described(Field("cart", &TakenView::cart, "As GET /cart shows it now"),
                     Field("not_taken", &TakenView::not_taken, "What the cart did not take"));
  }
};

struct SharedLink {
  std::string token;
  Time expires_at;

  static constexpr auto fields() {
    return described(Field("token", &SharedLink::token, "For POST /carts/join; the page is /carts/shared?token=…"),
                     Field("expires_at", &SharedLink::expires_at, "Until when it opens the cart"));
  }
};

}  // namespace kontor::cart
