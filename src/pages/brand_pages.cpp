// Brands: all of them by name, and what one makes. Like listings, the same bytes for everyone who asks the same.
#include "pages/listing_pages.h"

namespace kontor::pages {
namespace {

using catalog::Brand;

constexpr int kBrandsAtOnce = 200;
constexpr std::string_view kQuestion = "pages.brands";

std::string path_of_brand(std::string_view slug) { return "/brands/" + percent_encode(slug); }

// Counting what many brands have may take a while: not on the event loop.
Result<std::vector<Brand>> read(const Site& site, const std::string& after) {
  auto& addresses = site.parts.catalog.addresses();
  const Currency currency = site.dresses.own().currency;
  auto* const workers = site.parts.showcase.settings().workers;
  if (workers == nullptr) return addresses.brands(currency, after, kBrandsAtOnce + 1);
  Result<std::vector<Brand>> found;
  TRY_DO(workers->run([&] { found = addresses.brands(currency, after, kBrandsAtOnce + 1); }));
  return found;
}

Html body_of(const Site& site, const Dress& dress, const std::vector<Brand>& brands, bool first) {
  Html out(dress);
  put_crumbs(out, {}, "Brands");
  out << "<div class=\"heading\"><h1>Brands</h1></div>";
  if (brands.empty()) {
    out << "<p class=\"lead\">No brand has anything on the shelves yet.</p>";
    return out;
  }
  const std::size_t count = std::min<std::size_t>(brands.size(), kBrandsAtOnce);
  out << "<ul class=\"below brands\" aria-label=\"Brands\">";
  for (std::size_t i = 0; i < count; ++i)
    out << "<li><a href=\"" << path_of_brand(brands[i].slug) << "\">" << text(brands[i].name)
        << " <span class=\"count\">" << out.number(brands[i].products) << "</span></a></li>";
  out << "</ul>";
  if (!first || count < brands.size()) out << "<p class=\"more\">";
  if (!first) out << "<a class=\"button plain\" href=\"/brands\">Back to the first ones</a> ";
  if (count < brands.size()) {
    const std::string next = site.parts.search.cursors().make(kQuestion, {{}, brands[count - 1].key});
    out << "<a class=\"button\" rel=\"next\" href=\"/brands?cursor=" << percent_encode(next) << "\">Show more</a>";
  }
  if (!first || count < brands.size()) out << "</p>";
  return out;
}

Result<http::Response> brands_page(Site& site, const http::Call& call) {
  TRY(const auto form, read_form(call.request.query));
  const std::string cursor(value_of_form(form, "cursor"));
  std::string after;
  if (!cursor.empty()) {
    TRY(const auto key, site.parts.search.cursors().open(kQuestion, cursor, 0));
    after = key.text;
  }
  const Dress dress = site.dress_of(call.request);
  const std::string address = "/brands" + (cursor.empty() ? "" : "?cursor=" + percent_encode(cursor));
  TRY(auto made, site.ready.listing(site.kept_as(address, dress), [&]() -> Result<ReadyPages::Made> {
    TRY(const auto brands, read(site, after));
    Frame frame{"Brands"};
    if (cursor.empty()) {
      frame.canonical = "/brands";
      frame.description = "Who makes what there is at " + std::string(kShopName) + ".";
      Html head(dress);
      put_ld(head, breadcrumbs_ld({}, "Brands", site.parts.public_url));
      frame.head = head.take();
    }
    return site.shared_page(frame, body_of(site, dress, brands, cursor.empty()));
  }));
  return ready_response(std::move(made.bytes));
}

Result<http::Response> brand_page(Site& site, const http::Call& call) {
  TRY(const auto form, read_form(call.request.query));
  TRY(const auto name, site.parts.catalog.addresses().brand_name(call.param("slug")));
  if (!name) return fail(Errc::kNotFound, "pages.no_such_brand", "There is no brand at this address.");
  const Dress dress = site.dress_of(call.request);
  Selection chosen(path_of_brand(call.param("slug")), "", form, dress.currency);
  chosen.brands.clear();
  chosen.of_brand = *name;
  return shelf_page(site, call.request, dress, {*name, {}, {{"Brands", "/brands"}}}, chosen);
}

}  // namespace

void add_brand_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  auto all = page_endpoint(site, Method::kGet, "/brands", "Brands by name",
                           [site](http::Call& call) { return brands_page(*site, call); });
  all.varies_by = kDressCookie;
  router.add(std::move(all));
  auto one = page_endpoint(site, Method::kGet, "/brands/{slug}", "What a brand makes",
                           [site](http::Call& call) { return brand_page(*site, call); });
  one.varies_by = kDressCookie;
  router.add(std::move(one));
}

}  // namespace kontor::pages
