// Products, their offers, the category tree and attributes. Owns what a thing is and its base price; how many there are belongs
// to inventory. Everything lives in the home `catalog`; each change is an event (events.h) in the same transaction.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "runtime/json.h"

namespace kontor::catalog {

enum class ProductStatus { kDraft = 0, kActive = 1, kInactive = 2, kSuspended = 3, kDiscontinued = 4 };
constexpr auto enum_names(ProductStatus) {
  return std::array{EnumName<ProductStatus>{ProductStatus::kDraft, "draft"}, EnumName<ProductStatus>{ProductStatus::kActive, "active"},
                    EnumName<ProductStatus>{ProductStatus::kInactive, "inactive"},
                    EnumName<ProductStatus>{ProductStatus::kSuspended, "suspended"},
                    EnumName<ProductStatus>{ProductStatus::kDiscontinued, "discontinued"}};
}

// What is bought: a product's variant, sold by a seller at a price, in a condition.
struct Offer {
  OfferId id;
  ProductId product;
  SellerId seller;
  std::string sku;
  std::string condition = "new";
  std::map<std::string, std::string> options;  // {"size": "M"}
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0;  // 0: none
  std::int64_t backorder = 0;       // how many may be sold beyond the stock
  bool active = true;
};

struct Product {
  ProductId id;
  std::string external_id;  // the shop's own key; unique; may be empty
  std::string slug;         // unique
  std::string title;
  std::string description;
  std::string brand;
  CategoryId category;      // 0: none
  std::string attributes_json = "{}";  // name → text, number or boolean
  std::vector<std::string> images;
  std::string gtin;
  ProductStatus status = ProductStatus::kActive;
  std::int64_t weight_g = 0;
  std::string tax_class = "standard";
  double rating = 0;        // 0..5, imported; reviews take over later
  std::int64_t review_count = 0;
  std::int64_t version = 1;
  Time created, updated;
  std::vector<Offer> offers;
};

struct Category {
  CategoryId id;
  CategoryId parent;  // 0: a root
  std::string name;
  std::string slug;
  std::string path;   // "Electronics > Laptops", for people
};

// Everything reads the store; callers that need memory speed ask showcase.
class Catalog {
 public:
  Catalog(db::Store& store, Clock& clock, IdSource& ids) : store_(store), clock_(clock), ids_(ids) {}

  Result<std::optional<Product>> product(ProductId id);  // with its offers
  // In the order asked; a missing one is left out. One read for all.
  Result<std::vector<Product>> products(std::span<const ProductId> ids);
  Result<std::vector<Offer>> offers(std::span<const OfferId> ids);

 private:
  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
};

}  // namespace kontor::catalog
