#include "runtime/http_server_test.h"

#include <set>

namespace kontor::runtime {
namespace {

using testing::get;
using testing::post;
using testing::RawClient;
using testing::TestServer;

std::string id_of(const testing::Answer& answer) {
  return answer.head.substr(answer.head.find("Request-Id: ") + 12, 16);
}

TEST_CASE("a connection is kept, and each answer has a date and an id of its own") {
  TestServer shop;
  RawClient client(shop.port());
  std::set<std::string> ids;
  for (const auto* target : {"/t/ready", "/t/plain", "/t/ready", "/t/nothing", "/t/plain"}) {
    const auto answer = client.ask(get(target));
    CHECK(answer.status == (std::string_view(target) == "/t/nothing" ? 404 : 200));
    CHECK(answer.has("Date: Fri, 21 Nov 2025 05:24:12 GMT\r\n"));
    CHECK_FALSE(answer.has("Connection:"));
    ids.insert(id_of(answer));
  }
  CHECK(ids.size() == 5);
  CHECK(client.ask(get("/t/ready")).body == "ready bytes");
}

TEST_CASE("HTTP/1.0 closes unless asked to stay") {
  TestServer shop;
  RawClient stays(shop.port());
  const auto kept = stays.ask("GET /t/ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.has("Connection: keep-alive\r\n"));
  CHECK(stays.ask("GET /t/plain HTTP/1.0\r\n\r\n").has("Connection: close\r\n"));
  CHECK(stays.is_closed());
  RawClient pieces(shop.port());
  pieces.say("GET /t/pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = pieces.to_end();
  CHECK(all.find("Transfer-Encoding") == std::string::npos);
  CHECK(all.find("\r\n\r\npiecepiecepiece") != std::string::npos);
}

TEST_CASE("pipelined requests are answered in order, inline or not") {
  TestServer shop;
  RawClient client(shop.port());
  client.say(get("/t/ready") + get("/t/hold") + get("/t/ready") + post("/t/echo", "body") + "\r\n" + get("/t/plain") +
             "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n0\r\n\r\n" +
             get("/t/plain"));
  CHECK(client.answer().body == "ready bytes");
  shop.held.wait();
  shop.let_go.wake();
  for (const auto* body : {"held", "ready bytes", "body", "plain", "last", "plain"})
    CHECK(client.answer().body == body);
}

TEST_CASE("requests that arrive together are answered together, each with its own answer") {
  TestServer shop;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<RawClient>(shop.port()));
  for (auto& client : clients) CHECK(client->ask(get("/t/plain")).body == "plain");  // accepted
  std::atomic<bool> all_said{false};
  shop.loop().post([&] { all_said.wait(false); });
  const auto wanted = [](int n) { return (n % 2 == 0 ? "ready " : "made ") + std::to_string(n); };
  for (int i = 0; i < 40; ++i) {
    const std::string one = get("/t/items/" + std::to_string(i));
    clients[static_cast<std::size_t>(i)]->say(i % 5 == 0 ? one + get("/t/items/" + std::to_string(i + 1)) : one);
  }
  clients.erase(clients.begin() + 33);  // one hangs up before it is answered
  all_said = true;
  all_said.notify_all();
  for (int i = 0; i < 40; ++i) {
    if (i == 33) continue;
    RawClient& client = *clients[static_cast<std::size_t>(i < 33 ? i : i - 1)];
    CHECK(client.answer().body == wanted(i));
    if (i % 5 == 0) CHECK(client.answer().body == wanted(i + 1));
  }
  CHECK(shop.asked_ahead > 1);
  for (auto& client : clients) CHECK(client->ask(get("/t/items/2")).body == "ready 2");
}

TEST_CASE("requests may come byte by byte") {
  TestServer shop;
  RawClient client(shop.port());
  const std::string text = post("/t/echo", "slow") +
                           "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: "
                           "chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nA: b\r\n\r\n";
  for (const char c : text) client.say({&c, 1});
  CHECK(client.answer().body == "slow");
  CHECK(client.answer().body == "abc");
}

TEST_CASE("a body in pieces is sent chunked") {
  TestServer shop;
  RawClient client(shop.port());
  const auto answer = client.ask(get("/t/pieces"));
  CHECK(answer.has("Transfer-Encoding: chunked\r\n"));
  CHECK_FALSE(answer.has("Content-Length"));
  CHECK(answer.body == "5\r\npiece\r\n5\r\npiece\r\n5\r\npiece\r\n0\r\n\r\n");
  CHECK(client.ask(get("/t/plain")).body == "plain");
}

TEST_CASE("a streamed body may be larger than the limit, and may be left unread") {
  TestServer shop;
  RawClient client(shop.port());
  CHECK(client.ask(post("/t/count", std::string(3 << 20, 'y'))).body == std::to_string(3 << 20));
  CHECK(client.ask(post("/t/ignore", "short")).body == "ignored");
  CHECK(client.ask(get("/t/plain")).body == "plain");
  const auto left = client.ask("POST /t/ignore HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\n");
  CHECK(left.has("Connection: close\r\n"));
  CHECK(client.is_closed());
}

TEST_CASE("Expect: 100-continue is answered before the body is sent, and not when the body is refused") {
  TestServer shop;
  RawClient client(shop.port());
  client.say("POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.answer().status == 100);
  client.say("hello");
  CHECK(client.answer().body == "hello");
  client.say("POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 50000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.answer().status == 413);
  CHECK(client.is_closed());
  RawClient lost(shop.port());
  CHECK(
      lost.ask("POST /t/nothing HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n").status ==
      404);
  RawClient other(shop.port());
  CHECK(other.ask("POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: tea\r\n\r\n").status == 417);
}

TEST_CASE("HEAD and If-None-Match get no body") {
  TestServer shop;
  RawClient client(shop.port());
  client.say("HEAD /t/ready HTTP/1.1\r\nHost: shop\r\n\r\nHEAD /t/plain HTTP/1.1\r\nHost: shop\r\n\r\n");
  const auto ready = client.answer(true);
  CHECK(ready.has("Content-Length: 11\r\n"));
  CHECK(client.answer(true).has("Content-Length: 5\r\n"));
  const std::size_t at = ready.head.find("ETag: ") + 6;
  const std::string etag = ready.head.substr(at, ready.head.find('\r', at) - at);
  CHECK(client.ask(get("/t/ready", "If-None-Match: \"x\", W/" + etag + "\r\n")).status == 304);
  CHECK(client.ask(get("/t/ready?query=1", "If-None-Match: " + etag + "\r\n")).status == 304);  // by a fiber
  CHECK(client.ask(get("/t/ready", "If-None-Match: *\r\n")).status == 304);
  CHECK(client.ask(get("/t/ready", "If-None-Match: \"x\"\r\n")).body == "ready bytes");
}

TEST_CASE("a request with the cookie by which an answer varies is not read inline") {
  TestServer shop;
  RawClient client(shop.port());
  const auto ask = [&](const std::string& headers) { return client.ask(get("/t/items/2", headers)).body; };
  CHECK(ask("") == "ready 2");
  CHECK(ask("Cookie: dress=x\r\n") == "made 2");
  CHECK(ask("") == "ready 2");  // nothing stays of the request before
  CHECK(ask("Cookie: other=x; dressy=y\r\n") == "ready 2");
  CHECK(ask("Cookie: other=x\r\ncookie: dress=y\r\n") == "made 2");
  CHECK(ask("Cookie: dress=\r\n") == "ready 2");
  CHECK(client.ask(get("/t/ready", "Cookie: dress=x\r\n")).body == "ready bytes");
}

TEST_CASE("everything has a limit") {
  ServerSettings settings;
  settings.body_bytes = 1000;
  TestServer shop(settings);
  const auto status = [&](const std::string& text) {
    RawClient client(shop.port());
    const auto answer = client.ask(text);
    CHECK(answer.has("Connection: close\r\n"));
    CHECK(answer.body.find("\"request_id\":\"" + id_of(answer)) != std::string::npos);
    CHECK(client.is_closed());
    return answer.status;
  };
  CHECK(status(get("/t/" + std::string(9000, 'a'))) == 414);
  CHECK(status("GET /t/" + std::string(9000, 'a')) == 414);  // not even complete
  CHECK(status(get("/t/plain", "X: " + std::string(17000, 'a') + "\r\n")) == 431);
  std::string many;
  for (int i = 0; i < 120; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  CHECK(status(get("/t/plain", many)) == 431);
  CHECK(status(post("/t/echo", std::string(1001, 'b'))) == 413);
  CHECK(status("POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1001, 'b') + "\r\n0\r\n\r\n") == 413);
  CHECK(status("GET /t/plain HTTP/2.0\r\nHost: shop\r\n\r\n") == 505);
  CHECK(status("POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 501);
  RawClient fits(shop.port());
  CHECK(fits.ask(post("/t/echo", std::string(1000, 'b'))).body.size() == 1000);
}

std::vector<std::string> smuggling_shapes() {
  const std::string evil = get("/t/plain");
  return {
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 4, 4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: +4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: -1\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 0x4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 99999999999999999999\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length : 4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n" +
          evil,
      "POST /t/echo HTTP/1.0\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding:\x0b"
      "chunked\r\n\r\n0\r\n\r\n" +
          evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\n Content-Length: 4\r\n\r\nabcd" + evil,
      "POST /t/echo HTTP/1.1\r\n Host: shop\r\n\r\n" + evil,
      "POST /t/echo HTTP/1.1\r\nHost: shop\r\nX: y\r\n\tfolded\r\n\r\n" + evil,
      "GET /t/plain HTTP/1.1\nHost: shop\n\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\nX: y\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\rX: y\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nX: a\rb\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nHost: shop\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: a/b\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nX y: z\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\n: z\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nno colon\r\n\r\n",
      "G@T /t/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET  /t/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain  HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain HTTP/1.1 \r\nHost: shop\r\n\r\n",
      "GET /t/plain\r\nHost: shop\r\n\r\n",
      "GET t/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/\x80 HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain#x HTTP/1.1\r\nHost: shop\r\n\r\n",
      "CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/../t/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/./plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/%2e%2E/t/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/..%2ft/plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/..\\plain HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/.. HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain%00 HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain%zz HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain% HTTP/1.1\r\nHost: shop\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\n",
      "GET /t/plain HTTP/1.1\r\nHost: shop\r\nIdempotency-Key: 1\r\nidempotency-key: 2\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
  };
}

TEST_CASE("shapes by which requests are smuggled are refused, and the connection ends") {
  TestServer shop;
  for (const std::string& shape : smuggling_shapes()) {
    CAPTURE(shape);
    RawClient client(shop.port());
    client.say(shape);
    const std::string all = client.to_end();
    CHECK(all.substr(0, 12) == "HTTP/1.1 400");
    CHECK(all.find("\"bad_request\"") != std::string::npos);
    CHECK(all.find("HTTP/1.1 ", 10) == std::string::npos);  // one answer: what came after was not taken for a request
    CHECK(all.find("<open>") == std::string::npos);
  }
}

TEST_CASE("broken chunks are refused on the way") {
  TestServer shop;
  for (const std::string chunks : {"zz\r\n", "-1\r\n", "5\r\nhello0\r\n\r\n", "5\nhello\r\n", "5 \r\nhello\r\n",
                                   "5;\r\nhello\r\n", "0\r\nno colon\r\n\r\n", "10000000000000000\r\n", "\r\n",
                                   "0x5\r\nhello\r\n", "5\r\nhello\r\n0\r\n X: y\r\n\r\n"}) {
    CAPTURE(chunks);
    RawClient client(shop.port());
    client.say("POST /t/echo HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + get("/t/plain"));
    const std::string all = client.to_end();
    CHECK(all.substr(0, 12) == "HTTP/1.1 400");
    CHECK(all.find("HTTP/1.1 ", 10) == std::string::npos);
  }
}

TEST_CASE("odd but valid requests are served") {
  TestServer shop;
  RawClient client(shop.port());
  CHECK(client.ask("GET http://shop/t/plain HTTP/1.1\r\nHost: shop\r\n\r\n").body == "plain");
  CHECK(client.ask("GET http://shop HTTP/1.1\r\nHost: shop\r\n\r\n").status == 404);
  CHECK(client.ask("\r\n\r\nGET /t/ready HTTP/1.1\r\nhOST:shop:8080\r\nX:\r\n\r\n").body == "ready bytes");
  CHECK(client.ask("GET /t/a..b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").status == 404);
  CHECK(client.ask("BREW /t/plain HTTP/1.1\r\nHost: shop\r\n\r\n").status == 405);
  CHECK(client.ask(get("/t/plain", "Connection: foo, Close, keep-alive\r\n")).has("Connection: close\r\n"));
  CHECK(client.is_closed());
  RawClient half(shop.port());
  half.say(get("/t/plain"));
  half.finish_sending();
  CHECK(half.answer().body == "plain");
  CHECK(half.is_closed());
}

TEST_CASE("each part of a request has its time") {
  ServerSettings settings;
  settings.head_ms = 60;
  settings.body_ms = 60;
  settings.idle_ms = 60;
  settings.write_ms = 60;
  TestServer shop(settings);
  {
    RawClient head(shop.port());
    CHECK(head.ask("GET /t/plain HT").status == 408);
    CHECK(head.is_closed());
    RawClient body(shop.port());
    CHECK(body.ask("POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhel").status == 408);
    CHECK(body.is_closed());
    RawClient streamed(shop.port());
    CHECK(
        streamed.ask("POST /t/count HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhel").has("Connection: close"));
    RawClient idle(shop.port());
    CHECK(idle.ask(get("/t/ready")).status == 200);
    CHECK(idle.to_end().empty());
  }
  RawClient lazy(shop.port(), 4096);
  lazy.say(get("/t/large"));
  CHECK(lazy.answer(true).status == 200);  // only then is it sure to be among the connections
  while (shop.server().connections() > 0) std::this_thread::yield();  // cut while the client did not read
  CHECK(lazy.to_end().size() < (32u << 20));
}

TEST_CASE("too many connections or requests are told so") {
  ServerSettings settings;
  settings.connections = 2;
  settings.in_flight = 1;
  TestServer shop(settings);
  RawClient one(shop.port());
  one.say(get("/t/hold"));
  shop.held.wait();
  RawClient two(shop.port());
  CHECK(two.ask(get("/t/ready")).status == 200);  // needs no fiber
  RawClient three(shop.port());
  const auto refused = three.answer();
  CHECK(refused.status == 503);
  CHECK(refused.has("Retry-After: 1\r\n"));
  CHECK(two.ask(get("/t/plain")).status == 503);
  shop.let_go.wake();
  CHECK(one.answer().body == "held");
}

TEST_CASE("a client that goes away harms nobody") {
  TestServer shop;
  {
    RawClient gone(shop.port());
    gone.say(get("/t/hold"));
    shop.held.wait();
  }
  shop.let_go.wake();
  while (shop.finished_holds == 0) std::this_thread::yield();
  { RawClient(shop.port()).say("POST /t/count HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\nhalf"); }
  while (shop.broken_streams == 0) std::this_thread::yield();
  { RawClient(shop.port()).say(get("/t/large")); }
  { RawClient(shop.port()).say("GET /t/pl"); }
  RawClient here(shop.port());
  CHECK(here.ask(get("/t/plain")).body == "plain");
}

TEST_CASE("a large answer arrives whole") {
  TestServer shop;
  RawClient client(shop.port());
  CHECK(client.ask(get("/t/large")).body.size() == (32u << 20));
  CHECK(client.ask(get("/t/plain")).body == "plain");
}

TEST_CASE("shutting down finishes what runs, and closes what idles") {
  TestServer shop;
  RawClient idle(shop.port());
  CHECK(idle.ask(get("/t/ready")).status == 200);
  RawClient busy(shop.port());
  busy.say(get("/t/hold"));
  shop.held.wait();
  std::thread stopping([&] { CHECK(shop.stop(5000)); });
  CHECK(idle.to_end().empty());
  CHECK_FALSE(RawClient(shop.port()).connected());
  shop.let_go.wake();
  const auto last = busy.answer();
  CHECK(last.body == "held");
  CHECK(last.has("Connection: close\r\n"));
  CHECK(busy.is_closed());
  stopping.join();
}

TEST_CASE("shutting down cuts what takes too long") {
  TestServer shop;
  RawClient busy(shop.port());
  busy.say(get("/t/hold"));
  shop.held.wait();
  CHECK_FALSE(shop.stop(30));
  CHECK(busy.is_closed());
  CHECK(shop.finished_holds == 0);
}

TEST_CASE("only a trusted proxy is believed") {
  constexpr std::string_view kForwarded = "X-Forwarded-For: 1.1.1.1, 9.8.7.6\r\nX-Forwarded-Proto: https\r\n";
  constexpr std::string_view kTrace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
  TestServer open;
  RawClient client(open.port());
  CHECK(client.ask(get("/t/who", kForwarded)).body.substr(0, 15) == "127.0.0.1 open ");
  CHECK(client.ask(get("/t/who", kTrace)).body ==
        "127.0.0.1 open 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ServerSettings settings;
  settings.trusted_proxies = {*parse_network("127.0.0.1")};
  TestServer behind(settings);
  RawClient proxy(behind.port());
  const auto answer = proxy.ask(get("/t/who", kForwarded));
  CHECK(answer.body.substr(0, 18) == "9.8.7.6 secure 00-");
  CHECK(answer.body.size() == 15 + 55);
}

}  // namespace
}  // namespace kontor::runtime
