#include "shop/catalog/catalog_store.h"

#include <algorithm>
#include <unordered_map>

#include "shop/catalog/product_document.h"

namespace kontor::catalog::store {
namespace {

using db::Home;

#define KONTOR_PRODUCT_COLUMNS                                                                                         \
  "SELECT id, external_id, slug, title, brand, category_id, status, rating_milli, review_count, version, created_at, " \
  "updated_at, details FROM catalog_products "
constexpr db::Query kProductsById{"catalog.products_by_id", Home::kCatalog,
                                  KONTOR_PRODUCT_COLUMNS "WHERE id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kFewProductsById{"catalog.few_products_by_id", Home::kCatalog,
                                     KONTOR_PRODUCT_COLUMNS "WHERE id IN ($1, $2, $3, $4)"};
constexpr db::Query kProductById{"catalog.product_by_id", Home::kCatalog, KONTOR_PRODUCT_COLUMNS "WHERE id = $1"};
#define KONTOR_OFFER_COLUMNS                                                                                  \
  "SELECT id, product_id, seller_id, sku, item_condition, options, price_minor, currency, list_price_minor, " \
  "purchase_limit, backorder, active, version, min_quantity, quantity_step, sale_minor, lowest_minor, sales " \
  "FROM catalog_offers "
constexpr db::Query kOffersById{"catalog.offers_by_id", Home::kCatalog,
                                KONTOR_OFFER_COLUMNS "WHERE id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kFewOffersById{"catalog.few_offers_by_id", Home::kCatalog,
                                   KONTOR_OFFER_COLUMNS "WHERE id IN ($1, $2, $3, $4)"};
#define KONTOR_SALE_FACTS                                                                                            \
  "SELECT o.id, o.product_id, o.sku, o.price_minor, o.currency, o.purchase_limit, o.backorder, o.active, p.status, " \
  "p.title, o.seller_id, p.category_id, p.brand, CASE WHEN p.goods = '' THEN p.details ELSE p.goods END, "           \
  "o.min_quantity, o.quantity_step, o.sales FROM catalog_offers AS o JOIN catalog_products AS p ON p.id = "          \
  "o.product_id "
constexpr db::Query kSaleFacts{"catalog.sale_facts", Home::kCatalog,
                               KONTOR_SALE_FACTS "WHERE o.id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kFewSaleFacts{"catalog.few_sale_facts", Home::kCatalog,
                                  KONTOR_SALE_FACTS "WHERE o.id IN ($1, $2, $3, $4)"};
constexpr db::Query kOffersByProduct{"catalog.offers_by_product", Home::kCatalog,
                                     KONTOR_OFFER_COLUMNS "WHERE product_id IN (" KONTOR_CATALOG_IN50 ") ORDER BY id"};
constexpr db::Query kOfferById{"catalog.offer_by_id", Home::kCatalog, KONTOR_OFFER_COLUMNS "WHERE id = $1"};
constexpr db::Query kOffersOfOne{"catalog.offers_of_one", Home::kCatalog,
                                 KONTOR_OFFER_COLUMNS "WHERE product_id = $1 ORDER BY id"};
constexpr db::Query kOffersBySku{"catalog.offers_by_sku", Home::kCatalog,
                                 KONTOR_OFFER_COLUMNS "WHERE sku IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kProductBySlug{"catalog.product_by_slug", Home::kCatalog,
                                   "SELECT id FROM catalog_products WHERE slug = $1"};
constexpr db::Query kNewest{"catalog.newest", Home::kCatalog,
                            "SELECT id FROM catalog_products WHERE id < $1 ORDER BY id DESC LIMIT $2"};
constexpr db::Query kByExternalId{
    "catalog.by_external_id", Home::kCatalog,
    "SELECT id FROM catalog_products WHERE external_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"};
constexpr db::Query kBySlug{"catalog.by_slug", Home::kCatalog,
                            "SELECT id FROM catalog_products WHERE slug = $1 AND id < $2 ORDER BY id DESC LIMIT $3"};
constexpr db::Query kBySku{"catalog.by_sku", Home::kCatalog, R"sql(
  SELECT DISTINCT product_id
  FROM catalog_offers
  WHERE sku = $1 AND product_id < $2 ORDER BY product_id DESC LIMIT $3)sql"};
constexpr db::Query kIdsAfter{"catalog.ids_after", Home::kCatalog,
                              "SELECT id FROM catalog_products WHERE id > $1 ORDER BY id LIMIT $2"};
constexpr db::Query kIdsByExternalId{
    "catalog.ids_by_external_id", Home::kCatalog,
    "SELECT external_id, id FROM catalog_products WHERE external_id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kSellers{
    "catalog.sellers", Home::kCatalog,
    "SELECT id, code, name, good_standing, rating_milli FROM catalog_sellers ORDER BY id LIMIT 100000"};
constexpr db::Query kAddSeller{"catalog.add_seller", Home::kCatalog, R"sql(
  INSERT INTO catalog_sellers (id, code, name, good_standing, rating_milli) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (code) DO NOTHING)sql"};

Result<Offer> offer_of(const db::Rows::Row& row) {
  Offer offer;
  offer.id = row.id<OfferId>(0);
  offer.product = row.id<ProductId>(1);
  offer.seller = row.id<SellerId>(2);
  offer.sku = row.str(3);
  offer.condition = row.str(4);
  if (row.text(5).size() > 2) {
    TRY(offer.options, json::read<std::map<std::string, std::string>>(row.text(5)));
  }
  const Currency currency = currency_of(row.text(7));
  offer.price = Money::minor(row.i64(6), currency);
  if (const auto list = row.opt_i64(8)) offer.list_price = Money::minor(*list, currency);
  offer.purchase_limit = row.i64(9);
  offer.backorder = row.i64(10);
  offer.active = row.flag(11);
  offer.version = row.i64(12);
  offer.min_quantity = row.i64(13);
  offer.quantity_step = row.i64(14);
  if (const auto sale = row.opt_i64(15)) offer.sale_price = Money::minor(*sale, currency);
  if (const auto lowest = row.opt_i64(16)) offer.lowest_30d = Money::minor(*lowest, currency);
  offer.timetable = row.str(17);
  return offer;
}

Result<Product> product_of(const db::Rows::Row& row) {
  Product product;
  product.id = row.id<ProductId>(0);
  product.external_id = row.str(1);
  product.slug = row.str(2);
  product.title = row.str(3);
  product.brand = row.str(4);
  product.category = row.id<CategoryId>(5);
  product.status = static_cast<ProductStatus>(row.i64(6));
  product.rating = static_cast<double>(row.i64(7)) / 1000;
  product.review_count = row.i64(8);
  product.version = row.i64(9);
  product.created = row.time(10);
  product.updated = row.time(11);
  TRY_DO(read_details(row.text(12), product));
  return product;
}

template <class IdType>
std::vector<db::Param> params_of(std::span<const IdType> ids) {
  std::vector<db::Param> params;
  params.reserve(ids.size());
  for (const auto& id : ids) params.emplace_back(id);
  return params;
}

Result<std::vector<Offer>> ask_offers(db::Tx& tx, const InQueries& queries, std::span<const db::Param> params) {
  std::vector<Offer> found;
  const auto take = [&](const db::Rows::Row& row) -> Result<void> {
    TRY(Offer offer, offer_of(row));
    found.push_back(std::move(offer));
    return {};
  };
  TRY_DO(ask_in(tx, queries, params, take));
  return found;
}

std::vector<ProductId> ids_of(const db::Rows& rows) {
  std::vector<ProductId> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.id<ProductId>(0));
  return ids;
}

}  // namespace

Currency currency_of(std::string_view code) {
  const auto currency = Currency::parse(code);
  KONTOR_ASSERT(currency.has_value());
  return *currency;
}

Result<std::vector<Product>> products(db::Tx& tx, std::span<const ProductId> ids) {
  std::vector<Product> found;
  const auto take = [&](const db::Rows::Row& row) -> Result<void> {
    TRY(Product product, product_of(row));
    found.push_back(std::move(product));
    return {};
  };
  TRY_DO(ask_in(tx, {kProductsById, &kFewProductsById, &kProductById}, params_of(ids), take));
  std::unordered_map<ProductId, std::size_t> at;
  for (std::size_t i = 0; i < found.size(); ++i) at.emplace(found[i].id, i);
  TRY(std::vector<Offer> offers, offers_of(tx, ids));
  for (Offer& offer : offers) {
    const auto place = at.find(offer.product);
    if (place != at.end()) found[place->second].offers.push_back(std::move(offer));
  }
  std::vector<Product> ordered;
  ordered.reserve(found.size());
  for (const ProductId id : ids) {
    const auto place = at.find(id);
    if (place == at.end()) continue;
    ordered.push_back(std::move(found[place->second]));
    at.erase(place);
  }
  return ordered;
}

Result<std::vector<Offer>> offers(db::Tx& tx, std::span<const OfferId> ids) {
  TRY(std::vector<Offer> found, ask_offers(tx, {kOffersById, &kFewOffersById, &kOfferById}, params_of(ids)));
  std::unordered_map<OfferId, std::size_t> at;
  for (std::size_t i = 0; i < found.size(); ++i) at.emplace(found[i].id, i);
  std::vector<Offer> ordered;
  ordered.reserve(found.size());
  for (const OfferId id : ids) {
    const auto place = at.find(id);
    if (place == at.end()) continue;
    ordered.push_back(std::move(found[place->second]));
    at.erase(place);
  }
  return ordered;
}

Result<std::vector<SaleFacts>> sale_facts(db::Tx& tx, std::span<const OfferId> ids, std::vector<OnSale>& on_sale) {
  std::vector<SaleFacts> found;
  on_sale.clear();
  found.reserve(ids.size());
  const auto take = [&](const db::Rows::Row& row) -> Result<void> {
    const auto offer = row.id<OfferId>(0);
    // A group of parameters repeats its last one.
    if (std::any_of(found.begin(), found.end(), [&](const SaleFacts& other) { return other.offer == offer; }))
      return {};
    found.push_back({offer,
                     row.id<ProductId>(1),
                     row.str(9),
                     row.str(2),
                     Money::minor(row.i64(3), currency_of(row.text(4))),
                     row.i64(5),
                     row.i64(6),
                     row.flag(7) && meaning_of(static_cast<ProductStatus>(row.i64(8))).buyable,
                     {row.id<CategoryId>(11), row.id<SellerId>(10), row.str(12), {}, 0, {}},
                     row.i64(14),
                     row.i64(15)});
    if (!row.text(16).empty()) on_sale.push_back({found.size() - 1, row.i64(3), read_timetable(row.text(16))});
    return read_goods(row.text(13), found.back().goods);
  };
  TRY_DO(ask_in(tx, {kSaleFacts, &kFewSaleFacts}, params_of(ids), take));
  return found;
}

Result<std::vector<Offer>> offers_by_sku(db::Tx& tx, std::span<const std::string> skus) {
  std::vector<db::Param> params(skus.begin(), skus.end());
  TRY(std::vector<Offer> found, ask_offers(tx, {kOffersBySku}, params));
  return found;
}

Result<std::vector<Offer>> offers_of(db::Tx& tx, std::span<const ProductId> products) {
  return ask_offers(tx, {kOffersByProduct, nullptr, &kOffersOfOne}, params_of(products));
}

Result<std::optional<ProductId>> product_by_slug(db::Tx& tx, std::string_view slug) {
  TRY(const db::Rows rows, tx.ask(kProductBySlug, slug));
  if (rows.empty()) return std::optional<ProductId>{};
  return std::optional<ProductId>(rows.front().id<ProductId>(0));
}

Result<std::vector<ProductId>> find_products(db::Tx& tx, const ProductFilter& filter) {
  const std::int64_t before = filter.before ? filter.before.value : std::numeric_limits<std::int64_t>::max();
  if (!filter.external_id.empty()) {
    TRY(const db::Rows rows, tx.ask(kByExternalId, filter.external_id, before, filter.limit));
    return ids_of(rows);
  }
  if (!filter.slug.empty()) {
    TRY(const db::Rows rows, tx.ask(kBySlug, filter.slug, before, filter.limit));
    return ids_of(rows);
  }
  if (!filter.sku.empty()) {
    TRY(const db::Rows rows, tx.ask(kBySku, filter.sku, before, filter.limit));
    return ids_of(rows);
  }
  TRY(const db::Rows rows, tx.ask(kNewest, before, filter.limit));
  return ids_of(rows);
}

Result<std::vector<ProductId>> ids_after(db::Tx& tx, ProductId after, int limit) {
  TRY(const db::Rows rows, tx.ask(kIdsAfter, after, limit));
  return ids_of(rows);
}

Result<std::map<std::string, ProductId>> ids_by_external_id(db::Tx& tx, std::span<const std::string> external_ids) {
  std::map<std::string, ProductId> found;
  const std::vector<db::Param> params(external_ids.begin(), external_ids.end());
  TRY_DO(ask_in(tx, {kIdsByExternalId}, params, [&](const db::Rows::Row& row) -> Result<void> {
    found[row.str(0)] = row.id<ProductId>(1);
    return {};
  }));
  return found;
}

Result<std::vector<Seller>> sellers(db::Tx& tx) {
  TRY(const db::Rows rows, tx.ask(kSellers));
  std::vector<Seller> found;
  for (const auto& row : rows) found.push_back({row.id<SellerId>(0), row.str(1), row.str(2), row.flag(3), row.i64(4)});
  return found;
}

Result<void> ensure_sellers(db::Tx& tx, std::span<const Seller> sellers) {
  for (const Seller& s : sellers) TRY_DO(tx.run(kAddSeller, s.id, s.code, s.name, s.good_standing, s.rating_milli));
  return {};
}

Error version_conflict(std::int64_t now_at) {
  return Error{Errc::kVersionConflict,
               "catalog.version_conflict",
               "It has been changed meanwhile and is at version " + std::to_string(now_at) + " now.",
               {},
               {},
               0};
}

}  // namespace kontor::catalog::store
