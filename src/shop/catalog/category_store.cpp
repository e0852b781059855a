// The category tree: each category knows its parent and its path for people; catalog_category_tree holds its ancestors.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"

namespace kontor::catalog::store {
namespace {

using db::Home;

#define KONTOR_CATEGORY_COLUMNS "SELECT id, parent_id, name, slug, path, version, names FROM catalog_categories "
constexpr db::Query kAllCategories{"catalog.categories", Home::kCatalog,
                                   KONTOR_CATEGORY_COLUMNS "ORDER BY id LIMIT 100000"};
constexpr db::Query kOneCategory{"catalog.category", Home::kCatalog, KONTOR_CATEGORY_COLUMNS "WHERE id = $1"};
constexpr db::Query kChild{"catalog.category_child", Home::kCatalog,
                           KONTOR_CATEGORY_COLUMNS "WHERE parent_id = $1 AND name_fold = $2"};
constexpr db::Query kCategorySlug{"catalog.category_slug", Home::kCatalog,
                                  "SELECT id FROM catalog_categories WHERE slug = $1"};
constexpr db::Query kInsertCategory{"catalog.insert_category", Home::kCatalog, R"sql(
  INSERT INTO catalog_categories (id, parent_id, name, name_fold, slug, path, version, names)
  VALUES ($1, $2, $3, $4, $5, $6, 1, $7))sql"};
constexpr db::Query kUpdate{"catalog.update_category", Home::kCatalog, R"sql(
  UPDATE catalog_categories SET parent_id = $2, name = $3, name_fold = $4, slug = $5, path = $6, names = $7,
      version = version + 1
   WHERE id = $1)sql"};
constexpr db::Query kLinkSelf{"catalog.link_category", Home::kCatalog,
                              "INSERT INTO catalog_category_tree (ancestor_id, category_id) VALUES ($1, $2)"};
constexpr db::Query kLinkAncestors{"catalog.link_ancestors", Home::kCatalog, R"sql(
  INSERT INTO catalog_category_tree (ancestor_id, category_id)
  SELECT ancestor_id, CAST($1 AS BIGINT) FROM catalog_category_tree WHERE category_id = $2)sql"};
constexpr db::Query kUnlink{"catalog.unlink_category", Home::kCatalog,
                            "DELETE FROM catalog_category_tree WHERE category_id = $1"};
constexpr db::Query kSubtree{"catalog.subtree", Home::kCatalog,
                             "SELECT category_id FROM catalog_category_tree WHERE ancestor_id = $1"};
constexpr db::Query kHasProducts{"catalog.category_has_products", Home::kCatalog,
                                 "SELECT id FROM catalog_products WHERE category_id = $1 LIMIT 1"};
constexpr db::Query kHasChildren{"catalog.category_has_children", Home::kCatalog,
                                 "SELECT id FROM catalog_categories WHERE parent_id = $1 LIMIT 1"};
constexpr db::Query kDelete{"catalog.delete_category", Home::kCatalog, "DELETE FROM catalog_categories WHERE id = $1"};
constexpr db::Query kDeleteDefinitions{"catalog.delete_attribute_definitions", Home::kCatalog,
                                       "DELETE FROM catalog_attribute_definitions WHERE category_id = $1"};
constexpr std::int64_t kMaxDepth = 10;

Category category_of(const db::Rows::Row& row) {
  return {row.id<CategoryId>(0),   row.id<CategoryId>(1), row.str(2), row.str(3), row.str(4), row.i64(5),
          read_titles(row.text(6))};
}

Error no_such(CategoryId) {
  return Error{Errc::kNotFound, "catalog.no_such_category", "There is no such category.", {}, {}, 0};
}

Result<std::optional<Category>> find(db::Tx& tx, CategoryId id) {
  if (!id) return std::optional<Category>{};
  TRY(const db::Rows rows, tx.ask(kOneCategory, id));
  if (rows.empty()) return std::optional<Category>{};
  return std::optional<Category>(category_of(rows.front()));
}

Result<std::optional<Category>> find_child(db::Tx& tx, CategoryId parent, const std::string& name) {
  TRY(const db::Rows rows, tx.ask(kChild, parent, fold(name)));
  if (rows.empty()) return std::optional<Category>{};
  return std::optional<Category>(category_of(rows.front()));
}

// As it is kept.
std::string names_of(const Category& category) {
  return category.names.empty() ? std::string() : print_names(category.names);
}

std::string path_below(const std::string& parent_path, const std::string& name) {
  return parent_path.empty() ? name : parent_path + " > " + name;
}

// The name's slug; with the parent's before it, then with the id, when it is another's.
Result<std::string> free_slug(db::Tx& tx, const Category& wanted) {
  const std::string id = wanted.id.text().substr(4);
  std::string slug = wanted.slug.empty() ? slugify(wanted.name) : wanted.slug;
  if (slug.empty()) slug = "category-" + id;
  for (int round = 0; round < 2; ++round) {
    TRY(const db::Rows rows, tx.ask(kCategorySlug, slug));
    TRY(const auto former, former_owner(tx, SlugKind::kCategory, slug));
    const bool taken = !rows.empty() && rows.front().id<CategoryId>(0) != wanted.id;
    const bool leads = former && *former != wanted.id.value;
    if (!taken && !leads) return slug;
    if (!wanted.slug.empty() && taken)
      return invalid("catalog.slug_taken", "/slug", "taken", "Another category has this slug.");
    if (!wanted.slug.empty())
      return invalid("catalog.slug_redirects", "/slug", "taken",
                     "Another category had this slug, and addresses with it lead there: give it up first.");
    slug = round == 0 ? slugify(wanted.path) : slug.substr(0, 66) + "-" + id;
  }
  return slug;
}

Result<void> link(db::Tx& tx, CategoryId id, CategoryId parent) {
  TRY_DO(tx.run(kUnlink, id));
  TRY_DO(tx.run(kLinkSelf, id, id));
  if (parent) TRY_DO(tx.run(kLinkAncestors, id, parent));
  return {};
}

Result<void> insert(db::Tx& tx, Category& category, Time now) {
  if (std::count(category.path.begin(), category.path.end(), '>') >= kMaxDepth)
    return invalid("catalog.category_depth", "/parent_id", "out_of_range", "The category tree is at most 10 deep.");
  TRY(category.slug, free_slug(tx, category));
  TRY_DO(tx.run(kInsertCategory, category.id, category.parent, category.name, fold(category.name), category.slug,
                category.path, names_of(category)));
  TRY_DO(link(tx, category.id, category.parent));
  return services::emit(tx, CategoryChanged{category.id}, category.id.text(), now);
}

// Paths and ancestors of everything below `top`, parents first.
Result<void> rework_below(db::Tx& tx, const Category& top) {
  TRY(const std::vector<Category> all, categories(tx));
  std::multimap<CategoryId, Category> children;
  for (const Category& category : all) children.emplace(category.parent, category);
  std::vector<Category> open{top};
  while (!open.empty()) {
    const Category parent = std::move(open.back());
    open.pop_back();
    const auto [first, last] = children.equal_range(parent.id);
    for (auto it = first; it != last; ++it) {
      Category child = it->second;
      child.path = path_below(parent.path, child.name);
      TRY_DO(tx.run(kUpdate, child.id, child.parent, child.name, fold(child.name), child.slug, child.path,
                    names_of(child)));
      TRY_DO(link(tx, child.id, child.parent));
      open.push_back(std::move(child));
    }
  }
  return {};
}

Result<std::string> path_for(db::Tx& tx, const Category& wanted) {
  if (!wanted.parent) return wanted.name;
  TRY(const auto parent, find(tx, wanted.parent));
  if (!parent)
    return invalid("catalog.no_such_category", "/parent_id", "unknown_value",
                   "There is no category with this id to be below.");
  return path_below(parent->path, wanted.name);
}

}  // namespace

Result<std::vector<Category>> categories(db::Tx& tx) {
  TRY(const db::Rows rows, tx.ask(kAllCategories));
  std::vector<Category> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(category_of(row));
  std::sort(all.begin(), all.end(),
            [](const Category& a, const Category& b) { return std::tie(a.path, a.id) < std::tie(b.path, b.id); });
  return all;
}

Result<Category> create_category(db::Tx& tx, const Category& wanted, Time now) {
  Category category = wanted;
  TRY(category.path, path_for(tx, category));
  TRY(const auto same, find_child(tx, category.parent, category.name));
  if (same) return fail(Errc::kConflict, "catalog.category_exists", "There is a category of this name already.");
  TRY_DO(insert(tx, category, now));
  return category;
}

Result<Category> change_category(db::Tx& tx, const Category& wanted, std::optional<std::int64_t> if_version, Time now) {
  TRY(const auto before, find(tx, wanted.id));
  if (!before) return fail(no_such(wanted.id));
  if (if_version && *if_version != before->version) return fail(version_conflict(before->version));
  if (wanted.parent != before->parent && wanted.parent) {
    TRY(const db::Rows below, tx.ask(kSubtree, wanted.id));
    for (const auto& row : below)
      if (row.id<CategoryId>(0) == wanted.parent)
        return fail(Errc::kConflict, "catalog.category_cycle", "A category cannot be moved below itself.");
  }
  Category category = wanted;
  TRY(category.path, path_for(tx, category));
  TRY(const auto same, find_child(tx, category.parent, category.name));
  if (same && same->id != category.id)
    return fail(Errc::kConflict, "catalog.category_exists", "There is a category of this name already.");
  if (category.slug != before->slug) {
    TRY(category.slug, free_slug(tx, category));
  }
  category.version = before->version + 1;
  TRY_DO(tx.run(kUpdate, category.id, category.parent, category.name, fold(category.name), category.slug, category.path,
                names_of(category)));
  if (category.slug != before->slug) {
    const SlugMove move{category.id.value, before->slug, category.slug};
    TRY_DO(note_moves(tx, SlugKind::kCategory, std::span(&move, 1), now));
  }
  if (category.parent != before->parent || category.name != before->name) {
    TRY_DO(link(tx, category.id, category.parent));
    TRY_DO(rework_below(tx, category));
  }
  TRY_DO(services::emit(tx, CategoryChanged{category.id}, category.id.text(), now));
  return category;
}

Result<bool> remove_category(db::Tx& tx, CategoryId id, Time now) {
  TRY(const auto before, find(tx, id));
  if (!before) return false;
  TRY(const db::Rows products, tx.ask(kHasProducts, id));
  TRY(const db::Rows children, tx.ask(kHasChildren, id));
  if (!products.empty() || !children.empty())
    return fail(Errc::kConflict, "catalog.category_in_use", "The category still has products or categories below it.");
  TRY_DO(tx.run(kUnlink, id));
  TRY_DO(tx.run(kDeleteDefinitions, id));
  TRY_DO(tx.run(kDelete, id));
  TRY_DO(drop_former_slugs(tx, SlugKind::kCategory, id.value));
  TRY_DO(services::emit(tx, CategoryChanged{id}, id.text(), now));
  return true;
}

Result<Category> ensure_category(db::Tx& tx, const Category& parent, const std::string& name, CategoryId fresh,
                                 Time now) {
  TRY(const auto there, find_child(tx, parent.id, name));
  if (there) return *there;
  Category category{fresh, parent.id, name, "", path_below(parent.path, name), 1};
  TRY_DO(insert(tx, category, now));
  return category;
}

}  // namespace kontor::catalog::store
