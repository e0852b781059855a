// What the back office and the category pages see of the catalogue, and what the back office sends: described structs
// only.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/text.h"
#include "runtime/json.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog {

inline bool is_slug(std::string_view text) { return !text.empty() && text.size() <= 80 && slugify(text) == text; }
inline constexpr Format kSlug{"slug", is_slug};

inline constexpr Range kPieces{0, 1'000'000'000};
inline constexpr Range kAtOnce{1, 999};  // as many as a cart's line may have
inline constexpr std::size_t kMaxOffers = 200;

struct OfferView {
  OfferId id;
  ProductId product_id;
  SellerId seller_id;
  std::string sku, condition;
  std::map<std::string, std::string> options;
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0, backorder = 0;
  bool active = true;
  std::int64_t version = 1;
  std::int64_t min_quantity = 1, quantity_step = 1;
  std::optional<Money> sale_price = {};

  static constexpr auto fields() {
    return described(Field("id", &OfferView::id, "The offer"),
                     Field("product_id", &OfferView::product_id, "Of this product"),
                     Field("seller_id", &OfferView::seller_id, "Who sells it"),
                     Field("sku", &OfferView::sku, "The seller's own key"),
                     Field("condition", &OfferView::condition, "new, refurbished, used"),
                     Field("options", &OfferView::options, "What makes the variant: size, colour"),
                     Field("price", &OfferView::price, "The base price"),
                     Field("list_price", &OfferView::list_price, "The price it is compared with"),
                     Field("purchase_limit", &OfferView::purchase_limit, "At most so many per customer; 0: any"),
                     Field("backorder", &OfferView::backorder, "How many may be sold beyond the stock"),
                     Field("active", &OfferView::active, "Whether it is sold"),
                     Field("version", &OfferView::version, "For If-Match"),
                     Field("min_quantity", &OfferView::min_quantity, "Fewer are not sold at once"),
                     Field("quantity_step", &OfferView::quantity_step, "Quantities are multiples of it"),
                     Field("sale_price", &OfferView::sale_price, "While a sale runs: what it costs now"));
  }
};

struct ProductView {
  ProductId id;
  std::optional<std::string> external_id;
  std::string slug, title, description, brand;
  Nullable<CategoryId> category;
  json::Raw attributes;
  std::vector<std::string> images;
  std::string gtin;
  ProductStatus status = ProductStatus::kActive;
  std::int64_t weight_g = 0;
  std::vector<std::int64_t> dimensions_mm;
  std::string tax_class;
  bool returnable = true;
  json::Raw translations;
  double avg_rating = 0;
  std::int64_t review_count = 0;
  std::vector<OfferView> offers;
  std::int64_t version = 1;
  Time created_at, updated_at;

  static constexpr auto fields() {
    return described(
        Field("id", &ProductView::id, "The product"),
        Field("external_id", &ProductView::external_id, "The shop's own key"),
        Field("slug", &ProductView::slug, "Its name in addresses"), Field("title", &ProductView::title, "Its name"),
        Field("description", &ProductView::description, "What it is"),
        Field("brand", &ProductView::brand, "Who makes it"),
        Field("category", &ProductView::category, "Where it stands"),
        Field("attributes", &ProductView::attributes, "Names and values"),
        Field("images", &ProductView::images, "Addresses or file names"),
        Field("gtin", &ProductView::gtin, "EAN or UPC"),
        Field("status", &ProductView::status, "Only active products are sold"),
        Field("weight_g", &ProductView::weight_g, "In grams"),
        Field("dimensions_mm", &ProductView::dimensions_mm, "Length, width, height"),
        Field("tax_class", &ProductView::tax_class, "Which rates apply"),
        Field("returnable", &ProductView::returnable, "Whether it may be sent back"),
        Field("translations", &ProductView::translations, "Texts in other languages"),
        Field("avg_rating", &ProductView::avg_rating, "0 to 5"),
        Field("review_count", &ProductView::review_count, "How many"),
        Field("offers", &ProductView::offers, "Who sells it for how much"),
        Field("version", &ProductView::version, "For If-Match"), Field("created_at", &ProductView::created_at, "Made"),
        Field("updated_at", &ProductView::updated_at, "Last changed"));
  }
};

struct NewOffer {
  std::string sku, seller = "house", condition = "new";
  std::map<std::string, std::string> options;
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0, backorder = 0;
  bool active = true;
  std::int64_t min_quantity = 1, quantity_step = 1;

  static constexpr auto fields() {
    return described(
        Field("sku", &NewOffer::sku, "The seller's own key", Length{1, 100}),
        Field("seller", &NewOffer::seller, "The seller's code or id", Length{1, 100}, Default{}),
        Field("condition", &NewOffer::condition, "new, refurbished, used", Length{1, 40}, Default{}),
        Field("options", &NewOffer::options, "What makes the variant", Length{0, 20}, Default{}),
        Field("price", &NewOffer::price, "The base price"),
        Field("list_price", &NewOffer::list_price, "The price it is compared with"),
        Field("purchase_limit", &NewOffer::purchase_limit, "At most so many per customer; 0: any", kPieces, Default{}),
        Field("backorder", &NewOffer::backorder, "How many may be sold beyond the stock", kPieces, Default{}),
        Field("active", &NewOffer::active, "Whether it is sold", Default{}),
        Field("min_quantity", &NewOffer::min_quantity, "Fewer are not sold at once", kAtOnce, Default{}),
        Field("quantity_step", &NewOffer::quantity_step, "Quantities are multiples of it", kAtOnce, Default{}));
  }
};

struct NewOfferOf : NewOffer {
  ProductId product_id;
  static constexpr auto fields() {
    return joined_fields(described(Field("product_id", &NewOfferOf::product_id, "The product it is an offer of")),
                         NewOffer::fields());
  }
};

struct NewProduct {
  std::string title;
  std::optional<std::string> external_id, slug;
  std::string description, brand;
  std::optional<CategoryId> category;
  json::Raw attributes{"{}"};
  std::vector<std::string> images;
  std::string gtin;
  ProductStatus status = ProductStatus::kActive;
  std::int64_t weight_g = 0;
  std::vector<std::int64_t> dimensions_mm;
  std::string tax_class = "standard";
  bool returnable = true;
  json::Raw translations{"{}"};
  std::vector<NewOffer> offers;

  static constexpr auto fields() {
    return described(
        Field("title", &NewProduct::title, "Its name", Length{1, 500}),
        Field("external_id", &NewProduct::external_id, "The shop's own key", Length{1, 200}),
        Field("slug", &NewProduct::slug, "Its name in addresses; made from the title", kSlug),
        Field("description", &NewProduct::description, "What it is", Length{0, 50'000}, Default{}),
        Field("brand", &NewProduct::brand, "Who makes it", Length{0, 200}, Default{}),
        Field("category", &NewProduct::category, "Where it stands"),
        Field("attributes", &NewProduct::attributes, "Names and values", Default{}),
        Field("images", &NewProduct::images, "Addresses or file names", Length{0, 50}, Default{}),
        Field("gtin", &NewProduct::gtin, "EAN or UPC", Length{0, 20}, Default{}),
        Field("status", &NewProduct::status, "Only active products are sold", Default{}),
        Field("weight_g", &NewProduct::weight_g, "In grams", kPieces, Default{}),
        Field("dimensions_mm", &NewProduct::dimensions_mm, "Length, width, height", Length{0, 3}, Default{}),
        Field("tax_class", &NewProduct::tax_class, "Which rates apply", Length{1, 40}, Default{}),
        Field("returnable", &NewProduct::returnable, "Whether it may be sent back", Default{}),
        Field("translations", &NewProduct::translations, "Texts in other languages", Default{}),
        Field("offers", &NewProduct::offers, "Who sells it for how much", Length{0, kMaxOffers}, Default{}));
  }
};

// Merge patches: what is absent stays.
struct ProductPatch {
  std::optional<std::string> title, external_id, slug, description, brand;
  std::optional<CategoryId> category;
  std::optional<json::Raw> attributes;
  std::optional<std::vector<std::string>> images;
  std::optional<std::string> gtin;
  std::optional<ProductStatus> status;
  std::optional<std::int64_t> weight_g;
  std::optional<std::string> tax_class;
  std::optional<bool> returnable;
  std::optional<json::Raw> translations;

  static constexpr auto fields() {
    return described(Field("title", &ProductPatch::title, "Its name", Length{1, 500}),
                     Field("external_id", &ProductPatch::external_id, "The shop's own key", Length{1, 200}),
                     Field("slug", &ProductPatch::slug, "Its name in addresses", kSlug),
                     Field("description", &ProductPatch::description, "What it is", Length{0, 50'000}),
                     Field("brand", &ProductPatch::brand, "Who makes it", Length{0, 200}),
                     Field("category", &ProductPatch::category, "Where it stands"),
                     Field("attributes", &ProductPatch::attributes, "Merged by name; null takes one away"),
                     Field("images", &ProductPatch::images, "Addresses or file names", Length{0, 50}),
                     Field("gtin", &ProductPatch::gtin, "EAN or UPC", Length{0, 20}),
                     Field("status", &ProductPatch::status, "Only active products are sold"),
                     Field("weight_g", &ProductPatch::weight_g, "In grams", kPieces),
                     Field("tax_class", &ProductPatch::tax_class, "Which rates apply", Length{1, 40}),
                     Field("returnable", &ProductPatch::returnable, "Whether it may be sent back"),
                     Field("translations", &ProductPatch::translations,
                           "Merged by language; null takes a language or a text of it away"));
  }
};

struct OfferPatch {
  std::optional<std::string> sku, condition;
  std::optional<std::map<std::string, std::string>> options;
  std::optional<Money> price, list_price;
  std::optional<std::int64_t> purchase_limit, backorder;
  std::optional<bool> active;
  std::optional<std::int64_t> min_quantity, quantity_step;

  static constexpr auto fields() {
    return described(
        Field("sku", &OfferPatch::sku, "The seller's own key", Length{1, 100}),
        Field("condition", &OfferPatch::condition, "new, refurbished, used", Length{1, 40}),
        Field("options", &OfferPatch::options, "What makes the variant", Length{0, 20}),
        Field("price", &OfferPatch::price, "The base price"),
        Field("list_price", &OfferPatch::list_price, "The price it is compared with; the price itself takes it away"),
        Field("purchase_limit", &OfferPatch::purchase_limit, "At most so many per customer; 0: any", kPieces),
        Field("backorder", &OfferPatch::backorder, "How many may be sold beyond the stock", kPieces),
        Field("active", &OfferPatch::active, "Whether it is sold"),
        Field("min_quantity", &OfferPatch::min_quantity, "Fewer are not sold at once", kAtOnce),
        Field("quantity_step", &OfferPatch::quantity_step, "Quantities are multiples of it", kAtOnce));
  }
};

struct CategoryView {
  CategoryId id;
  Nullable<CategoryId> parent_id;
  std::string name, slug, path;
  std::int64_t version = 1;
  json::Raw translations;

  static constexpr auto fields() {
    return described(
        Field("id", &CategoryView::id, "The category"), Field("parent_id", &CategoryView::parent_id, "Below which"),
        Field("name", &CategoryView::name, "Its name"), Field("slug", &CategoryView::slug, "Its name in addresses"),
        Field("path", &CategoryView::path, "From the root down"),
        Field("version", &CategoryView::version, "For If-Match"),
        Field("translations", &CategoryView::translations, "Its names in other languages"));
  }
};

ProductView view_of(const Product& product);
OfferView view_of(const Offer& offer);
CategoryView view_of(const Category& category);

}  // namespace kontor::catalog
