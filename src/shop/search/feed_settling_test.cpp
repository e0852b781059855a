// A search by the process that changed something has it.
#include <doctest/doctest.h>

#include "runtime/fiber.h"
#include "tests/support/searched_catalogue.h"

namespace kontor::search {
namespace {

struct FeedSettlingFixture : testing::SearchedCatalogue {
  FeedSettlingFixture() { begin(); }
  static runtime::Loop::Options by_virtual_time() {
    runtime::Loop::Options options;
    options.virtual_time = true;
    return options;
  }
  runtime::Loop loop{by_virtual_time()};
  // How long somebody waited who settles now, in milliseconds.
  std::int64_t waited = -1;
  void settle() {
    loop.spawn([this] {
      const std::int64_t from = loop.now_ms();
      search.feed().settle(5'000);
      waited = loop.now_ms() - from;
    });
  }
};

TEST_CASE("who settles ends the feed's rest, and waits until the change is in") {
  FeedSettlingFixture f;
  const auto lamp = f.make("A", 1000, 5);
  REQUIRE(f.search.feed().refresh());
  f.set_price(lamp.offers[0], 3000);
  REQUIRE(f.search.feed().waiting() == 1);
  f.loop.spawn([&] {
    f.search.feed().rest(60'000);
    CHECK(f.waited == -1);
    CHECK(f.search.feed().refresh().has_value());
  });
  f.settle();
  f.loop.run();
  CHECK(f.waited >= 0);
  CHECK(f.waited < 1'000);
  CHECK(f.search.feed().waiting() == 0);
}

TEST_CASE("what changes while the feed is at work is waited for as well") {
  FeedSettlingFixture f;
  const auto lamp = f.make("A", 1000, 5), chair = f.make("B", 1000, 5);
  REQUIRE(f.search.feed().refresh());
  f.set_price(lamp.offers[0], 3000);
  std::size_t left = 99;
  f.loop.spawn([&] {
    f.search.feed().settle(5'000);
    left = f.search.feed().waiting();
  });
  f.loop.spawn([&] {
    CHECK(f.search.feed().refresh().has_value());
    f.search.feed().prices_changed(chair.product);
    f.search.feed().rest(60'000);
    CHECK(f.search.feed().refresh().has_value());
  });
  f.loop.run();
  CHECK(left == 0);
}

TEST_CASE("nobody waits for nothing, for much, or longer than was said") {
  FeedSettlingFixture f;
  f.settle();
  f.loop.run();
  CHECK(f.waited == 0);
  std::vector<ProductId> many;
  for (std::int64_t i = 1; i <= 100; ++i) many.push_back(ProductId{i << 20});
  f.search.feed().stock_changed(many);
  f.settle();
  f.loop.run();
  CHECK(f.waited == 0);
  REQUIRE(f.search.feed().refresh());
  f.search.feed().stock_changed(std::span(many).first(3));
  f.settle();  // nobody feeds
  f.loop.run();
  CHECK(f.waited >= 5'000);
  CHECK(f.waited < 5'100);
}

}  // namespace
}  // namespace kontor::search
