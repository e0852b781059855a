#include "pages/sitemap.h"

#include <algorithm>

#include "runtime/fiber.h"

namespace kontor::pages {
namespace {

constexpr std::string_view kXml = "application/xml; charset=utf-8";
constexpr std::string_view kCaching = "public, max-age=600";
constexpr std::string_view kNamespace = " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
constexpr std::size_t kAddressesAtOnce = 1000;
constexpr std::int64_t kTableLivesMs = kHourMs;

constexpr std::string_view word_of(SitemapKind kind) {
  switch (kind) {
    case SitemapKind::kPages:
      return "pages";
    case SitemapKind::kBrands:
      return "brands";
    case SitemapKind::kProducts:
      break;
  }
  return "products";
}

void put_entry(std::string& out, std::string_view name, const std::string& address,
               const std::optional<Time>& changed) {
  out.append("<").append(name).append("><loc>").append(html_escape(address)).append("</loc>");
  if (changed) out.append("<lastmod>").append(to_rfc3339(*changed)).append("</lastmod>");
  out.append("</").append(name).append(">\n");
}

http::Response xml() {
  http::Response response;
  response.content_type = kXml;
  response.headers = {{"Cache-Control", std::string(kCaching)}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

}  // namespace

// One sitemap, piece by piece: what was read is written and forgotten.
class Sitemap::Walk {
 public:
  Walk(const Sitemap& from, std::vector<Stretch> stretches) : from_(from), stretches_(std::move(stretches)) {}

  Result<std::string> next() {
    std::string out;
    if (!begun_) out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset").append(kNamespace);
    begun_ = true;
    while (at_ < stretches_.size()) {
      TRY(const std::size_t read, read_on(out));
      if (read < kAddressesAtOnce) ++at_;
      if (read > 0) return out;
    }
    if (ended_) return std::string();
    ended_ = true;
    return out.append("</urlset>\n");
  }

 private:
  // How many addresses were written; fewer than asked for: the stretch is at its end.
  Result<std::size_t> read_on(std::string& out) {
    Stretch& stretch = stretches_[at_];
    const std::size_t limit = std::min(kAddressesAtOnce, kMostInPart - written_);
    TRY(const auto found, from_.read(stretch.kind, stretch.after, limit));
    std::size_t count = 0;
    for (const Address& address : found) {
      if (stretch.last && *stretch.last < address.key) break;
      put_entry(out, "url", from_.site_->parts.public_url + address.path, address.changed);
      stretch.after = address.key;
      ++count;
    }
    written_ += count;
    if (written_ == kMostInPart) at_ = stretches_.size();
    return count;
  }

  const Sitemap& from_;
  std::vector<Stretch> stretches_;
  std::size_t at_ = 0, written_ = 0;
  bool begun_ = false, ended_ = false;
};

// The first page, then categories by their path.
Result<std::vector<Sitemap::Address>> Sitemap::read_pages(const Key& after, std::size_t limit) const {
  TRY(const auto categories, site_->parts.showcase.categories());
  std::vector<Address> found;
  for (auto place = after.number + 1; found.size() < limit; ++place) {
    const auto at = static_cast<std::size_t>(place - 1);
    if (at > categories.size()) break;
    const std::string path = at == 0 ? "/" : "/c/" + percent_encode(categories[at - 1].slug);
    found.push_back({{place, {}}, path, {}});
  }
  return found;
}

Result<std::vector<Sitemap::Address>> Sitemap::read_catalog(SitemapKind kind, const Key& after,
                                                            std::size_t limit) const {
  auto& addresses = site_->parts.catalog.addresses();
  const Currency currency = site_->dresses.own().currency;
  std::vector<Address> found;
  if (kind == SitemapKind::kBrands) {
    TRY(const auto brands, addresses.brands(currency, after.text, static_cast<int>(limit)));
    for (const auto& brand : brands) found.push_back({{0, brand.key}, "/brands/" + percent_encode(brand.slug), {}});
    return found;
  }
  TRY(const auto products, addresses.listed(currency, ProductId{after.number}, static_cast<int>(limit)));
  for (const auto& product : products)
    found.push_back({{product.id.value, {}}, "/p/" + percent_encode(product.slug), product.updated});
  return found;
}

Result<std::vector<Sitemap::Address>> Sitemap::read(SitemapKind kind, const Key& after, std::size_t limit) const {
  if (kind == SitemapKind::kPages) return read_pages(after, limit);
  auto* const workers = site_->parts.showcase.settings().workers;
  if (workers == nullptr || !runtime::on_fiber()) return read_catalog(kind, after, limit);
  Result<std::vector<Address>> found;
  TRY_DO(workers->run([&] { found = read_catalog(kind, after, limit); }));
  return found;
}

// One walk over all there is, a part at a time.
Result<Sitemap::Tables::Loaded> Sitemap::make_table() const {
  const std::size_t most = std::clamp<std::size_t>(site_->parts.sitemap_addresses, 1, kMostInPart);
  auto table = std::make_shared<Table>();
  table->made = site_->parts.clock.now();
  std::size_t weight = sizeof(Table);
  for (const SitemapKind kind : kSitemapKinds) {
    std::size_t number = 1;
    for (Key after;;) {
      TRY(const auto found, read(kind, after, most));
      if (found.empty()) break;
      Stretch part{kind, after, found.back().key, {}, number++};
      for (const Address& address : found)
        if (address.changed && (!part.changed || *part.changed < *address.changed)) part.changed = address.changed;
      after = found.back().key;
      table->addresses += found.size();
      weight += sizeof(Stretch) + 2 * after.text.size();
      table->parts.push_back(std::move(part));
      if (found.size() < most) break;
    }
    // What comes later belongs to the last part.
    if (!table->parts.empty() && table->parts.back().kind == kind) table->parts.back().last.reset();
  }
  return Tables::Loaded{std::move(table), weight};
}

Result<std::shared_ptr<const Sitemap::Table>> Sitemap::table() {
  if (const auto held = tables_.peek(0); held && *held) {
    const std::int64_t age = site_->parts.clock.now().ms - (*held)->made.ms;
    if (age >= 0 && age < kTableLivesMs) return *held;
    tables_.drop(0);
  }
  return tables_.get(0, [this] { return make_table(); });
}

std::string Sitemap::Stretch::name() const { return std::string(word_of(kind)) + "-" + std::to_string(number); }

http::Response Sitemap::stream(std::vector<Stretch> stretches) const {
  http::Response response = xml();
  response.next_piece = [walk = std::make_shared<Walk>(*this, std::move(stretches))] { return walk->next(); };
  return response;
}

Result<http::Response> Sitemap::whole() {
  TRY(const auto now, table());
  const std::size_t most = std::clamp<std::size_t>(site_->parts.sitemap_addresses, 1, kMostInPart);
  if (now->addresses <= most) {
    std::vector<Stretch> all;
    for (const SitemapKind kind : kSitemapKinds) all.push_back({kind, {}, {}, {}});
    return stream(std::move(all));
  }
  http::Response response = xml();
  std::string& out = response.body;
  out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex").append(kNamespace);
  for (const Stretch& part : now->parts)
    put_entry(out, "sitemap", site_->parts.public_url + "/sitemap-" + part.name() + ".xml", part.changed);
  out += "</sitemapindex>\n";
  return response;
}

Result<http::Response> Sitemap::part(std::string_view name) {
  TRY(const auto now, table());
  for (const Stretch& part : now->parts)
    if (part.name() == name) return stream({part});
  return fail(Errc::kNotFound, "pages.no_such_sitemap", "There is no part of the sitemap with this name.");
}

void add_sitemap(http::Router& router, const SitePointer& site) {
  using http::Method;
  const auto sitemap = std::make_shared<Sitemap>(site);
  router.add(page_endpoint(site, Method::kGet, "/sitemap.xml", "Addresses for search engines",
                           [sitemap](http::Call&) { return sitemap->whole(); }));
  router.add(page_endpoint(site, Method::kGet, "/sitemap-{part}.xml", "A part of them",
                           [sitemap](http::Call& call) { return sitemap->part(call.param("part")); }));
  const std::string rules =
      "User-agent: *\nDisallow: /api/\nDisallow: /cart\nDisallow: /checkout\nDisallow: /fragment/\nDisallow: "
      "/orders\n\nSitemap: " +
      site->parts.public_url + "/sitemap.xml\n";
  const auto bytes = http::make_ready("text/plain; charset=utf-8", "public, max-age=3600", rules);
  auto robots = page_endpoint(site, Method::kGet, "/robots.txt", "What robots shall leave alone",
                              [bytes](http::Call&) -> Result<http::Response> { return ready_response(bytes); });
  robots.inline_read = [bytes](std::string_view) { return bytes; };
  router.add(std::move(robots));
}

}  // namespace kontor::pages
