#include "services/shopper.h"

#include <algorithm>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/http_trust.h"

namespace kontor::services {
namespace {

constexpr std::string_view kSecureCookie = "__Host-kontor";
constexpr std::string_view kPlainCookie = "kontor";
constexpr std::string_view kSecureGuestCookie = "__Host-kontor-guest";
constexpr std::string_view kPlainGuestCookie = "kontor-guest";
constexpr std::int64_t kGuestBesideMs = 7 * kDayMs;
constexpr std::int64_t kCustomerTokenMs = kHourMs;

bool is_unsafe(http::Method method) {
  return method != http::Method::kGet && method != http::Method::kHead && method != http::Method::kOptions;
}

// What the browser says of where the request comes from. Fetch metadata is exact; Origin is what older browsers send.
enum class Site { kSame, kCross, kUnknown };
Site site_of(const http::Request& request) {
  if (const auto fetch = request.header("Sec-Fetch-Site"); !fetch.empty())
    return fetch == "same-origin" || fetch == "none" ? Site::kSame : Site::kCross;
  const auto origin = request.header("Origin");
  if (origin.empty()) return Site::kUnknown;
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return Site::kCross;  // "null"
  return iequals_ascii(origin.substr(scheme_end + 3), request.host) ? Site::kSame : Site::kCross;
}

// Browsers take Secure cookies over plain HTTP from these hosts. The peer alone does not tell: a proxy is on loopback
// as well.
bool is_loopback(const http::Request& request) {
  if (!request.peer.starts_with("127.") && request.peer != "::1" && !request.peer.starts_with("::ffff:127."))
    return false;
  return runtime::is_loopback_name(runtime::host_name(request.host));
}

bool takes_secure_cookie(const http::Request& request) { return request.secure || is_loopback(request); }

// The browser's cookie of either name.
std::string_view cookie_of(const http::Request& request, std::string_view secure, std::string_view plain) {
  const auto token = request.cookie(secure);
  return token.empty() ? request.cookie(plain) : token;
}

tl::unexpected<Error> cross_site() {
  return fail(
      Errc::kForbidden, "services.cross_site",
      "A change made with the cookie must come from this site's own pages; programs send Authorization instead.");
}
tl::unexpected<Error> sign_in() {
  return fail(Errc::kUnauthorised, "services.sign_in",
              "This call needs a token: 'Authorization: Bearer …', or the cookie.");
}

}  // namespace

std::string set_cookie(std::string_view name, std::string_view value, std::int64_t life_ms, bool secure) {
  return std::string(name) + "=" + std::string(value) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(life_ms / kSecondMs) +
         (secure ? "; Secure" : "");
}

Shoppers::Shoppers(Clock& clock, Random& random, IdSource& ids, Settings settings)
    : clock_(clock),
      random_(random),
      ids_(ids),
      signer_(settings.secret, "guest"),
      customer_signer_(settings.secret, "customer"),
      settings_(std::move(settings)) {}

bool Shoppers::same_site(const http::Request& request) { return site_of(request) == Site::kSame; }

void Shoppers::add_source(std::string prefix, Source source) {
  KONTOR_ASSERT(prefix != kGuestPrefix && prefix != kCustomerPrefix && source != nullptr);
  sources_[std::move(prefix)] = std::move(source);
}

Issued Shoppers::seal(const Signer& signer, std::string_view prefix, CustomerId customer, Time expires) {
  KONTOR_ASSERT(customer);
  Issued issued{std::string(prefix), customer, expires};
  issued.token += signer.seal_numbers<2>({customer.value, expires.ms});
  return issued;
}

Issued Shoppers::issue_guest(CustomerId customer) const {
  return seal(signer_, kGuestPrefix, customer, clock_.now().plus_ms(settings_.guest_days * kDayMs));
}

Issued Shoppers::issue_customer(CustomerId customer) const {
  return seal(customer_signer_, kCustomerPrefix, customer, clock_.now().plus_ms(kCustomerTokenMs));
}

Issued Shoppers::issue_guest() const {
  const auto bucket = static_cast<int>(random_.number() % kBuckets);
  return issue_guest(ids_.next<CustomerId>(clock_.now(), bucket));
}

std::optional<Issued> Shoppers::open_guest(std::string_view token) const { return open(signer_, kGuestPrefix, token); }

std::optional<Issued> Shoppers::open(const Signer& signer, std::string_view prefix, std::string_view token) const {
  if (!token.starts_with(prefix)) return std::nullopt;
  const auto numbers = signer.open_numbers<2>(token.substr(prefix.size()));
  if (!numbers) return std::nullopt;
  const Issued issued{std::string(token), CustomerId{numbers->at(0)}, Time{numbers->at(1)}};
  if (!issued.customer || issued.expires <= clock_.now()) return std::nullopt;
  return issued;
}

Result<std::optional<Shopper>> Shoppers::by_token(std::string_view token) const {
  if (const auto guest = open_guest(token)) {
    Shopper shopper;
    shopper.kind = Shopper::Kind::kGuest;
    shopper.customer = guest->customer;
    return std::optional<Shopper>(std::move(shopper));
  }
  if (const auto held = open(customer_signer_, kCustomerPrefix, token)) {
    Shopper shopper;
    shopper.kind = Shopper::Kind::kCustomer;
    shopper.customer = held->customer;
    return std::optional<Shopper>(std::move(shopper));
  }
  if (!settings_.admin_token.empty() && same_secret(token, settings_.admin_token)) {
    Shopper shopper;
    shopper.kind = Shopper::Kind::kStaff;
    shopper.roles = Roles{}.with(Role::kAdmin);
    shopper.name = "admin";
    return std::optional<Shopper>(std::move(shopper));
  }
  for (const auto& [prefix, source] : sources_)
    if (token.starts_with(prefix)) return source(token);
  return std::optional<Shopper>();
}

Result<Shopper> Shoppers::of(const http::Request& request) const {
  if (const auto authorization = request.header("Authorization"); !authorization.empty()) {
    constexpr std::string_view kScheme = "Bearer ";
    std::optional<Shopper> shopper;
    if (authorization.size() > kScheme.size() && iequals_ascii(authorization.substr(0, kScheme.size()), kScheme)) {
      TRY(shopper, by_token(trim(authorization.substr(kScheme.size()))));
    }
    if (!shopper)
      return fail(Errc::kUnauthorised, "services.bad_token",
                  "The bearer token is not one of this shop, or has expired.");
    return std::move(*shopper);
  }
  auto token = request.cookie(kSecureCookie);
  if (token.empty()) token = request.cookie(kPlainCookie);
  if (token.empty()) return Shopper{};
  TRY(auto shopper, by_token(token));
  // A browser cannot know that its cookie has expired: it is nobody then, and gets a new one where that is wanted.
  if (!shopper) return Shopper{};
  if (is_unsafe(request.method) && site_of(request) != Site::kSame) return cross_site();
  shopper->by_cookie = true;
  return std::move(*shopper);
}

Result<Shopper> Shoppers::welcome(http::Call& call) const {
  TRY(auto shopper, of(call.request));
  if (shopper.kind == Shopper::Kind::kStaff && !shopper.customer)
    return fail(Errc::kForbidden, "services.staff_buys_nothing",
                "A staff token has no cart; use a guest's or a customer's.");
  if (shopper.kind == Shopper::Kind::kNone) {
    // Another site's form must not replace the visitor's cookie, which the browser has held back from this very
    // request.
    if (is_unsafe(call.request.method) && site_of(call.request) == Site::kCross) return cross_site();
    const auto issued = issue_guest();
    hand_over(call, issued);
    shopper.kind = Shopper::Kind::kGuest;
    shopper.customer = issued.customer;
    shopper.fresh = true;
    if (settings_.on_new_guest) settings_.on_new_guest();
    return shopper;
  }
  if (shopper.kind == Shopper::Kind::kGuest) {
    const auto authorization = call.request.header("Authorization");
    auto token = authorization.empty() ? call.request.cookie(kSecureCookie) : trim(authorization.substr(7));
    if (token.empty()) token = call.request.cookie(kPlainCookie);
    const auto held = open_guest(token);
    if (held && held->expires < clock_.now().plus_ms(settings_.guest_days * kDayMs / 2))
      hand_over(call, issue_guest(shopper.customer));
  }
  return shopper;
}

void Shoppers::hand_over(http::Call& call, const Issued& issued) const {
  const Time now = clock_.now();
  const bool secure = takes_secure_cookie(call.request);
  call.set_header("Session-Token", issued.token);
  call.set_header("Set-Cookie",
                  set_cookie(secure ? kSecureCookie : kPlainCookie, issued.token, issued.expires.ms - now.ms, secure));
  const auto replaced = cookie_of(call.request, kSecureCookie, kPlainCookie);
  if (!issued.token.starts_with(kGuestPrefix))
    if (const auto guest = open_guest(replaced))
      call.set_header("Set-Cookie", set_cookie(secure ? kSecureGuestCookie : kPlainGuestCookie, replaced,
                                               std::min(guest->expires.ms - now.ms, kGuestBesideMs), secure));
  if (!secure && settings_.on_plain_cookie && !told_plain_.exchange(true)) settings_.on_plain_cookie();
  // The token is this visitor's alone.
  call.set_header("Cache-Control", "private, no-store");
}

std::optional<CustomerId> Shoppers::guest_beside(const http::Request& request, const Shopper& shopper) const {
  if (shopper.kind != Shopper::Kind::kCustomer || !shopper.by_cookie) return std::nullopt;
  // Over TLS the name with __Host- only: the plain one may have been planted by another site of the domain.
  const auto guest = open_guest(request.cookie(takes_secure_cookie(request) ? kSecureGuestCookie : kPlainGuestCookie));
  return guest ? std::optional(guest->customer) : std::nullopt;
}

void Shoppers::drop_guest_beside(http::Call& call) const {
  const bool secure = takes_secure_cookie(call.request);
  call.set_header("Set-Cookie", set_cookie(secure ? kSecureGuestCookie : kPlainGuestCookie, "", 0, secure));
  call.set_header("Cache-Control", "private, no-store");
}

Result<Shopper> Shoppers::require_buyer(const http::Request& request) const {
  TRY(auto shopper, of(request));
  if (!shopper.buys()) return sign_in();
  return shopper;
}

Result<Shopper> Shoppers::require_staff(const http::Request& request) const {
  TRY(auto shopper, of(request));
  if (shopper.kind == Shopper::Kind::kNone) return sign_in();
  if (shopper.kind != Shopper::Kind::kStaff)
    return fail(Errc::kForbidden, "services.role_needed", "This call is for the staff of the shop.");
  return shopper;
}

Result<Shopper> Shoppers::require_role(const http::Request& request, Role role) const {
  TRY(auto shopper, require_staff(request));
  if (!shopper.roles.has(role))
    return fail(Errc::kForbidden, "services.role_needed",
                "This call needs the role '" + std::string(name_of(role)) + "'.");
  return shopper;
}

}  // namespace kontor::services
