// Browsing pages as ready bytes, in bounded memory, made once for all who wait. A product's page lives until showcase
// drops the product's own ready bytes; a listing (home, category, search) at most a minute, and two seconds once
// something that listings are made of has changed: one request makes it anew while the others get the old one. While
// the shop is busy, listings live longer.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "pages/pages.h"
#include "runtime/hint_table.h"
#include "runtime/loading_cache.h"

namespace kontor::pages {

class ReadyPages {
 public:
  using Bytes = std::shared_ptr<const http::ReadyBytes>;
  using MakeProduct = std::function<Result<Bytes>(ProductId)>;  // named by the slug; kNotFound: it is not shown
  // A listing, and what of it has to be known without reading it.
  struct Made {
    Bytes bytes;
    std::int64_t found = 0;  // of a search: how many products

    Made() = default;
    Made(Bytes bytes_in, std::int64_t found_in = 0) : bytes(std::move(bytes_in)), found(found_in) {}
  };
  using MakeListing = std::function<Result<Made>()>;

  explicit ReadyPages(const Parts& parts);

  // Null: not at hand, take the fiber. Never waits.
  Bytes product_at_hand(std::string_view slug);
  void fetch_ahead(std::string_view slug, http::Ahead& ahead);
  // The bytes have grown by a compressed form: their weight in the cache is taken anew.
  void weigh_again(std::string_view slug, const Bytes& bytes);
  Bytes listing_at_hand(const std::string& address);
  // The same, also one that somebody should make anew by now.
  Made held_listing(const std::string& address);
  // kNotFound "pages.no_such_product"; what making it says.
  Result<Bytes> product(std::string_view slug, const MakeProduct& make);
  // Makes the page ahead of anybody's asking, as long as there is room; false: there is not.
  Result<bool> make_ahead(ProductId id, const MakeProduct& make);
  // `address` names what is listed: the same text for the same page.
  Result<Made> listing(const std::string& address, const MakeListing& make);
  // nullopt: all of them.
  void drop(std::optional<ProductId> product);
  void drop_all();  // listings as well

  runtime::CacheStats product_stats() const { return products_.stats(); }
  runtime::CacheStats listing_stats() const { return listings_.stats(); }
  runtime::CacheStats address_stats() const { return slugs_.stats(); }

 private:
  struct Listing {
    Made made;
    std::int64_t made_ms = 0;
    std::uint64_t generation = 0;               // search's, before it was made
    mutable std::atomic<bool> renewing{false};  // one request is at it
  };
  using Listings = runtime::LoadingCache<std::string, Listing>;
  using Products = runtime::LoadingCache<ProductId, http::ReadyBytes>;
  struct Place {
    ProductId product;
    std::uint64_t age = 0;  // the catalogue's, before it was looked up
  };
  enum class Age { kFresh, kAging, kOver };

  Age age_of(const Listing& listing) const;
  Result<Listings::Loaded> load(const std::string& address, const MakeListing& make) const;

  search::Search& search_;
  showcase::Showcase& showcase_;
  const services::Degradation& degradation_;
  Clock& clock_;
  runtime::LoadingCache<std::string, Place> slugs_;
  runtime::HintTable hints_;  // of slugs, to the products that stood there
  Products products_;
  Listings listings_;
};

}  // namespace kontor::pages
