#include "services/shopper.h"

#include <doctest/doctest.h>

#include "tests/support/test_store.h"

namespace kontor::services {
namespace {

struct ShopperWorld {
  testing::FakeClock clock;
  testing::SeededRandom random;
  IdSource ids{5};
  bool told_plain = false;
  Shoppers shoppers{
      clock, random, ids, {"a secret of sixteen bytes", "admin-token", 90, [this] { told_plain = true; }}};
};

http::Request request(http::Method method, std::vector<http::Header> headers) {
  http::Request out;
  out.method = method;
  out.target = out.path = "/api/v1/cart";
  out.headers = std::move(headers);
  out.host = "shop.example:8080";
  out.peer = "203.0.113.9";
  return out;
}

std::string answer_header(http::Call& call, std::string_view name) {
  for (const auto& [key, value] : call.headers())
    if (key == name) return value;
  return "";
}

TEST_CASE("nobody becomes a guest, and the guest is known by token and by cookie") {
  ShopperWorld world;
  const auto first = request(http::Method::kPost, {});
  CHECK(world.shoppers.of(first)->kind == Shopper::Kind::kNone);
  http::Call call(first, {});
  const auto guest = world.shoppers.welcome(call);
  REQUIRE(guest);
  CHECK(guest->kind == Shopper::Kind::kGuest);
  CHECK(guest->fresh);
  REQUIRE(guest->customer);
  const auto token = answer_header(call, "Session-Token");
  CHECK(token.starts_with("kg_"));
  CHECK(answer_header(call, "Set-Cookie") ==
        "kontor=" + token + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(90 * 86400));
  CHECK(world.told_plain);

  const auto bearer = "Bearer " + token;
  const auto second = request(http::Method::kPost, {{"Authorization", bearer}});
  const auto again = world.shoppers.of(second);
  REQUIRE(again);
  CHECK(again->customer == guest->customer);
  CHECK(!again->fresh);
  CHECK(again->caller() == guest->customer.text());

  const auto cookie = "a=b; kontor=" + token;
  const auto by_cookie = world.shoppers.of(request(http::Method::kGet, {{"Cookie", cookie}}));
  CHECK(by_cookie->customer == guest->customer);
  CHECK(by_cookie->by_cookie);
}

TEST_CASE("guests are spread over the buckets") {
  ShopperWorld world;
  std::set<int> buckets;
  for (int i = 0; i < 50; ++i) buckets.insert(world.shoppers.issue_guest().customer.bucket());
  CHECK(buckets.size() > 25);
}

TEST_CASE("over TLS and on loopback the cookie is the secure one") {
  ShopperWorld world;
  auto secure = request(http::Method::kGet, {});
  secure.secure = true;
  http::Call call(secure, {});
  REQUIRE(world.shoppers.welcome(call));
  CHECK(answer_header(call, "Set-Cookie").starts_with("__Host-kontor="));
  CHECK(answer_header(call, "Set-Cookie").ends_with("; Secure"));
  CHECK(!world.told_plain);

  for (const auto* host : {"localhost:8080", "127.0.0.1:8080", "[::1]:8080"}) {
    http::Request local;
    local.peer = "127.0.0.1";
    local.host = host;
    http::Call local_call(local, {});
    REQUIRE(world.shoppers.welcome(local_call));
    CHECK(answer_header(local_call, "Set-Cookie").starts_with("__Host-kontor="));
  }
  http::Request proxied;  // a proxy on the same machine, plain HTTP in front of it
  proxied.peer = "127.0.0.1";
  proxied.host = "shop.example";
  http::Call proxied_call(proxied, {});
  REQUIRE(world.shoppers.welcome(proxied_call));
  CHECK(answer_header(proxied_call, "Set-Cookie").starts_with("kontor="));
}

TEST_CASE("a forged, foreign or expired token is refused; the same in a cookie is nobody") {
  ShopperWorld world;
  const auto token = world.shoppers.issue_guest().token;
  const auto of_bearer = [&](const std::string& text) {
    const auto bearer = "Bearer " + text;
    return world.shoppers.of(request(http::Method::kGet, {{"Authorization", bearer}}));
  };
  CHECK(of_bearer(token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    CHECK(of_bearer(forged).error().code == Errc::kUnauthorised);
  }
  const Shoppers other(world.clock, world.random, world.ids, {"another secret of sixteen", ""});
  CHECK(of_bearer(other.issue_guest().token).error().reason == "services.bad_token");
  CHECK(world.shoppers.of(request(http::Method::kGet, {{"Authorization", "Basic YTpi"}})).error().code ==
        Errc::kUnauthorised);

  world.clock.advance_ms(91 * kDayMs);
  CHECK(of_bearer(token).error().reason == "services.bad_token");
  const auto cookie = "kontor=" + token;
  const auto visitor = request(http::Method::kGet, {{"Cookie", cookie}});
  CHECK(world.shoppers.of(visitor)->kind == Shopper::Kind::kNone);
  http::Call call(visitor, {});
  CHECK(world.shoppers.welcome(call)->fresh);
}

TEST_CASE("a token half used up is renewed for the same customer") {
  ShopperWorld world;
  const auto issued = world.shoppers.issue_guest();
  const auto cookie = "kontor=" + issued.token;
  const auto visitor = request(http::Method::kGet, {{"Cookie", cookie}});
  http::Call young(visitor, {});
  REQUIRE(world.shoppers.welcome(young));
  CHECK(answer_header(young, "Session-Token").empty());
  world.clock.advance_ms(46 * kDayMs);
  http::Call old(visitor, {});
  CHECK(world.shoppers.welcome(old)->customer == issued.customer);
  const auto renewed = answer_header(old, "Session-Token");
  REQUIRE(!renewed.empty());
  CHECK(renewed != issued.token);
  world.clock.advance_ms(46 * kDayMs);
  const auto bearer = "Bearer " + renewed;
  CHECK(world.shoppers.of(request(http::Method::kGet, {{"Authorization", bearer}}))->customer == issued.customer);
}

TEST_CASE("a change by cookie must come from the same origin") {
  ShopperWorld world;
  const auto token = world.shoppers.issue_guest().token;
  const auto cookie = "kontor=" + token;
  const auto of = [&](http::Method method, std::vector<http::Header> headers) {
    headers.push_back({"Cookie", cookie});
    return world.shoppers.of(request(method, std::move(headers)));
  };
  CHECK(of(http::Method::kGet, {}));
  CHECK(of(http::Method::kGet, {{"Sec-Fetch-Site", "cross-site"}}));
  CHECK(of(http::Method::kPost, {{"Sec-Fetch-Site", "same-origin"}}));
  CHECK(of(http::Method::kPost, {{"Sec-Fetch-Site", "none"}}));
  CHECK(of(http::Method::kPost, {{"Origin", "http://shop.example:8080"}}));
  CHECK(of(http::Method::kPost, {{"Origin", "http://Shop.Example:8080"}}));
  using Headers = std::vector<http::Header>;
  for (const auto& bad : {Headers{}, Headers{{"Origin", "http://evil.example"}}, Headers{{"Origin", "null"}},
                          Headers{{"Origin", "http://shop.example:9090"}}, Headers{{"Sec-Fetch-Site", "same-site"}},
                          Headers{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://shop.example:8080"}}})
    for (const auto method : {http::Method::kPost, http::Method::kPut, http::Method::kPatch, http::Method::kDelete}) {
      const auto refused = of(method, bad);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Errc::kForbidden);
      CHECK(refused.error().reason == "services.cross_site");
    }
  // Programs name themselves: no browser adds this header across sites.
  const auto bearer = "Bearer " + token;
  CHECK(of(http::Method::kPost, {{"Authorization", bearer}, {"Origin", "http://evil.example"}}));
}

TEST_CASE("another site's form gives no visitor a new cookie") {
  ShopperWorld world;
  const auto forged = request(http::Method::kPost, {{"Sec-Fetch-Site", "cross-site"}});
  http::Call call(forged, {});
  CHECK(world.shoppers.welcome(call).error().reason == "services.cross_site");
  CHECK(call.headers().empty());
}

TEST_CASE("Authorization wins over the cookie") {
  ShopperWorld world;
  const auto one = world.shoppers.issue_guest();
  const auto two = world.shoppers.issue_guest();
  const auto bearer = "bearer " + one.token;
  const auto cookie = "kontor=" + two.token;
  CHECK(world.shoppers.of(request(http::Method::kGet, {{"Cookie", cookie}, {"Authorization", bearer}}))->customer ==
        one.customer);
}

TEST_CASE("the admin token is staff with every role, and buys nothing") {
  ShopperWorld world;
  const auto admin = request(http::Method::kPost, {{"Authorization", "Bearer admin-token"}});
  const auto shopper = world.shoppers.require_role(admin, Role::kWarehouse);
  REQUIRE(shopper);
  CHECK(shopper->caller() == "staff:admin");
  http::Call call(admin, {});
  CHECK(world.shoppers.welcome(call).error().reason == "services.staff_buys_nothing");
  CHECK(world.shoppers.require_buyer(admin).error().reason == "services.sign_in");

  const auto bearer = "Bearer " + world.shoppers.issue_guest().token;
  const auto guest = request(http::Method::kPost, {{"Authorization", bearer}});
  CHECK(world.shoppers.require_buyer(guest));
  CHECK(world.shoppers.require_role(guest, Role::kSupport).error().code == Errc::kForbidden);
  CHECK(world.shoppers.require_role(request(http::Method::kGet, {}), Role::kSupport).error().code ==
        Errc::kUnauthorised);

  const Shoppers none(world.clock, world.random, world.ids, {"a secret of sixteen bytes", ""});
  CHECK(none.of(request(http::Method::kGet, {{"Authorization", "Bearer "}})).error().code == Errc::kUnauthorised);
}

TEST_CASE("other kinds of tokens are asked of their source") {
  ShopperWorld world;
  world.shoppers.add_source("ks_", [](std::string_view token) -> Result<std::optional<Shopper>> {
    if (token != "ks_bob") return std::optional<Shopper>();
    Shopper bob;
    bob.kind = Shopper::Kind::kStaff;
    bob.roles = Roles{}.with(Role::kSupport);
    bob.name = "bob";
    return std::optional<Shopper>(bob);
  });
  const auto bob = request(http::Method::kGet, {{"Authorization", "Bearer ks_bob"}});
  CHECK(world.shoppers.require_role(bob, Role::kSupport));
  CHECK(world.shoppers.require_role(bob, Role::kFinance).error().reason == "services.role_needed");
  CHECK_FALSE(world.shoppers.of(request(http::Method::kGet, {{"Authorization", "Bearer ks_eve"}})));
}

TEST_CASE("a customer's token is theirs for an hour, and is no guest's") {
  ShopperWorld world;
  const auto issued = world.shoppers.issue_customer(CustomerId{77});
  CHECK(issued.token.starts_with(Shoppers::kCustomerPrefix));
  const std::string bearer = "Bearer " + issued.token;
  const auto shopper = world.shoppers.of(request(http::Method::kGet, {{"Authorization", bearer}}));
  REQUIRE(shopper);
  CHECK(shopper->kind == Shopper::Kind::kCustomer);
  CHECK(shopper->customer == CustomerId{77});
  CHECK(shopper->buys());
  CHECK_FALSE(world.shoppers.require_role(request(http::Method::kGet, {{"Authorization", bearer}}), Role::kSupport));
  // The mark of one kind of token is nothing for the other.
  const std::string guest = world.shoppers.issue_guest(CustomerId{77}).token;
  const std::string crossed =
      "Bearer " + std::string(Shoppers::kCustomerPrefix) + guest.substr(Shoppers::kGuestPrefix.size());
  CHECK_FALSE(world.shoppers.of(request(http::Method::kGet, {{"Authorization", crossed}})));
  world.clock.advance_ms(kHourMs);
  CHECK_FALSE(world.shoppers.of(request(http::Method::kGet, {{"Authorization", bearer}})));
}

TEST_CASE("the guest whose place a customer takes in the browser stays beside it until the cart is merged") {
  ShopperWorld world;
  const auto guest = world.shoppers.issue_guest();
  const auto customer = world.shoppers.issue_customer(CustomerId{77});
  const auto before = "kontor=" + guest.token;
  const auto sign_in = request(http::Method::kPost, {{"Cookie", before}, {"Sec-Fetch-Site", "same-origin"}});
  http::Call call(sign_in, {});
  world.shoppers.hand_over(call, customer);
  std::vector<std::string> cookies;
  for (const auto& [name, value] : call.headers())
    if (name == "Set-Cookie") cookies.push_back(value);
  REQUIRE(cookies.size() == 2);
  CHECK(cookies[0].starts_with("kontor=" + customer.token));
  CHECK(cookies[1] == "kontor-guest=" + guest.token + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800");

  const auto both = "kontor=" + customer.token + "; kontor-guest=" + guest.token;
  const auto next = request(http::Method::kGet, {{"Cookie", both}});
  CHECK(world.shoppers.guest_beside(next, *world.shoppers.of(next)) == guest.customer);
  http::Call later(next, {});
  world.shoppers.drop_guest_beside(later);
  CHECK(answer_header(later, "Set-Cookie") == "kontor-guest=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  // Beside a guest, with a bearer token, or forged, it says nothing.
  const auto bearer = "Bearer " + customer.token;
  const auto program = request(http::Method::kGet, {{"Cookie", both}, {"Authorization", bearer}});
  CHECK_FALSE(world.shoppers.guest_beside(program, *world.shoppers.of(program)));
  const auto guests = "kontor=" + guest.token + "; kontor-guest=" + world.shoppers.issue_guest().token;
  const auto only_guests = request(http::Method::kGet, {{"Cookie", guests}});
  CHECK_FALSE(world.shoppers.guest_beside(only_guests, *world.shoppers.of(only_guests)));
  const auto bad = "kontor=" + customer.token + "; kontor-guest=kg_forged";
  const auto forged = request(http::Method::kGet, {{"Cookie", bad}});
  CHECK_FALSE(world.shoppers.guest_beside(forged, *world.shoppers.of(forged)));
}

TEST_CASE("a page of another site is told from this site's own") {
  const auto from = [](std::vector<http::Header> headers) {
    return Shoppers::same_site(request(http::Method::kGet, std::move(headers)));
  };
  CHECK(from({{"Origin", "https://shop.example:8080"}}));
  CHECK_FALSE(from({{"Origin", "https://evil.example"}}));
  CHECK_FALSE(from({{"Origin", "null"}}));
  CHECK_FALSE(from({}));
  CHECK_FALSE(from({{"Origin", "https://shop.example:8080"}, {"Sec-Fetch-Site", "cross-site"}}));
}

}  // namespace
}  // namespace kontor::services
