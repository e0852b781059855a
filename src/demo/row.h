// A product as an import takes it, the way the public contract describes a row of NDJSON.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/money.h"
#include "runtime/json.h"

namespace kontor::demo {

struct RowStock {
  std::string warehouse;
  std::int64_t on_hand = 0;
  static constexpr auto fields() {
    return described(Field("warehouse", &RowStock::warehouse, "Code"), Field("on_hand", &RowStock::on_hand, "Units"));
  }
};

struct RowOffer {
  std::string sku;
  std::string seller;
  std::string condition = "new";
  std::map<std::string, std::string> options;
  Money price;
  std::optional<Money> list_price;
  std::vector<RowStock> stock;
  static constexpr auto fields() {
    return described(Field("sku", &RowOffer::sku, "Key"), Field("seller", &RowOffer::seller, "Code"),
                     Field("condition", &RowOffer::condition, "new or refurbished"),
                     Field("options", &RowOffer::options, "The variant"), Field("price", &RowOffer::price, "Price"),
                     Field("list_price", &RowOffer::list_price, "Compared with"),
                     Field("stock", &RowOffer::stock, "Where how many lie"));
  }
};

struct Row {
  std::string external_id, title, description, brand;
  std::vector<std::string> category_path;
  json::Raw attributes{"{}"};
  std::vector<std::string> images;
  std::string gtin;
  std::int64_t weight_g = 0;
  std::string tax_class;
  bool returnable = true;
  double rating = 0;
  std::int64_t review_count = 0;
  std::vector<RowOffer> offers;
  static constexpr auto fields() {
    return described(Field("external_id", &Row::external_id, "Key"), Field("title", &Row::title, "Name"),
                     Field("description", &Row::description, "What it is"), Field("brand", &Row::brand, "Who makes it"),
                     Field("category_path", &Row::category_path, "From the root down"),
                     Field("attributes", &Row::attributes, "Names and values"),
                     Field("images", &Row::images, "Addresses or files"), Field("gtin", &Row::gtin, "EAN"),
                     Field("weight_g", &Row::weight_g, "In grams"), Field("tax_class", &Row::tax_class, "Rates"),
                     Field("returnable", &Row::returnable, "May be sent back"), Field("rating", &Row::rating, "0 to 5"),
                     Field("review_count", &Row::review_count, "How many"),
                     Field("offers", &Row::offers, "Who sells it for how much"));
  }
};

}  // namespace kontor::demo
