// Where the form at the foot of the pages goes: keeps the choice in a cookie and leads back to where it was made.
#include <algorithm>

#include "pages/site.h"

namespace kontor::pages {
namespace {

constexpr std::int64_t kDressKeptMs = 365 * kDayMs;
constexpr std::size_t kLongestAddress = 4000;

// "/c/{slug}" fits "/c/tea".
bool fits(std::string_view pattern, std::string_view path) {
  const auto parts = split(path, '/');
  std::size_t at = 0;
  for (const auto wanted : split(pattern, '/')) {
    if (at == parts.size()) return false;
    const auto part = parts[at++];
    if (wanted.starts_with('{') ? part.empty() : part != wanted) return false;
  }
  return at == parts.size();
}

bool can_be_read(const Site& site, std::string_view path) {
  return std::any_of(site.addresses.begin(), site.addresses.end(),
                     [&](const std::string& pattern) { return fits(pattern, path); });
}

std::string back_to(const Site& site, const http::Request& request, const Dress& to) {
  const auto [path, query] = page_of(site, request);
  std::string out(path);
  const auto form = read_form(query);
  if (!form) return out;
  char mark = '?';
  for (const auto& [name, value] : site.dresses.another(*form, site.dresses.of(request), to)) {
    out += mark + percent_encode(name) + "=" + percent_encode(value);
    mark = '&';
  }
  return out;
}

}  // namespace

std::pair<std::string_view, std::string_view> page_of(const Site& site, const http::Request& request) {
  const std::string_view from = request.header("Referer");
  const auto scheme = from.find("://");
  if (scheme == std::string_view::npos || from.size() > kLongestAddress) return {"/", {}};
  const auto slash = std::min(from.find('/', scheme + 3), from.size());
  if (!iequals_ascii(from.substr(scheme + 3, slash - scheme - 3), request.host)) return {"/", {}};
  std::string_view path = from.substr(slash, from.find_first_of("?#", slash) - slash);
  const auto mark = from.find('?', slash);
  std::string_view query = mark == std::string_view::npos ? std::string_view() : from.substr(mark + 1);
  query = query.substr(0, query.find('#'));
  while (path.size() > 1 && !can_be_read(site, path)) {
    path = path.substr(0, path.rfind('/'));
    query = {};
  }
  return path.size() > 1 ? std::pair(path, query) : std::pair<std::string_view, std::string_view>("/", {});
}

void add_dress_form(http::Router& router, const SitePointer& site) {
  router.add(page_endpoint(
      site, http::Method::kPost, "/dress", "In which currency and how pages are written for this browser",
      [site](http::Call& call) -> Result<http::Response> {
        if (!services::Shoppers::same_site(call.request))
          return fail(Errc::kForbidden, "services.cross_site", "This form is sent from the shop's own pages.");
        TRY(const auto form, read_form(call.request.body));
        const Dress dress = site->dresses.chosen(value_of_form(form, "currency"), value_of_form(form, "locale"));
        const bool own = site->dresses.is_own(dress);
        call.set_header("Set-Cookie", services::set_cookie(kDressCookie, own ? "" : Dresses::name_of(dress),
                                                           own ? 0 : kDressKeptMs, call.request.secure));
        return redirect(back_to(*site, call.request, dress));
      }));
}

}  // namespace kontor::pages
