// Fetches what lies behind an address on the web. The address comes from outside, so an adapter goes only where the
// public may go. Safe to call from any fiber and, blocking, from any plain thread.
#pragma once
#include <functional>
#include <string>

#include "base/result.h"

namespace kontor {

class WebFetcher {
 public:
  virtual ~WebFetcher() = default;
  // The body of a 200. kInvalid "web.bad_address" (no http or https, or with a password), kForbidden
  // "web.private_address", kTooLarge "web.too_large", kTimeout "web.timeout", kUnavailable "web.no_answer",
  // "web.status", "web.too_many_redirects", "web.given_up". `given_up` is asked now and then, from any thread: true
  // ends the call.
  virtual Result<std::string> get(const std::string& address, const std::function<bool()>& given_up) = 0;
};

}  // namespace kontor
