#include "shop/catalog/catalog.h"

#include <algorithm>

#include "base/gtin.h"
#include "base/text.h"
#include "shop/catalog/catalog_store.h"

namespace kontor::catalog {
namespace {

using db::Home;

// Belongs to no customer: its bucket follows from its name, so that a run of new products spreads over the shards.
int bucket_of(std::string_view name) {
  std::uint64_t hash = 1469598103934665603ull;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return static_cast<int>((hash >> 20) % kBuckets);
}

}  // namespace

Result<std::vector<Product>> Catalog::products(std::span<const ProductId> ids) {
  std::vector<Product> found;
  if (ids.empty()) return found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::products(tx, ids));
    return {};
  }));
  return found;
}

Result<std::optional<Product>> Catalog::product(ProductId id) {
  const ProductId ids[] = {id};
  TRY(std::vector<Product> found, products(ids));
  if (found.empty()) return std::optional<Product>{};
  return std::optional<Product>(std::move(found[0]));
}

Result<std::optional<ProductId>> Catalog::product_by_slug(std::string_view slug) {
  std::optional<ProductId> found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::product_by_slug(tx, slug));
    return {};
  }));
  return found;
}

// What one statement answers needs no transaction around it.
static Result<void> read_by_ids(db::Store& store, std::size_t count, const db::Function& ask) {
  return count <= store::kInCount ? store.look(Home::kCatalog, ask) : store.read(Home::kCatalog, ask);
}

Result<std::vector<Offer>> Catalog::offers(std::span<const OfferId> ids) {
  std::vector<Offer> found;
  if (ids.empty()) return found;
  const db::Function ask = [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::offers(tx, ids));
    return {};
  };
  TRY_DO(read_by_ids(store_, ids.size(), ask));
  return found;
}

Goods goods_of(const Product& product, const Offer& offer) {
  Goods goods{product.category, offer.seller, product.brand, product.tax_class, product.weight_g, {}};
  for (std::size_t i = 0; i < product.dimensions_mm.size() && i < goods.dimensions_mm.size(); ++i)
    goods.dimensions_mm[i] = product.dimensions_mm[i];
  return goods;
}

// By the timetable alone: it has only sales that are not over, and the first that asks what is asked now is running.
std::optional<Time> sale_ends(const Offer& offer) {
  constexpr int kMostTurns = 1000;
  if (!(offer.now() < offer.price) || offer.timetable.empty()) return std::nullopt;
  const std::int64_t base = offer.price.amount_minor(), now = offer.now().amount_minor();
  const Timetable timetable = read_timetable(offer.timetable);
  std::optional<Time> at;
  for (const SaleSpan& span : timetable)
    if (span.minor == now && (!at || span.from < *at)) at = span.from;
  for (int turns = 0; at && turns < kMostTurns; ++turns) {
    at = next_turn(timetable, *at);
    if (at && price_at(base, timetable, *at) != now) return at;
  }
  return std::nullopt;
}

// The prices are those of one moment between asking and answering. Were a sale to begin or end just then, the row and
// the clock could make a price together that no moment had: it is asked again.
Result<std::vector<SaleFacts>> Catalog::sale_facts(std::span<const OfferId> ids) {
  constexpr int kTries = 5;
  std::vector<SaleFacts> found;
  if (ids.empty()) return found;
  std::vector<store::OnSale> on_sale;
  const db::Function ask = [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::sale_facts(tx, ids, on_sale));
    return {};
  };
  for (int tries = 1;; ++tries) {
    const Time before = clock_.now();
    TRY_DO(read_by_ids(store_, ids.size(), ask));
    if (on_sale.empty()) return found;
    const Time after = clock_.now();
    bool turned = after < before;
    for (const auto& [at, base, timetable] : on_sale) {
      const std::int64_t price = price_at(base, timetable, after);
      turned = turned || price != price_at(base, timetable, before);
      found[at].price = Money::minor(price, found[at].price.currency());
    }
    if (!turned || tries == kTries) return found;
  }
}

Result<std::vector<Offer>> Catalog::offers_of(std::span<const ProductId> products) {
  std::vector<Offer> found;
  if (products.empty()) return found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::offers_of(tx, products));
    return {};
  }));
  return found;
}

Result<std::vector<Offer>> Catalog::offers_by_sku(std::span<const std::string> skus) {
  std::vector<Offer> found;
  if (skus.empty()) return found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::offers_by_sku(tx, skus));
    return {};
  }));
  return found;
}

Result<std::vector<Product>> Catalog::find_products(const ProductFilter& filter) {
  std::vector<Product> found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const std::vector<ProductId> ids, store::find_products(tx, filter));
    if (ids.empty()) return {};
    TRY(found, store::products(tx, ids));
    return {};
  }));
  return found;
}

Result<std::vector<ProductId>> Catalog::ids_after(ProductId after, int limit) {
  std::vector<ProductId> found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::ids_after(tx, after, limit));
    return {};
  }));
  return found;
}

Result<std::vector<Category>> Catalog::categories() {
  std::vector<Category> found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::categories(tx));
    return {};
  }));
  return found;
}

Result<std::vector<Seller>> Catalog::sellers() {
  std::vector<Seller> found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::sellers(tx));
    return {};
  }));
  return found;
}

Result<void> Catalog::ensure_sellers(std::span<const Seller> wanted) {
  const Time now = clock_.now();
  std::vector<Seller> fresh(wanted.begin(), wanted.end());
  for (Seller& seller : fresh) seller.id = ids_.next<SellerId>(now, bucket_of(seller.code));
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) { return store::ensure_sellers(tx, fresh); }));
  tell_categories();  // readers keep sellers and categories together
  return {};
}

Result<std::map<std::string, ProductId>> Catalog::ids_by_external_id(std::span<const std::string> external_ids) {
  std::map<std::string, ProductId> found;
  if (external_ids.empty()) return found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::ids_by_external_id(tx, external_ids));
    return {};
  }));
  return found;
}

void Catalog::prepare(Draft& draft, Time now) {
  draft.product.gtin = plain_gtin(draft.product.gtin);
  const std::string& name = draft.product.external_id.empty() ? draft.product.title : draft.product.external_id;
  const int bucket = bucket_of(name);
  if (!draft.product.id && !draft.fresh) draft.fresh = ids_.next<ProductId>(now, bucket);
  while (draft.fresh_offers.size() < draft.product.offers.size())
    draft.fresh_offers.push_back(ids_.next<OfferId>(now, bucket));
}

Result<std::vector<Saved>> Catalog::save(std::span<Draft> drafts, const Beside& beside) {
  if (!beside) return save_each(drafts, {});
  return save_each(drafts, [&](db::Tx& tx, Time now, std::span<const Saved>) { return beside(tx, now); });
}

Result<std::vector<Saved>> Catalog::save_each(std::span<Draft> drafts, const BesideSaved& beside) {
  const Time now = clock_.now();
  for (Draft& draft : drafts) {
    if (draft.product.title.empty()) return invalid("catalog.no_title", "/title", "required", "A product has a title.");
    prepare(draft, now);
  }
  std::vector<Saved> saved;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(saved, store::save_many(tx, drafts, now));
    const bool any = std::any_of(saved.begin(), saved.end(), [](const Saved& one) { return !one.refused; });
    return any && beside ? beside(tx, now, saved) : Result<void>{};
  }));
  std::vector<ProductId> changed;
  for (const Saved& one : saved)
    if (one.product) changed.push_back(one.product);
  tell(changed);
  return saved;
}

Result<std::vector<Saved>> Catalog::rehearse(std::span<Draft> drafts) {
  const Time now = clock_.now();
  for (Draft& draft : drafts) prepare(draft, now);
  std::vector<Saved> saved;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(saved, store::save_many(tx, drafts, now, true));
    return {};
  }));
  return saved;
}

Result<bool> Catalog::remove(ProductId id, std::optional<std::int64_t> if_version, const Beside& beside) {
  bool removed = false;
  const Time now = clock_.now();
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, store::remove_product(tx, id, if_version, now));
    return removed && beside ? beside(tx, now) : Result<void>{};
  }));
  if (removed) tell(std::span(&id, 1));
  return removed;
}

Result<bool> Catalog::remove_offer(OfferId id, std::optional<std::int64_t> if_version, const Beside& beside) {
  const OfferId ids[] = {id};
  TRY(const std::vector<Offer> before, offers(ids));
  bool removed = false;
  const Time now = clock_.now();
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, store::remove_offer(tx, id, if_version, now));
    return removed && beside ? beside(tx, now) : Result<void>{};
  }));
  if (removed && !before.empty()) tell(std::span(&before[0].product, 1));
  return removed;
}

Result<Category> Catalog::create_category(CategoryId parent, const std::string& name, const Beside& beside,
                                          const Names& names) {
  const Time now = clock_.now();
  const Category wanted{ids_.next<CategoryId>(now, bucket_of(name)), parent, name, "", "", 1, names};
  Category made;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(made, store::create_category(tx, wanted, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  tell_categories();
  return made;
}

Result<Category> Catalog::change_category(const Category& wanted, std::optional<std::int64_t> if_version,
                                          const Beside& beside) {
  const Time now = clock_.now();
  Category changed;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(changed, store::change_category(tx, wanted, if_version, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  tell_categories();
  return changed;
}

Result<bool> Catalog::remove_category(CategoryId id, const Beside& beside) {
  const Time now = clock_.now();
  bool removed = false;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, store::remove_category(tx, id, now));
    return removed && beside ? beside(tx, now) : Result<void>{};
  }));
  if (removed) tell_categories();
  return removed;
}

Result<std::vector<CategoryId>> Catalog::ensure_paths(std::span<const std::vector<std::string>> paths) {
  const Time now = clock_.now();
  std::vector<std::vector<CategoryId>> fresh;
  for (const auto& path : paths) {
    auto& ids = fresh.emplace_back();
    for (const std::string& name : path) ids.push_back(ids_.next<CategoryId>(now, bucket_of(name)));
  }
  std::vector<CategoryId> found;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    for (std::size_t i = 0; i < paths.size(); ++i) {
      Category category;
      for (std::size_t depth = 0; depth < paths[i].size(); ++depth) {
        TRY(category, store::ensure_category(tx, category, paths[i][depth], fresh[i][depth], now));
      }
      found.push_back(category.id);
    }
    return {};
  }));
  tell_categories();
  return found;
}

Result<OwnDefinitions> Catalog::define_attributes(CategoryId category, std::span<const AttributeDefinition> wanted,
                                                  std::optional<std::int64_t> if_version, const Beside& beside) {
  const Time now = clock_.now();
  OwnDefinitions own;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(own, store::set_definitions(tx, category, wanted, if_version, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  tell_categories();
  return own;
}

Result<void> Catalog::check_defined(const Product& product, const Product* before, std::vector<FieldError>& wrong) {
  const bool active = product.status == ProductStatus::kActive;
  if (before != nullptr && before->category == product.category && before->attributes_json == product.attributes_json &&
      (!active || before->status == ProductStatus::kActive))
    return {};
  TRY(const auto table, definitions_.table());
  if (const AttributeSet* set = table->of(product.category))
    set->check(product.attributes_json, active, "/attributes", wrong);
  return {};
}

Result<RelatedProducts> Catalog::related(ProductId id) {
  RelatedProducts found;
  TRY_DO(store_.read(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::related(tx, id));
    return {};
  }));
  return found;
}

Result<std::int64_t> Catalog::set_related(ProductId id, const RelatedProducts& wanted,
                                          std::optional<std::int64_t> if_version, const Beside& beside) {
  const Time now = clock_.now();
  std::int64_t version = 0;
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(version, store::set_related(tx, id, wanted, if_version, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  tell(std::span(&id, 1));
  return version;
}

void Catalog::tell(std::span<const ProductId> products) const {
  if (told_ && !products.empty()) told_(products);
}

void Catalog::tell_categories() {
  definitions_.changed();
  if (category_told_) category_told_();
}

}  // namespace kontor::catalog
