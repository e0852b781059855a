#include "shop/showcase/showcase.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "shop/showcase/product_detail.h"

namespace kontor::showcase {
namespace {

Error no_such_product() {
  return Error{Errc::kNotFound, "catalog.no_such_product", "There is no such product.", {}, {}, 0};
}
Error no_such_offer() { return Error{Errc::kNotFound, "catalog.no_such_offer", "There is no such offer.", {}, {}, 0}; }

constexpr int kDeepest = 32;  // of a category tree; more only where it is damaged

bool is_shown(const catalog::Product& product) { return catalog::meaning_of(product.status).shown; }

// "M, black"
std::string variant_words(const catalog::Offer& offer) {
  std::string words;
  for (const auto& [name, value] : offer.options) words += (words.empty() ? "" : ", ") + value;
  return words;
}

}  // namespace

// Sellers and categories: few beside the products, kept whole and thrown away together.
struct Showcase::Directory {
  std::unordered_map<SellerId, catalog::Seller> sellers;
  std::vector<SellerName> seller_names;
  std::vector<catalog::Category> categories;
  std::unordered_map<CategoryId, std::size_t> category_at;
  std::unordered_map<std::string, CategoryId> slugs;  // former ones as well, and whose they are now

  const catalog::Category* find(CategoryId id) const {
    const auto place = category_at.find(id);
    return place == category_at.end() ? nullptr : &categories[place->second];
  }
  void put_path(ProductState& state) const {
    const catalog::Category* at = find(state.product.category);
    if (at != nullptr) state.category_slug = at->slug;
    for (int depth = 0; at != nullptr && depth < kDeepest; ++depth, at = find(at->parent)) {
      state.category_path.insert(state.category_path.begin(), at->name);
      state.category_names.insert(state.category_names.begin(), at->names);
    }
  }
};

Showcase::Showcase(db::Store& store, catalog::Catalog& catalog, inventory::Inventory& inventory, Settings settings)
    : store_(store),
      catalog_(catalog),
      inventory_(inventory),
      settings_(settings),
      ready_(settings.ready_bytes_mb, settings.packed_bytes_mb, settings.workers,
             [this](ProductId id) { return keeps_longer(id); }),
      bundles_(settings.cards_mb << 20),
      products_of_offers_(settings.cards_mb << 18),
      listed_cards_(settings.listed_cards_mb << 20),
      unknown_slugs_(settings.ready_bytes_mb << 15),
      unknown_offers_(settings.ready_bytes_mb << 15) {}

Showcase::~Showcase() = default;

Result<std::shared_ptr<const Showcase::Directory>> Showcase::directory() {
  std::uint64_t age = 0;
  {
    const std::lock_guard lock(mutex_);
    if (directory_) return directory_;
    age = directory_age_;
  }
  auto fresh = std::make_shared<Directory>();
  TRY(const auto sellers, catalog_.sellers());
  TRY(fresh->categories, catalog_.categories());
  TRY(const auto former, catalog_.addresses().former_category_slugs());
  for (const auto& seller : sellers) {
    fresh->sellers.emplace(seller.id, seller);
    fresh->seller_names.push_back({seller.id, seller.name});
  }
  for (std::size_t i = 0; i < fresh->categories.size(); ++i) {
    fresh->category_at[fresh->categories[i].id] = i;
    fresh->slugs.emplace(fresh->categories[i].slug, fresh->categories[i].id);
  }
  for (const auto& one : former) fresh->slugs.emplace(one.slug, CategoryId{one.owner});  // a present one comes first
  const std::lock_guard lock(mutex_);
  if (age == directory_age_) directory_ = fresh;
  return std::shared_ptr<const Directory>(std::move(fresh));
}

Result<std::vector<catalog::Category>> Showcase::categories() {
  TRY(const auto all, directory());
  return all->categories;
}

// From memory, whatever is asked for: what has never been a category's address costs the store nothing either.
Result<std::optional<catalog::Category>> Showcase::category(std::string_view id_or_slug) {
  TRY(const auto all, directory());
  auto id = CategoryId::parse(id_or_slug);
  if (!id) {
    const auto slug = all->slugs.find(std::string(id_or_slug));
    if (slug != all->slugs.end()) id = slug->second;
  }
  const catalog::Category* const found = id ? all->find(*id) : nullptr;
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Result<std::vector<std::optional<catalog::Category>>> Showcase::categories_of(std::span<const CategoryId> ids) {
  TRY(const auto all, directory());
  std::vector<std::optional<catalog::Category>> found;
  found.reserve(ids.size());
  for (const CategoryId id : ids) {
    const catalog::Category* const one = all->find(id);
    found.push_back(one == nullptr ? std::nullopt : std::optional(*one));
  }
  return found;
}

Result<std::optional<SellerId>> Showcase::seller(std::string_view id_or_code) {
  TRY(const auto all, directory());
  for (const auto& [id, seller] : all->sellers)
    if (seller.code == id_or_code || id.text() == id_or_code) return std::optional<SellerId>(id);
  return std::optional<SellerId>{};
}

Result<std::vector<SellerName>> Showcase::sellers() {
  TRY(const auto all, directory());
  return all->seller_names;
}

// Rounded down: of a handful nothing is held back.
std::int64_t Showcase::shown_of(const inventory::StockFigure& figure) const {
  if (figure.sellable <= 0) return figure.sellable;
  const std::int64_t buffer =
      figure.on_hand / 100 * settings_.sale_buffer_percent + figure.on_hand % 100 * settings_.sale_buffer_percent / 100;
  return std::max<std::int64_t>(figure.sellable - buffer, 0);
}

Result<std::vector<std::int64_t>> Showcase::sellable_of(std::span<const OfferId> offers) {
  std::vector<std::int64_t> sellable(offers.size(), 0);
  if (offers.empty()) return sellable;
  TRY(const auto figures, inventory_.figures(offers));
  std::unordered_map<OfferId, std::int64_t> by_offer;
  for (const auto& figure : figures) by_offer[figure.offer] = shown_of(figure);
  for (std::size_t i = 0; i < offers.size(); ++i)
    if (const auto found = by_offer.find(offers[i]); found != by_offer.end()) sellable[i] = found->second;
  return sellable;
}

Showcase::Cards Showcase::cards_of(const catalog::Product& product, std::span<const std::int64_t> sellable) const {
  Cards cards;
  cards.reserve(product.offers.size());
  for (std::size_t i = 0; i < product.offers.size(); ++i) {
    const catalog::Offer& o = product.offers[i];
    cards.push_back(std::make_shared<const OfferCard>(OfferCard{
        o.id, product.id, o.seller, o.sku, product.title, product.slug,
        product.images.empty() ? std::string() : product.images.front(), o.now(), o.compared(), o.purchase_limit,
        o.backorder, sellable[i], o.active && catalog::meaning_of(product.status).buyable, variant_words(o),
        settings_.sale_buffer_percent > 0, catalog::goods_of(product, o), o.min_quantity, o.quantity_step}));
  }
  return cards;
}

OfferId Showcase::choose_featured(const Cards& cards, const Directory& all) const {
  using Rank = std::tuple<bool, bool, bool, std::int64_t, std::int64_t, OfferId>;  // the lowest wins
  std::optional<Rank> best;
  for (const auto& card : cards) {
    if (!card->buyable) continue;
    const auto seller = all.sellers.find(card->seller);
    const bool good = seller == all.sellers.end() || seller->second.good_standing;
    const std::int64_t rating = seller == all.sellers.end() ? 0 : seller->second.rating_milli;
    const Rank rank{card->price.currency() != settings_.currency,
                    card->sellable + card->backorder <= 0,
                    !good,
                    card->price.amount_minor(),
                    -rating,
                    card->offer};
    if (!best || rank < *best) best = rank;
  }
  return best ? std::get<5>(*best) : OfferId{};
}

std::size_t Showcase::weight_of(const Bundle& bundle) {
  std::size_t weight = sizeof(Bundle);
  for (const auto& card : bundle.cards)
    weight += sizeof(OfferCard) + 48 + card->sku.size() + card->title.size() + card->slug.size() + card->image.size() +
              card->variant.size() + card->goods.brand.size() + card->goods.tax_class.size();
  return weight;
}

Result<ProductState> Showcase::state(ProductId id) {
  TRY(auto product, catalog_.product(id));
  if (!product || !is_shown(*product)) return fail(no_such_product());
  TRY(const auto all, directory());
  ProductState state;
  state.product = std::move(*product);
  std::vector<OfferId> ids;
  for (const auto& offer : state.product.offers) ids.push_back(offer.id);
  TRY(state.sellable, sellable_of(ids));
  state.featured = choose_featured(cards_of(state.product, state.sellable), *all);
  all->put_path(state);
  TRY(state.attributes, catalog_.definitions().table());
  doubt(state);
  return state;
}

Result<std::string> Showcase::detail_json(ProductId id, Currency currency) {
  TRY(const ProductState now, state(id));
  TRY(const auto all, directory());
  return json::print(detail_of(now, currency, all->seller_names));
}

// The body of the answer; nullopt for what is not shown.
Result<std::optional<std::string>> Showcase::compose(ProductId id) {
  auto body = detail_json(id, settings_.currency);
  if (!body && body.error().code == Errc::kNotFound) return std::nullopt;
  if (!body) return tl::unexpected(std::move(body.error()));
  return std::move(*body);
}

Result<std::shared_ptr<const http::ReadyBytes>> Showcase::ready(ProductId id) {
  TRY(auto bytes, ready_.get(id, [&] { return compose(id); }));
  if (!bytes) return fail(no_such_product());
  return bytes;
}

Result<bool> Showcase::warm(ProductId id) {
  return ready_.make_ahead(id, [&] { return compose(id); });
}

Result<std::optional<ProductId>> Showcase::product_by_slug(std::string_view slug) {
  const std::string key(slug);
  const std::uint64_t age = catalog_age();
  if (unknown_slugs_.holds(key, age)) return std::optional<ProductId>{};
  TRY(const auto found, catalog_.product_by_slug(slug));
  if (!found) unknown_slugs_.note(key, age, key.size());
  return found;
}

Result<std::optional<ProductId>> Showcase::product_by_former_slug(std::string_view slug) {
  const std::string key = "former " + std::string(slug);  // no slug has a blank
  const std::uint64_t age = catalog_age();
  if (unknown_slugs_.holds(key, age)) return std::optional<ProductId>{};
  TRY(const auto owner, catalog_.addresses().former_owner(catalog::SlugKind::kProduct, slug));
  if (!owner) unknown_slugs_.note(key, age, key.size());
  return owner ? std::optional<ProductId>(ProductId{*owner}) : std::nullopt;
}

Result<runtime::LoadingCache<ProductId, Showcase::Bundle>::Loaded> Showcase::load_bundle(ProductId id) {
  using Loaded = runtime::LoadingCache<ProductId, Bundle>::Loaded;
  TRY(const auto product, catalog_.product(id));
  if (!product) return Loaded{};
  TRY(const auto all, directory());
  std::vector<OfferId> ids;
  for (const auto& offer : product->offers) ids.push_back(offer.id);
  auto made = std::make_shared<Bundle>();
  made->product = id;
  TRY(made->listed, listed_status(id));
  TRY(const auto sellable, sellable_of(ids));
  made->cards = cards_of(*product, sellable);
  made->featured = choose_featured(made->cards, *all);
  const std::size_t weight = weight_of(*made);
  return Loaded{std::move(made), weight};
}

Result<Showcase::BundlePointer> Showcase::bundle(ProductId id) {
  TRY(auto found, bundles_.get(id, [&] { return load_bundle(id); }));
  if (!found) return fail(no_such_product());
  return found;
}

Result<Showcase::BundlePointer> Showcase::bundle_of(OfferId offer) {
  using Cache = runtime::LoadingCache<OfferId, ProductId>;
  TRY(const auto product, products_of_offers_.get(offer, [&]() -> Result<Cache::Loaded> {
    const std::uint64_t age = catalog_age();
    if (unknown_offers_.holds(offer, age)) return Cache::Loaded{};
    TRY(const auto offers, catalog_.offers(std::span(&offer, 1)));
    if (!offers.empty()) return Cache::Loaded{std::make_shared<const ProductId>(offers[0].product), 32};
    unknown_offers_.note(offer, age, 0);
    return Cache::Loaded{};
  }));
  if (!product) {
    products_of_offers_.drop(offer);  // it may be made any time, and no event names it: unknown_offers_ forgets it then
    return fail(no_such_offer());
  }
  auto found = bundle(*product);
  if (!found && found.error().code == Errc::kNotFound) return fail(no_such_offer());
  return found;
}

Result<std::shared_ptr<const OfferCard>> Showcase::offer_card(OfferId offer) {
  TRY(const auto found, bundle_of(offer));
  for (const auto& card : found->cards)
    if (card->offer == offer) return card;
  return fail(no_such_offer());
}

std::optional<std::shared_ptr<const OfferCard>> Showcase::card_at_hand(OfferId offer) {
  const auto product = products_of_offers_.peek(offer);
  if (!product || *product == nullptr) return std::nullopt;
  const auto found = bundles_.peek(**product);
  if (!found) return std::nullopt;
  if (*found == nullptr) return nullptr;
  for (const auto& card : (*found)->cards)
    if (card->offer == offer) return card;
  return nullptr;
}

Result<std::vector<std::shared_ptr<const OfferCard>>> Showcase::offer_cards(std::span<const OfferId> offers) {
  std::vector<std::shared_ptr<const OfferCard>> cards;
  cards.reserve(offers.size());
  for (const OfferId offer : offers) {
    TRY(auto card, offer_card(offer));
    cards.push_back(std::move(card));
  }
  return cards;
}

Result<OfferId> Showcase::featured_offer(ProductId product) {
  TRY(const auto found, bundle(product));
  if (!found->featured) return fail(no_such_offer());
  return found->featured;
}

void Showcase::product_changed(ProductId id) {
  generation_.fetch_add(1);
  catalog_age_.fetch_add(1);
  bundles_.drop(id);
  drop_listed(id);
  // After what it is made of: else another thread makes it anew of the old.
  drop_ready_for_change(id);
  tell_cards(id);
  if (follower_ != nullptr) follower_->product_changed(id);
  note({}, std::span(&id, 1));
}

// Where few change, their cards are asked for again at once; of many, those at hand get their prices within moments.
void Showcase::prices_changed(ProductId id) {
  constexpr std::size_t kFew = 64;
  generation_.fetch_add(1);
  bundles_.drop(id);
  bool few = false;
  {
    const std::lock_guard lock(mutex_);
    few = noted_products_.size() < kFew;
  }
  for (const Currency currency : listed_currencies())
    listed_cards_.drop_unless({id, currency}, [few](const CardPointer& card) { return !few && card != nullptr; });
  drop_ready_for_change(id);
  tell_cards(id);
  if (follower_ != nullptr) follower_->prices_changed(id);
  note({}, std::span(&id, 1));
}

void Showcase::categories_changed() {
  catalog_.definitions().changed();
  {
    const std::lock_guard lock(mutex_);
    directory_.reset();
    ++directory_age_;
  }
  generation_.fetch_add(1);
  if (follower_ != nullptr) follower_->categories_changed();
  ready_.clear();  // paths are in the bytes
  if (dropped_) dropped_(std::nullopt);
}

void Showcase::drop_ready(ProductId id) {
  ready_.drop(id);
  if (dropped_) dropped_(id);
}

void Showcase::drop_ready_for_stock(ProductId id) {
  const bool stays = settings_.degradation != nullptr && settings_.degradation->stale_stock_ms() > 0;
  if (!stays || !lingering_.linger(id)) drop_ready(id);
}

void Showcase::drop_ready_for_change(ProductId id) {
  const bool stays = settings_.degradation != nullptr && settings_.degradation->stale_product_ms() > 0;
  if (!stays || !lingering_.linger(id)) drop_ready(id);
}

bool Showcase::keeps_longer(ProductId id) {
  return settings_.degradation != nullptr && settings_.degradation->keeps_pages_longer() && lingering_.note_longer(id);
}

void Showcase::drop_overdue(Time now) {
  if (settings_.degradation == nullptr) return;
  const auto due =
      lingering_.take_due(now, settings_.degradation->stale_stock_ms(), settings_.degradation->keeps_pages_longer());
  for (const ProductId id : due) drop_ready(id);
}

void Showcase::stock_changed(std::span<const OfferId> offers) { note(offers, {}); }

}  // namespace kontor::showcase
