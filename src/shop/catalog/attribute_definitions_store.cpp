// A row a category that defines anything; the definitions are one document.
#include "base/text.h"
#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"

namespace kontor::catalog::store {
namespace {

using db::Home;

constexpr db::Query kAllDefinitions{"catalog.attribute_definitions", Home::kCatalog,
                                    "SELECT category_id, definitions FROM catalog_attribute_definitions LIMIT 100000"};
constexpr db::Query kDefinitionsOf{
    "catalog.attribute_definitions_of", Home::kCatalog,
    "SELECT version, definitions FROM catalog_attribute_definitions WHERE category_id = $1"};
constexpr db::Query kPut{"catalog.put_attribute_definitions", Home::kCatalog, R"sql(
  INSERT INTO catalog_attribute_definitions (category_id, version, updated_at, definitions) VALUES ($1, $2, $3, $4)
  ON CONFLICT (category_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at,
      definitions = excluded.definitions)sql"};
constexpr db::Query kCategory{"catalog.category_is_there", Home::kCatalog,
                              "SELECT id FROM catalog_categories WHERE id = $1"};

Result<std::vector<AttributeDefinition>> read_definitions(std::string_view text) {
  return json::read<std::vector<AttributeDefinition>>(text);
}

}  // namespace

Result<std::vector<AttributeTable::Row>> attribute_rows(db::Tx& tx) {
  TRY(const db::Rows defined, tx.ask(kAllDefinitions));
  std::map<CategoryId, std::vector<AttributeDefinition>> own;
  for (const auto& row : defined) {
    TRY(own[row.id<CategoryId>(0)], read_definitions(row.text(1)));
  }
  std::vector<AttributeTable::Row> rows;
  if (own.empty()) return rows;  // as in most shops: nobody asks for the tree then
  TRY(const std::vector<Category> all, categories(tx));
  for (const Category& category : all) {
    auto found = own.find(category.id);
    rows.push_back({category.id, category.parent, fold(category.name),
                    found == own.end() ? std::vector<AttributeDefinition>() : std::move(found->second)});
  }
  return rows;
}

Result<OwnDefinitions> own_definitions(db::Tx& tx, CategoryId category) {
  TRY(const db::Rows there, tx.ask(kCategory, category));
  if (there.empty()) return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
  TRY(const db::Rows rows, tx.ask(kDefinitionsOf, category));
  OwnDefinitions own;
  if (rows.empty()) return own;
  own.version = rows.front().i64(0);
  TRY(own.items, read_definitions(rows.front().text(1)));
  return own;
}

Result<OwnDefinitions> set_definitions(db::Tx& tx, CategoryId category, std::span<const AttributeDefinition> wanted,
                                       std::optional<std::int64_t> if_version, Time now) {
  TRY(OwnDefinitions own, own_definitions(tx, category));
  if (if_version && *if_version != own.version) return fail(version_conflict(own.version));
  own.items.assign(wanted.begin(), wanted.end());
  ++own.version;
  const std::string text = json::print(own.items);
  TRY_DO(tx.run(kPut, category, own.version, now, text));
  TRY_DO(services::emit(tx, CategoryChanged{category}, category.text(), now));
  return own;
}

}  // namespace kontor::catalog::store
