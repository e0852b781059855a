// A running server with a few endpoints, and a raw client, for the tests of the HTTP layer only.
#pragma once
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/http_server.h"

namespace kontor::runtime::testing {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

// A blocking socket. Reading gives up after 10 s, so a hanging server fails a test instead of stopping it.
class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next answer with its head and, by Content-Length or chunks (kept as they are), its body.
  Answer answer(bool head_only = false) {
    Answer out;
    while (rest_.find("\r\n\r\n") == std::string::npos) {
      if (!more()) return out;
    }
    const std::size_t end = rest_.find("\r\n\r\n") + 4;
    out.head = rest_.substr(0, end);
    rest_.erase(0, end);
    out.status = std::atoi(out.head.c_str() + 9);
    if (head_only || out.status == 304 || out.status == 204 || out.status == 100) return out;
    if (const auto at = out.head.find("Content-Length: "); at != std::string::npos) {
      const auto length = static_cast<std::size_t>(std::atoll(out.head.c_str() + at + 16));
      while (rest_.size() < length && more()) {
      }
      out.body = rest_.substr(0, length);
      rest_.erase(0, length);
    } else if (out.has("Transfer-Encoding: chunked")) {
      while (rest_.find("0\r\n\r\n") == std::string::npos && more()) {
      }
      const std::size_t stop = rest_.find("0\r\n\r\n") + 5;
      out.body = rest_.substr(0, stop);
      rest_.erase(0, stop);
    }
    return out;
  }
  Answer ask(std::string_view text) {
    say(text);
    return answer();
  }
  // Everything until the server closes; "<open>" at the end when it does not.
  std::string to_end() {
    while (more()) {
    }
    return std::move(rest_) + (closed_ ? "" : "<open>");
  }
  bool is_closed() { return to_end().find("<open>") == std::string::npos; }
  std::string receive() { return more() ? std::exchange(rest_, {}) : std::string(); }
  void finish_sending() { shutdown(fd_, SHUT_WR); }

 private:
  bool more() {
    char piece[65536];
    const ssize_t got = recv(fd_, piece, sizeof piece, 0);
    if (got > 0) rest_.append(piece, static_cast<std::size_t>(got));
    closed_ = closed_ || got == 0 || (got < 0 && errno == ECONNRESET);
    return got > 0;
  }
  int fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string rest_;
};

// GET /t/ready (inline), /t/plain, /t/hold (waits for let_go), /t/pieces, /t/large, /t/who; POST /t/echo, /t/count
// (streamed).
class TestServer {
 public:
  explicit TestServer(ServerSettings settings = {}, const Entrance& entrance = {}, std::string base = "/t")
      : router_(std::move(base)) {
    add_endpoints();
    const http::Router* const routers[] = {&router_};
    dispatcher_ = std::make_unique<http::Dispatcher>(routers);
    ServerWorld world{[] { return Time{1'763'702'652'000}; }, 7, &observer};
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
  Parker held;    // woken when /t/hold runs
  Parker let_go;  // wake it to let /t/hold answer
  std::atomic<int> finished_holds{0};
  std::atomic<int> broken_streams{0};

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

  Loop loop_;
  http::Router router_;
  std::unique_ptr<http::Dispatcher> dispatcher_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<const http::ReadyBytes> ready_ = http::make_ready("text/plain", "no-cache", "ready bytes");
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

}  // namespace kontor::runtime::testing
