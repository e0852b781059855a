#include "runtime/http_trust.h"

#include <doctest/doctest.h>

namespace kontor::runtime {
namespace {

bool holds(std::string_view network, std::string_view address) {
  const auto parsed = parse_network(network);
  REQUIRE_MESSAGE(parsed, network);
  return contains({*parsed}, address);
}

TEST_CASE("networks hold the addresses below them, of both kinds") {
  CHECK(holds("10.0.0.0/8", "10.255.1.2"));
  CHECK_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  CHECK(holds("192.0.2.128/25", "192.0.2.200"));
  CHECK_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  CHECK(holds("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(holds("192.0.2.7", "192.0.2.8"));
  CHECK(holds("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  CHECK(holds("2001:db8::/32", "2001:db8:1::1"));
  CHECK_FALSE(holds("2001:db8::/32", "2001:db9::1"));
  CHECK(holds("::1", "::1"));
  CHECK_FALSE(holds("10.0.0.0/8", "no address"));
  CHECK_FALSE(contains({}, "10.0.0.1"));
  for (const auto* bad : {"", "10", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8", "::/129",
                          "2001:db8::1/32", "localhost", "10.0.0.0 /8"})
    CHECK_MESSAGE(!parse_network(bad), bad);
}

TEST_CASE("the client is the last address that no trusted proxy has") {
  const std::vector<Network> trusted = {*parse_network("10.0.0.0/8"), *parse_network("::1")};
  CHECK(client_of("203.0.113.9", trusted) == "203.0.113.9");
  CHECK(client_of("6.6.6.6, 203.0.113.9", trusted) == "203.0.113.9");
  CHECK(client_of("6.6.6.6, 203.0.113.9, 10.1.2.3 ,::1", trusted) == "203.0.113.9");
  CHECK(client_of("10.1.2.3, 10.1.2.4", trusted) == "10.1.2.3");
  CHECK(client_of("unknown, 10.1.2.4", trusted) == "10.1.2.4");
  CHECK(client_of("203.0.113.9:4711", trusted) == "203.0.113.9");
  CHECK(client_of("[2001:db8::1]:4711, 10.0.0.1", trusted) == "2001:db8::1");
  for (const auto* bad : {"", "unknown", "203.0.113.9, _hidden", ",", "999.1.1.1", "[::1"})
    CHECK_MESSAGE(client_of(bad, trusted).empty(), bad);
  CHECK(last_of("http, https ") == "https");
  CHECK(last_of("https") == "https");
}

TEST_CASE("hosts") {
  CHECK(host_name("Shop.Example.org:8443") == "Shop.Example.org");
  CHECK(host_name("shop.example.org.") == "shop.example.org");
  CHECK(host_name("[::1]:80") == "[::1]");
  for (const auto* loopback : {"localhost", "LocalHost", "shop.localhost", "127.0.0.1", "127.9.9.9", "[::1]"})
    CHECK_MESSAGE(is_loopback_name(loopback), loopback);
  for (const auto* other : {"", "localhost.example.org", "notlocalhost", "127.evil.example", "128.0.0.1", "[::2]"})
    CHECK_MESSAGE(!is_loopback_name(other), other);
  const std::vector<std::string> hosts = {"shop.example.org", "[2001:db8::1]"};
  for (const auto* known : {"shop.example.org", "SHOP.example.org.:443", "localhost:8080", "[2001:db8::1]:80"})
    CHECK_MESSAGE(is_known_host(hosts, known), known);
  for (const auto* unknown : {"", ":80", "example.org", "shop.example.org.evil.example", "xshop.example.org"})
    CHECK_MESSAGE(!is_known_host(hosts, unknown), unknown);
}

TEST_CASE("origins") {
  for (const auto* good : {"https://shop.example.org", "http://localhost:3000", "https://[::1]:8443"})
    CHECK_MESSAGE(is_origin(good), good);
  for (const auto* bad : {"", "*", "null", "shop.example.org", "https://", "https://Shop.example.org",
                          "https://shop.example.org/", "https://shop.example.org:443", "http://a:80",
                          "http://a:", "http://a:0", "http://a:99999", "ftp://a", "https://a b"})
    CHECK_MESSAGE(!is_origin(bad), bad);
}

}  // namespace
}  // namespace kontor::runtime
