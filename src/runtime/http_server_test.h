// A running server with a few endpoints, for the tests of the HTTP layer only.
#pragma once
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/http_server.h"
#include "runtime/http_test_client.h"

namespace kontor::runtime::testing {

// Requests as most tests send them, to the host `shop`.
inline std::string get(std::string_view target, std::string_view headers = {}, std::string_view method = "GET") {
  return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: shop\r\n" + std::string(headers) +
         "\r\n";
}
inline std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: shop\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

// GET /t/ready (inline), /t/items/{n} (inline when n is even, answered a round of events together), /t/plain, /t/hold
// (waits for let_go), /t/pieces, /t/large, /t/who; POST /t/echo, /t/count
// (streamed).
class TestServer {
 public:
  explicit TestServer(ServerSettings settings = {}, const Entrance& entrance = {}, std::string base = "/t")
      : router_(std::move(base)) {
    add_endpoints();
    const http::Router* const routers[] = {&router_};
    dispatcher_ = std::make_unique<http::Dispatcher>(routers);
    ServerWorld world{[] { return Time{1'763'702'652'000}; }, 7, &observer, &workers};
    server_ = std::make_unique<Server>(loop_, *dispatcher_, std::move(settings), std::move(world));
    const auto bound = server_->listen("127.0.0.1", 0, entrance);
    REQUIRE(bound);
    port_ = *bound;
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TestServer() {
    stop(1000);
    server_.reset();
  }
  // Shuts down gracefully; true when nothing had to be cut.
  bool stop(std::int64_t grace_ms) {
    if (!thread_.joinable()) return true;
    std::atomic<bool> clean{false};
    loop_.spawn([&] {
      clean = server_->shut_down(grace_ms);
      loop_.stop();
    });
    thread_.join();
    loop_.kill_all();
    return clean;
  }
  // One more port.
  int listen(const Entrance& entrance) {
    Result<int> bound = 0;
    Parker done;
    loop_.post([&] {
      bound = server_->listen("127.0.0.1", 0, entrance);
      done.wake();
    });
    done.wait();
    REQUIRE(bound);
    return *bound;
  }
  int port() const { return port_; }
  Server& server() { return *server_; }
  Loop& loop() { return loop_; }

  struct Observer : ServerObserver {
    void finished(const Served& served) override { status = served.status; }
    void handshake_failed() override { ++failed; }
    std::atomic<int> status{0};  // of the last request
    std::atomic<int> failed{0};
  };
  Observer observer;
  Workers workers{1, 100};
  Parker held;    // woken when /t/hold runs
  Parker let_go;  // wake it to let /t/hold answer
  std::atomic<int> finished_holds{0};
  std::atomic<int> broken_streams{0};
  std::atomic<int> asked_ahead{0};
  std::atomic<int> grown{0};  // told of /t/kept

  static std::string long_text() {
    std::string out = "[";
    for (int i = 0; i < 2000; ++i) out += "{\"number\":" + std::to_string(i * 7919 % 10007) + "},";
    return out + "0]";
  }

 private:
  void add(http::Method method, std::string pattern, std::function<http::Response(http::Call&)> handle,
           bool streamed = false) {
    http::Endpoint endpoint;
    endpoint.method = method;
    endpoint.pattern = std::move(pattern);
    endpoint.handle = std::move(handle);
    endpoint.streamed = streamed;
    router_.add(std::move(endpoint));
  }
  static http::Response text(std::string body) {
    http::Response response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }
  void add_endpoints();
  void add_long_ones();

  Loop loop_;
  http::Router router_;
  std::unique_ptr<http::Dispatcher> dispatcher_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<const http::ReadyBytes> ready_ = http::make_ready("text/plain", "no-cache", "ready bytes");
  std::shared_ptr<const http::ReadyBytes> kept_ = http::make_ready("application/json", "no-cache", long_text());
  int port_ = 0;
  std::thread thread_;
};

inline void TestServer::add_endpoints() {
  http::Endpoint inline_one;
  inline_one.pattern = "/ready";
  inline_one.inline_read = [this](std::string_view) { return ready_; };
  inline_one.handle = [this](http::Call&) {
    http::Response response;
    response.ready = ready_;
    return response;
  };
  router_.add(std::move(inline_one));
  http::Endpoint item;  // the even ones are at hand
  item.pattern = "/items/{n}";
  item.inline_read = [](std::string_view n) -> std::shared_ptr<const http::ReadyBytes> {
    if ((n.back() - '0') % 2 != 0) return nullptr;
    return http::make_ready("text/plain", "no-cache", "ready " + std::string(n));
  };
  item.fetch_ahead = [this](std::string_view n, http::Ahead& ahead) {
    if (ahead.step == 0) ahead.key = n.back();
    asked_ahead += ahead.key == n.back() && ahead.step + 1 == http::kAheadSteps ? 1 : 0;
  };
  item.varies_by = "dress";
  item.handle = [](http::Call& call) { return text("made " + std::string(call.param("n"))); };
  router_.add(std::move(item));
  add_long_ones();
  add(http::Method::kGet, "/plain", [](http::Call&) { return text("plain"); });
  add(http::Method::kGet, "/who", [](http::Call& call) {
    return text(std::string(call.request.peer) + (call.request.secure ? " secure " : " open ") +
                call.request.traceparent);
  });
  add(http::Method::kGet, "/asked", [](http::Call& call) {
    return text(std::string(call.request.peer) + " " + (call.request.secure ? "https://" : "http://") +
                std::string(call.request.host));
  });
  add(http::Method::kGet, "/hold", [this](http::Call&) {
    held.wake();
    let_go.wait();
    ++finished_holds;
    return text("held");
  });
  add(http::Method::kGet, "/pieces", [](http::Call&) {
    http::Response response = text("");
    response.next_piece = [left = 3]() mutable -> Result<std::string> {
      yield();
      return left-- > 0 ? std::string("piece") : std::string();
    };
    return response;
  });
  add(http::Method::kGet, "/large", [](http::Call&) { return text(std::string(32 << 20, 'x')); });
  add(http::Method::kPost, "/echo", [](http::Call& call) { return text(std::string(call.request.body)); });
  add(
      http::Method::kPost, "/ignore", [](http::Call&) { return text("ignored"); }, true);
  add(
      http::Method::kPost, "/count",
      [this](http::Call& call) {
        std::size_t bytes = 0;
        for (;;) {
          const auto piece = call.body_reader->next();
          if (!piece) ++broken_streams;
          if (!piece || piece->empty()) break;
          bytes += piece->size();
        }
        return text(std::to_string(bytes));
      },
      true);
}

// What may be compressed.
inline void TestServer::add_long_ones() {
  http::Endpoint kept;
  kept.pattern = "/kept";
  kept.inline_read = [this](std::string_view) { return kept_; };
  kept.handle = [this](http::Call&) {
    http::Response response;
    response.ready = kept_;
    return response;
  };
  kept.grown = [this](std::string_view, const std::shared_ptr<const http::ReadyBytes>& bytes) {
    if (bytes == kept_) ++grown;
  };
  router_.add(std::move(kept));
  add(http::Method::kGet, "/fresh", [](http::Call&) {
    http::Response response;
    response.ready = http::make_ready("application/json", "no-cache", long_text());
    return response;
  });
  // An answer as long as ?bytes, with one header of the test's choice: ?Cache-Control:no-store
  add(http::Method::kGet, "/made/{type}/{bytes}", [](http::Call& call) {
    http::Response response = text(long_text().substr(0, std::stoul(std::string(call.param("bytes")))));
    response.content_type = call.param("type") == "json" ? "application/json" : "image/jpeg";
    const auto colon = call.request.query.find(':');
    if (colon != std::string_view::npos)
      response.headers.emplace_back(call.request.query.substr(0, colon), call.request.query.substr(colon + 1));
    return response;
  });
}

}  // namespace kontor::runtime::testing
