// The category tree for shoppers, from memory: an address that no category has costs the store nothing, however often
// it is asked for.
#include <map>

#include "services/languages.h"
#include "services/ready_endpoint.h"
#include "shop/showcase/showcase_api.h"

namespace kontor::showcase {
namespace {

using catalog::Category;

struct CategoryNode {
  CategoryId id;
  Nullable<CategoryId> parent_id;
  std::string name, slug, path;
  std::vector<CategoryNode> children;

  static constexpr auto fields() {
    return described(
        Field("id", &CategoryNode::id, "The category"), Field("parent_id", &CategoryNode::parent_id, "Below which"),
        Field("name", &CategoryNode::name, "Its name"), Field("slug", &CategoryNode::slug, "Its name in addresses"),
        Field("path", &CategoryNode::path, "From the root down"),
        Field("children", &CategoryNode::children, "What is below it"));
  }
};

struct CategoryTree {
  std::vector<CategoryNode> items;
  Nullable<std::string> next_cursor;
  static constexpr auto fields() {
    return described(Field("items", &CategoryTree::items, "The roots, each with what is below it"),
                     Field("next_cursor", &CategoryTree::next_cursor, "Always null"));
  }
};

struct CategoryQuery {
  std::optional<std::string> locale;
  static constexpr auto fields() {
    return described(Field("locale", &CategoryQuery::locale,
                           "Names in this language where there are any; absent: as Accept-Language says",
                           Length{0, 35}));
  }
};

// The tree in the language that is asked for.
struct Asked {
  std::vector<Category> all;
  std::string_view headers;
};
Result<Asked> ask(Showcase& showcase, const http::Call& call, const CategoryQuery& query) {
  const auto wished = query.locale ? std::vector<std::string>{*query.locale}
                                   : services::accepted_languages(call.request.header("Accept-Language"));
  TRY(auto all, showcase.categories());
  const bool by_language = catalog::translate(all, wished, showcase.settings().locale);
  return Asked{std::move(all), by_language && !query.locale ? "Vary: Accept-Language\r\n" : ""};
}

template <class T>
http::Response answer(const T& value, const Asked& asked) {
  http::Response response;
  response.ready = http::make_ready("application/json", kCaching, json::print(value), asked.headers);
  return response;
}

using Children = std::multimap<CategoryId, const Category*>;

Children children_of(const std::vector<Category>& all) {
  Children children;
  for (const Category& category : all) children.emplace(category.parent, &category);
  return children;
}

CategoryNode node_of(const Category& category, const Children& children) {
  CategoryNode node{category.id, {}, category.name, category.slug, category.path, {}};
  if (category.parent) node.parent_id = Nullable<CategoryId>(category.parent);
  const auto [first, last] = children.equal_range(category.id);
  for (auto it = first; it != last; ++it) node.children.push_back(node_of(*it->second, children));
  return node;
}

Result<http::Response> tree(Showcase& showcase, const http::Call& call, const CategoryQuery& query) {
  TRY(const Asked asked, ask(showcase, call, query));
  const Children children = children_of(asked.all);
  CategoryTree roots;
  const auto [first, last] = children.equal_range(CategoryId{});
  for (auto it = first; it != last; ++it) roots.items.push_back(node_of(*it->second, children));
  return answer(roots, asked);
}

Result<http::Response> node(Showcase& showcase, const http::Call& call, const CategoryQuery& query) {
  TRY(const auto found, showcase.category(call.param("id")));
  TRY(const Asked asked, ask(showcase, call, query));
  for (const Category& category : asked.all)
    if (found && category.id == found->id) return answer(node_of(category, children_of(asked.all)), asked);
  return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
}

}  // namespace

void add_category_routes(http::Router& router, Showcase& showcase) {
  router.get<CategoryQuery, http::Response>(
      "/categories", {"The category tree", {}, 200, "categories"},
      [&showcase](http::Call& call, const CategoryQuery& query) { return tree(showcase, call, query); });
  router.get<CategoryQuery, http::Response>(
      "/categories/{id}",
      {"A category, by id or slug, also by one that it had before", {"catalog.no_such_category"}, 200, "categories"},
      [&showcase](http::Call& call, const CategoryQuery& query) { return node(showcase, call, query); });
}

}  // namespace kontor::showcase
