#include "services/idempotency.h"

#include <doctest/doctest.h>

#include "runtime/router.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

http::Request with_key(std::string_view key) {
  http::Request request;
  request.headers = {{"Idempotency-Key", key}};
  return request;
}

TEST_CASE("a key is 1 to 255 visible characters, quoted or bare") {
  CHECK(*idempotency_key(with_key("abc")) == "abc");
  CHECK(*idempotency_key(with_key("\"abc\"")) == "abc");
  CHECK(*idempotency_key(with_key(R"("a\"b\\c")")) == R"(a"b\c)");
  CHECK(*idempotency_key(with_key(std::string(255, 'k'))) == std::string(255, 'k'));
  CHECK(!*idempotency_key(http::Request{}));
  for (const auto& bad : {std::string(), std::string("\"\""), std::string(256, 'k'), std::string("k\xc3\xa4"),
                          std::string("a\tb"), std::string(R"("a"b")"), std::string("\"a\\\"")}) {
    const auto key = idempotency_key(with_key(bad));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Errc::kBadRequest);
  }
}

TEST_CASE("header and member must agree") {
  CHECK(*idempotency_key(with_key("\"a\""), "a") == "a");
  CHECK(*idempotency_key(http::Request{}, "a") == "a");
  CHECK(!*idempotency_key(http::Request{}, std::nullopt));
  CHECK(idempotency_key(with_key("a"), "b").error().reason == "idempotency.two_keys");
  CHECK(idempotency_key(http::Request{}, "").error().fields.at(0).field == "/idempotency_key");
}

TEST_CASE("bodies are compared after parsing") {
  CHECK(request_hash(R"({"a":1,"b":[1,2]})") == request_hash(" {\"b\": [1, 2], \"a\" : 1}\n"));
  CHECK(request_hash(R"({"a":1})") != request_hash(R"({"a":2})"));
  CHECK(request_hash("no json") != request_hash("no  json"));
}

struct KeysWorld {
  db::Store& store;
  testing::FakeClock clock;
  testing::SeededRandom random;
  Idempotency keys{store, clock, random, {}};
  explicit KeysWorld(db::Store& s) : store(s) {}
  Result<Idempotency::Begun> begin(std::string key, std::string_view body = "{}", std::string caller = "usr_1") {
    return keys.begin({db::Home::kStock, std::move(caller), "POST /things", std::move(key), request_hash(body)});
  }
};

TEST_CASE("the first answer is given again, byte for byte, with its headers") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    KeysWorld world(store);
    const auto first = world.begin("k");
    REQUIRE(first);
    REQUIRE(first->ticket);
    CHECK(world.begin("k").error().reason == "idempotency.in_progress");
    CHECK(world.begin("k").error().retry_after_s == 1);
    const std::string body = "{\"a\": \"ü\"}\n";
    REQUIRE(world.keys.finish(*first->ticket,
                              {202, "application/json", {{"Location", "/x:y"}, {"Set-Cookie", "secret"}}, body}));
    const auto again = world.begin("k");
    REQUIRE(again);
    REQUIRE(again->answer);
    CHECK(again->answer->status == 202);
    CHECK(again->answer->body == body);
    CHECK(again->answer->content_type == "application/json");
    CHECK(again->answer->headers == std::vector<std::pair<std::string, std::string>>{{"Location", "/x:y"}});
    CHECK(world.begin("k", R"({"other":1})").error().code == Errc::kKeyReused);
    CHECK(world.begin("k", "{}", "usr_2")->ticket);  // another's key is another key
    CHECK(world.begin("other")->ticket);
  });
}

TEST_CASE("refusals that may change are not kept; after a day the key is free") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    KeysWorld world(store);
    for (const int status : {409, 422, 429, 500, 503}) {
      const auto begun = world.begin("k");
      REQUIRE(begun);
      REQUIRE(begun->ticket);
      REQUIRE(world.keys.finish(*begun->ticket, {status, "application/json", {}, "{}"}));
    }
    for (const int status : {200, 201, 202, 204, 402, 403}) {
      const auto begun = world.begin("k" + std::to_string(status));
      REQUIRE(world.keys.finish(*begun->ticket, {status, "application/json", {}, "{}"}));
      CHECK(world.begin("k" + std::to_string(status))->answer->status == status);
    }
    world.clock.advance_ms(kDayMs - 1);
    CHECK(world.begin("k200", "[]").error().code == Errc::kKeyReused);
    CHECK(*world.keys.prune() == 0);
    world.clock.advance_ms(1);
    CHECK(world.begin("k200", "[]")->ticket);
    world.clock.advance_ms(1);
    CHECK(*world.keys.prune() == 5);
    CHECK(world.begin("k201")->ticket);
  });
}

TEST_CASE("a call that died frees its key after a while, and its late answer changes nothing") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    KeysWorld world(store);
    const auto died = world.begin("k");
    world.clock.advance_ms(59'999);
    CHECK_FALSE(world.begin("k"));
    world.clock.advance_ms(1);
    const auto heir = world.begin("k");
    REQUIRE(heir->ticket);
    const auto late = store.write(db::Home::kStock, [&](db::Tx& tx) {
      return Idempotency::remember(tx, *died->ticket, {201, "application/json", {}, "late"});
    });
    CHECK(late.error().reason == "idempotency.taken_over");
    REQUIRE(world.keys.finish(*died->ticket, {201, "application/json", {}, "late"}));
    REQUIRE(world.keys.finish(*heir->ticket, {201, "application/json", {}, "heir"}));
    CHECK(world.begin("k")->answer->body == "heir");
  });
}

TEST_CASE("a call that died before the clock was set back by a day does not hold its key until then") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    KeysWorld world(store);
    REQUIRE(world.begin("k")->ticket);
    world.clock.advance_ms(-30'000);
    CHECK_FALSE(world.begin("k"));
    world.clock.advance_ms(-kDayMs);
    CHECK(world.begin("k")->ticket);
  });
}

TEST_CASE("an answer remembered with its effect is kept even when the call ends badly") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    KeysWorld world(store);
    const auto begun = world.begin("k");
    REQUIRE(store.write(db::Home::kStock, [&](db::Tx& tx) {
      return Idempotency::remember(tx, *begun->ticket, {201, "application/json", {}, "done"});
    }));
    REQUIRE(world.keys.finish(*begun->ticket, {500, "application/json", {}, "broke"}));
    CHECK(world.begin("k")->answer->body == "done");
  });
}

struct Thing {
  std::int64_t number = 0;
  static constexpr auto fields() { return described(Field("number", &Thing::number, "Which")); }
};

TEST_CASE("over HTTP: a wrapped endpoint runs once a key and caller") {
  testing::TestStore test({services_migrations()});
  Idempotency keys(test.store(), test.clock, test.random, {});
  Shoppers shoppers(test.clock, test.random, test.ids, {"a secret of sixteen bytes", ""});
  int runs = 0;
  bool ticketed = false;
  http::Router plain("/api/v1");
  plain.post<Thing, Thing>("/things", {"Makes a thing", {}, 201}, [&](http::Call& call, Thing in) -> Result<Thing> {
    ticketed = idempotency_ticket(call) != nullptr;
    if (in.number < 0) return fail(Errc::kConflict, "testing.no");
    call.set_header("Location", "/things/" + std::to_string(++runs));
    return Thing{runs};
  });
  plain.get<http::None, Thing>("/things", {"A thing", {}},
                               [&](http::Call&, http::None) -> Result<Thing> { return Thing{7}; });
  http::Router router("/api/v1");
  add_idempotent(router, plain, keys, shoppers, db::Home::kCustomer);
  const http::Router* routers[] = {&router};
  const http::Dispatcher dispatcher(routers);

  const auto ada = "Bearer " + shoppers.issue_guest().token;
  const auto bob = "Bearer " + shoppers.issue_guest().token;
  const auto post = [&](std::string_view token, std::string_view key, std::string_view body) {
    http::Request request;
    request.method = http::Method::kPost;
    request.target = request.path = "/api/v1/things";
    request.body = body;
    request.headers = {{"Content-Type", "application/json"}};
    if (!token.empty()) request.headers.push_back({"Authorization", token});
    if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
    return dispatcher.run(dispatcher.find(request.method, request.path), request);
  };
  const auto replayed = [](const http::Response& response) {
    return std::find(response.headers.begin(), response.headers.end(),
                     std::pair<std::string, std::string>{"Idempotency-Replayed", "true"}) != response.headers.end();
  };
  const auto first = post(ada, "k", R"({"number":1})");
  CHECK(first.status == 201);
  CHECK(ticketed);
  CHECK(!replayed(first));
  const auto second = post(ada, "\"k\"", R"({ "number" : 1 })");
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(replayed(second));
  CHECK(std::find(second.headers.begin(), second.headers.end(),
                  std::pair<std::string, std::string>{"Location", "/things/1"}) != second.headers.end());
  CHECK(runs == 1);
  CHECK(post(bob, "k", R"({"number":1})").body == R"({"number":2})");
  CHECK(post(ada, "k", R"({"number":2})").status == 422);
  CHECK(post(ada, "c", R"({"number":-1})").status == 409);
  CHECK(post(ada, "c", R"({"number":3})").status == 201);
  CHECK(post(ada, "bad\x01key", "{}").status == 400);
  CHECK(post(ada, "", R"({"number":1})").body == R"({"number":4})");
  CHECK(!ticketed);
  CHECK(post("", "k", R"({"number":1})").body == R"({"number":5})");  // nobody's keys are not kept
  http::Request get;
  get.target = get.path = "/api/v1/things";
  CHECK(dispatcher.run(dispatcher.find(get.method, get.path), get).body == R"({"number":7})");
}

}  // namespace
}  // namespace kontor::services
