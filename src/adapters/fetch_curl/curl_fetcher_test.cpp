#include "adapters/fetch_curl/curl_fetcher.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

#include <atomic>

#include "adapters/fetch_curl/public_address.h"
#include "tests/support/small_server.h"

using namespace kontor;
using fetch_curl::CurlFetcher;
using kontor::testing::SmallServer;

namespace {

bool is_public(const char* text) {
  sockaddr_storage storage{};
  auto& four = reinterpret_cast<sockaddr_in&>(storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  if (::inet_pton(AF_INET, text, &four.sin_addr) == 1)
    storage.ss_family = AF_INET;
  else if (::inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
    storage.ss_family = AF_INET6;
  else
    FAIL("no address: " << text);
  return fetch_curl::is_public(reinterpret_cast<const sockaddr*>(&storage));
}

CurlFetcher::Settings open_settings() {
  CurlFetcher::Settings settings;
  settings.private_addresses = true;
  settings.most_bytes = 100'000;
  settings.total_ms = 20'000;
  return settings;
}

std::string reason(WebFetcher& web, const std::string& address) {
  const auto got = web.get(address, {});
  return got ? "got it" : got.error().reason;
}

}  // namespace

TEST_CASE("fetching: which addresses are for everyone") {
  for (const char* open : {"1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.255.255",
                           "172.32.0.1", "192.167.1.1", "192.169.0.1", "223.255.255.255", "2606:4700::1111",
                           "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    CAPTURE(open);
    CHECK(is_public(open));
  }
  for (const char* closed : {"0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.9.9.9",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.7",
                             "224.0.0.1",
                             "239.1.1.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::a00:1",
                             "64:ff9b:1::1",
                             "2001:db8::1",
                             "2001::1",
                             "2002:7f00:1::1",
                             "2002:a00:1::1",
                             "100::1",
                             "fec0::1"}) {
    CAPTURE(closed);
    CHECK_FALSE(is_public(closed));
  }
}

TEST_CASE("fetching: private addresses are refused in every spelling, and nobody there is asked") {
  SmallServer server;
  server.body("/a", "secret");
  CurlFetcher web({});
  const std::string port = ":" + std::to_string(server.port()) + "/a";
  for (const std::string host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]",
                                 "[::ffff:127.0.0.1]", "0.0.0.0", "LOCALHOST"}) {
    CAPTURE(host);
    const auto refused = reason(web, "http://" + host + port);
    CHECK((refused == "web.private_address" || refused == "web.bad_address"));
  }
  CHECK(reason(web, "http://169.254.169.254/latest/meta-data/") == "web.private_address");
  CHECK(reason(web, "http://10.0.0.1/") == "web.private_address");
  CHECK(reason(web, "https://192.168.1.1/") == "web.private_address");
  CHECK(server.asked() == 0);
}

TEST_CASE("fetching: only the web, and no passwords in addresses") {
  CurlFetcher web(open_settings());
  for (const std::string address :
       {"file:///etc/passwd", "ftp://example.com/a", "gopher://127.0.0.1:25/x", "dict://127.0.0.1/", "", "hello",
        "http://", "//example.com/a", "http://user:word@example.com/", "javascript:alert(1)",
        "data:image/png;base64,xx"}) {
    CAPTURE(address);
    CHECK(reason(web, address) == "web.bad_address");
  }
  const auto told = web.get("http://ada:hunter2@127.0.0.1/a?token=t0ken", {});
  CHECK(told.error().detail.find("t0ken") == std::string::npos);
}

TEST_CASE("fetching: the body of a 200, over at most three redirects") {
  SmallServer server;
  const std::string bytes = std::string(50'000, 'x') + '\0' + "end";
  server.body("/picture", bytes);
  server.redirect("/1", "/picture");
  server.redirect("/2", server.url("/1"));
  server.redirect("/3", "2");
  server.redirect("/4", "/3");
  server.redirect("/round", "/round");
  server.redirect("/file", "file:///etc/passwd");
  server.redirect("/nowhere", "http://");
  CurlFetcher web(open_settings());
  CHECK(*web.get(server.url("/picture"), {}) == bytes);
  CHECK(*web.get(server.url("/3"), {}) == bytes);
  CHECK(reason(web, server.url("/4")) == "web.too_many_redirects");
  CHECK(reason(web, server.url("/round")) == "web.too_many_redirects");
  CHECK(reason(web, server.url("/file")) == "web.bad_address");
  CHECK(reason(web, server.url("/nowhere")) != "got it");
  CHECK(reason(web, server.url("/missing")) == "web.status");
}

TEST_CASE("fetching: too much, nonsense and silence have an end") {
  SmallServer server;
  server.body("/large", std::string(100'001, 'x'));
  server.raw("/endless", "HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x'));
  server.raw(
      "/head", "HTTP/1.1 200 OK\r\n" + [] {
        std::string lines;
        for (int i = 0; i < 3000; ++i) lines += "X-" + std::to_string(i) + ": " + std::string(40, 'y') + "\r\n";
        return lines;
      }() + "\r\n");
  server.raw("/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  server.raw("/noise", "\x01\x02\x03\r\n\r\n");
  server.raw("/silent", "");
  auto settings = open_settings();
  CurlFetcher web(settings);
  CHECK(reason(web, server.url("/large")) == "web.too_large");
  CHECK(reason(web, server.url("/endless")) == "web.too_large");
  CHECK(reason(web, server.url("/head")) == "web.too_large");
  CHECK(reason(web, server.url("/short")) == "web.no_answer");
  CHECK(reason(web, server.url("/noise")) != "got it");
  CHECK(reason(web, "http://127.0.0.1:1/") == "web.no_answer");
  CHECK(reason(web, "http://no-such-host.invalid/") == "web.no_answer");
  settings.total_ms = 200;
  CurlFetcher hasty(settings);
  CHECK(reason(hasty, server.url("/silent")) == "web.timeout");
  std::atomic<int> looks{0};
  const auto given_up = web.get(server.url("/silent"), [&] { return ++looks > 2; });
  CHECK(given_up.error().reason == "web.given_up");
}
