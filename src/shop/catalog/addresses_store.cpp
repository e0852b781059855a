// Former slugs, the addresses of brands, and the walk over what is listed.
#include <map>

#include "base/text.h"
#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"

namespace kontor::catalog::store {
namespace {

using db::Home;
using Sets = std::vector<std::vector<db::Param>>;

constexpr db::Query kFormerOwner{"catalog.former_owner", Home::kCatalog,
                                 "SELECT owner_id FROM catalog_former_slugs WHERE kind = $1 AND slug = $2"};
constexpr db::Query kFormerProducts{
    "catalog.former_products", Home::kCatalog,
    "SELECT slug, owner_id FROM catalog_former_slugs WHERE kind = 1 AND slug IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kFormerSlugs{"catalog.former_slugs", Home::kCatalog, R"sql(
  SELECT slug, owner_id, since FROM catalog_former_slugs
   WHERE owner_id = $1 AND kind = $2 ORDER BY since DESC, slug LIMIT 100)sql"};
constexpr db::Query kFormerCategorySlugs{
    "catalog.former_category_slugs", Home::kCatalog,
    "SELECT slug, owner_id, since FROM catalog_former_slugs WHERE kind = 2 ORDER BY slug LIMIT 100000"};
constexpr db::Query kNoteFormer{"catalog.note_former_slug", Home::kCatalog, R"sql(
  INSERT INTO catalog_former_slugs (kind, slug, owner_id, since) VALUES ($1, $2, $3, $4)
  ON CONFLICT (kind, slug) DO UPDATE SET owner_id = excluded.owner_id, since = excluded.since)sql"};
constexpr db::Query kDropFormer{"catalog.drop_former_slug", Home::kCatalog,
                                "DELETE FROM catalog_former_slugs WHERE kind = $1 AND slug = $2 AND owner_id = $3"};
constexpr db::Query kDropFormerOf{"catalog.drop_former_slugs", Home::kCatalog,
                                  "DELETE FROM catalog_former_slugs WHERE owner_id = $1 AND kind = $2"};

constexpr db::Query kBrandsByName{"catalog.brands_by_name", Home::kCatalog,
                                  "SELECT name_fold FROM catalog_brands WHERE name_fold IN (" KONTOR_CATALOG_IN50 ")"};
// Whoever has the name or the slug already keeps it.
constexpr db::Query kAddBrand{
    "catalog.add_brand", Home::kCatalog,
    "INSERT INTO catalog_brands (name_fold, slug, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};
constexpr db::Query kUnnamedBrands{
    "catalog.unnamed_brands", Home::kCatalog,
    "SELECT name_fold FROM catalog_brands WHERE slug IS NULL ORDER BY name_fold LIMIT $1"};
constexpr db::Query kNameBrand{"catalog.name_brand", Home::kCatalog, R"sql(
  UPDATE catalog_brands SET slug = $2 WHERE name_fold = $1 AND slug IS NULL
     AND NOT EXISTS (SELECT 1 FROM catalog_brands AS other WHERE other.slug = $2))sql"};
constexpr db::Query kBrandSlug{"catalog.brand_slug", Home::kCatalog,
                               "SELECT slug FROM catalog_brands WHERE name_fold = $1 AND slug IS NOT NULL"};
constexpr db::Query kBrandName{"catalog.brand_name", Home::kCatalog, "SELECT name FROM catalog_brands WHERE slug = $1"};
// Each count is a range of catalog_listing_by_brand: those of one page are together no more than what is listed.
constexpr db::Query kBrands{"catalog.brands", Home::kCatalog, R"sql(
  SELECT b.name_fold, b.slug,
         (SELECT MIN(l.brand) FROM catalog_listing AS l WHERE l.brand_fold = b.name_fold AND l.currency = $1),
         (SELECT COUNT(*) FROM catalog_listing AS l WHERE l.brand_fold = b.name_fold AND l.currency = $1)
    FROM catalog_brands AS b
   WHERE b.name_fold > $2 AND b.slug IS NOT NULL
     AND EXISTS (SELECT 1 FROM catalog_listing AS l WHERE l.brand_fold = b.name_fold AND l.currency = $1)
   ORDER BY b.name_fold LIMIT $3)sql"};
constexpr db::Query kListed{"catalog.listed", Home::kCatalog, R"sql(
  SELECT l.product_id, l.slug, p.updated_at
    FROM catalog_listing AS l JOIN catalog_products AS p ON p.id = l.product_id
   WHERE l.currency = $1 AND l.product_id > $2 ORDER BY l.product_id LIMIT $3)sql"};

std::vector<FormerSlug> former_slugs_in(const db::Rows& rows) {
  std::vector<FormerSlug> found;
  found.reserve(rows.size());
  for (const auto& row : rows) found.push_back({row.str(0), row.i64(1), row.time(2)});
  return found;
}

std::int64_t number_of(SlugKind kind) { return static_cast<std::int64_t>(kind); }

// What a brand is called in addresses where another has the plain slug, or its name has no letters for one.
std::string numbered_slug(std::string_view name_fold) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name_fold) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  std::string digits = "00000000";
  for (char& digit : digits) {
    digit = "0123456789abcdef"[hash >> 28];
    hash <<= 4;
  }
  std::string slug = slugify(name_fold);
  slug.resize(std::min<std::size_t>(slug.size(), 66));
  while (slug.ends_with('-')) slug.pop_back();
  return (slug.empty() ? "brand" : slug) + "-" + digits;
}

std::string plain_slug(std::string_view name_fold) {
  std::string slug = slugify(name_fold);
  return slug.empty() ? numbered_slug(name_fold) : slug;
}

}  // namespace

Result<std::optional<std::int64_t>> former_owner(db::Tx& tx, SlugKind kind, std::string_view slug) {
  TRY(const db::Rows rows, tx.ask(kFormerOwner, number_of(kind), slug));
  if (rows.empty()) return std::optional<std::int64_t>{};
  return std::optional<std::int64_t>(rows.front().i64(0));
}

Result<std::unordered_map<std::string, ProductId>> former_products(db::Tx& tx, std::span<const db::Param> slugs) {
  std::unordered_map<std::string, ProductId> found;
  TRY_DO(ask_in(tx, {kFormerProducts}, slugs, [&](const db::Rows::Row& row) -> Result<void> {
    found[row.str(0)] = row.id<ProductId>(1);
    return {};
  }));
  return found;
}

Result<std::vector<FormerSlug>> former_slugs(db::Tx& tx, SlugKind kind, std::int64_t owner) {
  TRY(const db::Rows rows, tx.ask(kFormerSlugs, owner, number_of(kind)));
  return former_slugs_in(rows);
}

Result<std::vector<FormerSlug>> former_category_slugs(db::Tx& tx) {
  TRY(const db::Rows rows, tx.ask(kFormerCategorySlugs));
  return former_slugs_in(rows);
}

Result<void> note_moves(db::Tx& tx, SlugKind kind, std::span<const SlugMove> moves, Time now) {
  Sets back, left;
  for (const SlugMove& move : moves) {
    back.push_back({number_of(kind), move.to, move.owner});
    left.push_back({number_of(kind), move.from, move.owner, now});
  }
  if (moves.empty()) return {};
  TRY_DO(tx.run_each(kDropFormer, back));
  TRY_DO(tx.run_each(kNoteFormer, left));
  return {};
}

Result<void> drop_former_slugs(db::Tx& tx, SlugKind kind, std::int64_t owner) {
  TRY_DO(tx.run(kDropFormerOf, owner, number_of(kind)));
  return {};
}

Result<bool> forget_slug(db::Tx& tx, SlugKind kind, const FormerSlug& former) {
  TRY(const std::int64_t dropped, tx.run(kDropFormer, number_of(kind), former.slug, former.owner));
  if (dropped > 0 && kind == SlugKind::kCategory) {
    const CategoryId category{former.owner};
    TRY_DO(services::emit(tx, CategoryChanged{category}, category.text(), former.since));
  }
  return dropped > 0;
}

Result<void> note_brands(db::Tx& tx, std::span<const std::string> names) {
  std::map<std::string, std::string> fresh;  // by folded name, in one order whoever writes
  for (const std::string& name : names)
    if (std::string key = fold(name); !key.empty()) fresh.emplace(std::move(key), name);
  std::vector<db::Param> keys;
  for (const auto& [key, name] : fresh) keys.emplace_back(key);
  std::vector<std::string> known;
  TRY_DO(ask_in(tx, {kBrandsByName}, keys, [&](const db::Rows::Row& row) -> Result<void> {
    known.push_back(row.str(0));
    return {};
  }));
  for (const std::string& key : known) fresh.erase(key);
  if (fresh.empty()) return {};
  std::deque<std::string> slugs;
  Sets plain, numbered;
  for (const auto& [key, name] : fresh) {
    plain.push_back({key, slugs.emplace_back(plain_slug(key)), name});
    numbered.push_back({key, slugs.emplace_back(numbered_slug(key)), name});
  }
  TRY_DO(tx.run_each(kAddBrand, plain));
  TRY_DO(tx.run_each(kAddBrand, numbered));  // changes nothing for those that got the plain one
  return {};
}

Result<std::vector<std::string>> unnamed_brands(db::Tx& tx, int limit) {
  TRY(const db::Rows rows, tx.ask(kUnnamedBrands, limit));
  std::vector<std::string> found;
  for (const auto& row : rows) found.push_back(row.str(0));
  return found;
}

Result<void> name_brands(db::Tx& tx, std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    TRY(const std::int64_t named, tx.run(kNameBrand, key, plain_slug(key)));
    if (named == 0) TRY_DO(tx.run(kNameBrand, key, numbered_slug(key)));
  }
  return {};
}

Result<std::vector<Brand>> brands(db::Tx& tx, Currency currency, std::string_view after, int limit) {
  TRY(const db::Rows rows, tx.ask(kBrands, currency, after, limit));
  std::vector<Brand> found;
  found.reserve(rows.size());
  for (const auto& row : rows) found.push_back({row.str(0), row.str(1), row.str(2), row.i64(3)});
  return found;
}

Result<std::optional<std::string>> brand_slug(db::Tx& tx, std::string_view name) {
  const std::string key = fold(name);
  TRY(const db::Rows rows, tx.ask(kBrandSlug, key));
  if (rows.empty()) return std::optional<std::string>{};
  return std::optional<std::string>(rows.front().str(0));
}

Result<std::optional<std::string>> brand_name(db::Tx& tx, std::string_view slug) {
  TRY(const db::Rows rows, tx.ask(kBrandName, slug));
  if (rows.empty()) return std::optional<std::string>{};
  return std::optional<std::string>(rows.front().str(0));
}

Result<std::vector<ListedProduct>> listed(db::Tx& tx, Currency currency, ProductId after, int limit) {
  TRY(const db::Rows rows, tx.ask(kListed, currency, after, limit));
  std::vector<ListedProduct> found;
  found.reserve(rows.size());
  for (const auto& row : rows) found.push_back({row.id<ProductId>(0), row.str(1), row.time(2)});
  return found;
}

}  // namespace kontor::catalog::store
