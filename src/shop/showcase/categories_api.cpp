// The category tree for shoppers, from memory: an address that no category has costs the store nothing, however often
// it is asked for.
#include <map>

#include "services/ready_endpoint.h"
#include "shop/showcase/showcase_api.h"

namespace kontor::showcase {
namespace {

using catalog::Category;

constexpr std::string_view kCaching = "public, max-age=60, stale-while-revalidate=300";

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

Result<http::Response> tree(Showcase& showcase) {
  TRY(const auto all, showcase.categories());
  const Children children = children_of(all);
  CategoryTree answer;
  const auto [first, last] = children.equal_range(CategoryId{});
  for (auto it = first; it != last; ++it) answer.items.push_back(node_of(*it->second, children));
  return services::ready_response(json::print(answer), kCaching);
}

Result<http::Response> node(Showcase& showcase, const http::Call& call) {
  TRY(const auto found, showcase.category(call.param("id")));
  if (!found) return fail(Errc::kNotFound, "catalog.no_such_category", "There is no such category.");
  TRY(const auto all, showcase.categories());
  return services::ready_response(json::print(node_of(*found, children_of(all))), kCaching);
}

}  // namespace

void add_category_routes(http::Router& router, Showcase& showcase) {
  using http::Call, http::None;
  router.get<None, http::Response>("/categories", {"The category tree", {}, 200, "categories"},
                                   [&showcase](Call&, None) { return tree(showcase); });
  router.get<None, http::Response>(
      "/categories/{id}",
      {"A category, by id or slug, also by one that it had before", {"catalog.no_such_category"}, 200, "categories"},
      [&showcase](Call& call, None) { return node(showcase, call); });
}

}  // namespace kontor::showcase
