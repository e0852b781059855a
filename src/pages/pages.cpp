#include "pages/pages.h"

#include "pages/site.h"

namespace kontor::pages {

namespace {

ErrorPage error_page_of(const SitePointer& site) {
  return [site](const http::Request& request, const Error& error) -> std::optional<http::Response> {
    const bool browser = request.header("Accept").find("text/html") != std::string_view::npos;
    if (!browser || request.path.starts_with("/api/")) return std::nullopt;
    return site->error_page(site->dress_of(request), error);
  };
}

}  // namespace

Pages add_pages(http::Router& router, const Parts& parts) {
  const auto site = std::make_shared<Site>(parts);
  parts.showcase.on_dropped([site](std::optional<ProductId> product) {
    site->ready.drop(product);
    if (!product) return site->beside.clear();
    for (const ProductId page : site->beside.take(*product)) site->ready.drop(page);
  });
  if (parts.rates != nullptr) parts.rates->on_change([site] { site->ready.drop_all(); });
  auto asset = page_endpoint(site, http::Method::kGet, "/assets/{file}", "Styles, scripts and icons of the pages",
                             [site](http::Call& call) -> Result<http::Response> {
                               auto found = site->assets.find(call.param("file"));
                               if (!found)
                                 return fail(Errc::kNotFound, "pages.no_such_asset", "There is no such file.");
                               return ready_response(std::move(found));
                             });
  asset.inline_read = [site](std::string_view file) { return site->assets.find(file); };
  router.add(std::move(asset));
  add_home_page(router, site);
  add_listing_pages(router, site);
  add_product_page(router, site);
  add_brand_pages(router, site);
  add_sitemap(router, site);
  add_cart_pages(router, site);
  add_named_cart_pages(router, site);
  add_cart_recovery_page(router, site);
  add_checkout_pages(router, site);
  add_order_pages(router, site);
  add_dress_form(router, site);
  add_consent_pages(router, site);
  return {error_page_of(site), [site](ProductId id) { return warm_product_page(*site, id); },
          [site] { return site->ready.product_stats(); }, [site] { return site->ready.listing_stats(); },
          [site] { return site->ready.address_stats(); }};
}

}  // namespace kontor::pages
