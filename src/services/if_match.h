// Versions on the wire: a resource's ETag is its version in quotes, and a write with If-Match holds only for the
// versions it names. Weak tags and tags of other shapes match nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/http.h"

namespace kontor::services {

inline std::string version_etag(std::int64_t version) { return "\"" + std::to_string(version) + "\""; }

struct IfMatch {
  bool given = false;  // false also for `*`: whatever is there
  std::vector<std::int64_t> versions;

  bool allows(std::int64_t version) const {
    if (!given) return true;
    for (const auto wanted : versions)
      if (wanted == version) return true;
    return false;
  }
};

IfMatch if_match(const http::Request& request);

}  // namespace kontor::services
