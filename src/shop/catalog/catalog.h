// Products, their offers, the category tree and attributes. Owns what a thing is and its base price; how many there are
// belongs to inventory. Everything lives in the home `catalog`; each change is an event (events.h) in the same
// transaction.
#pragma once
#include <array>
#include <functional>
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
#include "shop/catalog/addresses.h"
#include "shop/catalog/attribute_definitions.h"
#include "shop/catalog/base_prices.h"
#include "shop/catalog/catalog_state.h"
#include "shop/catalog/category.h"
#include "shop/catalog/related.h"
#include "shop/catalog/translations.h"

namespace kontor::services {
class CheckReport;
}

namespace kontor::catalog {

// What is bought: a product's variant, sold by a seller at a price, in a condition.
struct Offer {
  OfferId id;
  ProductId product;
  SellerId seller;
  std::string sku;  // unique within its seller
  std::string condition = "new";
  std::map<std::string, std::string> options;  // {"size": "M"}
  Money price;                                 // the base price, as staff set it; a sale leaves it alone
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0;  // 0: none
  std::int64_t backorder = 0;       // how many may be sold beyond the stock
  bool active = true;
  std::int64_t version = 1;
  std::int64_t min_quantity = 1;   // fewer are not sold at once
  std::int64_t quantity_step = 1;  // sold by so many: quantities are multiples of it

  // Kept by sales.h; what a draft says of them is not looked at.
  std::optional<Money> sale_price = {};  // the lowest of the sales that run
  std::optional<Money> lowest_30d = {};  // the lowest price of the 30 days before it came to cost what it costs now
  std::string timetable = {};            // of the sales that are not over (timetable.h); "": none

  Money now() const { return sale_price && *sale_price < price ? *sale_price : price; }
  // What pages show beside it as the price before.
  std::optional<Money> compared() const { return now() < price ? std::optional<Money>(price) : list_price; }
};

struct Product {
  ProductId id;
  std::string external_id;  // the shop's own key; unique; may be empty
  std::string slug;         // unique
  std::string title;
  std::string description;
  std::string brand;
  CategoryId category;                 // 0: none
  std::string attributes_json = "{}";  // name → text, number, boolean or a list of those
  std::vector<std::string> images;
  std::string gtin;  // checked digits (base/gtin.h); may be empty
  ProductStatus status = ProductStatus::kActive;
  std::int64_t weight_g = 0;
  std::vector<std::int64_t> dimensions_mm;  // empty or length, width, height
  std::string tax_class = "standard";
  bool returnable = true;
  std::string translations_json = "{}";
  double rating = 0;  // 0..5, imported; reviews take over later
  std::int64_t review_count = 0;
  std::int64_t version = 1;
  Time created, updated;
  std::vector<Offer> offers;  // by id
};

// What promotions, tax and shipping ask of the thing in a line.
struct Goods {
  CategoryId category;  // 0: none
  SellerId seller;
  std::string brand;
  std::string tax_class = "standard";
  std::int64_t weight_g = 0;                       // 0: unknown
  std::array<std::int64_t, 3> dimensions_mm = {};  // length, width, height; 0: unknown
};

Goods goods_of(const Product& product, const Offer& offer);
std::optional<Time> sale_ends(const Offer& offer);  // while one lowers the price: until when it costs what it does now

// What a buyer's order says of an offer, and what it costs now.
struct SaleFacts {
  OfferId offer;
  ProductId product;
  std::string title;  // of the product
  std::string sku;
  Money price;                      // at this moment, by the clock: a sale that is over is over
  std::int64_t purchase_limit = 0;  // 0: none
  std::int64_t backorder = 0;
  bool buyable = true;  // product and offer are active
  Goods goods;
  std::int64_t min_quantity = 1;
  std::int64_t quantity_step = 1;
};

struct Seller {
  SellerId id;
  std::string code;
  std::string name;
  bool good_standing = true;
  std::int64_t rating_milli = 0;
};

// A product as it shall be. `product.id` 0: the one with the same external_id is meant, else it is new. An offer with
// id 0 is the product's offer with the same seller and sku, else new; offers that are not named stay as they are. An
// empty slug is made from the title (and kept on a change).
struct Draft {
  Product product;
  std::optional<std::int64_t> if_version;  // kVersionConflict "catalog.version_conflict" when it has another
  bool create_only = false;                // an external_id that is there already is refused
  bool slug_is_wish = false;               // a slug that another product has or had is not taken, instead of refused
  ProductId fresh;                         // drawn by Catalog::prepare
  std::vector<OfferId> fresh_offers;
};

struct Saved {
  ProductId product;  // 0 when refused
  bool created = false;
  std::vector<OfferId> offers;   // as the draft names them
  std::optional<Error> refused;  // this draft alone changed nothing: a sku or slug that belongs to another, a lost race
};

struct ProductFilter {                 // for the back office
  std::string external_id, slug, sku;  // "" : any
  ProductId before;                    // keyset: ids below it; 0: from the newest
  int limit = 20;
};

// Everything that is wrong with a draft taken by itself; fields are JSON pointers as in an import row and in POST
// /admin/products.
void check_draft(const Draft& draft, std::vector<FieldError>& wrong);

// What is wrong with a product's GTIN, as it is kept; none is fine.
void check_gtin(std::string_view gtin, std::vector<FieldError>& wrong);

// What is wrong with an attributes object: names of 1 to 100 characters; texts up to 4,000, numbers, booleans, lists of
// up to 50.
void check_attributes(std::string_view attributes_json, const std::string& field, std::vector<FieldError>& wrong);

// Everything reads the store; callers that need memory speed ask showcase.
class Catalog {
 public:
  // Runs inside the write function that changes the catalogue: audit entries and the like.
  using Beside = std::function<Result<void>(db::Tx&, Time)>;

  Catalog(db::Store& store, Clock& clock, IdSource& ids)
      : store_(store), clock_(clock), ids_(ids), base_prices_(store, clock), definitions_(store), addresses_(store) {}

  Result<std::optional<Product>> product(ProductId id);  // with its offers
  Result<std::optional<ProductId>> product_by_slug(std::string_view slug);
  // In the order asked; a missing one is left out. One read for all.
  Result<std::vector<Product>> products(std::span<const ProductId> ids);
  Result<std::vector<Offer>> offers(std::span<const OfferId> ids);
  Result<std::vector<SaleFacts>> sale_facts(std::span<const OfferId> ids);    // in no order, each once; else as offers
  Result<std::vector<Offer>> offers_of(std::span<const ProductId> products);  // by id within a product
  // The offers that have one of these skus, of any seller, in no order: for bulk changes.
  Result<std::vector<Offer>> offers_by_sku(std::span<const std::string> skus);
  Result<std::vector<Product>> find_products(const ProductFilter& filter);  // newest first
  // Ids above `after`, ascending: for walks over everything.
  Result<std::vector<ProductId>> ids_after(ProductId after, int limit);
  // Those that are there, by external id.
  Result<std::map<std::string, ProductId>> ids_by_external_id(std::span<const std::string> external_ids);

  Result<std::vector<Category>> categories();  // parents before their children, then by name
  Result<std::vector<Seller>> sellers();
  // Those of the sellers that are not there yet are made (by code; ids are drawn here). Repeating it changes nothing.
  Result<void> ensure_sellers(std::span<const Seller> wanted);

  // Saves them in one write function, which shall stay below 5 ms: 50 products of usual size. The same twice changes
  // nothing the second time but versions. kInvalid for a draft without title; refused drafts are named in their Saved.
  Result<std::vector<Saved>> save(std::span<Draft> drafts, const Beside& beside = {});
  // The same; `beside` runs in the write function, unless all were refused, and hears what came of each.
  using BesideSaved = std::function<Result<void>(db::Tx&, Time, std::span<const Saved>)>;
  Result<std::vector<Saved>> save_each(std::span<Draft> drafts, const BesideSaved& beside);
  // What save() would answer now; nothing is written, and the ids of what would be new mean nothing.
  Result<std::vector<Saved>> rehearse(std::span<Draft> drafts);
  // Repeating it is harmless. The answer: whether there was one.
  Result<bool> remove(ProductId id, std::optional<std::int64_t> if_version, const Beside& beside = {});
  Result<bool> remove_offer(OfferId id, std::optional<std::int64_t> if_version, const Beside& beside = {});

  // kConflict "catalog.category_exists", kNotFound "catalog.no_such_category", kConflict "catalog.category_cycle".
  Result<Category> create_category(CategoryId parent, const std::string& name, const Beside& beside = {},
                                   const Names& names = {});
  // Renames or moves; `if_version` as in Draft.
  Result<Category> change_category(const Category& wanted, std::optional<std::int64_t> if_version,
                                   const Beside& beside = {});
  // kConflict "catalog.category_in_use" while it has children or products. Repeating it is harmless.
  Result<bool> remove_category(CategoryId id, const Beside& beside = {});
  // The categories of these paths (names from the root down), made where they are missing. In the order asked.
  Result<std::vector<CategoryId>> ensure_paths(std::span<const std::vector<std::string>> paths);

  BasePrices& base_prices() { return base_prices_; }
  AttributeDefinitions& definitions() { return definitions_; }
  // Replaces a category's own definitions. kNotFound "catalog.no_such_category"; `if_version` as in Draft.
  Result<OwnDefinitions> define_attributes(CategoryId category, std::span<const AttributeDefinition> wanted,
                                           std::optional<std::int64_t> if_version, const Beside& beside = {});
  // What its category's definitions say against a product. `before` (null: it is new): what did not change since is let
  // be, so that an older product can still be repriced, or taken from the shelves.
  Result<void> check_defined(const Product& product, const Product* before, std::vector<FieldError>& wrong);

  // kNotFound "catalog.no_such_product".
  Result<RelatedProducts> related(ProductId id);
  // Replaces them; the product has a new version. kInvalid "catalog.wrong_related" names what is not there or twice.
  Result<std::int64_t> set_related(ProductId id, const RelatedProducts& wanted, std::optional<std::int64_t> if_version,
                                   const Beside& beside = {});
  Addresses& addresses() { return addresses_; }  // former slugs, brands, the walk over what is listed
  // Gives up a slug that leads to its former owner; whoever wants it may have it. The answer: whether there was one.
  Result<bool> forget_slug(SlugKind kind, std::int64_t owner, const std::string& slug, const Beside& beside = {});

  Result<void> check(services::CheckReport& report);  // for `kontor check`: what its rows say of each other

  // Called after each committed change, so that this replica's own caches need not wait for the event.
  void on_change(std::function<void(std::span<const ProductId>)> told) { told_ = std::move(told); }
  void on_category_change(std::function<void()> told) { category_told_ = std::move(told); }

  // Draws what a draft needs, and writes its GTIN as it is kept; save() calls it.
  void prepare(Draft& draft, Time now);

 private:
  void tell(std::span<const ProductId> products) const;
  void tell_categories();

  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  BasePrices base_prices_;
  AttributeDefinitions definitions_;
  Addresses addresses_;
  std::function<void(std::span<const ProductId>)> told_;
  std::function<void()> category_told_;
};

}  // namespace kontor::catalog
