#include "services/if_match.h"

#include <charconv>

#include "base/text.h"

namespace kontor::services {

IfMatch if_match(const http::Request& request) {
  IfMatch out;
  const auto header = trim(request.header("If-Match"));
  if (header.empty() || header == "*") return out;
  out.given = true;
  for (const auto part : split(header, ',')) {
    const auto tag = trim(part);
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') continue;
    std::int64_t version = 0;
    const auto [end, wrong] = std::from_chars(tag.data() + 1, tag.data() + tag.size() - 1, version);
    if (wrong == std::errc() && end == tag.data() + tag.size() - 1) out.versions.push_back(version);
  }
  return out;
}

}  // namespace kontor::services
