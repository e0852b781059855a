// What staff put beside a product. Shoppers ask showcase, which has the cards.
#include "services/if_match.h"
#include "shop/catalog/catalog_api.h"

namespace kontor::catalog {
namespace {

using services::Role;
using services::Shopper;

class RelatedHandlers {
 public:
  explicit RelatedHandlers(const CatalogApi& api) : api_(api) {}

  Result<RelatedProducts> get(http::Call& call) const {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const ProductId id, call.id<ProductId>("id"));
    return api_.catalog.related(id);
  }

  Result<RelatedProducts> put(http::Call& call, const RelatedProducts& in) const {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const ProductId id, call.id<ProductId>("id"));
    std::optional<std::int64_t> if_version;
    if (const auto match = services::if_match(call.request); match.given) {
      TRY(const auto product, api_.catalog.product(id));
      if (!product) return fail(Errc::kNotFound, "catalog.no_such_product", "There is no such product.");
      if_version = product->version;
      if (!match.allows(product->version))
        return fail(Errc::kVersionConflict, "catalog.version_conflict", "The product has been changed meanwhile.");
    }
    const auto entry = api_.audit.entry(who.caller(), "catalog.set_related", id.text(), json::print(in));
    TRY(const std::int64_t version, api_.catalog.set_related(id, in, if_version, [&](db::Tx& tx, Time) {
      return services::Audit::record(tx, entry);
    }));
    call.set_header("ETag", services::version_etag(version));
    return in;
  }

 private:
  CatalogApi api_;
};

}  // namespace

void add_related_routes(http::Router& router, const CatalogApi& api) {
  using http::Call, http::None;
  const auto on = std::make_shared<const RelatedHandlers>(api);
  router.get<None, RelatedProducts>("/admin/products/{id}/related",
                                    {"What stands beside a product, sold or not",
                                     {"services.sign_in", "services.role_needed", "catalog.no_such_product"},
                                     200,
                                     "admin"},
                                    [on](Call& call, None) { return on->get(call); });
  router.put<RelatedProducts, RelatedProducts>(
      "/admin/products/{id}/related",
      {"Replaces what stands beside a product, each kind in its order",
       {"services.sign_in", "services.role_needed", "catalog.no_such_product", "catalog.wrong_related",
        "catalog.version_conflict"},
       200,
       "admin"},
      [on](Call& call, const RelatedProducts& in) { return on->put(call, in); });
}

}  // namespace kontor::catalog
