// The contract of the cache port, one suite run on every adapter.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "adapters/cache_memory/memory_cache.h"
#include "tests/support/test_store.h"

namespace kontor {
namespace {

// An adapter that keeps time by itself would be let wait instead.
using Wait = std::function<void(std::int64_t ms)>;

void on_each_cache(const std::function<void(Cache&, const Wait&)>& test) {
  INFO("memory");
  testing::FakeClock clock;
  cache_memory::MemoryCache cache(clock, 32 << 20);
  test(cache, [&clock](std::int64_t ms) { clock.advance_ms(ms); });
}

std::string read(Cache& cache, std::string_view key) {
  const auto found = cache.get(key);
  REQUIRE(found);
  return found->value_or("(none)");
}

}  // namespace

TEST_CASE("cache: what was put is read back, byte for byte, until it is replaced or removed") {
  using namespace std::string_view_literals;
  on_each_cache([](Cache& cache, const Wait&) {
    CHECK(read(cache, "a") == "(none)");
    CHECK_FALSE(*cache.remove("a"));
    REQUIRE(cache.put("a", "with \0 and \xff"sv, kMinuteMs));
    REQUIRE(cache.put("b", "", kMinuteMs));
    CHECK(read(cache, "a") == "with \0 and \xff"sv);
    CHECK(read(cache, "b").empty());
    REQUIRE(cache.put("a", "other", kMinuteMs));
    CHECK(read(cache, "a") == "other");
    CHECK(*cache.remove("a"));
    CHECK_FALSE(*cache.remove("a"));
    CHECK(read(cache, "a") == "(none)");
    CHECK(read(cache, "b").empty());
  });
}

TEST_CASE("cache: a value ends with its time, and a new one has a time of its own") {
  on_each_cache([](Cache& cache, const Wait& wait) {
    REQUIRE(cache.put("short", "x", 1000));
    REQUIRE(cache.put("long", "x", 10'000));
    wait(900);
    CHECK(read(cache, "short") == "x");
    REQUIRE(cache.put("again", "x", 1000));
    wait(200);
    CHECK(read(cache, "short") == "(none)");
    CHECK_FALSE(*cache.remove("short"));
    CHECK(read(cache, "again") == "x");
    CHECK(read(cache, "long") == "x");
    REQUIRE(cache.put("long", "y", 1000));  // shorter from now on
    wait(1000);
    CHECK(read(cache, "long") == "(none)");
  });
}

TEST_CASE("cache: many are read at once, in the order asked") {
  on_each_cache([](Cache& cache, const Wait&) {
    REQUIRE(cache.put("a", "1", kMinuteMs));
    REQUIRE(cache.put("c", "3", kMinuteMs));
    const std::string keys[] = {"c", "b", "a", "c"};
    const auto found = cache.get_many(keys);
    REQUIRE(found);
    CHECK(*found == std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"});
    CHECK(cache.get_many({})->empty());
  });
}

TEST_CASE("cache: numbers are added to, whoever put them, and live on from the last addition") {
  on_each_cache([](Cache& cache, const Wait& wait) {
    CHECK(*cache.add("n", 1, 1000) == 1);
    wait(900);
    CHECK(*cache.add("n", 41, 1000) == 42);
    wait(900);
    CHECK(read(cache, "n") == "42");
    CHECK(*cache.add("n", -50, 1000) == -8);
    wait(1100);
    CHECK(*cache.add("n", 1, 1000) == 1);
    REQUIRE(cache.put("put", "-7", 1000));
    CHECK(*cache.add("put", 0, 1000) == -7);
  });
}

TEST_CASE("cache: what is no number, or would not fit, is refused and stays") {
  on_each_cache([](Cache& cache, const Wait&) {
    for (const std::string text : {"tea", "", "1.5", "12 ", "99999999999999999999"}) {
      CAPTURE(text);
      REQUIRE(cache.put("n", text, kMinuteMs));
      const auto refused = cache.add("n", 1, kMinuteMs);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Errc::kConflict);
      CHECK(refused.error().reason == "cache.no_number");
      CHECK(read(cache, "n") == text);
    }
    REQUIRE(cache.put("n", "9223372036854775807", kMinuteMs));
    CHECK(cache.add("n", 1, kMinuteMs).error().reason == "cache.no_number");
    CHECK(read(cache, "n") == "9223372036854775807");
  });
}

TEST_CASE("cache: bad keys, times and values are refused on every call and change nothing") {
  using namespace std::string_view_literals;
  on_each_cache([](Cache& cache, const Wait&) {
    const std::string longest(Cache::kLongestKey, 'k');
    const std::string too_long = longest + "k";
    for (const std::string_view key :
         {""sv, "a b"sv, "a\nb"sv, "a\0b"sv, "caf\xc3\xa9"sv, std::string_view(too_long)}) {
      CAPTURE(key);
      CHECK(cache.get(key).error().reason == "cache.bad_key");
      CHECK(cache.put(key, "x", 1000).error().reason == "cache.bad_key");
      CHECK(cache.remove(key).error().reason == "cache.bad_key");
      CHECK(cache.add(key, 1, 1000).error().reason == "cache.bad_key");
      const std::string keys[] = {"fine", std::string(key)};
      CHECK(cache.get_many(keys).error().reason == "cache.bad_key");
    }
    CHECK(cache.put(longest, "x", Cache::kLongestMs));
    CHECK(read(cache, longest) == "x");
    for (const std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, Cache::kLongestMs + 1}) {
      CHECK(cache.put("a", "x", ttl).error().reason == "cache.bad_ttl");
      CHECK(cache.add("a", 1, ttl).error().reason == "cache.bad_ttl");
    }
    const auto refused = cache.put("a", std::string(Cache::kLargest + 1, 'x'), 1000);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kTooLarge);
    CHECK(refused.error().reason == "cache.too_large");
    CHECK(read(cache, "a") == "(none)");
    CHECK(cache.put("a", std::string(Cache::kLargest, 'x'), 1000));
    CHECK(read(cache, "a").size() == Cache::kLargest);
  });
}

TEST_CASE("cache: of additions at the same time each counts") {
  on_each_cache([](Cache& cache, const Wait&) {
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          if (!cache.add("shared", 1, kMinuteMs)) failed.fetch_add(1);
          if (!cache.add("n" + std::to_string(i), 1, kMinuteMs)) failed.fetch_add(1);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(read(cache, "shared") == "2000");
    CHECK(read(cache, "n7") == "4");
  });
}

}  // namespace kontor
