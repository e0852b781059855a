#include <algorithm>

#include "services/if_match.h"
#include "shop/catalog/catalog_api.h"
#include "shop/catalog/catalog_views.h"

namespace kontor::catalog {

CategoryView view_of(const Category& c) {
  CategoryView view{c.id, {}, c.name, c.slug, c.path, c.version, {print_names(c.names)}};
  if (c.parent) view.parent_id = Nullable<CategoryId>(c.parent);
  return view;
}

namespace {

using services::Role;
using services::Shopper;

struct CategoryList {
  std::vector<CategoryView> items;
  Nullable<std::string> next_cursor;
  static constexpr auto fields() {
    return described(Field("items", &CategoryList::items, "All categories, by path"),
                     Field("next_cursor", &CategoryList::next_cursor, "Always null"));
  }
};

struct NewCategory {
  std::string name;
  std::optional<CategoryId> parent_id;
  json::Raw translations{"{}"};
  static constexpr auto fields() {
    return described(Field("name", &NewCategory::name, "Its name", Length{1, 200}),
                     Field("parent_id", &NewCategory::parent_id, "Below which; absent: a root"),
                     Field("translations", &NewCategory::translations,
                           "Its names in other languages: {\"de\": \"Lampen\"}", Default{}));
  }
};

struct CategoryPatch {
  std::optional<std::string> name, slug;
  std::optional<CategoryId> parent_id;
  std::optional<json::Raw> translations;
  static constexpr auto fields() {
    return described(Field("name", &CategoryPatch::name, "Its name", Length{1, 200}),
                     Field("slug", &CategoryPatch::slug, "Its name in addresses", kSlug),
                     Field("parent_id", &CategoryPatch::parent_id, "Moves it and what is below it"),
                     Field("translations", &CategoryPatch::translations, "Merged by language; null takes one away"));
  }
};

Result<Names> checked_names(const std::string& names_json) {
  Error error{Errc::kInvalid, "request.invalid", "Some names are wrong.", {}, {}, 0};
  check_names(names_json, "/translations", error.fields);
  if (!error.fields.empty()) return fail(std::move(error));
  return read_titles(names_json);
}

class CategoryHandlers {
 public:
  explicit CategoryHandlers(const CatalogApi& api) : api_(api) {}

  Result<CategoryList> list(http::Call& call) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const std::vector<Category> all, api_.catalog.categories());
    CategoryList list;
    for (const Category& category : all) list.items.push_back(view_of(category));
    return list;
  }

  Result<CategoryView> create(http::Call& call, const NewCategory& in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const Names names, checked_names(in.translations.text));
    TRY(const Category made, api_.catalog.create_category(in.parent_id.value_or(CategoryId{}), in.name,
                                                          noting(who, "catalog.category_create", in.name), names));
    call.set_header("Location", "/api/v1/categories/" + made.id.text());
    call.set_header("ETag", services::version_etag(made.version));
    return view_of(made);
  }

  Result<CategoryView> patch(http::Call& call, const CategoryPatch& in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(Category category, find(call));
    if (!services::if_match(call.request).allows(category.version))
      return fail(Errc::kVersionConflict, "catalog.version_conflict", "The category has been changed meanwhile.");
    if (in.name) category.name = *in.name;
    if (in.slug) category.slug = *in.slug;
    if (in.parent_id) category.parent = *in.parent_id;
    if (in.translations) {
      TRY(category.names, checked_names(merged_names(category.names, in.translations->text)));
    }
    TRY(const Category changed,
        api_.catalog.change_category(category, category.version,
                                     noting(who, "catalog.category_change", category.id.text())));
    call.set_header("ETag", services::version_etag(changed.version));
    return view_of(changed);
  }

  Result<http::None> remove(http::Call& call) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const CategoryId id, call.id<CategoryId>("id"));
    TRY_DO(api_.catalog.remove_category(id, noting(who, "catalog.category_delete", id.text())));
    return http::None{};
  }

 private:
  Catalog::Beside noting(const Shopper& who, std::string action, std::string subject) {
    return [entry = api_.audit.entry(who.caller(), std::move(action), std::move(subject))](db::Tx& tx, Time) {
      return services::Audit::record(tx, entry);
    };
  }

  Result<Category> find(const http::Call& call) {
    TRY(const CategoryId id, call.id<CategoryId>("id"));
    TRY(const std::vector<Category> all, api_.catalog.categories());
    const auto found = std::find_if(all.begin(), all.end(), [&](const Category& c) { return c.id == id; });
    if (found == all.end()) return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
    return *found;
  }

  CatalogApi api_;
};

}  // namespace

void add_category_routes(http::Router& router, const CatalogApi& api) {
  using http::Call, http::None;
  const auto on = std::make_shared<CategoryHandlers>(api);
  const std::vector<std::string_view> writes{
      "services.sign_in",         "services.role_needed",    "catalog.no_such_category",
      "catalog.category_exists",  "catalog.category_in_use", "catalog.category_cycle",
      "catalog.version_conflict", "catalog.slug_taken",      "catalog.slug_redirects"};
  router.get<None, CategoryList>("/admin/categories", {"All categories with their versions", {}, 200, "admin"},
                                 [on](Call& call, None) { return on->list(call); });
  router.post<NewCategory, CategoryView>("/admin/categories", {"Makes a category", writes, 201, "admin"},
                                         [on](Call& call, NewCategory in) { return on->create(call, in); });
  router.patch<CategoryPatch, CategoryView>("/admin/categories/{id}",
                                            {"Renames or moves a category", writes, 200, "admin"},
                                            [on](Call& call, CategoryPatch in) { return on->patch(call, in); });
  router.del<None, None>("/admin/categories/{id}", {"Removes an empty category", writes, 204, "admin"},
                         [on](Call& call, None) { return on->remove(call); });
}

}  // namespace kontor::catalog
