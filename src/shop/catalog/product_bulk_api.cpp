// One change for many products: what would come of it, or what came of it, row by row. A row that is refused changes
// nothing and stops no other.
#include <algorithm>
#include <set>

#include "runtime/fiber.h"
#include "shop/catalog/catalog_api.h"
#include "shop/catalog/catalog_views.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog {
namespace {

using services::Role;
using services::Shopper;

struct BulkSet {
  std::optional<ProductStatus> status;
  std::optional<CategoryId> category;
  std::optional<std::string> brand, tax_class;
  std::optional<bool> returnable;
  std::optional<json::Raw> attributes;

  static constexpr auto fields() {
    using V = BulkSet;
    return described(Field("status", &V::status, "Only active products are sold"),
                     Field("category", &V::category, "Where they stand"),
                     Field("brand", &V::brand, "Who makes them", Length{0, 200}),
                     Field("tax_class", &V::tax_class, "Which rates apply", Length{1, 40}),
                     Field("returnable", &V::returnable, "Whether they may be sent back"),
                     Field("attributes", &V::attributes, "Merged by name; null takes one away"));
  }
  bool empty() const { return !status && !category && !brand && !tax_class && !returnable && !attributes; }
};

struct Bulk {
  std::vector<ProductId> ids;
  std::vector<std::string> external_ids;
  BulkSet set;
  bool dry_run = false;

  static constexpr auto fields() {
    return described(
        Field("ids", &Bulk::ids, "The products", Length{0, kBulkRows}, Default{}),
        Field("external_ids", &Bulk::external_ids, "Or the shop's own keys of them", Length{0, kBulkRows}, Default{}),
        Field("set", &Bulk::set, "What is to be so; what is absent stays"),
        Field("dry_run", &Bulk::dry_run, "true: says what would come of it and changes nothing", Default{}));
  }
};

struct RowError {
  std::string field, code, message;
  static constexpr auto fields() {
    return described(Field("field", &RowError::field, "Of the product"), Field("code", &RowError::code, "In a word"),
                     Field("message", &RowError::message, "In words"));
  }
};

enum class BulkOutcome { kChanged, kUnchanged, kRefused };
constexpr auto enum_names(BulkOutcome) {
  return std::array{EnumName<BulkOutcome>{BulkOutcome::kChanged, "changed"},
                    EnumName<BulkOutcome>{BulkOutcome::kUnchanged, "unchanged"},
                    EnumName<BulkOutcome>{BulkOutcome::kRefused, "refused"}};
}

struct BulkResult {
  std::int64_t row = 0;
  BulkOutcome outcome = BulkOutcome::kRefused;
  std::optional<ProductId> product_id;
  std::optional<std::string> external_id, reason, detail;
  std::optional<std::vector<RowError>> errors;

  static constexpr auto fields() {
    using V = BulkResult;
    return described(Field("row", &V::row, "Which of the list, from 0"),
                     Field("outcome", &V::outcome, "changed, unchanged (it was so already) or refused"),
                     Field("product_id", &V::product_id, "The product it meant"),
                     Field("external_id", &V::external_id, "As it was asked for"),
                     Field("reason", &V::reason, "Why it was refused"),
                     Field("detail", &V::detail, "The same in words"),
                     Field("errors", &V::errors, "Which members are wrong, and how"));
  }
};

struct BulkAnswer {
  bool dry_run = false;
  std::int64_t changed = 0, unchanged = 0, refused = 0;
  std::vector<BulkResult> items;

  static constexpr auto fields() {
    using V = BulkAnswer;
    return described(Field("dry_run", &V::dry_run, "true: nothing was changed"),
                     Field("changed", &V::changed, "Rows that differ now"),
                     Field("unchanged", &V::unchanged, "Rows that were so already"),
                     Field("refused", &V::refused, "Rows that are as before"),
                     Field("items", &V::items, "One per row, in their order"));
  }
};

void refuse(BulkResult& result, const Error& error) {
  result.outcome = BulkOutcome::kRefused;
  result.reason = error.reason;
  result.detail = error.detail;
  if (error.fields.empty()) return;
  auto& errors = result.errors.emplace();
  for (const FieldError& one : error.fields) errors.push_back({one.field, one.code, one.message});
}

Error no_such_product() {
  return Error{Errc::kNotFound, "catalog.no_such_product", "There is no such product.", {}, {}, 0};
}

void apply(const BulkSet& set, Product& product) {
  if (set.status) product.status = *set.status;
  if (set.category) product.category = *set.category;
  if (set.brand) product.brand = *set.brand;
  if (set.tax_class) product.tax_class = *set.tax_class;
  if (set.returnable) product.returnable = *set.returnable;
  if (set.attributes) product.attributes_json = merged_members(product.attributes_json, set.attributes->text);
}

bool same(const Product& a, const Product& b) {
  return a.status == b.status && a.category == b.category && a.brand == b.brand && a.tax_class == b.tax_class &&
         a.returnable == b.returnable && a.attributes_json == b.attributes_json;
}

class ProductBulkHandlers {
 public:
  explicit ProductBulkHandlers(const CatalogApi& api) : api_(api) {}

  Result<BulkAnswer> bulk(http::Call& call, const Bulk& in) const {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY_DO(check(in));
    BulkAnswer answer;
    answer.dry_run = in.dry_run;
    TRY_DO(resolve(in, answer.items));
    for (std::size_t at = 0; at < answer.items.size(); at += kBulkChunk) {
      const auto count = std::min(kBulkChunk, answer.items.size() - at);
      TRY_DO(change(in, who, std::span(answer.items).subspan(at, count)));
      if (runtime::on_fiber()) runtime::yield();
    }
    for (const BulkResult& one : answer.items)
      ++(one.outcome == BulkOutcome::kChanged     ? answer.changed
         : one.outcome == BulkOutcome::kUnchanged ? answer.unchanged
                                                  : answer.refused);
    return answer;
  }

 private:
  // What is wrong with all rows alike.
  Result<void> check(const Bulk& in) const {
    if (in.ids.empty() == in.external_ids.empty())
      return invalid("catalog.which_products", "/ids", "required", "Give ids or external_ids, one of the two.");
    if (in.set.empty()) return invalid("catalog.nothing_to_set", "/set", "required", "Say what is to be set.");
    if (in.set.attributes) {
      const auto document = json::parse(in.set.attributes->text);
      if (!document || !document->root().is_object())
        return invalid("catalog.invalid_product", "/set/attributes", "wrong_type",
                       "Attributes are an object of names and values.");
    }
    if (!in.set.category) return {};
    TRY(const auto categories, api_.catalog.categories());
    if (std::any_of(categories.begin(), categories.end(), [&](const auto& c) { return c.id == *in.set.category; }))
      return {};
    return invalid("catalog.no_such_category", "/set/category", "unknown_value", "There is no category with this id.");
  }

  // A row each, in the order asked; what is not there or was named before is refused.
  Result<void> resolve(const Bulk& in, std::vector<BulkResult>& rows) const {
    TRY(const auto by_key, api_.catalog.ids_by_external_id(in.external_ids));
    std::set<ProductId> seen;
    const auto add = [&](std::optional<ProductId> id, std::optional<std::string> key) {
      BulkResult& row = rows.emplace_back();
      row.row = static_cast<std::int64_t>(rows.size()) - 1;
      row.external_id = std::move(key);
      if (!id) return refuse(row, no_such_product());
      row.product_id = id;
      if (!seen.insert(*id).second)
        refuse(row, {Errc::kInvalid, "catalog.named_twice", "An earlier row names this product.", {}, {}, 0});
    };
    for (const ProductId id : in.ids) add(id, {});
    for (const std::string& key : in.external_ids) {
      const auto found = by_key.find(key);
      add(found == by_key.end() ? std::nullopt : std::optional(found->second), key);
    }
    return {};
  }

  Result<void> change(const Bulk& in, const Shopper& who, std::span<BulkResult> rows) const {
    std::vector<ProductId> ids;
    for (const BulkResult& row : rows)
      if (!row.reason) ids.push_back(*row.product_id);
    TRY(const auto products, api_.catalog.products(ids));
    std::vector<Draft> drafts;
    std::vector<BulkResult*> of_draft;
    for (BulkResult& row : rows) {
      if (row.reason) continue;
      const auto product =
          std::find_if(products.begin(), products.end(), [&](const Product& p) { return p.id == *row.product_id; });
      if (product == products.end()) {
        refuse(row, no_such_product());
        continue;
      }
      TRY(auto draft, draft_of(in.set, *product, row));
      if (!draft) continue;
      drafts.push_back(std::move(*draft));
      of_draft.push_back(&row);
    }
    if (drafts.empty()) return {};
    TRY(const auto saved, in.dry_run ? api_.catalog.rehearse(drafts) : save(in, who, drafts));
    for (std::size_t i = 0; i < saved.size(); ++i) {
      of_draft[i]->outcome = BulkOutcome::kChanged;
      if (saved[i].refused) refuse(*of_draft[i], *saved[i].refused);
    }
    return {};
  }

  // nullopt: there is nothing to write, and the row says why.
  Result<std::optional<Draft>> draft_of(const BulkSet& set, const Product& product, BulkResult& row) const {
    Draft draft;
    draft.if_version = product.version;
    draft.product = product;
    draft.product.offers.clear();  // they stay
    apply(set, draft.product);
    if (same(product, draft.product)) {
      row.outcome = BulkOutcome::kUnchanged;
      return std::optional<Draft>{};
    }
    std::vector<FieldError> wrong;
    check_draft(draft, wrong);
    std::erase_if(wrong, [](const FieldError& one) { return one.field == "/gtin"; });  // nobody changes it here
    TRY_DO(api_.catalog.check_defined(draft.product, &product, wrong));
    if (wrong.empty()) return std::optional<Draft>(std::move(draft));
    refuse(row,
           {Errc::kInvalid, "catalog.invalid_product", "The product would not be right.", std::move(wrong), {}, 0});
    return std::optional<Draft>{};
  }

  Result<std::vector<Saved>> save(const Bulk& in, const Shopper& who, std::span<Draft> drafts) const {
    const std::string detail = json::print(in.set);
    std::vector<services::AuditEntry> entries;
    for (const Draft& draft : drafts)
      entries.push_back(api_.audit.entry(who.caller(), "catalog.product_bulk_change", draft.product.id.text(), detail));
    return api_.catalog.save_each(drafts, [&](db::Tx& tx, Time, std::span<const Saved> saved) -> Result<void> {
      for (std::size_t i = 0; i < saved.size(); ++i)
        if (!saved[i].refused) TRY_DO(services::Audit::record(tx, entries[i]));
      return {};
    });
  }

  CatalogApi api_;
};

}  // namespace

void add_bulk_routes(http::Router& router, const CatalogApi& api) {
  const auto on = std::make_shared<const ProductBulkHandlers>(api);
  router.post<Bulk, BulkAnswer>("/admin/products/bulk",
                                {"Changes many products alike; a result per row",
                                 {"services.sign_in", "services.role_needed", "catalog.which_products",
                                  "catalog.nothing_to_set", "catalog.no_such_category", "catalog.invalid_product"},
                                 200,
                                 "admin"},
                                [on](http::Call& call, const Bulk& in) { return on->bulk(call, in); });
}

}  // namespace kontor::catalog
