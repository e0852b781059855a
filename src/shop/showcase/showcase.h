// The composed read model of a product: offers, featured offer, price, availability, and the ready bytes of GET
// /products/{id}. Part of the browsing world: held in bounded memory, loaded by SQL once for all who wait, replaced by
// events; may be seconds old. Owns showcase_availability in the home `catalog`, by which listings know what is in
// stock.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/db.h"
#include "runtime/fiber.h"
#include "runtime/http.h"
#include "runtime/loading_cache.h"
#include "services/bell.h"
#include "services/degradation.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include "shop/showcase/card.h"
#include "shop/showcase/converting.h"
#include "shop/showcase/follower.h"
#include "shop/showcase/lingering.h"
#include "shop/showcase/ready_answers.h"
#include "shop/showcase/related.h"
#include "shop/showcase/unknown.h"
#include "shop/showcase/views.h"

namespace kontor::showcase {

class Showcase {
 public:
  struct Settings {
    std::size_t ready_bytes_mb = 64;
    std::size_t packed_bytes_mb = 512;
    std::size_t cards_mb = 64;
    std::size_t listed_cards_mb = 256;
    Currency currency;             // of prices when nobody asks for another
    std::string locale = "en-US";  // of the products' own texts
    // So many percent of what lies on the shelves are not shown as being for sale, so that a rush ends in "sold out" on
    // the page before it ends in refusals at checkout. What is sold is exact all the same.
    std::int64_t sale_buffer_percent = 0;
    // For reads of the embedded store, which run on the asking thread, and for learning how to pack answers.
    runtime::Workers* workers = nullptr;
    const services::Degradation* degradation = nullptr;  // null: never busy
  };
  Showcase(db::Store& store, catalog::Catalog& catalog, inventory::Inventory& inventory, Settings settings);
  ~Showcase();
  Showcase(const Showcase&) = delete;
  Showcase& operator=(const Showcase&) = delete;

  // The bytes of GET /products/{id} when they are at hand, else null. Never waits, never asks the store.
  std::shared_ptr<const http::ReadyBytes> ready_at_hand(ProductId id) { return ready_.at_hand(id); }
  void fetch_ahead(ProductId id, http::Ahead& ahead) { ready_.fetch_ahead(id, ahead); }
  // The bytes have grown by a compressed form: their weight in the cache is taken anew.
  void weigh_again(ProductId id, const std::shared_ptr<const http::ReadyBytes>& bytes) {
    ready_.weigh_again(id, bytes);
  }
  // The same, loaded when needed. kNotFound "catalog.no_such_product" also for what is not shown (drafts and the like).
  Result<std::shared_ptr<const http::ReadyBytes>> ready(ProductId id);
  // Makes the bytes ahead of anybody's asking; false: there is no room left. What is not shown is passed over.
  Result<bool> warm(ProductId id);
  // Whose address it is, or once was, from the store; nullopt: nobody's, which is remembered (unknown.h).
  Result<std::optional<ProductId>> product_by_slug(std::string_view slug);
  Result<std::optional<ProductId>> product_by_former_slug(std::string_view slug);
  // Counts the changes of products: what was found of an address before holds as long as it stays.
  std::uint64_t catalog_age() const { return catalog_age_.load(); }
  // The product as it is now, from the store; pages and answers in another currency are made of it. Same errors.
  Result<ProductState> state(ProductId id);
  // The body of GET /products/{id} with prices in `currency`; `price` is null when it has none in it.
  Result<std::string> detail_json(ProductId id, Currency currency);

  // Memory speed when at hand. kNotFound "catalog.no_such_offer", "catalog.no_such_product".
  Result<std::shared_ptr<const OfferCard>> offer_card(OfferId offer);
  // Without ever composing one: nullopt when it is not at hand, null when there is no such offer.
  std::optional<std::shared_ptr<const OfferCard>> card_at_hand(OfferId offer);
  // In the order asked; kNotFound when one is missing.
  Result<std::vector<std::shared_ptr<const OfferCard>>> offer_cards(std::span<const OfferId> offers);
  // Cheapest in stock from a seller in good standing, ties by rating, then id; when nothing is in stock, the cheapest.
  // kNotFound "catalog.no_such_product", "catalog.no_such_offer" when it has none.
  Result<OfferId> featured_offer(ProductId product);

  // The products as listings show them, in the order asked; null for one that is not sold in this currency.
  using CardPointer = std::shared_ptr<const Card>;
  Result<std::vector<CardPointer>> cards(std::span<const ProductId> products, Currency currency);
  // What staff put beside a product, sold or not. kNotFound "catalog.no_such_product".
  Result<catalog::RelatedProducts> related(ProductId id) { return catalog_.related(id); }
  // What listings say of their stock, in the order asked.
  Result<std::vector<Availability>> listed(std::span<const ProductId> products);
  // The category by id or slug, a former one as well, with its path; nullopt when there is none.
  Result<std::optional<catalog::Category>> category(std::string_view id_or_slug);
  Result<std::vector<catalog::Category>> categories();
  // In the order asked; nullopt for one that is not there.
  Result<std::vector<std::optional<catalog::Category>>> categories_of(std::span<const CategoryId> ids);
  Result<std::vector<SellerName>> sellers();
  // The seller by id or code; nullopt when there is none.
  Result<std::optional<SellerId>> seller(std::string_view id_or_code);

  // What changed; from consumers and, on the replica that changed it, at once.
  void product_changed(ProductId id);
  void prices_changed(ProductId id);  // and nothing else of it
  void categories_changed();
  // Notes the offers; refresh_stock() looks at them soon.
  void stock_changed(std::span<const OfferId> offers);
  // Brings availability, cards and ready bytes of the noted offers up to date; answers how many were looked at.
  // Repeatable. An Error leaves them noted.
  Result<int> refresh_stock();
  bool stock_is_noted() const;
  // Until refresh_stock() has something to do, for `ms` at most. One fiber.
  void wait_for_notes(std::int64_t ms) { noted_bell_.wait_for(ms); }
  void end_wait_for_notes() { noted_bell_.ring(); }  // from any thread
  // Everything up to `position` of the stream has been told by the functions above.
  void followed_to(const std::string& stream, std::int64_t position);
  // The positions that the availability in the store follows: told, and looked at since.
  std::map<std::string, std::int64_t> followed() const;
  // Walks over all products and repairs their availability, for what happened while nobody listened. Yields between
  // steps.
  Result<int> reconcile();

  // While the shop is busy, ready bytes stay for a while after what they are made of has changed. This drops those
  // whose time is over; once a second.
  void drop_overdue(Time now);
  // Whether bytes of the product that are made now, here or of pages, may tell browsers to keep them longer: they are
  // then dropped when the shop is calm again.
  bool keeps_longer(ProductId id);

  // Told when the ready bytes of a product are dropped (nullopt: of all), for what else is made of the same state:
  // pages. Before serving; called from any thread.
  void on_dropped(std::function<void(std::optional<ProductId>)> told) { dropped_ = std::move(told); }
  // Who is told what the functions above are told, and more. Before serving; it outlives the showcase's use.
  void set_follower(Follower* follower) { follower_ = follower; }
  // Told when the cards of a product's offers may read differently (nullopt: all), after they do. Before serving;
  // called from any thread.
  void on_cards_changed(std::function<void(std::optional<ProductId>)> told) { cards_changed_ = std::move(told); }
  // Grows with everything that listings are made of.
  std::uint64_t generation() const { return generation_.load(); }

  const Settings& settings() const { return settings_; }
  // Of each of its caches; from any thread.
  runtime::CacheStats ready_stats() const { return ready_.ready_stats(); }
  runtime::CacheStats packed_stats() const { return ready_.packed_stats(); }
  runtime::CacheStats cards_stats() const { return bundles_.stats(); }
  runtime::CacheStats lookup_stats() const { return products_of_offers_.stats(); }
  runtime::CacheStats listed_stats() const { return listed_cards_.stats(); }
  runtime::CacheStats unknown_slug_stats() const { return unknown_slugs_.stats(); }
  runtime::CacheStats unknown_offer_stats() const { return unknown_offers_.stats(); }

  static constexpr std::size_t kMostNoted = 100'000;  // what is noted at once; beyond it refresh_stock() walks

 private:
  void tell_cards(std::optional<ProductId> id) const {
    if (cards_changed_) cards_changed_(id);
  }
  void note(std::span<const OfferId> offers, std::span<const ProductId> products);
  void doubt(const ProductState& state);
  // The cards of one product, loaded together.
  struct Bundle {
    ProductId product;
    OfferId featured;
    Availability listed = Availability::kOutOfStock;  // what showcase_availability said when this was made
    std::vector<std::shared_ptr<const OfferCard>> cards;
    bool proven = false;  // what was composed before it has been dropped
  };
  struct Directory;  // sellers and categories: few, kept whole
  using BundlePointer = std::shared_ptr<const Bundle>;
  using Cards = std::vector<std::shared_ptr<const OfferCard>>;

  Result<std::shared_ptr<const Directory>> directory();
  Result<BundlePointer> bundle(ProductId id);
  Result<BundlePointer> bundle_of(OfferId offer);
  Result<typename runtime::LoadingCache<ProductId, Bundle>::Loaded> load_bundle(ProductId id);
  static std::size_t weight_of(const Bundle& bundle);
  std::int64_t shown_of(const inventory::StockFigure& figure) const;
  Cards cards_of(const catalog::Product& product, std::span<const std::int64_t> sellable) const;
  OfferId choose_featured(const Cards& cards, const Directory& all) const;
  Result<std::vector<std::int64_t>> sellable_of(std::span<const OfferId> offers);
  Result<std::optional<std::string>> compose(ProductId id);
  void drop_ready(ProductId id);
  // The same, later where the shop is so busy that they may stay.
  void drop_ready_for_stock(ProductId id);
  void drop_ready_for_change(ProductId id);

  // stock_watch.cpp
  Result<Availability> listed_status(ProductId id);
  Result<int> refresh_lost();
  Result<int> repair(ProductId after, ProductId last, std::span<const ProductId> products);
  Result<void> refresh_noted(std::span<const OfferId> offers, std::vector<ProductId> products);
  Result<void> refresh_held(const std::map<ProductId, BundlePointer>& held, std::vector<ProductId>& flipped);
  Result<int> refresh_products(std::vector<ProductId> products, bool renew_cards);
  using Statuses = std::unordered_map<ProductId, Availability>;
  Result<int> write_flips(std::span<const ProductId> products, const Statuses& before,
                          const std::function<Availability(ProductId)>& now);
  void renew_bundle(const BundlePointer& held, std::span<const std::int64_t> sellable, Availability listed,
                    const Directory& all);

  // listed_cards.cpp
  Result<std::unordered_map<ProductId, CardPointer>> read_cards(std::span<const ProductId> products, Currency currency);
  Result<void> read_catalog(const db::Function& function);
  std::set<Currency> listed_currencies() const;
  void drop_listed(ProductId id);
  void tell_listed(std::span<const ProductId> products, const std::function<Availability(ProductId)>& now);
  void renew_listed(std::span<const catalog::Offer> offers);

  db::Store& store_;
  catalog::Catalog& catalog_;
  inventory::Inventory& inventory_;
  Settings settings_;
  Lingering lingering_;
  ReadyAnswers ready_;
  runtime::LoadingCache<ProductId, Bundle> bundles_;
  runtime::LoadingCache<OfferId, ProductId> products_of_offers_;  // never changes but when the offer is deleted
  runtime::LoadingCache<CardKey, Card> listed_cards_;
  Unknown<std::string> unknown_slugs_;
  Unknown<OfferId> unknown_offers_;
  std::atomic<std::uint64_t> catalog_age_{0};
  std::function<void(std::optional<ProductId>)> dropped_;
  std::function<void(std::optional<ProductId>)> cards_changed_;
  Follower* follower_ = nullptr;

  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_;
  std::uint64_t directory_age_ = 0;  // counts what made it stale
  std::unordered_set<OfferId> noted_;
  std::unordered_set<ProductId> noted_products_;  // whose offers may be others now
  services::Bell noted_bell_;
  bool notes_are_lost_ = false;                          // there were too many: only a walk helps
  int refreshing_ = 0;                                   // refresh_stock() calls under way
  std::map<std::string, std::int64_t> told_, followed_;  // positions by stream
  std::set<Currency> listed_currencies_;                 // in which listed_cards_ holds any
  std::atomic<std::uint64_t> generation_{0};             // of everything that listings are made of
};

}  // namespace kontor::showcase
