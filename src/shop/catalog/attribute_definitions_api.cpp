// What categories say of attributes, for merchandisers.
#include "services/if_match.h"
#include "shop/catalog/catalog_api.h"
#include "shop/catalog/catalog_views.h"

namespace kontor::catalog {
namespace {

using services::Role;
using services::Shopper;

struct NewDefinitions {
  std::vector<AttributeDefinition> items;
  static constexpr auto fields() {
    return described(Field("items", &NewDefinitions::items, "The category's own", Length{0, kMostDefinitions}));
  }
};

struct EffectiveDefinition : AttributeDefinition {
  CategoryId category_id;
  static constexpr auto fields() {
    return joined_fields(
        AttributeDefinition::fields(),
        described(Field("category_id", &EffectiveDefinition::category_id, "The category that says so")));
  }
};

struct DefinitionsView {
  std::vector<AttributeDefinition> items;
  std::vector<EffectiveDefinition> effective;
  std::int64_t version = 0;
  static constexpr auto fields() {
    return described(Field("items", &DefinitionsView::items, "The category's own"),
                     Field("effective", &DefinitionsView::effective,
                           "What holds in it, with what it inherits, in the order in which it is shown"),
                     Field("version", &DefinitionsView::version, "For If-Match; 0: none were ever set"));
  }
};

class DefinitionHandlers {
 public:
  explicit DefinitionHandlers(const CatalogApi& api) : api_(api) {}

  Result<DefinitionsView> get(http::Call& call) const {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const CategoryId id, call.id<CategoryId>("id"));
    TRY(OwnDefinitions own, api_.catalog.definitions().own(id));
    return answer(call, id, std::move(own));
  }

  Result<DefinitionsView> put(http::Call& call, const NewDefinitions& in) const {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const CategoryId id, call.id<CategoryId>("id"));
    std::vector<FieldError> wrong;
    check_definitions(in.items, "/items", wrong);
    if (!wrong.empty())
      return fail(
          Error{Errc::kInvalid, "catalog.wrong_definitions", "Some definitions are wrong.", std::move(wrong), {}, 0});
    TRY(const OwnDefinitions before, api_.catalog.definitions().own(id));
    if (!services::if_match(call.request).allows(before.version))
      return fail(Errc::kVersionConflict, "catalog.version_conflict",
                  "They have been changed meanwhile and are at version " + std::to_string(before.version) + " now.");
    const auto entry = api_.audit.entry(who.caller(), "catalog.define_attributes", id.text(),
                                        "{\"count\":" + std::to_string(in.items.size()) + "}");
    TRY(OwnDefinitions own, api_.catalog.define_attributes(id, in.items, before.version, [&](db::Tx& tx, Time) {
      return services::Audit::record(tx, entry);
    }));
    return answer(call, id, std::move(own));
  }

 private:
  Result<DefinitionsView> answer(http::Call& call, CategoryId id, OwnDefinitions own) const {
    DefinitionsView view{std::move(own.items), {}, own.version};
    TRY(const auto table, api_.catalog.definitions().table());
    if (const AttributeSet* set = table->of(id)) {
      for (const AttributeSet::Entry& entry : set->entries()) {
        EffectiveDefinition& one = view.effective.emplace_back();
        static_cast<AttributeDefinition&>(one) = entry.definition;
        one.category_id = entry.from;
      }
    }
    call.set_header("ETag", services::version_etag(view.version));
    return view;
  }

  CatalogApi api_;
};

}  // namespace

void add_attribute_routes(http::Router& router, const CatalogApi& api) {
  using http::Call, http::None;
  const auto on = std::make_shared<const DefinitionHandlers>(api);
  router.get<None, DefinitionsView>("/admin/categories/{id}/attributes",
                                    {"What a category says of its products' attributes",
                                     {"services.sign_in", "services.role_needed", "catalog.no_such_category"},
                                     200,
                                     "admin"},
                                    [on](Call& call, None) { return on->get(call); });
  router.put<NewDefinitions, DefinitionsView>("/admin/categories/{id}/attributes",
                                              {"Replaces what the category itself says of attributes",
                                               {"services.sign_in", "services.role_needed", "catalog.no_such_category",
                                                "catalog.wrong_definitions", "catalog.version_conflict"},
                                               200,
                                               "admin"},
                                              [on](Call& call, const NewDefinitions& in) { return on->put(call, in); });
}

}  // namespace kontor::catalog
