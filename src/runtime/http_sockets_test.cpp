#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "runtime/http_server.h"
#include "runtime/http_test_client.h"
#include "runtime/web_socket.h"
#include "runtime/web_socket_frames.h"

namespace kontor::runtime {
namespace {

// Answers each text with itself, and keeps the sockets for others to write to.
struct Echo : http::SocketHandler {
  void opened(const std::shared_ptr<http::WebSocket>& given) override {
    {
      const std::lock_guard lock(mutex);
      socket = given;
    }
    at_work.wake();
  }
  void message(std::string_view text) override {
    if (text == "sleep") sleep_for(20);
    socket->send(http::text_frame(text));
  }
  void closed() override {
    ++closes;
    gone.wake();
  }
  std::shared_ptr<http::WebSocket> get() {
    const std::lock_guard lock(mutex);
    return socket;
  }
  std::mutex mutex;
  std::shared_ptr<http::WebSocket> socket;
  Parker at_work, gone;
  std::atomic<int> closes{0};
};

class World {
 public:
  explicit World(ServerSettings settings = {}) {
    http::Endpoint endpoint;
    endpoint.pattern = "/live";
    endpoint.handle = [this](http::Call& call) {
      const auto answer = http::open_socket(call.request, echo);
      return answer ? *answer : http::problem(answer.error(), call.request.request_id);
    };
    router_.add(std::move(endpoint));
    const http::Router* const routers[] = {&router_};
    dispatcher_ = std::make_unique<http::Dispatcher>(routers);
    ServerWorld world;
    world.wall_clock = [] { return Time{1'763'702'652'000}; };
    server = std::make_unique<Server>(loop, *dispatcher_, settings, std::move(world));
    const auto bound = server->listen("127.0.0.1", 0);
    REQUIRE(bound);
    port = *bound;
    thread_ = std::thread([this] { loop.run(); });
  }
  ~World() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    loop.spawn([this] {
      server->shut_down(1000);
      loop.stop();
    });
    thread_.join();
    loop.kill_all();
    server.reset();
  }

  Loop loop;
  std::shared_ptr<Echo> echo = std::make_shared<Echo>();
  std::unique_ptr<Server> server;
  int port = 0;

 private:
  http::Router router_{"/t"};
  std::unique_ptr<http::Dispatcher> dispatcher_;
  std::thread thread_;
};

constexpr std::string_view kAsk =
    "GET /t/live HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

std::string client_frame(int first, std::string payload) {
  std::string out{static_cast<char>(first), static_cast<char>(0x80 | payload.size()), 1, 2, 3, 4};
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ static_cast<char>(1 + i % 4));
  return out;
}

// Reads until `wanted` has come, however it was cut.
bool hears(testing::RawClient& client, const std::string& wanted) {
  std::string heard;
  while (heard.size() < wanted.size()) {
    const auto piece = client.receive();
    if (piece.empty()) return false;
    heard += piece;
  }
  return heard == wanted;
}

TEST_CASE("a connection becomes a WebSocket, talks, and ends") {
  World world;
  testing::RawClient client(world.port);
  client.say(kAsk);
  const auto answer = client.answer(true);
  CHECK(answer.status == 101);
  CHECK(answer.has("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK(answer.has("Upgrade: websocket\r\n"));
  client.say(client_frame(0x81, "sleep") + client_frame(0x81, "two"));
  CHECK(hears(client, make_frame(Opcode::kText, "sleep") + make_frame(Opcode::kText, "two")));
  client.say(client_frame(0x89, "are you there"));
  CHECK(hears(client, make_frame(Opcode::kPong, "are you there")));
  CHECK(world.server->sockets() == 1);
  CHECK(world.server->in_flight() == 0);
  world.loop.post([&] { world.echo->get()->send(http::text_frame("news")); });
  CHECK(hears(client, make_frame(Opcode::kText, "news")));
  client.say(client_frame(0x88, std::string("\x03\xe8", 2)));
  CHECK(client.to_end() == make_frame(Opcode::kClose, std::string("\x03\xe8", 2)));
  world.echo->gone.wait();
  CHECK(world.echo->closes == 1);
  CHECK(world.server->sockets() == 0);
  CHECK_FALSE(world.echo->get()->send(http::text_frame("too late")));
}

TEST_CASE("what is no WebSocket is told so, and goes on as HTTP") {
  World world;
  testing::RawClient client(world.port);
  CHECK(client.ask("GET /t/live HTTP/1.1\r\nHost: x\r\n\r\n").body.find("request.no_web_socket") != std::string::npos);
  std::string old(kAsk);
  old.replace(old.find("13"), 2, "12");
  CHECK(client.ask(old).status == 400);
  CHECK(world.echo->closes == 0);
}

TEST_CASE("broken frames end the connection with a reason") {
  World world;
  testing::RawClient client(world.port);
  client.say(kAsk);
  REQUIRE(client.answer(true).status == 101);
  client.say(std::string("\x81\x01x", 3));
  CHECK(client.to_end() == make_close(1002));
  world.echo->gone.wait();
}

TEST_CASE("a client that reads nothing is dropped at a bound, and keeps nobody waiting") {
  World world;
  testing::RawClient client(world.port, 4096);
  client.say(kAsk);
  REQUIRE(client.answer(true).status == 101);
  world.echo->at_work.wait();
  const auto socket = world.echo->get();
  const auto frame = http::text_frame(std::string(60'000, 'x'));
  // More than the sockets' own buffers take; each send returns at once.
  int sent = 0;
  while (sent < 10'000 && socket->send(frame)) ++sent;
  CHECK(sent < 10'000);
  world.echo->gone.wait();
  CHECK(world.server->sockets() == 0);
}

TEST_CASE("a client that shows no sign of life is given up, one that answers stays") {
  ServerSettings settings;
  settings.beat_ms = 40;
  World world(settings);
  testing::RawClient silent(world.port);
  silent.say(kAsk);
  REQUIRE(silent.answer(true).status == 101);
  const auto heard = silent.to_end();
  CHECK(heard == make_frame(Opcode::kPing, ""));
  world.echo->gone.wait();
  testing::RawClient alive(world.port);
  alive.say(kAsk);
  REQUIRE(alive.answer(true).status == 101);
  for (int beats = 0; beats < 5; ++beats) {
    CHECK(hears(alive, make_frame(Opcode::kPing, "")));
    alive.say(client_frame(0x8a, ""));
  }
  CHECK(world.echo->closes == 1);
}

TEST_CASE("a server that ends says goodbye") {
  World world;
  testing::RawClient client(world.port);
  client.say(kAsk);
  REQUIRE(client.answer(true).status == 101);
  client.say(client_frame(0x81, "x"));
  CHECK(hears(client, make_frame(Opcode::kText, "x")));
  world.stop();
  CHECK(client.to_end() == make_close(1001));
  CHECK(world.echo->closes == 1);
}

TEST_CASE("an open socket costs little while nothing is said") {
  World world;
  std::vector<std::unique_ptr<testing::RawClient>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<testing::RawClient>(world.port));
    clients.back()->say(kAsk);
    REQUIRE(clients.back()->answer(true).status == 101);
  }
  Parker asked;
  std::size_t fibers = 1;
  world.loop.post([&] {
    fibers = world.loop.fibers();
    asked.wake();
  });
  asked.wait();
  CHECK(world.server->sockets() == 200);
  CHECK(fibers == 0);
}

}  // namespace
}  // namespace kontor::runtime
