// The sitemap: every address that search engines shall know, /sitemap.xml with all of them or, when they are many, an
// index of parts. Parts are written as they are read, a thousand addresses at a time, so a shop of a million products
// needs no more memory than a small one. Where parts begin is looked up once an hour at most, when somebody asks.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/site.h"

namespace kontor::pages {

enum class SitemapKind { kPages, kBrands, kProducts };
inline constexpr std::array kSitemapKinds = {SitemapKind::kPages, SitemapKind::kBrands, SitemapKind::kProducts};

class Sitemap {
 public:
  explicit Sitemap(SitePointer site) : site_(std::move(site)), tables_(kTableBytes) {}

  // All of it, or the index.
  Result<http::Response> whole();
  // "products-2"; kNotFound "pages.no_such_sitemap".
  Result<http::Response> part(std::string_view name);

  static constexpr std::size_t kMostInPart = 50'000;  // what the protocol allows

 private:
  // Where an address stands among those of its kind: a place, a product's id or a brand's key.
  struct Key {
    std::int64_t number = 0;
    std::string text;
    auto operator<=>(const Key&) const = default;
  };
  struct Address {
    Key key;
    std::string path;
    std::optional<Time> changed;
  };
  // The addresses of a kind above `after`, up to `last`.
  struct Stretch {
    SitemapKind kind = SitemapKind::kPages;
    Key after;
    std::optional<Key> last;      // absent: to the end
    std::optional<Time> changed;  // the latest change of any
    std::size_t number = 1;       // of its kind
    std::string name() const;     // "products-2"
  };
  struct Table {
    std::vector<Stretch> parts;
    std::size_t addresses = 0;
    Time made;
  };
  using Tables = runtime::LoadingCache<int, Table>;
  class Walk;

  Result<std::vector<Address>> read(SitemapKind kind, const Key& after, std::size_t limit) const;
  Result<std::vector<Address>> read_pages(const Key& after, std::size_t limit) const;
  Result<std::vector<Address>> read_catalog(SitemapKind kind, const Key& after, std::size_t limit) const;
  Result<std::shared_ptr<const Table>> table();
  Result<Tables::Loaded> make_table() const;
  http::Response stream(std::vector<Stretch> stretches) const;

  static constexpr std::size_t kTableBytes = 64 << 20;
  const SitePointer site_;
  Tables tables_;
};

}  // namespace kontor::pages
