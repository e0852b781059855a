#include <algorithm>
#include <array>

#include "base/text.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::telemetry {
namespace {

// Parts of names by which programs that read the web call themselves, in lower case.
constexpr std::string_view kBots[] = {
    "crawl",       "spider",        "slurp",      "archiver",  "scrape",   "fetcher",     "preview",    "monitor",
    "lighthouse",  "pagespeed",     "headless",   "phantomjs", "selenium", "puppeteer",   "playwright", "curl/",
    "wget/",       "httpie",        "python-",    "python/",   "java/",    "go-http",     "node-fetch", "axios/",
    "libwww",      "ruby",          "perl/",      "php/",      "guzzle",   "apache-http", "postman",    "insomnia",
    "facebookext", "mediapartners", "feedburner", "validator", "uptime",   "pingdom",     "check_http", "scanner"};

// "…bot" is most of them; a maker of telephones is called so, too.
bool names_a_bot(std::string_view text) {
  for (auto at = text.find("bot"); at != std::string_view::npos; at = text.find("bot", at + 1))
    if (at < 2 || text.substr(at - 2, 2) != "cu") return true;
  return false;
}

constexpr std::size_t kLongestAgent = 512;  // bytes that are looked at

bool says_yes(std::string_view text) { return text == "yes" || text == "1" || text == "true"; }
bool says_no(std::string_view text) { return text == "no" || text == "0" || text == "false"; }

}  // namespace

bool is_bot(std::string_view user_agent) {
  if (user_agent.empty()) return true;
  std::array<char, kLongestAgent> lower;
  const std::size_t size = std::min(user_agent.size(), lower.size());
  std::transform(user_agent.begin(), user_agent.begin() + static_cast<std::ptrdiff_t>(size), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string_view text(lower.data(), size);
  return names_a_bot(text) || std::any_of(std::begin(kBots), std::end(kBots), [&](std::string_view one) {
           return text.find(one) != std::string_view::npos;
         });
}

Visit visit_of(const http::Request& request, std::uint64_t visitor) {
  Visit visit;
  visit.visitor = visitor;
  visit.bot = is_bot(request.header("User-Agent")) ||
              request.header("Sec-Purpose").find("prefetch") != std::string_view::npos ||
              request.header("Purpose") == "prefetch" || request.header("X-Moz") == "prefetch";
  const std::string_view said = request.cookie("consent");
  if (request.header("DNT") == "1" || request.header("Sec-GPC") == "1" || says_no(said))
    visit.consent = Consent::kRefused;
  else if (says_yes(said))
    visit.consent = Consent::kGiven;
  return visit;
}

}  // namespace kontor::telemetry
