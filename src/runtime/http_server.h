// The HTTP/1.1 server of one loop: connections, time-outs, limits, and the way from bytes to a Dispatcher and back.
// An idle connection holds no fiber and no buffer. Point reads are answered on the loop, everything else on a fiber of
// its own. Several servers, one a loop, may listen on the same port (SO_REUSEPORT). Everything here belongs to the
// loop's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runtime/fiber.h"
#include "runtime/http_trust.h"
#include "runtime/router.h"
#include "runtime/tls.h"

namespace kontor::runtime {

class Tracer;

struct ServerSettings {
  std::size_t line_bytes = 8 * 1024;    // request line; more is 414
  std::size_t head_bytes = 16 * 1024;   // request line and headers; more is 431
  std::size_t body_bytes = 1 << 20;     // more is 413; an endpoint's own limit holds where it is lower
  std::size_t connections = 20'000;     // more are answered 503 and closed
  std::size_t in_flight = 2'000;        // requests on fibers at once; more are answered 503
  std::int64_t head_ms = 10'000;        // from a request's first byte to its blank line
  std::int64_t body_ms = 15'000;        // without a byte of the body
  std::int64_t body_total_ms = 60'000;  // the whole body, unless streamed
  std::int64_t idle_ms = 75'000;        // keep-alive without a request
  std::int64_t beat_ms = 25'000;        // a WebSocket's client is asked for a sign of life; without one it is given up
  std::int64_t write_ms = 15'000;       // without a byte of the answer taken
  std::int64_t slowest_bytes_per_s =
      8 * 1024;                          // a client that reads an answer more slowly than this, beyond write_ms, is cut
  std::vector<Network> trusted_proxies;  // peers whose X-Forwarded-For, -Proto and -Host are believed
  std::vector<std::string> hosts;        // names the shop answers to, beside loopback's; empty: to any. Else 421
  std::vector<std::string> cors_origins;  // whose scripts may read /api/; "*" alone: everyone's, without credentials
  std::int64_t hsts_s = 0;                // Strict-Transport-Security on answers over TLS; 0: none
};

// What a listening socket leads to.
struct Entrance {
  const http::Dispatcher* dispatcher = nullptr;  // null: the server's own
  const Tls* tls = nullptr;                      // null: plain HTTP; outlives the server
  int redirect_to = 0;    // not 0: nothing is served, every request is sent to https:// and this port
  bool any_host = false;  // `hosts` is not asked
};

// One answered request, for the access log and the metrics. Views live for the call.
struct Served {
  const http::Request& request;
  std::string_view route;  // the pattern, or "" when no route was found
  int status = 0;
  std::size_t bytes = 0;  // of the answer, head included
  std::int64_t micros = 0;
};
class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  virtual void finished(const Served& served) = 0;  // on the loop, must not wait; this one too:
  virtual void handshake_failed() {}                // a TLS connection that came to nothing
};

// What the server must not fetch for itself.
struct ServerWorld {
  std::function<Time()> wall_clock;  // for Date; read once a second
  std::uint64_t seed = 0;            // of request ids and trace ids; from the operating system in production
  ServerObserver* observer = nullptr;
  Workers* workers = nullptr;  // who compresses; null: nothing is compressed
  Tracer* tracer = nullptr;    // null: nothing is traced. Point reads, answered on the loop, never are
};

class Server {
 public:
  Server(Loop& loop, const http::Dispatcher& dispatcher, ServerSettings settings, ServerWorld world);
  // Closes everything. No request may be running: shut_down() or Loop::kill_all() first.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds, listens, and returns the port (of use when it was 0). `address` is numeric, IPv4 or IPv6. May be called for
  // several addresses.
  Result<int> listen(const std::string& address, int port, const Entrance& entrance = {});
  // Stops accepting, lets running requests finish (their answers say `Connection: close`), closes idle connections, and
  // cuts what is left after `grace_ms`. On a fiber of the loop. True when nothing had to be cut.
  bool shut_down(std::int64_t grace_ms);

  std::size_t connections() const;  // these three from any thread
  std::size_t in_flight() const;
  std::size_t sockets() const;  // open WebSockets

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::runtime
