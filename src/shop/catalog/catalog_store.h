// All SQL of catalog, as functions on a Tx of the home `catalog`. Reads compose whole products; save_many writes any
// number of drafts with a fixed number of statements, pipelined where the engine pipelines.
#pragma once
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ports/db.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/timetable.h"

namespace kontor::catalog::store {

// Fifty parameters for `IN (…)`: statements keep one text; shorter lists repeat their last value.
inline constexpr std::size_t kInCount = 50;
#define KONTOR_CATALOG_IN50                                                                             \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27," \
  "$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50"
// The same question in three sizes: fifty parameters for one product, or for the four lines of a usual cart, took most
// of the time of asking.
struct InQueries {
  const db::Query& fifty;
  const db::Query* four = nullptr;
  const db::Query* one = nullptr;
};
inline constexpr std::size_t kFewCount = 4;

// Asks for the values in groups of the size that fits, and hands each row to `take`.
template <class Take>
Result<void> ask_in(db::Tx& tx, const InQueries& queries, std::span<const db::Param> values, const Take& take) {
  const bool one = queries.one != nullptr && values.size() == 1;
  const bool few = queries.four != nullptr && values.size() <= kFewCount;
  const std::size_t size = one ? 1 : few ? kFewCount : kInCount;
  const db::Query& query = one ? *queries.one : few ? *queries.four : queries.fifty;
  for (std::size_t at = 0; at < values.size(); at += size) {
    db::Param group[kInCount];
    for (std::size_t i = 0; i < size; ++i) group[i] = values[std::min(at + i, values.size() - 1)];
    TRY(const db::Rows rows, tx.ask_params(query, std::span(group, size)));
    for (const auto& row : rows) TRY_DO(take(row));
  }
  return {};
}

Currency currency_of(std::string_view code);  // of a row: asserts that there is one

// Reads.
Result<std::vector<Product>> products(db::Tx& tx, std::span<const ProductId> ids);
Result<std::vector<Offer>> offers(db::Tx& tx, std::span<const OfferId> ids);
// The facts at this place have a timetable; their price is the base price still.
struct OnSale {
  std::size_t at = 0;
  std::int64_t base = 0;
  Timetable timetable;
};
Result<std::vector<SaleFacts>> sale_facts(db::Tx& tx, std::span<const OfferId> ids, std::vector<OnSale>& on_sale);
Result<std::vector<Offer>> offers_by_sku(db::Tx& tx, std::span<const std::string> skus);
Result<std::vector<Offer>> offers_of(db::Tx& tx, std::span<const ProductId> products);
Result<std::optional<ProductId>> product_by_slug(db::Tx& tx, std::string_view slug);
Result<std::vector<ProductId>> find_products(db::Tx& tx, const ProductFilter& filter);
Result<std::vector<ProductId>> ids_after(db::Tx& tx, ProductId after, int limit);
Result<std::map<std::string, ProductId>> ids_by_external_id(db::Tx& tx, std::span<const std::string> external_ids);
Result<std::vector<Seller>> sellers(db::Tx& tx);

// Writes, with their events.
// `rehearse`: decides as if, and writes nothing; what drafts of one call would do to each other is not seen then.
Result<std::vector<Saved>> save_many(db::Tx& tx, std::span<const Draft> drafts, Time now, bool rehearse = false);
Result<bool> remove_product(db::Tx& tx, ProductId id, std::optional<std::int64_t> if_version, Time now);
Result<void> ensure_sellers(db::Tx& tx, std::span<const Seller> sellers);  // leaves those whose code is there alone
Result<bool> remove_offer(db::Tx& tx, OfferId id, std::optional<std::int64_t> if_version, Time now);
// They have a new version.
Result<void> touch_products(db::Tx& tx, std::span<const ProductId> ids, Time now);
// What the change of a price leaves: a row of its history, and the lowest of the 30 days before it in the offer's row.
struct PriceChange {
  OfferId offer;
  Money price, previous;
};
Result<void> note_prices(db::Tx& tx, std::span<const PriceChange> changes, Time now);
// The cheapest offer that is sold, by currency: what listings show.
std::map<Currency, const Offer*> cheapest_of(std::span<const Offer> offers);
// One listing row per currency in which the product is sold now; none when it is not.
void add_listing_rows(const Product& product, std::vector<std::vector<db::Param>>& sets,
                      std::deque<std::string>& texts);

// Categories.
Result<std::vector<Category>> categories(db::Tx& tx);
Result<Category> create_category(db::Tx& tx, const Category& wanted, Time now);
Result<Category> change_category(db::Tx& tx, const Category& wanted, std::optional<std::int64_t> if_version, Time now);
Result<bool> remove_category(db::Tx& tx, CategoryId id, Time now);
// The child of `parent` with this name, made with the id `fresh` when it is missing.
Result<Category> ensure_category(db::Tx& tx, const Category& parent, const std::string& name, CategoryId fresh,
                                 Time now);

// Definitions of attributes.
Result<std::vector<AttributeTable::Row>> attribute_rows(db::Tx& tx);
Result<OwnDefinitions> own_definitions(db::Tx& tx, CategoryId category);
Result<OwnDefinitions> set_definitions(db::Tx& tx, CategoryId category, std::span<const AttributeDefinition> wanted,
                                       std::optional<std::int64_t> if_version, Time now);

// What stands beside a product.
Result<RelatedProducts> related(db::Tx& tx, ProductId id);
Result<std::int64_t> set_related(db::Tx& tx, ProductId id, const RelatedProducts& wanted,
                                 std::optional<std::int64_t> if_version, Time now);  // the version from then on
Result<void> drop_related(db::Tx& tx, ProductId id);  // of the product, and itself beside others

Error version_conflict(std::int64_t now_at);

// Former slugs and brands (addresses.h).
struct SlugMove {
  std::int64_t owner = 0;
  std::string from, to;
};
Result<std::optional<std::int64_t>> former_owner(db::Tx& tx, SlugKind kind, std::string_view slug);
// Those of the slugs that lead to a product.
Result<std::unordered_map<std::string, ProductId>> former_products(db::Tx& tx, std::span<const db::Param> slugs);
Result<std::vector<FormerSlug>> former_slugs(db::Tx& tx, SlugKind kind, std::int64_t owner);
Result<std::vector<FormerSlug>> former_category_slugs(db::Tx& tx);
// `from` leads to its owner from now on, and `to` is a former one no more.
Result<void> note_moves(db::Tx& tx, SlugKind kind, std::span<const SlugMove> moves, Time now);
Result<void> drop_former_slugs(db::Tx& tx, SlugKind kind, std::int64_t owner);
Result<bool> forget_slug(db::Tx& tx, SlugKind kind, const FormerSlug& former);
Result<void> note_brands(db::Tx& tx, std::span<const std::string> names);  // those that are there stay as they are
Result<std::vector<std::string>> unnamed_brands(db::Tx& tx, int limit);    // keys
Result<void> name_brands(db::Tx& tx, std::span<const std::string> keys);
Result<std::vector<Brand>> brands(db::Tx& tx, Currency currency, std::string_view after, int limit);
Result<std::optional<std::string>> brand_slug(db::Tx& tx, std::string_view name);
Result<std::optional<std::string>> brand_name(db::Tx& tx, std::string_view slug);
Result<std::vector<ListedProduct>> listed(db::Tx& tx, Currency currency, ProductId after, int limit);

}  // namespace kontor::catalog::store
