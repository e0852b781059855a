// What an entrance lets in and what it adds: proxies, hosts, redirects, other origins, several listeners.
#include "base/text.h"
#include "runtime/http_server_test.h"

namespace kontor::runtime {
namespace {

using testing::RawClient;
using testing::TestServer;

std::string get_from(std::string_view target, std::string_view headers = {}, std::string_view host = "shop.example") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" + std::string(headers) +
         "\r\n";
}
std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST_CASE("only trusted proxies are believed, and only what the last of them saw") {
  constexpr std::string_view kSaid =
      "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: "
      "real.example:444\r\n";
  TestServer open;
  CHECK(RawClient(open.port()).ask(get_from("/t/asked", kSaid)).body == "127.0.0.1 http://shop.example");
  ServerSettings settings;
  settings.trusted_proxies = {*parse_network("10.0.0.0/8")};
  TestServer elsewhere(settings);
  CHECK(RawClient(elsewhere.port()).ask(get_from("/t/asked", kSaid)).body == "127.0.0.1 http://shop.example");
  settings.trusted_proxies.push_back(*parse_network("127.0.0.0/8"));
  settings.hsts_s = 100;
  TestServer behind(settings);
  RawClient proxy(behind.port());
  const auto told = proxy.ask(get_from("/t/asked", kSaid));
  CHECK(told.body == "203.0.113.9 https://real.example:444");
  CHECK(told.has("Strict-Transport-Security: max-age=100\r\n"));
  CHECK(proxy.ask(get_from("/t/ready", kSaid)).has("Strict-Transport-Security: max-age=100\r\n"));
  CHECK_FALSE(proxy.ask(get_from("/t/ready")).has("Strict-Transport-Security"));
  const auto odd = proxy.ask(get_from("/t/asked",
                                      "X-Forwarded-For: nobody\r\nX-Forwarded-Proto: wss\r\n"
                                      "X-Forwarded-Host: a/b\r\n"));
  CHECK(odd.body == "127.0.0.1 http://shop.example");
}

TEST_CASE("a target with a host of its own goes before Host") {
  TestServer shop;
  RawClient client(shop.port());
  CHECK(client.ask(get_from("http://other.example:81/t/asked")).body == "127.0.0.1 http://other.example:81");
  CHECK(client.ask("GET /t/asked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").body == "127.0.0.1 http://");
  CHECK(client.ask(get_from("http://user@x/t/asked")).status == 400);
}

TEST_CASE("an unknown host is misdirected; loopback is always known") {
  ServerSettings settings;
  settings.hosts = {"shop.example"};
  TestServer shop(settings);
  for (const auto* known : {"shop.example", "SHOP.EXAMPLE:8443", "localhost", "127.0.0.1:80", "[::1]"})
    CHECK(RawClient(shop.port()).ask(get_from("/t/ready", "", known)).status == 200);
  for (const auto* unknown : {"evil.example", "shop.example.evil", "10.0.0.1"}) {
    RawClient client(shop.port());
    const auto refused = client.ask(get_from("/t/ready", "", unknown));
    CHECK(refused.status == 421);
    CHECK(refused.body.find("\"reason\":\"request.unknown_host\"") != std::string::npos);
    CHECK(client.is_closed());
  }
  CHECK(RawClient(shop.port()).ask("GET /t/ready HTTP/1.0\r\n\r\n").status == 421);
  CHECK(RawClient(shop.port()).ask(get_from("http://evil.example/t/ready")).status == 421);
  CHECK(RawClient(shop.port()).ask(get_from("/t/asked", "X-Forwarded-Host: shop.example\r\n", "evil.example")).status ==
        421);
  const int inside = shop.listen({nullptr, nullptr, 0, true});
  CHECK(RawClient(inside).ask(get_from("/t/ready", "", "10.0.0.1")).status == 200);
}

TEST_CASE("a redirecting port sends everything to HTTPS and keeps the address") {
  TestServer shop;
  const int plain = shop.listen({nullptr, nullptr, 8443, false});
  RawClient client(plain);
  const auto moved = client.ask(get_from("/t/ready?a=b%20c", "", "shop.example:8080"));
  CHECK(moved.status == 308);
  CHECK(moved.has("Location: https://shop.example:8443/t/ready?a=b%20c\r\n"));
  CHECK(moved.has("Content-Length: 0\r\n"));
  CHECK(client.is_closed());
  const int usual = shop.listen({nullptr, nullptr, 443, false});
  RawClient poster(usual);
  const auto posted = poster.ask("POST /t/echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 4\r\n\r\nbody");
  CHECK(posted.status == 308);
  CHECK(posted.has("Location: https://shop.example/t/echo\r\n"));
  CHECK(RawClient(usual).ask("GET / HTTP/1.0\r\n\r\n").status == 400);
  CHECK(RawClient(usual).ask(get_from("/", "", "a/b")).status == 400);
  CHECK(RawClient(usual).ask(get_from("/", "", "a$b")).status == 400);
  ServerSettings settings;
  settings.hosts = {"shop.example"};
  TestServer strict(settings);
  CHECK(RawClient(strict.listen({nullptr, nullptr, 443, false})).ask(get_from("/", "", "evil.example")).status == 421);
}

TEST_CASE("each entrance has a table of its own") {
  TestServer shop;
  http::Router router("/t");
  http::Endpoint endpoint;
  endpoint.pattern = "/office";
  endpoint.handle = [](http::Call&) { return http::Response{}; };
  router.add(std::move(endpoint));
  const http::Router* const routers[] = {&router};
  const http::Dispatcher office(routers);
  const http::Dispatcher empty(routers, nullptr, [](std::string_view pattern) { return pattern != "/t/office"; });
  CHECK(RawClient(shop.listen({&office})).ask(get_from("/t/office")).status == 200);
  CHECK(RawClient(shop.listen({&empty})).ask(get_from("/t/office")).status == 404);
  CHECK(RawClient(shop.port()).ask(get_from("/t/office")).status == 404);
  CHECK(RawClient(shop.port()).ask(get_from("/t/ready")).status == 200);
  shop.stop(1000);
}

TEST_CASE("answers carry what keeps browsers in bounds, once each") {
  TestServer shop;
  RawClient client(shop.port());
  for (const auto* target : {"/t/ready", "/t/plain", "/t/nothing", "/t/pieces"}) {
    const auto answer = client.ask(get_from(target));
    for (const auto* line : {"\r\nX-Content-Type-Options: nosniff\r\n", "\r\nReferrer-Policy: same-origin\r\n",
                             "\r\nX-Frame-Options: DENY\r\n",
                             "\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"})
      CHECK(count(answer.head, line) == 1);
    CHECK_FALSE(answer.has("Permissions-Policy"));
  }
  CHECK(client.ask("nonsense\r\n\r\n").has("X-Content-Type-Options: nosniff\r\n"));
  const auto page = http::make_ready("text/html; charset=utf-8", "no-cache", "x",
                                     "content-security-policy: default-src 'self'\r\nX-Other: y\r\n");
  const std::string head(page->full.substr(0, page->body_at));
  CHECK(count(ascii_lower(head), "content-security-policy") == 1);
  CHECK(count(head, "Cross-Origin-Opener-Policy: same-origin\r\n") == 1);
  CHECK(count(head, "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n") == 1);
}

TEST_CASE("named origins may read the API, with their cookies") {
  ServerSettings settings;
  settings.cors_origins = {"https://app.example", "http://localhost:3000"};
  TestServer shop(settings, {}, "/api/v1");
  RawClient client(shop.port());
  for (const auto* target : {"/api/v1/ready", "/api/v1/plain", "/api/v1/nothing"}) {
    const auto answer = client.ask(get_from(target, "Origin: https://app.example\r\n"));
    CHECK(answer.has("\r\nAccess-Control-Allow-Origin: https://app.example\r\n"));
    CHECK(answer.has("\r\nAccess-Control-Allow-Credentials: true\r\n"));
    CHECK(
        answer.has("Access-Control-Expose-Headers: Session-Token, ETag, Idempotency-Replayed, Retry-After, "
                   "Request-Id, RateLimit, RateLimit-Policy\r\n"));
    CHECK(answer.has("\r\nVary: Origin\r\n"));
    for (const auto* other : {"", "Origin: https://evil.example\r\n", "Origin: null\r\n",
                              "Origin: https://app.example.evil\r\n", "Origin: http://app.example\r\n"}) {
      const auto refused = client.ask(get_from(target, other));
      CHECK_FALSE(refused.has("Access-Control"));
      CHECK(refused.has("\r\nVary: Origin\r\n"));
    }
  }
  const auto same = client.ask(get_from("/api/v1/ready", "Origin: https://app.example\r\nIf-None-Match: *\r\n"));
  CHECK(same.status == 304);
  CHECK(same.has("\r\nAccess-Control-Allow-Origin: https://app.example\r\n"));
}

TEST_CASE("a preflight is answered from the table, also for bodies, and never for others") {
  ServerSettings settings;
  settings.cors_origins = {"https://app.example"};
  TestServer shop(settings, {}, "/api/v1");
  RawClient client(shop.port());
  const auto ask = [&](std::string_view target, std::string_view headers) {
    return client.ask("OPTIONS " + std::string(target) + " HTTP/1.1\r\nHost: shop\r\n" + std::string(headers) + "\r\n");
  };
  const auto allowed = ask("/api/v1/echo",
                           "Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n"
                           "Access-Control-Request-Headers: authorization, idempotency-key\r\n");
  CHECK(allowed.status == 204);
  CHECK(allowed.has("\r\nAccess-Control-Allow-Methods: POST, OPTIONS\r\n"));
  CHECK(allowed.has("\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-Match"));
  CHECK(allowed.has("\r\nAccess-Control-Max-Age: 7200\r\n"));
  CHECK(allowed.has("\r\nAccess-Control-Allow-Origin: https://app.example\r\n"));
  const auto other = ask("/api/v1/echo", "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n");
  CHECK(other.status == 204);
  CHECK_FALSE(other.has("Access-Control"));
  const auto plain = ask("/api/v1/echo", "Origin: https://app.example\r\n");
  CHECK(plain.has("\r\nAllow: POST, OPTIONS\r\n"));
  CHECK_FALSE(plain.has("Access-Control-Allow-Methods"));
  CHECK(ask("/api/v1/none", "Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n").status == 404);
  TestServer pages(settings);
  RawClient visitor(pages.port());
  const auto page = visitor.ask(
      "OPTIONS /t/echo HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  CHECK(page.status == 204);
  CHECK_FALSE(page.has("Access-Control"));
  CHECK_FALSE(visitor.ask(get_from("/t/ready", "Origin: https://app.example\r\n")).has("Vary: Origin"));
}

TEST_CASE("everyone may read where the star stands, but without cookies") {
  ServerSettings settings;
  settings.cors_origins = {"*"};
  TestServer shop(settings, {}, "/api/v1");
  RawClient client(shop.port());
  const auto answer = client.ask(get_from("/api/v1/ready", "Origin: https://any.example\r\n"));
  CHECK(answer.has("\r\nAccess-Control-Allow-Origin: *\r\n"));
  CHECK_FALSE(answer.has("Credentials"));
  CHECK_FALSE(answer.has("Vary: Origin"));
  TestServer closed({}, {}, "/api/v1");
  CHECK_FALSE(
      RawClient(closed.port()).ask(get_from("/api/v1/ready", "Origin: https://any.example\r\n")).has("Access-Control"));
}

}  // namespace
}  // namespace kontor::runtime
