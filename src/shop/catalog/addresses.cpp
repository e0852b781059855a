#include "shop/catalog/addresses.h"

#include "shop/catalog/catalog.h"
#include "shop/catalog/catalog_store.h"

namespace kontor::catalog {

using db::Home;

Result<std::optional<std::int64_t>> Addresses::former_owner(SlugKind kind, std::string_view slug) {
  std::optional<std::int64_t> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::former_owner(tx, kind, slug));
    return {};
  }));
  return found;
}

Result<std::vector<FormerSlug>> Addresses::former_slugs(SlugKind kind, std::int64_t owner) {
  std::vector<FormerSlug> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::former_slugs(tx, kind, owner));
    return {};
  }));
  return found;
}

Result<std::vector<FormerSlug>> Addresses::former_category_slugs() {
  std::vector<FormerSlug> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::former_category_slugs(tx));
    return {};
  }));
  return found;
}

Result<std::vector<Brand>> Addresses::brands(Currency currency, std::string_view after, int limit) {
  std::vector<Brand> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::brands(tx, currency, after, limit));
    return {};
  }));
  return found;
}

Result<std::optional<std::string>> Addresses::brand_slug(std::string_view name) {
  std::optional<std::string> found;
  if (name.empty()) return found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::brand_slug(tx, name));
    return {};
  }));
  return found;
}

Result<std::optional<std::string>> Addresses::brand_name(std::string_view slug) {
  std::optional<std::string> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::brand_name(tx, slug));
    return {};
  }));
  return found;
}

Result<int> Addresses::name_brands(int limit) {
  std::vector<std::string> unnamed;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(unnamed, store::unnamed_brands(tx, limit));
    return {};
  }));
  if (unnamed.empty()) return 0;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) { return store::name_brands(tx, unnamed); }));
  return static_cast<int>(unnamed.size());
}

Result<std::vector<ListedProduct>> Addresses::listed(Currency currency, ProductId after, int limit) {
  std::vector<ListedProduct> found;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::listed(tx, currency, after, limit));
    return {};
  }));
  return found;
}

Result<bool> Catalog::forget_slug(SlugKind kind, std::int64_t owner, const std::string& slug, const Beside& beside) {
  const Time now = clock_.now();
  bool forgotten = false;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(forgotten, store::forget_slug(tx, kind, {slug, owner, now}));
    return forgotten && beside ? beside(tx, now) : Result<void>{};
  }));
  if (forgotten && kind == SlugKind::kCategory) tell_categories();
  return forgotten;
}

}  // namespace kontor::catalog
