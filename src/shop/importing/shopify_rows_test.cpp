#include "shop/importing/shopify_rows.h"

#include <doctest/doctest.h>

#include "shop/importing/rows_test.h"

using namespace kontor;
using importing::Outcome;
using importing::RowProduct;

namespace {

constexpr const char* kOld =
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory "
    "Qty,"
    "Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,Variant Requires "
    "Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,SEO Title,SEO "
    "Description,Fabric (product.metafields.shopify.fabric),Variant Image,Variant Weight Unit,Variant Tax Code,Cost "
    "per "
    "item,Status\n";
constexpr const char* kNew =
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online "
    "store,Status,SKU,Barcode,Option1 "
    "name,Option1 value,Option1 Linked To,Option2 name,Option2 value,Option2 Linked To,Option3 name,Option3 "
    "value,Option3 "
    "Linked To,Price,Compare-at price,Cost per item,Charge tax,Tax code,Unit price total measure,Unit price total "
    "measure unit,Unit price base measure,Unit price base measure unit,Inventory tracker,Inventory quantity,Continue "
    "selling when out of stock,Weight value (grams),Weight unit for display,Requires shipping,Fulfillment service,"
    "Product image URL,Image position,Image alt text,Variant image URL,Gift card,SEO title,SEO description,Google "
    "Shopping / Google product category\n";

Outcome read(const std::string& text, const char* currency = "USD") {
  importing::Reading reading;
  reading.format = importing::FileFormat::kShopifyCsv;
  reading.currency = *Currency::parse(currency);
  return importing::read_rows(text, reading);
}

// Cells by column name; the others are empty.
std::string line(const std::string& header, const std::map<std::string, std::string>& cells) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < header.size();) {
    const auto end = header.find_first_of(",\n", at);
    const auto found = cells.find(header.substr(at, end - at));
    if (found != cells.end()) {
      out += '"' + found->second + '"';
      ++used;
    }
    out += header[end];
    at = end + 1;
  }
  REQUIRE(used == cells.size());
  return out;
}
std::string old_line(const std::map<std::string, std::string>& cells) { return line(kOld, cells); }
std::string new_line(const std::map<std::string, std::string>& cells) { return line(kNew, cells); }

}  // namespace

TEST_CASE("shopify: the lines of a handle are one product, in the older generation of columns") {
  const auto out = read(kOld +
                        old_line({{"Handle", "wool-hat"},
                                  {"Title", "Wool hat"},
                                  {"Body (HTML)", "<p>Warm &amp; dry</p>"},
                                  {"Vendor", "Northern"},
                                  {"Product Category", "Apparel > Hats"},
                                  {"Type", "Beanies"},
                                  {"Tags", "winter, wool"},
                                  {"Published", "TRUE"},
                                  {"Option1 Name", "Colour"},
                                  {"Option1 Value", "Red"},
                                  {"Variant SKU", "HAT-R"},
                                  {"Variant Grams", "120.0"},
                                  {"Variant Inventory Tracker", "shopify"},
                                  {"Variant Inventory Qty", "5"},
                                  {"Variant Inventory Policy", "deny"},
                                  {"Variant Price", "19.90"},
                                  {"Variant Compare At Price", "24.90"},
                                  {"Variant Barcode", "'4006381333931"},
                                  {"Image Src", "https://x/2.jpg"},
                                  {"Image Position", "2"},
                                  {"Variant Image", "https://x/red.jpg"},
                                  {"Fabric (product.metafields.shopify.fabric)", "Wool; Merino"},
                                  {"Status", "active"}}) +
                        old_line({{"Handle", "wool-hat"},
                                  {"Option1 Value", "Blue"},
                                  {"Variant SKU", "HAT-B"},
                                  {"Variant Inventory Tracker", "shopify"},
                                  {"Variant Inventory Qty", "-2"},
                                  {"Variant Inventory Policy", "continue"},
                                  {"Variant Price", "18"},
                                  {"Image Src", "https://x/1.jpg"},
                                  {"Image Position", "1"}}) +
                        old_line({{"Handle", "wool-hat"}, {"Image Src", "https://x/3.jpg"}, {"Image Position", "3"}}));
  CHECK(out.wrong == "");
  REQUIRE(out.good.size() == 1);
  const RowProduct& hat = out.good[0];
  CHECK(hat.external_id == "wool-hat");
  CHECK(hat.slug == "wool-hat");
  CHECK(hat.description == "Warm & dry");
  CHECK(hat.brand == "Northern");
  CHECK(hat.category_path == std::vector<std::string>{"Apparel", "Hats"});
  CHECK(hat.attributes.text == R"({"tags":["winter","wool"],"type":"Beanies","Fabric":["Wool","Merino"]})");
  CHECK(hat.images ==
        std::vector<std::string>{"https://x/1.jpg", "https://x/2.jpg", "https://x/3.jpg", "https://x/red.jpg"});
  CHECK(hat.gtin == "4006381333931");
  CHECK(hat.weight_g == 120);
  CHECK(hat.status == catalog::ProductStatus::kActive);
  REQUIRE(hat.offers.size() == 2);
  CHECK(hat.offers[0].options.at("Colour") == "Red");
  CHECK(hat.offers[0].price.amount_minor() == 1990);
  CHECK(hat.offers[0].list_price->amount_minor() == 2490);
  CHECK(hat.offers[0].backorder == 0);
  CHECK(hat.offers[0].stock[0].on_hand == 5);
  CHECK(hat.offers[1].options.at("Colour") == "Blue");
  CHECK(hat.offers[1].stock[0].on_hand == 0);
  CHECK(hat.offers[1].backorder == 1'000'000'000);
}

TEST_CASE("shopify: the newer generation of columns; one variant has no options, no sku takes the handle") {
  const auto out = read(kNew +
                            new_line({{"Title", "Mug"},
                                      {"URL handle", "mug"},
                                      {"Type", "Mugs"},
                                      {"Published on online store", "FALSE"},
                                      {"Status", "Active"},
                                      {"Option1 name", "Title"},
                                      {"Option1 value", "Default Title"},
                                      {"Price", "700"},
                                      {"Inventory quantity", "3"},
                                      {"Continue selling when out of stock", "DENY"},
                                      {"Weight value (grams)", "350"}}) +
                            new_line({{"Title", "Cup"},
                                      {"URL handle", "cup"},
                                      {"Status", "Draft"},
                                      {"Price", "800"},
                                      {"Inventory tracker", "shopify"},
                                      {"Inventory quantity", "3"},
                                      {"Continue selling when out of stock", "TRUE"},
                                      {"Option1 name", "Size"},
                                      {"Option1 value", "Large 1"}}),
                        "JPY");
  CHECK(out.wrong == "");
  REQUIRE(out.good.size() == 2);
  CHECK(out.good[0].status == catalog::ProductStatus::kInactive);
  CHECK(out.good[0].category_path == std::vector<std::string>{"Mugs"});
  CHECK(out.good[0].offers[0].options.empty());
  CHECK(out.good[0].offers[0].sku == "mug");
  CHECK(out.good[0].offers[0].price == Money::minor(700, *Currency::parse("JPY")));
  CHECK(out.good[0].offers[0].backorder == 1'000'000'000);  // not tracked: Shopify sells it without counting
  CHECK(out.good[0].offers[0].stock.empty());
  CHECK(out.good[1].status == catalog::ProductStatus::kDraft);
  CHECK(out.good[1].offers[0].sku == "cup-large-1");
  CHECK(out.good[1].offers[0].stock[0].on_hand == 3);
  CHECK(out.good[1].offers[0].backorder == 1'000'000'000);
}

TEST_CASE("shopify: what is wrong is named by line and by Shopify's own column") {
  const auto product = [](const char* handle, const std::map<std::string, std::string>& more) {
    std::map<std::string, std::string> cells{{"Handle", handle}, {"Title", "T"}, {"Variant Price", "1"}};
    for (const auto& [name, value] : more) cells[name] = value;
    return old_line(cells);
  };
  CHECK(read(kOld + product("a", {{"Variant Price", "1,50"}})).wrong == "2|Variant Price|bad_format ");
  CHECK(read(kOld + product("a", {{"Title", ""}})).wrong == "2|Title|required ");
  CHECK(read(kOld + product("", {})).wrong == "2|Handle|required ");
  CHECK(read(kOld + product("a", {{"Status", "sold"}})).wrong == "2|Status|bad_format ");
  CHECK(read(kOld + product("a", {{"Published", "maybe"}})).wrong == "2|Published|bad_format ");
  CHECK(read(kOld + product("a", {{"Variant Inventory Policy", "x"}})).wrong ==
        "2|Variant Inventory Policy|bad_format ");
  CHECK(read(kOld + product("a", {{"Variant SKU", "S"}, {"Variant Price", ""}})).wrong ==
        "2|Variant Price|bad_format ");
  CHECK(read(kOld + product("a", {}) + product("b", {}) + product("a", {})).wrong == "4|Handle|duplicate ");
}
