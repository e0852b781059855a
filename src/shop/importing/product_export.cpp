#include "shop/importing/product_export.h"

#include <algorithm>
#include <map>
#include <memory>

#include "base/money_text.h"
#include "base/text.h"
#include "runtime/csv_write.h"
#include "runtime/json.h"
#include "shop/importing/import_row.h"

namespace kontor::importing {
namespace {

constexpr int kPage = 50;  // products a piece

constexpr std::string_view kHeader =
    "external_id,slug,title,description,brand,category_path,attributes,images,gtin,status,weight_g,dimensions_mm,"
    "tax_class,returnable,translations,rating,review_count,sku,seller,condition,options,price,list_price,currency,"
    "purchase_limit,backorder,active,min_quantity,quantity_step,warehouse,on_hand\n";
constexpr std::size_t kProductColumns = 17;
constexpr std::size_t kOfferColumns = 12;

// Parts between separators, or as a JSON list where the parts could not be told apart again.
std::string joined(const std::vector<std::string>& parts, char separator, std::string_view between) {
  std::string out;
  for (const auto& part : parts) {
    const bool plain = part.find(separator) == std::string::npos && !part.empty() && trim(part) == part;
    if (!plain || (out.empty() && part.starts_with('['))) return json::print(parts);
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string unless_empty(const std::string& object) { return object == "{}" ? "" : object; }

std::string decimal_text(double value) {
  std::string out;
  json::print_double(out, value);
  return out;
}

class Walk {
 public:
  Walk(catalog::Catalog& catalog, inventory::Inventory& inventory, services::ExportFormat format)
      : catalog_(catalog), inventory_(inventory), format_(format) {}

  Result<std::string> next() {
    std::string out;
    if (first_ && format_ == services::ExportFormat::kCsv) out = kHeader;
    if (first_) TRY_DO(load_names());
    first_ = false;
    // A page whose products were all removed meanwhile is no end.
    for (bool any = false; !any && !ended_;) {
      TRY(const auto ids, catalog_.ids_after(last_, kPage));
      ended_ = ids.size() < static_cast<std::size_t>(kPage);
      if (ids.empty()) break;
      last_ = ids.back();
      TRY(const auto products, catalog_.products(ids));
      any = !products.empty();
      TRY_DO(load_stock(products));
      for (const auto& product : products) {
        TRY(const RowProduct row, row_of(product));
        if (format_ == services::ExportFormat::kNdjson)
          out += json::print(row) + "\n";
        else
          print_csv(row, out);
      }
    }
    return out;
  }

 private:
  Result<void> load_names() {
    TRY(const auto categories, catalog_.categories());  // parents first
    paths_.clear();
    for (const auto& category : categories) {
      auto path = category.parent ? paths_[category.parent] : std::vector<std::string>{};
      path.push_back(category.name);
      paths_[category.id] = std::move(path);
    }
    TRY(const auto sellers, catalog_.sellers());
    for (const auto& seller : sellers) sellers_[seller.id] = seller.code;
    TRY(const auto warehouses, inventory_.warehouses());
    for (const auto& warehouse : warehouses) warehouses_[warehouse.id] = warehouse.code;
    return {};
  }

  Result<void> load_stock(const std::vector<catalog::Product>& products) {
    std::vector<OfferId> offers;
    for (const auto& product : products)
      for (const auto& offer : product.offers) offers.push_back(offer.id);
    stock_.clear();
    TRY(const auto rows, inventory_.rows(offers));
    for (const auto& row : rows) stock_[row.offer].push_back(row);
    return {};
  }

  // What was made since the walk began is not known yet.
  template <class Id, class Names>
  Result<void> know(Id id, const Names& names) {
    return !id || names.contains(id) ? Result<void>{} : load_names();
  }

  Result<RowProduct> row_of(const catalog::Product& product) {
    RowProduct row;
    row.external_id = product.external_id.empty() ? product.id.text() : product.external_id;
    row.slug = product.slug;
    row.title = product.title;
    row.description = product.description;
    row.brand = product.brand;
    TRY_DO(know(product.category, paths_));
    if (product.category) row.category_path = paths_[product.category];
    row.attributes.text = product.attributes_json;
    row.images = product.images;
    row.gtin = product.gtin;
    row.status = product.status;
    row.weight_g = product.weight_g;
    row.dimensions_mm = product.dimensions_mm;
    row.tax_class = product.tax_class;
    row.returnable = product.returnable;
    row.translations.text = product.translations_json;
    row.rating = product.rating;
    row.review_count = product.review_count;
    for (const auto& offer : product.offers) {
      TRY_DO(know(offer.seller, sellers_));
      row.offers.push_back({offer.sku,
                            sellers_[offer.seller],
                            offer.condition,
                            offer.options,
                            offer.price,
                            offer.list_price,
                            offer.purchase_limit,
                            offer.backorder,
                            offer.active,
                            {},
                            offer.min_quantity,
                            offer.quantity_step});
      for (const auto& stock : stock_[offer.id]) {
        TRY_DO(know(stock.warehouse, warehouses_));
        row.offers.back().stock.push_back({warehouses_[stock.warehouse], stock.on_hand});
      }
    }
    return row;
  }

  static void print_csv(const RowProduct& row, std::string& out) {
    bool first = true;
    const auto line = [&](const RowOffer* offer, const RowStock* stock) {
      runtime::CsvLine cells(out);
      cells.text(row.external_id);
      print_product(first ? &row : nullptr, cells);
      print_offer(offer, cells);
      cells.text(stock ? stock->warehouse : "").plain(stock ? std::to_string(stock->on_hand) : "").end();
      first = false;
    };
    if (row.offers.empty()) line(nullptr, nullptr);
    for (const RowOffer& offer : row.offers) {
      if (offer.stock.empty()) line(&offer, nullptr);
      for (const RowStock& stock : offer.stock) line(&offer, &stock);
    }
  }

  // All but the key; empty cells on the lines after the first.
  static void print_product(const RowProduct* row, runtime::CsvLine& cells) {
    if (row == nullptr) {
      for (std::size_t i = 1; i < kProductColumns; ++i) cells.plain("");
      return;
    }
    std::string sides;
    for (const auto side : row->dimensions_mm) sides += (sides.empty() ? "" : "x") + std::to_string(side);
    cells.text(row->slug).text(row->title).text(row->description).text(row->brand);
    cells.text(joined(row->category_path, '>', " > ")).plain(unless_empty(row->attributes.text));
    cells.text(joined(row->images, '|', "|")).text(row->gtin).plain(name_of(row->status));
    cells.number(row->weight_g).plain(sides).text(row->tax_class).plain(row->returnable ? "true" : "false");
    cells.plain(unless_empty(row->translations.text)).plain(decimal_text(row->rating)).number(row->review_count);
  }

  static void print_offer(const RowOffer* offer, runtime::CsvLine& cells) {
    if (offer == nullptr) {
      for (std::size_t i = 0; i < kOfferColumns; ++i) cells.plain("");
      return;
    }
    cells.text(offer->sku).text(offer->seller).text(offer->condition);
    cells.plain(offer->options.empty() ? "" : json::print(offer->options)).plain(amount_text(offer->price));
    cells.plain(offer->list_price ? amount_text(*offer->list_price) : "").plain(offer->price.currency().code());
    cells.number(offer->purchase_limit).number(offer->backorder).plain(offer->active ? "true" : "false");
    cells.number(offer->min_quantity).number(offer->quantity_step);
  }

  catalog::Catalog& catalog_;
  inventory::Inventory& inventory_;
  services::ExportFormat format_;
  ProductId last_;
  bool first_ = true;
  bool ended_ = false;
  std::map<CategoryId, std::vector<std::string>> paths_;
  std::map<SellerId, std::string> sellers_;
  std::map<WarehouseId, std::string> warehouses_;
  std::map<OfferId, std::vector<inventory::StockRow>> stock_;
};

}  // namespace

services::Export product_export(catalog::Catalog& catalog, inventory::Inventory& inventory) {
  return [&catalog, &inventory](services::ExportFormat format) -> services::ExportPieces {
    return [walk = std::make_shared<Walk>(catalog, inventory, format)] { return walk->next(); };
  };
}

}  // namespace kontor::importing
