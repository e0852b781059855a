// What the catalogue's rows say of each other, for `kontor check`. Each of these references goes in the transaction in
// which what it names goes, so one that leads nowhere is a bug or a damaged store.
#include "services/check_report.h"
#include "shop/catalog/catalog_store.h"

namespace kontor::catalog {
namespace {

using db::Home;
using Row = db::Rows::Row;

constexpr db::Query kStatuses{"catalog.check_statuses", Home::kCatalog, R"sql(
  SELECT id, status FROM catalog_products WHERE status < 0 OR status > 4 ORDER BY id LIMIT 1000)sql"};
static_assert(kStatusMeanings.size() == 5);
constexpr db::Query kRelatedThere{"catalog.check_related", Home::kCatalog, R"sql(
  SELECT r.product_id, r.related_id FROM catalog_related AS r
   WHERE NOT EXISTS (SELECT 1 FROM catalog_products AS p WHERE p.id = r.product_id)
      OR NOT EXISTS (SELECT 1 FROM catalog_products AS p WHERE p.id = r.related_id)
   ORDER BY r.product_id, r.kind, r.place LIMIT 1000)sql"};
constexpr db::Query kRelatedToItself{"catalog.check_related_other", Home::kCatalog, R"sql(
  SELECT product_id, related_id FROM catalog_related WHERE product_id = related_id
   ORDER BY product_id, kind, place LIMIT 1000)sql"};
constexpr db::Query kFormerOwners{"catalog.check_former_owners", Home::kCatalog, R"sql(
  SELECT f.kind, f.slug, f.owner_id FROM catalog_former_slugs AS f
   WHERE NOT (f.kind = 1 AND EXISTS (SELECT 1 FROM catalog_products AS p WHERE p.id = f.owner_id))
     AND NOT (f.kind = 2 AND EXISTS (SELECT 1 FROM catalog_categories AS c WHERE c.id = f.owner_id))
   ORDER BY f.kind, f.slug LIMIT 1000)sql"};
constexpr db::Query kFormerAndPresent{"catalog.check_former_slugs", Home::kCatalog, R"sql(
  SELECT f.kind, f.slug, f.owner_id FROM catalog_former_slugs AS f
   WHERE (f.kind = 1 AND EXISTS (SELECT 1 FROM catalog_products AS p WHERE p.slug = f.slug))
      OR (f.kind = 2 AND EXISTS (SELECT 1 FROM catalog_categories AS c WHERE c.slug = f.slug))
   ORDER BY f.kind, f.slug LIMIT 1000)sql"};
constexpr db::Query kDefinitionsThere{"catalog.check_definitions", Home::kCatalog, R"sql(
  SELECT d.category_id FROM catalog_attribute_definitions AS d
   WHERE NOT EXISTS (SELECT 1 FROM catalog_categories AS c WHERE c.id = d.category_id)
   ORDER BY d.category_id LIMIT 1000)sql"};
constexpr db::Query kParents{"catalog.check_parents", Home::kCatalog, R"sql(
  SELECT c.id, c.parent_id FROM catalog_categories AS c
   WHERE c.parent_id <> 0 AND NOT EXISTS (SELECT 1 FROM catalog_categories AS p WHERE p.id = c.parent_id)
   ORDER BY c.id LIMIT 1000)sql"};
// Of a brand that was there before brands had addresses, the slug may be missing still; its row is not.
constexpr db::Query kBrands{"catalog.check_brands", Home::kCatalog, R"sql(
  SELECT l.product_id, l.brand FROM catalog_listing AS l
   WHERE l.brand_fold <> '' AND NOT EXISTS (SELECT 1 FROM catalog_brands AS b WHERE b.name_fold = l.brand_fold)
   ORDER BY l.product_id LIMIT 1000)sql"};
constexpr db::Query kListedThere{"catalog.check_listing", Home::kCatalog, R"sql(
  SELECT l.product_id, l.currency FROM catalog_listing AS l
   WHERE NOT EXISTS (SELECT 1 FROM catalog_products AS p WHERE p.id = l.product_id)
   ORDER BY l.product_id LIMIT 1000)sql"};
constexpr db::Query kDefinitions{"catalog.all_attribute_definitions", Home::kCatalog, R"sql(
  SELECT category_id, definitions FROM catalog_attribute_definitions ORDER BY category_id LIMIT 100000)sql"};
constexpr db::Query kCounts{"catalog.check_counts", Home::kCatalog, R"sql(
  SELECT (SELECT COUNT(*) FROM catalog_products), (SELECT COUNT(*) FROM catalog_categories),
         (SELECT COUNT(*) FROM catalog_related), (SELECT COUNT(*) FROM catalog_former_slugs),
         (SELECT COUNT(*) FROM catalog_attribute_definitions))sql"};
constexpr std::string_view kCounted[] = {"products", "categories", "related products", "former slugs",
                                         "attribute definitions"};

template <class IdType>
std::string id_of(const Row& row, std::size_t column) {
  return row.id<IdType>(column).text();
}

std::string pair_of(const Row& row) {
  return id_of<ProductId>(row, 0) + " has " + id_of<ProductId>(row, 1) + " beside it";
}

std::string former_of(const Row& row) {
  const std::int64_t kind = row.i64(0);
  const std::string owner = kind == static_cast<std::int64_t>(SlugKind::kProduct) ? id_of<ProductId>(row, 2)
                            : kind == static_cast<std::int64_t>(SlugKind::kCategory)
                                ? id_of<CategoryId>(row, 2)
                                : "a thing of kind " + std::to_string(kind);
  return row.str(1) + " leads to " + owner;
}

// Rows that a question finds break its invariant.
struct Rule {
  std::string_view invariant;
  const db::Query* query;
  std::string (*told)(const Row&);
};
constexpr Rule kRules[] = {
    {"catalog.status_is_known", &kStatuses,
     [](const Row& row) { return id_of<ProductId>(row, 0) + " has the status " + std::to_string(row.i64(1)); }},
    {"catalog.related_products_exist", &kRelatedThere, pair_of},
    {"catalog.related_is_another_product", &kRelatedToItself, pair_of},
    {"catalog.former_slug_has_owner", &kFormerOwners, former_of},
    {"catalog.former_slug_is_nobodys_present_one", &kFormerAndPresent, former_of},
    {"catalog.definitions_have_category", &kDefinitionsThere,
     [](const Row& row) { return id_of<CategoryId>(row, 0) + " is not there"; }},
    {"catalog.category_has_parent", &kParents,
     [](const Row& row) { return id_of<CategoryId>(row, 0) + " is below " + id_of<CategoryId>(row, 1); }},
    {"catalog.listed_brand_is_known", &kBrands,
     [](const Row& row) { return id_of<ProductId>(row, 0) + " is by " + row.str(1); }},
    {"catalog.listed_product_exists", &kListedThere,
     [](const Row& row) { return id_of<ProductId>(row, 0) + " is listed in " + row.str(1); }}};

struct Found {
  std::string_view invariant;
  std::string detail;
};

Result<void> check_definitions_read(db::Tx& tx, std::vector<Found>& found) {
  TRY(const db::Rows rows, tx.ask(kDefinitions));
  for (const auto& row : rows)
    if (const auto read = json::read<std::vector<AttributeDefinition>>(row.text(1)); !read)
      found.push_back({"catalog.definitions_can_be_read", id_of<CategoryId>(row, 0) + ": " + read.error().detail});
  return {};
}

}  // namespace

Result<void> Catalog::check(services::CheckReport& report) {
  std::vector<Found> found;
  std::vector<std::int64_t> counts;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    counts.clear();
    for (const Rule& rule : kRules) {
      TRY(const db::Rows rows, tx.ask(*rule.query));
      for (const auto& row : rows) found.push_back({rule.invariant, rule.told(row)});
    }
    TRY_DO(check_definitions_read(tx, found));
    TRY(const db::Rows rows, tx.ask(kCounts));
    for (std::size_t i = 0; i < std::size(kCounted); ++i) counts.push_back(rows.front().i64(i));
    return {};
  }));
  for (Found& one : found) report.fail(one.invariant, std::move(one.detail));
  for (std::size_t i = 0; i < counts.size(); ++i) report.looked_at(kCounted[i], counts[i]);
  return {};
}

}  // namespace kontor::catalog
