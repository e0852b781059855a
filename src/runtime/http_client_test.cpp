#include "runtime/http_client.h"

#include "runtime/http_server_test.h"

namespace kontor::runtime {
namespace {

using testing::TestServer;

ClientRequest request(const TestServer& shop, std::string method, std::string target, std::string body = {}) {
  ClientRequest out;
  out.method = std::move(method);
  out.port = shop.port();
  out.target = std::move(target);
  out.body = std::move(body);
  return out;
}

// Answers one connection with these bytes and closes it.
struct OneAnswer {
  explicit OneAnswer(std::string bytes) : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(listen(fd, 1) == 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    thread = std::thread([this, bytes = std::move(bytes)] {
      const int client = accept(fd, nullptr, nullptr);
      char ignored[4096];
      [[maybe_unused]] const auto got = recv(client, ignored, sizeof ignored, 0);
      [[maybe_unused]] const auto sent = send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (bytes.empty()) [[maybe_unused]]
        const auto end = recv(client, ignored, sizeof ignored, 0);
      close(client);
    });
  }
  ~OneAnswer() {
    thread.join();
    close(fd);
  }
  Result<ClientAnswer> ask(ClientLimits limits = {}) const {
    ClientRequest one;
    one.port = port;
    return http_call(one, limits);
  }
  int fd;
  int port = 0;
  std::thread thread;
};

TEST_CASE("a fiber and a plain thread both ask and are answered") {
  TestServer shop;
  const auto check = [&shop] {
    const auto plain = http_call(request(shop, "GET", "/t/plain"));
    REQUIRE(plain);
    CHECK(plain->status == 200);
    CHECK(plain->body == "plain");
    CHECK(plain->header("content-TYPE") == "text/plain");
    const std::string large(700'000, 'z');
    const auto echoed = http_call(request(shop, "POST", "/t/echo", large));
    REQUIRE(echoed);
    CHECK(echoed->body == large);
    CHECK(http_call(request(shop, "GET", "/t/pieces"))->body == "piecepiecepiece");
    CHECK(http_call(request(shop, "HEAD", "/t/plain"))->body.empty());
    CHECK(http_call(request(shop, "GET", "/t/nothing"))->status == 404);
  };
  check();
  Loop loop;
  loop.spawn([&] {
    check();
    loop.stop();
  });
  loop.run();
}

TEST_CASE("what goes wrong with a call can be told apart") {
  TestServer shop;
  ClientLimits limits;
  limits.io_ms = 30;
  const auto late = http_call(request(shop, "GET", "/t/hold"), limits);
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == "runtime.timeout");
  shop.let_go.wake();
  limits = {};
  limits.answer_bytes = 1000;
  CHECK(http_call(request(shop, "GET", "/t/large"), limits).error().reason == "runtime.answer_too_large");
  ClientRequest nowhere = request(shop, "GET", "/");
  nowhere.host = "example.com";
  CHECK(http_call(nowhere).error().reason == "runtime.connect");
  shop.stop(1000);
  CHECK(http_call(request(shop, "GET", "/t/plain")).error().reason == "runtime.connect");
}

TEST_CASE("broken answers are errors, never half a body") {
  CHECK(OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").ask().error().reason == "runtime.broken_off");
  CHECK(OneAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel").ask().error().reason ==
        "runtime.broken_off");
  CHECK(OneAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n").ask().error().reason ==
        "runtime.broken_off");
  CHECK(OneAnswer("HTTP/1.1 200").ask().error().reason == "runtime.broken_off");
  CHECK(OneAnswer("SSH-2.0-OpenSSH\r\n\r\n").ask().error().reason == "runtime.broken_off");
  CHECK(OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n").ask().error().reason == "runtime.broken_off");
  const auto to_end = OneAnswer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nX: y\r\n\r\nall of it").ask();
  REQUIRE(to_end);
  CHECK(to_end->body == "all of it");
  ClientLimits limits;
  limits.total_ms = 20;
  CHECK(OneAnswer("").ask(limits).error().reason == "runtime.timeout");
}

}  // namespace
}  // namespace kontor::runtime
