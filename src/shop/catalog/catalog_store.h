// All SQL of catalog, as functions on a Tx of the home `catalog`. Reads compose whole products; save_many writes any
// number of drafts with a fixed number of statements, pipelined where the engine pipelines.
#pragma once
#include <algorithm>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ports/db.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog::store {

// Fifty parameters for `IN (…)`: statements keep one text; shorter lists repeat their last value.
inline constexpr std::size_t kInCount = 50;
#define KONTOR_CATALOG_IN50                                                                             \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27," \
  "$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50"
// Asks `query` for the values in groups of fifty and hands each row to `take`. A single value is asked for by `one`,
// where there is such a text: fifty parameters for one product took most of the time of a product page that was not at
// hand.
template <class Take>
Result<void> ask_in(db::Tx& tx, const db::Query& query, std::span<const db::Param> values, const Take& take,
                    const db::Query* one = nullptr) {
  if (one != nullptr && values.size() == 1) {
    TRY(const db::Rows rows, tx.ask_params(*one, values));
    for (const auto& row : rows) TRY_DO(take(row));
    return {};
  }
  for (std::size_t at = 0; at < values.size(); at += kInCount) {
    db::Param group[kInCount];
    for (std::size_t i = 0; i < kInCount; ++i) group[i] = values[std::min(at + i, values.size() - 1)];
    TRY(const db::Rows rows, tx.ask_params(query, group));
    for (const auto& row : rows) TRY_DO(take(row));
  }
  return {};
}

// Reads.
Result<std::vector<Product>> products(db::Tx& tx, std::span<const ProductId> ids);
Result<std::vector<Offer>> offers(db::Tx& tx, std::span<const OfferId> ids);
Result<std::vector<Offer>> offers_by_sku(db::Tx& tx, std::span<const std::string> skus);
Result<std::vector<Offer>> offers_of(db::Tx& tx, std::span<const ProductId> products);
Result<std::optional<ProductId>> product_by_slug(db::Tx& tx, std::string_view slug);
Result<std::vector<ProductId>> find_products(db::Tx& tx, const ProductFilter& filter);
Result<std::vector<ProductId>> ids_after(db::Tx& tx, ProductId after, int limit);
Result<std::vector<Seller>> sellers(db::Tx& tx);

// Writes, with their events.
// `rehearse`: decides as if, and writes nothing; what drafts of one call would do to each other is not seen then.
Result<std::vector<Saved>> save_many(db::Tx& tx, std::span<const Draft> drafts, Time now, bool rehearse = false);
Result<bool> remove_product(db::Tx& tx, ProductId id, std::optional<std::int64_t> if_version, Time now);
Result<void> ensure_sellers(db::Tx& tx, std::span<const Seller> sellers);  // leaves those whose code is there alone
Result<bool> remove_offer(db::Tx& tx, OfferId id, std::optional<std::int64_t> if_version, Time now);
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

Error version_conflict(std::int64_t now_at);

}  // namespace kontor::catalog::store
