#include "pages/site.h"

#include "pages/drawings.h"
#include "pages/selection.h"

namespace kontor::pages {
namespace {

constexpr std::string_view kSharedCaching = "public, max-age=300, stale-while-revalidate=86400";
constexpr std::string_view kLongerCaching = "public, max-age=1800, stale-while-revalidate=86400";
// In a dress of the visitor's: for that browser alone, and not for long, since rates change.
constexpr std::string_view kOwnCaching = "private, max-age=60";
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::size_t kMostInMenu = 12;

void put_menu(Html& out, const std::vector<catalog::Category>& categories, std::string_view here) {
  std::size_t shown = 0;
  for (const auto& category : categories) {
    if (category.parent || shown == kMostInMenu) continue;
    if (shown++ == 0) out << "<nav class=\"aisles\" aria-label=\"Categories\"><ul>";
    const std::string path = "/c/" + percent_encode(category.slug);
    out << "<li><a href=\"" << path << "\"" << (path == here ? " aria-current=\"page\"" : "") << ">"
        << text(category.name) << "</a></li>";
  }
  if (shown > 0) out << "</ul></nav>";
}

}  // namespace

void Site::put_head(Html& out, const Frame& frame) const {
  out << "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width, initial-scale=1\"><title>";
  if (!frame.title.empty()) out << text(frame.title) << " · ";
  out << kShopName << (frame.title.empty() ? " · the shop on the quay" : "") << "</title>";
  if (!frame.description.empty()) out << "<meta name=\"description\" content=\"" << text(frame.description) << "\">";
  if (frame.canonical.empty())
    out << "<meta name=\"robots\" content=\"noindex\">";
  else
    out << "<link rel=\"canonical\" href=\"" << text(parts.public_url + frame.canonical) << "\">";
  out << "<meta name=\"color-scheme\" content=\"light dark\">"
         "<meta name=\"theme-color\" content=\"#f5f0e6\" media=\"(prefers-color-scheme: light)\">"
         "<meta name=\"theme-color\" content=\"#0f161d\" media=\"(prefers-color-scheme: dark)\">"
         "<link rel=\"stylesheet\" href=\""
      << assets.path("shop.css") << "\"><link rel=\"icon\" type=\"image/svg+xml\" href=\"" << assets.path("icon.svg")
      << "\"><script src=\"" << assets.path("shop.js") << "\" defer></script>";
  if (parts.asks_consent && frame.asks_consent)
    out << "<noscript><link rel=\"stylesheet\" href=\"/fragment/consent.css\"></noscript>";
  out << frame.head << "</head>";
}

void Site::put_search(Html& out, std::string_view words) const {
  const Dress& dress = out.dress();
  out << "<form class=\"search\" action=\"/search\" role=\"search\" data-suggest data-locale=\""
      << text(dress.formats.tag()) << "\" data-currency=\"" << dress.currency.code()
      << "\"><label class=\"unseen\" for=\"q\">Search the shop</label><input id=\"q\" type=\"search\" name=\"q\" "
         "maxlength=\""
      << kLongestWords << "\" autocomplete=\"off\" placeholder=\"Search the shop\" value=\"" << text(words)
      << "\"><button><span class=\"unseen\">Search</span>" << kLens << "</button></form>";
}

void Site::put_header(Html& out, const Frame& frame, const std::vector<catalog::Category>& categories) const {
  out << "<body><a class=\"skip\" href=\"#main\">Skip to content</a>";
  if (parts.asks_consent && frame.asks_consent) put_consent_bar(out);
  out << "<header class=\"top\"><div class=\"bar\">"
         "<a class=\"mark\" href=\"/\">"
      << kMark << "<span>" << kShopName << "</span></a>";
  put_search(out, frame.search);
  out << "<nav class=\"yours\" aria-label=\"Yours\"><a href=\"/orders\">" << kParcel
      << "<span>Orders</span></a><a href=\"/cart\" data-cart>" << kBasket
      << "<span>Cart</span><span class=\"badge\" data-cart-count hidden></span></a></nav></div>";
  put_menu(out, categories, frame.here);
  out << "</header>";
}

void Site::put_footer(Html& out, const std::vector<catalog::Category>& categories) const {
  out << "<footer class=\"foot\"><div class=\"cols\"><div class=\"words\"><p class=\"mark\">" << kMark << "<span>"
      << kShopName
      << "</span></p><p>What you see in stock is in stock. What you pay is what you saw. No account, nobody followed, "
         "nothing loaded from elsewhere.</p></div>";
  std::size_t shown = 0;
  for (const auto& category : categories) {
    if (category.parent || shown == kMostInMenu) continue;
    if (shown++ == 0) out << "<nav aria-labelledby=\"foot-shop\"><h2 id=\"foot-shop\">Shop</h2><ul>";
    out << "<li><a href=\"/c/" << percent_encode(category.slug) << "\">" << text(category.name) << "</a></li>";
  }
  if (shown > 0) out << "<li><a href=\"/brands\">Brands</a></li></ul></nav>";
  out << "<nav aria-labelledby=\"foot-help\"><h2 id=\"foot-help\">Help</h2><ul>"
         "<li><a href=\"/orders/lookup\">Find an order</a></li><li><a href=\"/orders\">Your orders</a></li>"
         "<li><a href=\"/cart\">Your cart</a></li><li><a href=\"/consent\">What is counted</a></li>"
         "<li><a href=\"/docs\">For programs: the API</a></li></ul></nav>";
  dresses.put_form(out);
  out << "</div></footer>";
}

Result<std::vector<catalog::Category>> Site::categories_in(const Dress& dress) const {
  TRY(auto all, parts.showcase.categories());
  catalog::translate(all, dresses.wished(dress), dresses.own().formats.tag());
  return all;
}

std::string Site::document(const Frame& frame, const Html& body, std::string_view notice) const {
  const auto categories = categories_in(body.dress());
  const auto& menu = categories ? *categories : std::vector<catalog::Category>();  // a page of an error has to stand
  Html out(body.dress());
  put_head(out, frame);
  put_header(out, frame, menu);
  out << "<main id=\"main\" tabindex=\"-1\">" << body.str() << "</main>";
  put_footer(out, menu);
  if (!notice.empty()) out << "<p class=\"busy\" role=\"status\">" << text(notice) << "</p>";
  out << "</body></html>\n";
  return out.take();
}

http::Response Site::page(const Frame& frame, const Html& body, int status) const {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = document(frame, body, busy_words());
  response.headers = {{"Cache-Control", "private, no-store"},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "same-origin"}};
  return response;
}

std::string_view Site::busy_words() const {
  if (!parts.degradation.tells_visitors()) return {};
  if (!parts.degradation.has_static_products())
    return "The shop is very busy: some extras rest. Carts and checkouts go on as ever.";
  return "The shop is very busy: pages may be a minute behind, and searching rests. Carts and checkouts go on as ever, "
         "with prices and stock as they are.";
}

ReadyPages::Bytes Site::shared_page(const Frame& frame, const Html& body, std::string_view name,
                                    Caching caching) const {
  std::string more = "Content-Security-Policy: " + std::string(kPolicy) + "\r\nReferrer-Policy: same-origin\r\n";
  if (dresses.any_choice() || caching == Caching::kByCookie) more += "Vary: Cookie\r\n";
  const std::string_view shared = caching == Caching::kLonger ? kLongerCaching : kSharedCaching;
  const bool own = caching == Caching::kOwn || !dresses.is_own(body.dress());
  return http::make_ready("text/html; charset=utf-8", own ? kOwnCaching : shared, document(frame, body, {}), more,
                          name);
}

http::Response Site::error_page(const Dress& dress, const Error& error) const {
  const auto info = error_info(error.code);
  const bool missing = error.code == Errc::kNotFound;
  const std::string_view title = error.reason == "degradation.rests" ? "Very busy just now" : info.title;
  Html body(dress);
  body << "<div class=\"lost\">" << kAnchor << "<h1>" << text(missing ? "Nothing is moored here" : title)
       << "</h1><p class=\"lead\">" << text(error.detail) << "</p>";
  if (missing)
    body << "<form class=\"search\" action=\"/search\"><label class=\"unseen\" for=\"again\">Search the shop</label>"
            "<input id=\"again\" type=\"search\" name=\"q\" maxlength=\""
         << kLongestWords << "\" placeholder=\"Search the shop\"><button>Search</button></form>";
  body << "<p><a class=\"button\" href=\"/\">Back to the shop</a></p></div>";
  auto response = page({missing ? "Not found" : std::string(title)}, body, info.status);
  if (error.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  return response;
}

Result<cart::Owner> owner_of(const Site& site, http::Call& call) {
  return cart::owner_of(site.parts.carts, site.parts.shoppers, call);
}

Result<cart::CartView> cart_in(const Site& site, const cart::Owner& owner, const Dress& dress) {
  if (dress.currency != site.parts.dress.currency) {
    auto view = site.parts.carts.view(owner, dress.currency);
    if (view || view.error().reason != "pricing.no_rate") return view;
  }
  return site.parts.carts.view(owner);
}

// Addresses have no blanks.
std::string Site::kept_as(const std::string& address, const Dress& dress) const {
  return dresses.is_own(dress) ? address : address + " " + Dresses::name_of(dress);
}

bool is_ours(const Error& error) { return error.code == Errc::kUnavailable || error.code == Errc::kInternal; }

http::Response redirect(std::string location) {
  http::Response response;
  response.status = 303;
  response.content_type = "text/plain; charset=utf-8";
  response.headers = {{"Location", std::move(location)}, {"Cache-Control", "private, no-store"}};
  return response;
}

http::Response moved(const std::string& path, const http::Request& request) {
  http::Response response = redirect(path + (request.query.empty() ? "" : "?" + std::string(request.query)));
  response.status = 301;
  response.headers.back().second = "public, max-age=300";
  return response;
}

http::Response ready_response(ReadyPages::Bytes bytes) {
  http::Response response;
  response.ready = std::move(bytes);
  return response;
}

namespace {

// Puts what the call collected (a new session's cookie) into the answer; what the answer says itself holds.
http::Response with_call(http::Response response, http::Call& call) {
  for (auto& [name, value] : call.headers()) {
    // Of cookies there may be several.
    const bool said = !iequals_ascii(name, "Set-Cookie") &&
                      std::any_of(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return iequals_ascii(header.first, name); });
    if (!said) response.headers.emplace_back(std::move(name), std::move(value));
  }
  call.headers().clear();
  return response;
}

}  // namespace

http::Endpoint page_endpoint(const SitePointer& site, http::Method method, std::string pattern,
                             std::string_view summary, std::function<Result<http::Response>(http::Call&)> handle) {
  http::Endpoint endpoint;
  endpoint.method = method;
  if (method == http::Method::kGet) site->addresses.push_back(pattern);
  endpoint.pattern = std::move(pattern);
  endpoint.about = {summary, {}, 200, "pages"};
  endpoint.body_limit = 64 * 1024;
  endpoint.handle = [site, handle = std::move(handle)](http::Call& call) {
    auto answer = handle(call);
    return with_call(answer ? std::move(*answer) : site->error_page(site->dress_of(call.request), answer.error()),
                     call);
  };
  return endpoint;
}

void put_crumbs(Html& out, std::span<const Crumb> above, std::string_view here) {
  out << "<nav class=\"crumbs\" aria-label=\"Where you are\"><ol><li><a href=\"/\">Home</a></li>";
  for (const Crumb& crumb : above)
    out << "<li><a href=\"" << text(crumb.path) << "\">" << text(crumb.name) << "</a></li>";
  out << "<li aria-current=\"page\">" << text(here) << "</li></ol></nav>";
}

}  // namespace kontor::pages
