// A row of an import as it stands in the file, described once: reading and its mistakes follow from it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "runtime/json.h"
#include "shop/catalog/catalog.h"

namespace kontor::importing {

struct RowStock {
  std::string warehouse;
  std::int64_t on_hand = 0;
  static constexpr auto fields() {
    return described(Field("warehouse", &RowStock::warehouse, "The warehouse's code", Length{1, 100}),
                     Field("on_hand", &RowStock::on_hand, "How many lie there", Range{0, 1'000'000'000'000}));
  }
};

struct RowOffer {
  std::string sku;
  std::string seller = "house";
  std::string condition = "new";
  std::map<std::string, std::string> options;
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0;
  std::int64_t backorder = 0;
  bool active = true;
  std::vector<RowStock> stock;
  std::int64_t min_quantity = 1;
  std::int64_t quantity_step = 1;
  static constexpr auto fields() {
    return described(
        Field("sku", &RowOffer::sku, "The seller's own key", Length{1, 100}),
        Field("seller", &RowOffer::seller, "The seller's code", Length{1, 100}, Default{}),
        Field("condition", &RowOffer::condition, "new, refurbished, used", Length{1, 40}, Default{}),
        Field("options", &RowOffer::options, "What makes the variant", Length{0, 20}, Default{}),
        Field("price", &RowOffer::price, "What it costs"),
        Field("list_price", &RowOffer::list_price, "The price it is compared with"),
        Field("purchase_limit", &RowOffer::purchase_limit, "At most so many per customer; 0: any",
              Range{0, 1'000'000'000}, Default{}),
        Field("backorder", &RowOffer::backorder, "How many may be sold beyond the stock", Range{0, 1'000'000'000},
              Default{}),
        Field("active", &RowOffer::active, "Whether it is sold", Default{}),
        Field("stock", &RowOffer::stock, "Where how many lie", Length{0, 100}, Default{}),
        Field("min_quantity", &RowOffer::min_quantity, "Fewer are not sold at once", Range{1, 999}, Default{}),
        Field("quantity_step", &RowOffer::quantity_step, "Quantities are multiples of it", Range{1, 999}, Default{}));
  }
};

struct RowProduct {
  std::string external_id;
  std::string slug;  // a wish: taken where it is free
  std::string title;
  std::string description;
  std::string brand;
  std::vector<std::string> category_path;
  json::Raw attributes{"{}"};
  std::vector<std::string> images;
  std::string gtin;
  catalog::ProductStatus status = catalog::ProductStatus::kActive;
  std::int64_t weight_g = 0;
  std::vector<std::int64_t> dimensions_mm;
  std::string tax_class = "standard";
  bool returnable = true;
  json::Raw translations{"{}"};
  double rating = 0;
  std::int64_t review_count = 0;
  std::vector<RowOffer> offers;
  static constexpr auto fields() {
    return described(
        Field("external_id", &RowProduct::external_id, "The shop's own key", Length{1, 200}),
        Field("slug", &RowProduct::slug, "Its name in addresses, where it is free", Length{0, 200}, Default{}),
        Field("title", &RowProduct::title, "Its name", Length{1, 500}),
        Field("description", &RowProduct::description, "What it is", Length{0, 50'000}, Default{}),
        Field("brand", &RowProduct::brand, "Who makes it", Length{0, 200}, Default{}),
        Field("category_path", &RowProduct::category_path, "From the root down", Length{0, 10}, Default{}),
        Field("attributes", &RowProduct::attributes, "Names and values", Default{}),
        Field("images", &RowProduct::images, "Addresses or file names", Length{0, 50}, Default{}),
        Field("gtin", &RowProduct::gtin, "EAN or UPC", Length{0, 20}, Default{}),
        Field("status", &RowProduct::status, "Only active products are sold", Default{}),
        Field("weight_g", &RowProduct::weight_g, "In grams", Range{0, 1'000'000'000}, Default{}),
        Field("dimensions_mm", &RowProduct::dimensions_mm, "Length, width, height", Length{0, 3}, Default{}),
        Field("tax_class", &RowProduct::tax_class, "Which rates apply", Length{1, 40}, Default{}),
        Field("returnable", &RowProduct::returnable, "Whether it may be sent back", Default{}),
        Field("translations", &RowProduct::translations, "Texts in other languages", Default{}),
        Field("rating", &RowProduct::rating, "0 to 5", Range{0, 5}, Default{}),
        Field("review_count", &RowProduct::review_count, "How many", Range{0, 1'000'000'000}, Default{}),
        Field("offers", &RowProduct::offers, "Who sells it for how much", Length{0, 200}, Default{}));
  }
};

}  // namespace kontor::importing
