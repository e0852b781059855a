// Former slugs over HTTP: which there are of a product or a category, and giving one up.
#include "shop/catalog/catalog_api.h"

namespace kontor::catalog {
namespace {

using services::Role;
using services::Shopper;

struct FormerSlugView {
  std::string slug;
  Time since;
  static constexpr auto fields() {
    return described(Field("slug", &FormerSlugView::slug, "Addresses with it lead to the present slug"),
                     Field("since", &FormerSlugView::since, "When it was given up for another"));
  }
};

struct FormerSlugList {
  std::vector<FormerSlugView> items;
  Nullable<std::string> next_cursor;
  static constexpr auto fields() {
    return described(Field("items", &FormerSlugList::items, "The latest first, 100 at most"),
                     Field("next_cursor", &FormerSlugList::next_cursor, "Always null"));
  }
};

class FormerSlugHandlers {
 public:
  FormerSlugHandlers(const CatalogApi& api, SlugKind kind) : api_(api), kind_(kind) {}

  Result<FormerSlugList> list(http::Call& call) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const std::int64_t owner, owner_of(call));
    TRY(const auto former, api_.catalog.addresses().former_slugs(kind_, owner));
    FormerSlugList list;
    for (const FormerSlug& one : former) list.items.push_back({one.slug, one.since});
    return list;
  }

  Result<http::None> forget(http::Call& call) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const std::int64_t owner, owner_of(call));
    const std::string slug(call.param("slug"));
    const auto entry = api_.audit.entry(who.caller(), "catalog.slug_give_up", slug);
    TRY_DO(api_.catalog.forget_slug(kind_, owner, slug,
                                    [entry](db::Tx& tx, Time) { return services::Audit::record(tx, entry); }));
    return http::None{};
  }

 private:
  Result<std::int64_t> owner_of(const http::Call& call) const {
    if (kind_ == SlugKind::kProduct) {
      TRY(const ProductId id, call.id<ProductId>("id"));
      return id.value;
    }
    TRY(const CategoryId id, call.id<CategoryId>("id"));
    return id.value;
  }

  CatalogApi api_;
  SlugKind kind_;
};

void add(http::Router& router, const CatalogApi& api, SlugKind kind, const std::string& of) {
  using http::Call, http::None;
  const std::vector<std::string_view> reasons{"services.sign_in", "services.role_needed"};
  const auto on = std::make_shared<FormerSlugHandlers>(api, kind);
  router.get<None, FormerSlugList>(of + "/former-slugs", {"Slugs that lead to the present one", reasons, 200, "admin"},
                                   [on](Call& call, None) { return on->list(call); });
  router.del<None, None>(of + "/former-slugs/{slug}", {"Gives up a former slug", reasons, 204, "admin"},
                         [on](Call& call, None) { return on->forget(call); });
}

}  // namespace

void add_former_slug_routes(http::Router& router, const CatalogApi& api) {
  add(router, api, SlugKind::kProduct, "/admin/products/{id}");
  add(router, api, SlugKind::kCategory, "/admin/categories/{id}");
}

}  // namespace kontor::catalog
