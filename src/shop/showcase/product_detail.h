// GET /products/{id} as a described struct, made of a ProductState.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/described.h"
#include "runtime/json.h"
#include "shop/showcase/views.h"

namespace kontor::showcase {

struct AvailabilityView {
  Availability status = Availability::kOutOfStock;
  std::optional<std::int64_t> quantity_hint;
  static constexpr auto fields() {
    return described(Field("status", &AvailabilityView::status, "Whether it can be had"),
                     Field("quantity_hint", &AvailabilityView::quantity_hint, "How many are left, when few are"));
  }
};
AvailabilityView availability_view(std::int64_t sellable, std::int64_t backorder);

// Prices that are not the shop's own.
struct ConvertedView {
  Currency from;
  std::string rate;
  Time as_of;
  static constexpr auto fields() {
    return described(Field("from", &ConvertedView::from, "The currency of the goods"),
                     Field("rate", &ConvertedView::rate, "What one of it is in the currency asked for"),
                     Field("as_of", &ConvertedView::as_of, "When the rate held"));
  }
};

struct DetailOffer {
  OfferId id;
  SellerId seller_id;
  std::string seller, sku, condition;
  std::map<std::string, std::string> options;
  Money price;
  std::optional<Money> list_price;
  AvailabilityView availability;
  std::optional<std::int64_t> purchase_limit;
  std::optional<std::int64_t> min_quantity = {};
  std::optional<std::int64_t> quantity_step = {};
  std::optional<Money> lowest_price_30d = {};
  std::optional<Time> price_valid_until = {};

  static constexpr auto fields() {
    return described(Field("id", &DetailOffer::id, "What goes into the cart"),
                     Field("seller_id", &DetailOffer::seller_id, "Who sells it"),
                     Field("seller", &DetailOffer::seller, "The seller's name"),
                     Field("sku", &DetailOffer::sku, "The seller's key"),
                     Field("condition", &DetailOffer::condition, "new, refurbished, used"),
                     Field("options", &DetailOffer::options, "What makes the variant"),
                     Field("price", &DetailOffer::price, "The price"),
                     Field("list_price", &DetailOffer::list_price, "The price it is compared with"),
                     Field("availability", &DetailOffer::availability, "Whether it can be had"),
                     Field("purchase_limit", &DetailOffer::purchase_limit, "At most so many per customer"),
                     Field("min_quantity", &DetailOffer::min_quantity, "At least so many at once; absent: 1"),
                     Field("quantity_step", &DetailOffer::quantity_step, "Multiples of it; absent: 1"),
                     Field("lowest_price_30d", &DetailOffer::lowest_price_30d,
                           "Of a reduced one: the lowest price of the 30 days before the reduction"),
                     Field("price_valid_until", &DetailOffer::price_valid_until,
                           "While a sale lowers the price: when it costs something else"));
  }
};

// How one of its attributes reads, where the category says so.
struct AttributeReads {
  std::string name;
  std::optional<std::string> label, unit;
  static constexpr auto fields() {
    return described(Field("name", &AttributeReads::name, "As in attributes"),
                     Field("label", &AttributeReads::label, "What it is called"),
                     Field("unit", &AttributeReads::unit, "What stands behind its values"));
  }
};

struct ProductDetail {
  ProductId id;
  std::optional<std::string> external_id;
  std::string slug, title, description, brand;
  Nullable<CategoryId> category;
  std::vector<std::string> category_path, images;
  json::Raw attributes;
  catalog::ProductStatus status = catalog::ProductStatus::kActive;
  Nullable<Money> price;
  std::optional<Money> list_price;
  std::optional<Money> lowest_price_30d;
  std::vector<DetailOffer> offers;
  Nullable<OfferId> featured_offer_id;
  double avg_rating = 0;
  std::int64_t review_count = 0;
  AvailabilityView availability;
  std::int64_t version = 1;
  std::optional<ConvertedView> converted;
  std::optional<std::vector<AttributeReads>> attributes_read;
  std::optional<std::string> locale;
  std::optional<std::vector<std::string>> locales;

  static constexpr auto fields() {
    return described(
        Field("id", &ProductDetail::id, "The product"),
        Field("external_id", &ProductDetail::external_id, "The shop's own key"),
        Field("slug", &ProductDetail::slug, "Its name in addresses"), Field("title", &ProductDetail::title, "Its name"),
        Field("description", &ProductDetail::description, "What it is"),
        Field("brand", &ProductDetail::brand, "Who makes it"),
        Field("category", &ProductDetail::category, "Where it stands"),
        Field("category_path", &ProductDetail::category_path, "The names from the root down"),
        Field("images", &ProductDetail::images, "Addresses or file names"),
        Field("attributes", &ProductDetail::attributes, "Names and values"),
        Field("status", &ProductDetail::status, "active or discontinued"),
        Field("price", &ProductDetail::price, "Of the featured offer; null when it is not sold"),
        Field("list_price", &ProductDetail::list_price, "The price it is compared with"),
        Field("lowest_price_30d", &ProductDetail::lowest_price_30d,
              "While it is reduced: the lowest price of the 30 days before the reduction"),
        Field("offers", &ProductDetail::offers, "Who sells it for how much"),
        Field("featured_offer_id", &ProductDetail::featured_offer_id, "The offer that product_id means in a cart"),
        Field("avg_rating", &ProductDetail::avg_rating, "0 to 5"),
        Field("review_count", &ProductDetail::review_count, "How many"),
        Field("availability", &ProductDetail::availability, "Whether it can be had"),
        Field("version", &ProductDetail::version, "Grows with each change"),
        Field("converted", &ProductDetail::converted, "When the prices are converted: from what, and how"),
        Field("attributes_read", &ProductDetail::attributes_read,
              "How those attributes read that the category defines, in the order in which they are shown"),
        Field("locale", &ProductDetail::locale, "When texts are translated: the language they are in"),
        Field("locales", &ProductDetail::locales, "Other languages that there are texts in, for ?locale="));
  }
};

struct SellerName {
  SellerId id;
  std::string name;
};
// Only active offers with a price in `currency` are shown. `featured` may be of another currency: the cheapest shown
// stands in.
ProductDetail detail_of(const ProductState& state, Currency currency, std::span<const SellerName> sellers);

// The texts of the translation that fits the wished languages best, and the categories' names likewise; as they are
// where the shop's own, in the language `own`, fit as well. Whether any of the product's texts did.
bool translate(ProductDetail& detail, const ProductState& state, std::span<const std::string> wished,
               std::string_view own);

}  // namespace kontor::showcase
