// A plain HTTP/1.1 client on fibers (or plain threads): one connection a request, time-outs for each part, a bound on
// the answer. For gateways behind a local proxy and for tests; it speaks no TLS and follows no redirects.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kontor::runtime {

struct ClientRequest {
  std::string method = "GET";
  std::string host = "127.0.0.1";  // a numeric address, or localhost
  int port = 80;
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>>
      headers;  // Host, Content-Length, Connection, traceparent are set here
  std::string body;
};

struct ClientLimits {
  std::int64_t connect_ms = 5'000;
  std::int64_t io_ms = 5'000;  // without a byte in or out
  std::int64_t total_ms = 30'000;
  std::size_t answer_bytes = 8 << 20;
};

struct ClientAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view header(std::string_view name) const;  // without regard to case; first, or ""
};

// Errors: kUnavailable "runtime.connect" (nothing was sent), kTimeout "runtime.timeout" (the outcome is unknown),
// kUnavailable "runtime.broken_off" (the connection ended inside the answer, or it is no HTTP; unknown as well),
// kTooLarge.
Result<ClientAnswer> http_call(const ClientRequest& request, const ClientLimits& limits = {});

}  // namespace kontor::runtime
