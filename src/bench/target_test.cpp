#include "bench/target.h"

#include <doctest/doctest.h>

namespace kontor::bench {
namespace {

TEST_CASE("an address is read, or it is said what would be right") {
  const auto plain = parse_target("http://127.0.0.1:8080/");
  REQUIRE(plain);
  CHECK(plain->host == "127.0.0.1:8080");
  CHECK(plain->address == "127.0.0.1");
  CHECK(plain->port == 8080);
  const auto six = parse_target("http://[::1]:81");
  REQUIRE(six);
  CHECK(six->address == "::1");
  CHECK(six->port == 81);
  CHECK(parse_target("http://127.0.0.1")->port == 80);
  for (const char* bad : {"", "127.0.0.1:8080", "https://127.0.0.1", "http://", "http://:80", "http://127.0.0.1:0",
                          "http://127.0.0.1:x", "http://127.0.0.1/shop"}) {
    CAPTURE(bad);
    const auto refused = parse_target(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kInvalid);
    CHECK(refused.error().detail.find("http://127.0.0.1:8080") != std::string::npos);
  }
}

}  // namespace
}  // namespace kontor::bench
