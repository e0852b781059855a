#include "runtime/http_cors.h"

#include <algorithm>

namespace kontor::runtime {
namespace {

constexpr std::string_view kExposed =
    "Access-Control-Expose-Headers: Session-Token, ETag, Idempotency-Replayed, Retry-After, Request-Id, RateLimit, "
    "RateLimit-Policy\r\n";
constexpr const char* kTaken =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Session-Token, Traceparent";
constexpr const char* kMaxAge = "7200";  // the longest that browsers take

}  // namespace

Cors::Cors(const std::vector<std::string>& origins) : on_(!origins.empty()), origins_(origins) {
  everyone_ = std::find(origins_.begin(), origins_.end(), "*") != origins_.end();
}

bool Cors::allows(std::string_view origin) const {
  return !origin.empty() && (everyone_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end());
}

void Cors::append(std::string& out, std::string_view origin) const {
  if (everyone_) {
    out.append("Access-Control-Allow-Origin: *\r\n").append(kExposed);
    return;
  }
  out.append("Vary: Origin\r\n");
  if (!allows(origin)) return;
  out.append("Access-Control-Allow-Origin: ").append(origin).append("\r\n");
  out.append("Access-Control-Allow-Credentials: true\r\n").append(kExposed);
}

void Cors::add_preflight(http::Response& response, const Head& head) const {
  if (!covers(head.request.path) || !allows(head.origin)) return;
  if (head.request.header("Access-Control-Request-Method").empty()) return;
  const auto allow = std::find_if(response.headers.begin(), response.headers.end(),
                                  [](const auto& header) { return header.first == "Allow"; });
  if (allow == response.headers.end()) return;
  const std::string methods = allow->second;
  response.headers.emplace_back("Access-Control-Allow-Methods", methods);
  response.headers.emplace_back("Access-Control-Allow-Headers", kTaken);
  response.headers.emplace_back("Access-Control-Max-Age", kMaxAge);
}

}  // namespace kontor::runtime
