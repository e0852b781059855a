// A row for each product that stands beside another. Which kind is which number stands here alone.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"

namespace kontor::catalog::store {
namespace {

using db::Home;

constexpr db::Query kVersion{"catalog.product_version", Home::kCatalog,
                             "SELECT version FROM catalog_products WHERE id = $1"};
constexpr db::Query kRelated{"catalog.related", Home::kCatalog, R"sql(
  SELECT kind, related_id FROM catalog_related WHERE product_id = $1 ORDER BY kind, place LIMIT 1000)sql"};
constexpr db::Query kThere{"catalog.products_there", Home::kCatalog,
                           "SELECT id FROM catalog_products WHERE id IN (" KONTOR_CATALOG_IN50 ")"};
constexpr db::Query kDropOwn{"catalog.drop_related", Home::kCatalog,
                             "DELETE FROM catalog_related WHERE product_id = $1"};
constexpr db::Query kDropBeside{"catalog.drop_beside", Home::kCatalog,
                                "DELETE FROM catalog_related WHERE related_id = $1"};
constexpr db::Query kInsertRelated{"catalog.insert_related", Home::kCatalog, R"sql(
  INSERT INTO catalog_related (product_id, kind, place, related_id) VALUES ($1, $2, $3, $4))sql"};
constexpr db::Query kTouchProduct{"catalog.touch_product", Home::kCatalog,
                                  "UPDATE catalog_products SET version = version + 1, updated_at = $2 WHERE id = $1"};

struct Kind {
  std::string_view name;
  std::vector<ProductId> RelatedProducts::*list;
};
// Their places are what the rows keep.
constexpr std::array kKinds = {Kind{"related", &RelatedProducts::related},
                               Kind{"accessory", &RelatedProducts::accessory},
                               Kind{"alternative", &RelatedProducts::alternative}};

Result<std::int64_t> version_of(db::Tx& tx, ProductId id) {
  TRY(const db::Rows rows, tx.ask(kVersion, id));
  if (rows.empty()) return fail(Errc::kNotFound, "catalog.no_such_product", "There is no such product.");
  return rows.front().i64(0);
}

Result<std::set<ProductId>> those_there(db::Tx& tx, const RelatedProducts& wanted) {
  std::vector<db::Param> params;
  for (const Kind& kind : kKinds)
    for (const ProductId id : wanted.*kind.list) params.emplace_back(id);
  std::set<ProductId> there;
  TRY_DO(ask_in(tx, {kThere}, params, [&](const db::Rows::Row& row) -> Result<void> {
    there.insert(row.id<ProductId>(0));
    return {};
  }));
  return there;
}

Result<void> check(db::Tx& tx, ProductId id, const RelatedProducts& wanted) {
  TRY(const auto there, those_there(tx, wanted));
  Error error{Errc::kInvalid, "catalog.wrong_related", "Some of the products cannot stand there.", {}, {}, 0};
  for (const Kind& kind : kKinds) {
    const auto& list = wanted.*kind.list;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string field = "/" + std::string(kind.name) + "/" + std::to_string(i);
      if (list[i] == id)
        error.fields.push_back({field, "not_allowed", "A product does not stand beside itself."});
      else if (!there.contains(list[i]))
        error.fields.push_back({field, "unknown_value", "There is no product " + list[i].text() + "."});
      else if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
               list.begin() + static_cast<std::ptrdiff_t>(i))
        error.fields.push_back({field, "duplicate", "The product is in this list already."});
    }
  }
  return error.fields.empty() ? Result<void>{} : fail(std::move(error));
}

}  // namespace

Result<RelatedProducts> related(db::Tx& tx, ProductId id) {
  TRY_DO(version_of(tx, id));
  TRY(const db::Rows rows, tx.ask(kRelated, id));
  RelatedProducts found;
  for (const auto& row : rows) {
    const auto kind = static_cast<std::size_t>(row.i64(0));
    if (kind < kKinds.size()) (found.*kKinds[kind].list).push_back(row.id<ProductId>(1));
  }
  return found;
}

Result<std::int64_t> set_related(db::Tx& tx, ProductId id, const RelatedProducts& wanted,
                                 std::optional<std::int64_t> if_version, Time now) {
  TRY(const std::int64_t version, version_of(tx, id));
  if (if_version && *if_version != version) return fail(version_conflict(version));
  TRY_DO(check(tx, id, wanted));
  std::vector<std::vector<db::Param>> sets;
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    const auto& list = wanted.*kKinds[kind].list;
    for (std::size_t place = 0; place < list.size(); ++place)
      sets.push_back({id, static_cast<std::int64_t>(kind), static_cast<std::int64_t>(place), list[place]});
  }
  TRY_DO(tx.run(kDropOwn, id));
  if (!sets.empty()) TRY_DO(tx.run_each(kInsertRelated, sets));
  TRY_DO(tx.run(kTouchProduct, id, now));
  TRY_DO(services::emit(tx, ProductChanged{id, version + 1}, id.text(), now));
  return version + 1;
}

Result<void> drop_related(db::Tx& tx, ProductId id) {
  TRY_DO(tx.run(kDropOwn, id));
  TRY_DO(tx.run(kDropBeside, id));
  return {};
}

}  // namespace kontor::catalog::store
