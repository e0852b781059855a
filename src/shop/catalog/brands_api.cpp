#include "shop/catalog/brands_api.h"

#include "services/ready_endpoint.h"

namespace kontor::catalog {
namespace {

constexpr std::string_view kCaching = "public, max-age=300, stale-while-revalidate=3600";
constexpr std::string_view kQuestion = "brands";

struct BrandView {
  std::string name, slug;
  std::int64_t product_count = 0;
  static constexpr auto fields() {
    return described(Field("name", &BrandView::name, "As its products write it; the filter ?brand= takes it"),
                     Field("slug", &BrandView::slug, "Its name in addresses: /brands/{slug}"),
                     Field("product_count", &BrandView::product_count, "How many of its products are listed"));
  }
};
using BrandPage = services::Page<BrandView>;

// Counting the products of a hundred brands may take a while: not on the event loop.
Result<std::vector<Brand>> read(const BrandsApi& api, const std::string& after, int limit) {
  if (api.workers == nullptr || !runtime::on_fiber()) return api.catalog.addresses().brands(api.currency, after, limit);
  Result<std::vector<Brand>> found;
  TRY_DO(api.workers->run([&] { found = api.catalog.addresses().brands(api.currency, after, limit); }));
  return found;
}

Result<http::Response> list(const BrandsApi& api, const services::PageQuery& query) {
  TRY(const auto key, api.cursors.after(kQuestion, query.cursor, 0));
  TRY(auto found, read(api, key ? key->text : std::string(), static_cast<int>(query.limit) + 1));
  BrandPage page;
  const bool more = found.size() > static_cast<std::size_t>(query.limit);
  if (more) found.resize(static_cast<std::size_t>(query.limit));
  for (const Brand& brand : found) page.items.push_back({brand.name, brand.slug, brand.products});
  if (more) page.next_cursor = Nullable<std::string>(api.cursors.make(kQuestion, {{}, found.back().key}));
  return services::ready_response(json::print(page), kCaching);
}

}  // namespace

void add_brand_routes(http::Router& router, const BrandsApi& api) {
  router.add(services::ready_endpoint<services::PageQuery, BrandPage>(
      "/brands", {"Brands with something listed, by name", {"request.bad_cursor"}, 200, "products"},
      [api](http::Call&, const services::PageQuery& query) { return list(api, query); }));
}

}  // namespace kontor::catalog
