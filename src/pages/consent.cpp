// Whether visitors may be counted: asked once at the foot of the window, said and changed at /consent, kept in a cookie
// that says nothing else. Pages are the same for everybody, so the question is part of each and hidden: the script
// shows it to who has not answered (told beside the cart's number), and without scripts a sheet of style of the
// visitor's own.
#include "pages/site.h"

namespace kontor::pages {
namespace {

using telemetry::Consent;

constexpr std::string_view kCookie = "consent";  // as telemetry::visit_of() reads it
constexpr std::int64_t kAnswerKeptMs = 180 * kDayMs;

constexpr std::string_view kChoices =
    "<p class=\"actions\"><button class=\"plain\" name=\"answer\" value=\"no\">Only what is needed</button> "
    "<button class=\"plain\" name=\"answer\" value=\"yes\">Allow counting</button></p>";

std::string_view said(const http::Request& request, Consent consent) {
  if (consent == Consent::kGiven) return "You allowed it: you are counted.";
  if (consent == Consent::kUnsaid) return "You have not said yet.";
  const bool by_browser = request.header("DNT") == "1" || request.header("Sec-GPC") == "1";
  return by_browser
             ? "Your browser asks every shop not to do this, and that holds: you are not counted. An answer here "
               "counts once the browser no longer asks."
             : "You asked for only what is needed: you are not counted.";
}

http::Response consent_page(const Site& site, const http::Request& request) {
  const Consent consent = telemetry::visit_of(request).consent;
  const Dress dress = site.dress_of(request);
  Html body(dress);
  body
      << "<div class=\"lost\"><h1>What is counted</h1><p class=\"lead\" role=\"status\">" << said(request, consent)
      << "</p><p>We would like to count which products are looked at and chosen, and what is searched for: it tells us "
         "what to have, and what people look for in vain. We keep sums by the day, never a list of what you did; now "
         "and then some visitors get their results in another order, and we count who buys. Nothing of it leaves this "
         "shop.</p><p>What you buy is part of your order, and counts as such either way. Your answer is kept in a "
         "cookie "
         "for half a year; you can change it here at any time.</p>"
         "<form action=\"/consent\" method=\"post\">"
      << kChoices << "</form></div>";
  Frame frame{"What is counted"};
  frame.asks_consent = false;
  return site.page(frame, body);
}

std::string back_to(const Site& site, const http::Request& request) {
  const auto [path, query] = page_of(site, request);
  std::string out(path);
  char mark = '?';
  const auto form = read_form(query);
  for (const auto& [name, value] : form ? *form : Form()) {
    out += mark + percent_encode(name) + "=" + percent_encode(value);
    mark = '&';
  }
  return out;
}

Result<http::Response> answered(const Site& site, http::Call& call) {
  if (!services::Shoppers::same_site(call.request))
    return fail(Errc::kForbidden, "services.cross_site", "This form is sent from the shop's own pages.");
  TRY(const auto form, read_form(call.request.body));
  const std::string_view answer = value_of_form(form, "answer");
  if (answer != "yes" && answer != "no")
    return fail(Errc::kInvalid, "pages.bad_consent", "Please choose one of the two answers.");
  TRY(const auto shopper, site.parts.shoppers.of(call.request));
  if (answer == "yes" && shopper.kind == services::Shopper::Kind::kNone) {
    TRY_DO(site.parts.shoppers.welcome(call));  // to be counted as one
  }
  if (answer == "no" && shopper.buys() && site.parts.visitors.forget)
    TRY_DO(site.parts.visitors.forget(shopper.customer));
  call.set_header("Set-Cookie", services::set_cookie(kCookie, answer, kAnswerKeptMs, call.request.secure));
  return redirect(back_to(site, call.request));
}

// Shows the bar where no scripts do; nothing to who has answered.
http::Response style(const http::Request& request) {
  http::Response response;
  response.content_type = "text/css; charset=utf-8";
  if (telemetry::visit_of(request).consent == Consent::kUnsaid)
    response.body = ".consent[hidden]{display:flex}body{padding-bottom:16rem}html{scroll-padding-bottom:16rem}";
  response.headers = {{"Cache-Control", "private, no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

}  // namespace

void put_consent_bar(Html& out) {
  out << "<form class=\"consent\" action=\"/consent\" method=\"post\" aria-labelledby=\"consent\" data-consent hidden>"
         "<p id=\"consent\"><strong>May we count what you look at?</strong> Sums by the day, never who you are. "
         "<a href=\"/consent\">What is counted</a></p>"
      << kChoices << "</form>";
}

void add_consent_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(
      page_endpoint(site, Method::kGet, "/consent", "What is counted of visitors, and their answer to it",
                    [site](http::Call& call) -> Result<http::Response> { return consent_page(*site, call.request); }));
  router.add(page_endpoint(site, Method::kPost, "/consent", "Whether this browser's visitor may be counted",
                           [site](http::Call& call) { return answered(*site, call); }));
  router.add(page_endpoint(site, Method::kGet, "/fragment/consent.css", "Shows the question where no scripts run",
                           [](http::Call& call) -> Result<http::Response> { return style(call.request); }));
}

}  // namespace kontor::pages
