#include "runtime/loading_cache.h"

#include <doctest/doctest.h>

#include <thread>

namespace kontor::runtime {
namespace {

using Cache = LoadingCache<int, std::string>;

Cache::Loaded loaded(std::string text, std::size_t weight = 10) {
  return {std::make_shared<const std::string>(std::move(text)), weight};
}

TEST_CASE("a value is loaded once and then at hand") {
  Cache cache(1 << 20);
  int loads = 0;
  const auto load = [&]() -> Result<Cache::Loaded> {
    ++loads;
    return loaded("tea");
  };
  CHECK(!cache.peek(1));
  CHECK(**cache.get(1, load) == "tea");
  CHECK(**cache.get(1, load) == "tea");
  CHECK(**cache.peek(1) == "tea");
  CHECK(loads == 1);
  const auto stats = cache.stats();
  CHECK(stats.hits == 2);
  CHECK(stats.misses == 1);
  CHECK(stats.entries == 1);
  CHECK(stats.weight == cache.weight());
}

TEST_CASE("an error is handed on and not kept; nothing is kept as nothing") {
  Cache cache(1 << 20);
  const auto broken = cache.get(1, []() -> Result<Cache::Loaded> { return fail(Errc::kUnavailable, "test.away"); });
  CHECK(broken.error().reason == "test.away");
  CHECK(!cache.peek(1));
  CHECK(*cache.get(1, []() -> Result<Cache::Loaded> { return Cache::Loaded{}; }) == nullptr);
  CHECK(cache.peek(1).has_value());
}

TEST_CASE("what was dropped while it was loaded is not kept") {
  Cache cache(1 << 20);
  const auto value = cache.get(1, [&]() -> Result<Cache::Loaded> {
    cache.drop(1);
    return loaded("old");
  });
  CHECK(**value == "old");
  CHECK(!cache.peek(1));
}

TEST_CASE("a value that still holds may stay, one that is being loaded never does") {
  Cache cache(1 << 20);
  cache.put(1, std::make_shared<const std::string>("old"), 10);
  cache.drop_unless(1, [](const auto& held) { return *held == "old"; });
  CHECK(**cache.look(1) == "old");
  CHECK(cache.stats().hits == 0);
  cache.drop_unless(1, [](const auto& held) { return *held == "new"; });
  CHECK(!cache.look(1));
  REQUIRE(cache.get(1, [&]() -> Result<Cache::Loaded> {
    cache.drop_unless(1, [](const auto&) { return true; });
    return loaded("of before");
  }));
  CHECK(!cache.look(1));
}

TEST_CASE("all who ask while it is loaded wait for one load") {
  Cache cache(1 << 20);
  std::atomic<int> loads{0}, asking{0};
  std::vector<std::string> got(6);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < got.size(); ++i)
      threads.emplace_back([&, i] {
        asking.fetch_add(1);
        got[i] = **cache.get(7, [&]() -> Result<Cache::Loaded> {
          while (asking.load() < 6) std::this_thread::yield();
          loads.fetch_add(1);
          return loaded("once");
        });
      });
  }
  CHECK(loads == 1);
  for (const auto& text : got) CHECK(text == "once");
}

TEST_CASE("weight is bounded and what is used stays longer") {
  Cache cache(32 * 1000);  // 1000 a shard
  for (int key = 0; key < 2000; ++key) {
    REQUIRE(cache.get(key, [] { return Result<Cache::Loaded>(loaded("x", 100)); }));
    if (cache.peek(3)) REQUIRE(cache.peek(3));
  }
  CHECK(cache.weight() <= 32 * 1001);
  CHECK(cache.weight() > 32 * 400);
  CHECK(cache.peek(3));
  cache.clear();
  CHECK(cache.weight() == 0);
}

TEST_CASE("it answers as a map would, whatever is put, dropped and put again") {
  Cache cache(1 << 20);
  std::map<int, std::string> model;
  std::uint64_t luck = 42;
  for (int step = 0; step < 20000; ++step) {
    luck = luck * 6364136223846793005ull + 1442695040888963407ull;
    const int key = static_cast<int>(luck >> 40) % 300 * 64;  // many with the same low bits
    if ((luck >> 33) % 3 == 0) {
      cache.drop(key);
      model.erase(key);
    } else {
      cache.put(key, std::make_shared<const std::string>(std::to_string(step)), 1);
      model[key] = std::to_string(step);
    }
  }
  for (int key = 0; key < 300 * 64; key += 64) {
    const auto found = cache.peek(key);
    REQUIRE(found.has_value() == (model.count(key) == 1));
    if (found) CHECK(**found == model[key]);
  }
  CHECK(cache.weight() > 0);
  for (const auto& [key, text] : model) cache.drop(key);
  CHECK(cache.weight() == 0);
}

TEST_CASE("a replacement is taken only for what is still held") {
  Cache cache(1 << 20);
  const auto first = *cache.get(1, [] { return Result<Cache::Loaded>(loaded("first")); });
  cache.put_if_same(1, first, std::make_shared<const std::string>("second"), 10);
  CHECK(**cache.peek(1) == "second");
  cache.put_if_same(1, first, std::make_shared<const std::string>("third"), 10);
  CHECK(**cache.peek(1) == "second");
}

TEST_CASE("what is made ahead is neither a hit nor a miss, is made once, and not after a drop") {
  Cache cache(1 << 20);
  int loads = 0;
  const auto load = [&]() -> Result<Cache::Loaded> {
    ++loads;
    return loaded("ahead");
  };
  REQUIRE(cache.make_ahead(1, load));
  REQUIRE(cache.make_ahead(1, load));
  CHECK(loads == 1);
  CHECK(cache.stats().hits == 0);
  CHECK(cache.stats().misses == 0);
  CHECK(**cache.peek(1) == "ahead");
  CHECK(cache.make_ahead(2, []() -> Result<Cache::Loaded> { return fail(Errc::kUnavailable, "test.away"); })
            .error()
            .reason == "test.away");
  REQUIRE(cache.make_ahead(3, [&]() -> Result<Cache::Loaded> {
    cache.drop(3);
    return loaded("old");
  }));
  CHECK_FALSE(cache.peek(2));
  CHECK_FALSE(cache.peek(3));
}

TEST_CASE("a replacement leaves what many ask for in its place") {
  Cache cache(32 * 1000);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(cache.get(7, [] { return Result<Cache::Loaded>(loaded("x", 100)); }));
    cache.put(7, std::make_shared<const std::string>("y"), 100);
  }
  for (int key = 1000; key < 3000; ++key)
    REQUIRE(cache.get(key, [] { return Result<Cache::Loaded>(loaded("x", 100)); }));
  REQUIRE(cache.peek(7));
  CHECK(**cache.peek(7) == "y");
}

}  // namespace
}  // namespace kontor::runtime
