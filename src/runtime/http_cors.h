// Cross-origin resource sharing: which other sites' scripts may read the answers below /api/. Pages are never shared.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http_parser.h"

namespace kontor::runtime {

class Cors {
 public:
  // Exact origins; "*" lets everyone read, without credentials; none: nobody.
  explicit Cors(const std::vector<std::string>& origins);

  // Whether answers to this path are shared with anyone at all.
  bool covers(std::string_view path) const { return on_ && path.starts_with("/api/"); }
  // The lines of an answer on a covered path. Vary is there for origins that are not allowed, too.
  void append(std::string& out, std::string_view origin) const;
  // Completes the answer to OPTIONS when it was a browser that asked before a request: methods as the address takes
  // them.
  void add_preflight(http::Response& response, const Head& head) const;

 private:
  bool allows(std::string_view origin) const;

  bool on_;
  bool everyone_ = false;
  std::vector<std::string> origins_;
};

}  // namespace kontor::runtime
