#include "pages/ready_pages.h"

#include <array>

namespace kontor::pages {
namespace {

// How long a listing lives, by the level of degradation.
struct Life {
  std::int64_t oldest_ms;
  std::int64_t renew_ms;    // before anybody has to wait
  std::int64_t changed_ms;  // the same, once something has changed
};
constexpr Life kUsual{60 * kSecondMs, 50 * kSecondMs, 2 * kSecondMs};
constexpr std::array<Life, services::kMostLevel + 1> kLives{{
    kUsual,
    kUsual,
    {5 * kMinuteMs, 4 * kMinuteMs, 20 * kSecondMs},
    {10 * kMinuteMs, 8 * kMinuteMs, kMinuteMs},
    {kHourMs, 10 * kMinuteMs, 5 * kMinuteMs},
}};

tl::unexpected<Error> no_such_product() {
  return fail(Errc::kNotFound, "pages.no_such_product", "There is no product at this address.");
}

}  // namespace

ReadyPages::ReadyPages(const Parts& parts)
    : search_(parts.search),
      showcase_(parts.showcase),
      degradation_(parts.degradation),
      clock_(parts.clock),
      slugs_(parts.ready_mb << 18),
      hints_(parts.ready_mb << 9),  // as many as pages of two KiB would fit
      products_(parts.ready_mb << 20),
      listings_(parts.ready_mb << 19) {}

ReadyPages::Bytes ReadyPages::product_at_hand(std::string_view slug) {
  const std::int64_t id = hints_.find(runtime::HintTable::hash(slug));
  if (id == 0) return nullptr;
  auto page = products_.peek({id});
  return page && *page && (*page)->name == slug ? std::move(*page) : nullptr;
}

void ReadyPages::fetch_ahead(std::string_view slug, http::Ahead& ahead) {
  if (ahead.step == 0) {
    ahead.lines = hints_.lines(runtime::HintTable::hash(slug));
  } else if (ahead.step == 1) {
    ahead.key = hints_.find(runtime::HintTable::hash(slug));
    if (ahead.key != 0) ahead.lines = products_.slot_lines({ahead.key});
  } else if (ahead.key != 0) {
    ahead.lines = products_.value_lines({ahead.key});
  }
}

void ReadyPages::weigh_again(std::string_view slug, const Bytes& bytes) {
  if (const std::int64_t id = hints_.find(runtime::HintTable::hash(slug)); id != 0)
    products_.put_if_same({id}, bytes, bytes, bytes->weight());
}

namespace {

Result<runtime::LoadingCache<ProductId, http::ReadyBytes>::Loaded> load_page(ProductId id,
                                                                             const ReadyPages::MakeProduct& make) {
  using Loaded = runtime::LoadingCache<ProductId, http::ReadyBytes>::Loaded;
  auto made = make(id);
  if (!made && made.error().code == Errc::kNotFound) return Loaded{};
  if (!made) return tl::unexpected(std::move(made.error()));
  const std::size_t weight = (*made)->weight();
  return Loaded{std::move(*made), weight};
}

constexpr std::size_t kPlaceWeight = 64;
constexpr double kCrowded = 0.9;

}  // namespace

Result<ReadyPages::Bytes> ReadyPages::product(std::string_view slug, const MakeProduct& make) {
  using Slugs = runtime::LoadingCache<std::string, Place>;
  const std::string key(slug);
  for (int attempt = 0; attempt < 2; ++attempt) {  // a second one when the product has moved to another address
    TRY(const auto place, slugs_.get(key, [&]() -> Result<Slugs::Loaded> {
      const std::uint64_t age = showcase_.catalog_age();
      TRY(const auto found, showcase_.product_by_slug(slug));
      if (!found) return Slugs::Loaded{};
      return Slugs::Loaded{std::make_shared<const Place>(Place{*found, age}), kPlaceWeight + key.size()};
    }));
    if (!place) {
      slugs_.drop(key);  // it may be taken any time; showcase remembers until then that it is not
      break;
    }
    TRY(const auto page, products_.get(place->product, [&] { return load_page(place->product, make); }));
    if (page && page->name == slug) {
      hints_.note(runtime::HintTable::hash(slug), place->product.value);
      return page;
    }
    if (!page && place->age == showcase_.catalog_age()) break;  // a draft: not shown, and nobody else's address
    slugs_.drop(key);
  }
  return no_such_product();
}

Result<bool> ReadyPages::make_ahead(ProductId id, const MakeProduct& make) {
  if (products_.is_filled(kCrowded)) return false;
  const std::uint64_t age = showcase_.catalog_age();
  TRY_DO(products_.make_ahead(id, [&]() -> Result<Products::Loaded> {
    TRY(auto loaded, load_page(id, make));
    if (!loaded.value) return Products::Loaded{nullptr, Products::kNotKept};
    const std::string slug(loaded.value->name);
    slugs_.put(slug, std::make_shared<const Place>(Place{id, age}), kPlaceWeight + slug.size());
    hints_.note(runtime::HintTable::hash(slug), id.value);
    return loaded;
  }));
  return true;
}

void ReadyPages::drop(std::optional<ProductId> product) {
  if (product)
    products_.drop(*product);
  else
    products_.clear();
}

void ReadyPages::drop_all() {
  products_.clear();
  listings_.clear();
}

ReadyPages::Age ReadyPages::age_of(const Listing& listing) const {
  const std::int64_t age = clock_.now().ms - listing.made_ms;
  const Life& life = kLives[static_cast<std::size_t>(degradation_.level())];
  if (age < 0 || age > life.oldest_ms) return Age::kOver;
  const bool changed = listing.generation != search_.generation();
  return age > life.renew_ms || (changed && age > life.changed_ms) ? Age::kAging : Age::kFresh;
}

ReadyPages::Bytes ReadyPages::listing_at_hand(const std::string& address) {
  const auto held = listings_.peek(address);
  if (!held || !*held) return nullptr;
  const Age age = age_of(**held);
  const bool good = age == Age::kFresh || (age == Age::kAging && (*held)->renewing.load());
  return good ? (*held)->made.bytes : nullptr;
}

ReadyPages::Made ReadyPages::held_listing(const std::string& address) {
  const auto held = listings_.peek(address);
  return held && *held && age_of(**held) != Age::kOver ? (*held)->made : Made();
}

Result<ReadyPages::Listings::Loaded> ReadyPages::load(const std::string& address, const MakeListing& make) const {
  auto listing = std::make_shared<Listing>();
  listing->generation = search_.generation();
  listing->made_ms = clock_.now().ms;
  TRY(listing->made, make());
  const std::size_t weight = sizeof(Listing) + 2 * address.size() + listing->made.bytes->weight();
  return Listings::Loaded{std::move(listing), weight};
}

Result<ReadyPages::Made> ReadyPages::listing(const std::string& address, const MakeListing& make) {
  if (const auto held = listings_.peek(address); held && *held) {
    const Listing& old = **held;
    const Age age = age_of(old);
    if (age == Age::kFresh || (age == Age::kAging && old.renewing.exchange(true))) return old.made;
    if (age == Age::kAging) {
      struct Done {
        const Listing& listing;
        ~Done() { listing.renewing.store(false); }
      } done{old};
      TRY(auto fresh, load(address, make));
      Made made = fresh.value->made;
      listings_.put_if_same(address, *held, std::move(fresh.value), fresh.weight);
      return made;
    }
    listings_.drop(address);
  }
  TRY(const auto listing, listings_.get(address, [&] { return load(address, make); }));
  return listing->made;
}

}  // namespace kontor::pages
