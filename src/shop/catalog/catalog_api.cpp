#include "shop/catalog/catalog_api.h"

#include <algorithm>

#include "services/if_match.h"
#include "shop/catalog/catalog_views.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog {

ProductView view_of(const Product& p) {
  ProductView view{p.id,
                   {},
                   p.slug,
                   p.title,
                   p.description,
                   p.brand,
                   {},
                   {p.attributes_json},
                   p.images,
                   p.gtin,
                   p.status,
                   p.weight_g,
                   p.dimensions_mm,
                   p.tax_class,
                   p.returnable,
                   {p.translations_json},
                   p.rating,
                   p.review_count,
                   {},
                   p.version,
                   p.created,
                   p.updated};
  if (!p.external_id.empty()) view.external_id = p.external_id;
  if (p.category) view.category = Nullable<CategoryId>(p.category);
  for (const Offer& offer : p.offers) view.offers.push_back(view_of(offer));
  return view;
}

OfferView view_of(const Offer& o) {
  return {o.id,           o.product,       o.seller,         o.sku,       o.condition, o.options,
          o.price,        o.list_price,    o.purchase_limit, o.backorder, o.active,    o.version,
          o.min_quantity, o.quantity_step, o.sale_price};
}

namespace {

using services::Role;
using services::Shopper;
using ProductPage = services::Page<ProductView>;

struct ProductsQuery {
  std::string external_id, slug, sku;
  std::optional<std::string> cursor;
  std::int64_t limit = services::kListLimitDefault;
  static constexpr auto fields() {
    return described(Field("external_id", &ProductsQuery::external_id, "Only this one", Default{}),
                     Field("slug", &ProductsQuery::slug, "Only this one", Default{}),
                     Field("sku", &ProductsQuery::sku, "Only products with an offer of this sku", Default{}),
                     Field("cursor", &ProductsQuery::cursor, "From next_cursor"),
                     Field("limit", &ProductsQuery::limit, "How many", services::kListLimit, Default{}));
  }
};

struct OffersQuery {
  std::optional<ProductId> product_id;
  std::vector<std::string> sku;
  static constexpr auto fields() {
    return described(Field("product_id", &OffersQuery::product_id, "The offers of this product"),
                     Field("sku", &OffersQuery::sku, "The offers with these skus", Length{0, 100}));
  }
};

struct OfferList {
  std::vector<OfferView> items;
  Nullable<std::string> next_cursor;
  static constexpr auto fields() {
    return described(Field("items", &OfferList::items, "The offers"),
                     Field("next_cursor", &OfferList::next_cursor, "Always null"));
  }
};

Error no_such(std::string_view what) {
  return Error{Errc::kNotFound,
               "catalog.no_such_" + std::string(what),
               "There is no such " + std::string(what) + ".",
               {},
               {},
               0};
}

// Null when the client names no version, or one that is the present one; else the conflict.
Result<void> check_if_match(const http::Call& call, std::int64_t version) {
  if (services::if_match(call.request).allows(version)) return {};
  return fail(Errc::kVersionConflict, "catalog.version_conflict",
              "It has been changed meanwhile and is at version " + std::to_string(version) + " now.");
}

template <class T>
void take(std::optional<T>& from, T& to) {
  if (from) to = std::move(*from);
}

void apply(ProductPatch&& patch, Product& product) {
  take(patch.title, product.title);
  take(patch.external_id, product.external_id);
  take(patch.slug, product.slug);
  take(patch.description, product.description);
  take(patch.brand, product.brand);
  take(patch.category, product.category);
  if (patch.attributes) product.attributes_json = merged_members(product.attributes_json, patch.attributes->text);
  take(patch.images, product.images);
  take(patch.gtin, product.gtin);
  take(patch.status, product.status);
  take(patch.weight_g, product.weight_g);
  take(patch.tax_class, product.tax_class);
  take(patch.returnable, product.returnable);
  if (patch.translations)
    product.translations_json = merged_translations(product.translations_json, patch.translations->text);
}

void apply(OfferPatch&& patch, Offer& offer) {
  take(patch.sku, offer.sku);
  take(patch.condition, offer.condition);
  take(patch.options, offer.options);
  take(patch.price, offer.price);
  if (patch.list_price) offer.list_price = patch.list_price;
  if (offer.list_price && *offer.list_price == offer.price) offer.list_price.reset();
  take(patch.purchase_limit, offer.purchase_limit);
  take(patch.backorder, offer.backorder);
  take(patch.active, offer.active);
  take(patch.min_quantity, offer.min_quantity);
  take(patch.quantity_step, offer.quantity_step);
}

// An older product may hold what is no longer accepted; that is no reason to refuse another change of it.
void let_be(std::vector<FieldError>& wrong, std::string_view field) {
  std::erase_if(wrong, [&](const FieldError& one) { return one.field == field; });
}

struct StatusView {
  ProductStatus status = ProductStatus::kDraft;
  std::string meaning;
  bool shown = false, listed = false, buyable = false;
  std::vector<ProductStatus> next;
  static constexpr auto fields() {
    return described(Field("status", &StatusView::status, "As products have it"),
                     Field("meaning", &StatusView::meaning, "In words"),
                     Field("shown", &StatusView::shown, "Whether everybody finds its page"),
                     Field("listed", &StatusView::listed, "Whether it is in listings and searches"),
                     Field("buyable", &StatusView::buyable, "Whether it is sold"),
                     Field("next", &StatusView::next, "What it may become"));
  }
};
struct StatusList {
  std::vector<StatusView> items;
  static constexpr auto fields() { return described(Field("items", &StatusList::items, "All there are")); }
};

StatusList status_list() {
  StatusList list;
  for (const StatusMeaning& one : kStatusMeanings) {
    StatusView view{one.status, std::string(one.words), one.shown, one.listed, one.buyable, {}};
    for (const StatusMeaning& other : kStatusMeanings)
      if (kStatusTable.leads(one.status, other.status)) view.next.push_back(other.status);
    list.items.push_back(std::move(view));
  }
  return list;
}

class CatalogHandlers {
 public:
  explicit CatalogHandlers(CatalogApi api) : api_(api) {}

  Result<ProductPage> list(http::Call& call, const ProductsQuery& query) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    const std::string question = "admin.products|" + query.external_id + "|" + query.slug + "|" + query.sku;
    TRY(const auto key, api_.cursors.after(question, query.cursor, 1));
    ProductFilter filter{query.external_id, query.slug, query.sku, {}, static_cast<int>(query.limit) + 1};
    if (key) filter.before = ProductId{key->numbers[0]};
    TRY(std::vector<Product> found, api_.catalog.find_products(filter));
    ProductPage page;
    const bool more = found.size() > static_cast<std::size_t>(query.limit);
    if (more) found.resize(static_cast<std::size_t>(query.limit));
    for (const Product& product : found) page.items.push_back(view_of(product));
    if (more) page.next_cursor = Nullable<std::string>(api_.cursors.make(question, {{found.back().id.value}, ""}));
    return page;
  }

  Result<ProductView> get(http::Call& call) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const ProductId id, call.id<ProductId>("id"));
    return answer(call, id);
  }

  Result<StatusList> statuses(http::Call& call) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    return status_list();
  }

  Result<ProductView> create(http::Call& call, NewProduct in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    Draft draft;
    draft.create_only = true;
    Product& p = draft.product;
    p.title = std::move(in.title);
    p.external_id = in.external_id.value_or("");
    p.slug = in.slug.value_or("");
    p.description = std::move(in.description);
    p.brand = std::move(in.brand);
    p.category = in.category.value_or(CategoryId{});
    p.attributes_json = std::move(in.attributes.text);
    p.images = std::move(in.images);
    p.gtin = std::move(in.gtin);
    p.status = in.status;
    p.weight_g = in.weight_g;
    p.dimensions_mm = std::move(in.dimensions_mm);
    p.tax_class = std::move(in.tax_class);
    p.returnable = in.returnable;
    p.translations_json = std::move(in.translations.text);
    for (std::size_t i = 0; i < in.offers.size(); ++i) {
      TRY(Offer offer, offer_of(in.offers[i], "/offers/" + std::to_string(i) + "/seller"));
      p.offers.push_back(std::move(offer));
    }
    TRY(const Saved saved, save(std::move(draft), who, "catalog.product_create", nullptr));
    call.set_header("Location", "/api/v1/admin/products/" + saved.product.text());
    return answer(call, saved.product);
  }

  Result<ProductView> patch(http::Call& call, ProductPatch in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const ProductId id, call.id<ProductId>("id"));
    TRY(auto product, api_.catalog.product(id));
    if (!product) return fail(no_such("product"));
    TRY_DO(check_if_match(call, product->version));
    Draft draft;
    draft.if_version = product->version;
    draft.product = *product;
    apply(std::move(in), draft.product);
    draft.product.offers.clear();  // those that are not named stay
    TRY_DO(save(std::move(draft), who, "catalog.product_change", &*product));
    return answer(call, id);
  }

  Result<http::None> remove(http::Call& call) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const ProductId id, call.id<ProductId>("id"));
    TRY(const auto product, api_.catalog.product(id));
    if (!product) return http::None{};
    TRY_DO(check_if_match(call, product->version));
    TRY_DO(api_.catalog.remove(id, product->version, noting(who, "catalog.product_delete", id.text())));
    return http::None{};
  }

  Result<OfferList> list_offers(http::Call& call, const OffersQuery& query) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    OfferList list;
    if (query.product_id) {
      TRY(const auto product, api_.catalog.product(*query.product_id));
      if (product)
        for (const Offer& offer : product->offers)
          if (query.sku.empty() || std::count(query.sku.begin(), query.sku.end(), offer.sku) > 0)
            list.items.push_back(view_of(offer));
    } else {
      if (query.sku.empty())
        return invalid("catalog.offers_of_what", "?product_id", "required", "Name a product_id or a sku.");
      TRY(const auto offers, api_.catalog.offers_by_sku(query.sku));
      for (const Offer& offer : offers) list.items.push_back(view_of(offer));
    }
    return list;
  }

  Result<OfferView> get_offer(http::Call& call) {
    TRY_DO(api_.shoppers.require_staff(call.request));
    TRY(const OfferId id, call.id<OfferId>("id"));
    return answer(call, id);
  }

  Result<OfferView> create_offer(http::Call& call, NewOfferOf in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(auto product, api_.catalog.product(in.product_id));
    if (!product)
      return invalid("catalog.no_such_product", "/product_id", "unknown_value", "There is no product with this id.");
    TRY(Offer offer, offer_of(in, "/seller"));
    for (const Offer& there : product->offers)
      if (there.seller == offer.seller && there.sku == offer.sku)
        return invalid("catalog.sku_taken", "/sku", "taken", "The seller has an offer with this sku.");
    Draft draft;
    draft.if_version = product->version;
    draft.product = *product;
    draft.product.offers = {std::move(offer)};
    TRY(const Saved saved, save(std::move(draft), who, "catalog.offer_create", &*product, true));
    call.set_header("Location", "/api/v1/admin/offers/" + saved.offers[0].text());
    return answer(call, saved.offers[0]);
  }

  Result<OfferView> patch_offer(http::Call& call, OfferPatch in) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const OfferId id, call.id<OfferId>("id"));
    TRY(auto offers, api_.catalog.offers(std::span(&id, 1)));
    if (offers.empty()) return fail(no_such("offer"));
    TRY_DO(check_if_match(call, offers[0].version));
    TRY(auto product, api_.catalog.product(offers[0].product));
    if (!product) return fail(no_such("offer"));
    apply(std::move(in), offers[0]);
    Draft draft;
    draft.if_version = product->version;
    draft.product = *product;
    draft.product.offers = std::move(offers);
    TRY_DO(save(std::move(draft), who, "catalog.offer_change", &*product, true));
    return answer(call, id);
  }

  Result<http::None> remove_offer(http::Call& call) {
    TRY(const Shopper who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const OfferId id, call.id<OfferId>("id"));
    TRY(const auto offers, api_.catalog.offers(std::span(&id, 1)));
    if (offers.empty()) return http::None{};
    TRY_DO(check_if_match(call, offers[0].version));
    TRY_DO(api_.catalog.remove_offer(id, offers[0].version, noting(who, "catalog.offer_delete", id.text())));
    return http::None{};
  }

 private:
  Catalog::Beside noting(const Shopper& who, std::string action, std::string subject) {
    return [entry = api_.audit.entry(who.caller(), std::move(action), std::move(subject))](db::Tx& tx, Time) {
      return services::Audit::record(tx, entry);
    };
  }

  Result<Offer> offer_of(const NewOffer& in, const std::string& seller_field) {
    TRY(const auto sellers, api_.catalog.sellers());
    const auto seller = std::find_if(sellers.begin(), sellers.end(),
                                     [&](const Seller& s) { return s.code == in.seller || s.id.text() == in.seller; });
    if (seller == sellers.end())
      return invalid("catalog.no_such_seller", seller_field, "unknown_value",
                     "There is no seller '" + in.seller + "'.");
    return Offer{{},
                 {},
                 seller->id,
                 in.sku,
                 in.condition,
                 in.options,
                 in.price,
                 in.list_price,
                 in.purchase_limit,
                 in.backorder,
                 in.active,
                 1,
                 in.min_quantity,
                 in.quantity_step};
  }

  // `before`: as the product is, null for a new one. `one_offer`: the caller speaks of the draft's only offer, so its
  // fields are named from there.
  Result<Saved> save(Draft draft, const Shopper& who, std::string_view action, const Product* before,
                     bool one_offer = false) {
    std::vector<FieldError> wrong;
    check_draft(draft, wrong);
    if (before != nullptr && before->gtin == draft.product.gtin) let_be(wrong, "/gtin");
    TRY_DO(api_.catalog.check_defined(draft.product, before, wrong));
    if (draft.product.category) {
      TRY(const auto categories, api_.catalog.categories());
      if (std::none_of(categories.begin(), categories.end(),
                       [&](const Category& c) { return c.id == draft.product.category; }))
        wrong.push_back({"/category", "unknown_value", "There is no category with this id."});
    }
    Error error{Errc::kInvalid, "catalog.invalid_product", "Some members are wrong.", std::move(wrong), {}, 0};
    if (error.fields.empty()) {
      api_.catalog.prepare(draft, Time{});
      const std::string subject = draft.product.id ? draft.product.id.text() : draft.fresh.text();
      TRY(std::vector<Saved> saved, api_.catalog.save(std::span(&draft, 1), noting(who, std::string(action), subject)));
      if (!saved[0].refused) return std::move(saved[0]);
      error = std::move(*saved[0].refused);
    }
    for (FieldError& field : error.fields)
      if (one_offer && field.field.starts_with("/offers/0")) field.field.erase(0, std::string_view("/offers/0").size());
    return fail(std::move(error));
  }

  Result<ProductView> answer(http::Call& call, ProductId id) {
    TRY(const auto product, api_.catalog.product(id));
    if (!product) return fail(no_such("product"));
    call.set_header("ETag", services::version_etag(product->version));
    return view_of(*product);
  }
  Result<OfferView> answer(http::Call& call, OfferId id) {
    TRY(const auto offers, api_.catalog.offers(std::span(&id, 1)));
    if (offers.empty()) return fail(no_such("offer"));
    call.set_header("ETag", services::version_etag(offers[0].version));
    return view_of(offers[0]);
  }

  CatalogApi api_;
};

const std::vector<std::string_view> kStaff{"services.sign_in", "services.role_needed"};
const std::vector<std::string_view> kCatalogWrites{
    "services.sign_in",       "services.role_needed",  "catalog.no_such_product",   "catalog.no_such_offer",
    "catalog.sku_taken",      "catalog.slug_taken",    "catalog.external_id_taken", "catalog.version_conflict",
    "catalog.status_refused", "catalog.slug_redirects"};

}  // namespace

void add_catalog_routes(http::Router& router, CatalogApi api) {
  using http::Call, http::None;
  const auto on = std::make_shared<CatalogHandlers>(api);
  router.get<ProductsQuery, ProductPage>("/admin/products", {"Products, newest first", kStaff, 200, "admin"},
                                         [on](Call& call, ProductsQuery query) { return on->list(call, query); });
  router.get<None, ProductView>("/admin/products/{id}", {"A product with its offers", kStaff, 200, "admin"},
                                [on](Call& call, None) { return on->get(call); });
  router.post<NewProduct, ProductView>("/admin/products", {"Makes a product", kCatalogWrites, 201, "admin"},
                                       [on](Call& call, NewProduct in) { return on->create(call, std::move(in)); });
  router.patch<ProductPatch, ProductView>("/admin/products/{id}", {"Changes a product", kCatalogWrites, 200, "admin"},
                                          [on](Call& call, ProductPatch in) { return on->patch(call, std::move(in)); });
  router.del<None, None>("/admin/products/{id}", {"Removes a product and its offers", kCatalogWrites, 204, "admin"},
                         [on](Call& call, None) { return on->remove(call); });
  router.get<OffersQuery, OfferList>("/admin/offers", {"Offers of a product or by sku", kStaff, 200, "admin"},
                                     [on](Call& call, OffersQuery query) { return on->list_offers(call, query); });
  router.get<None, OfferView>("/admin/offers/{id}", {"An offer", kStaff, 200, "admin"},
                              [on](Call& call, None) { return on->get_offer(call); });
  router.post<NewOfferOf, OfferView>("/admin/offers", {"Adds an offer to a product", kCatalogWrites, 201, "admin"},
                                     [on](Call& call, NewOfferOf in) { return on->create_offer(call, std::move(in)); });
  router.patch<OfferPatch, OfferView>("/admin/offers/{id}",
                                      {"Changes an offer, its price too", kCatalogWrites, 200, "admin"},
                                      [on](Call& call, OfferPatch in) { return on->patch_offer(call, std::move(in)); });
  router.del<None, None>("/admin/offers/{id}", {"Removes an offer", kCatalogWrites, 204, "admin"},
                         [on](Call& call, None) { return on->remove_offer(call); });
  router.get<None, StatusList>("/admin/product-statuses",
                               {"What each status of a product means, and what it may become", kStaff, 200, "admin"},
                               [on](Call& call, None) { return on->statuses(call); });
  add_category_routes(router, api);
  add_price_bulk_routes(router, api);
  add_attribute_routes(router, api);
  add_bulk_routes(router, api);
  add_related_routes(router, api);
  add_former_slug_routes(router, api);
}

}  // namespace kontor::catalog
