// The index and the cards of listings follow prices by the prices alone.
#include <doctest/doctest.h>

#include "tests/support/searched_catalogue.h"

namespace kontor::search {
namespace {

struct FeedPricesFixture : testing::SearchedCatalogue {
  // What is listed between the two prices, and at what.
  std::vector<std::int64_t> listed(std::int64_t least, std::int64_t most) {
    REQUIRE(search.feed().refresh());
    ListingRequest request;
    request.price_min = least;
    request.price_max = most;
    request.sort = Sort::kPriceAsc;
    const auto answer = search.answer(request);
    REQUIRE(answer);
    std::vector<std::int64_t> prices;
    for (const Item& item : answer->items) prices.push_back(item.price.amount_minor());
    return prices;
  }
};

using Prices = std::vector<std::int64_t>;

TEST_CASE("a price is found and shown as soon as it is brought in") {
  FeedPricesFixture f;
  f.begin();
  const auto lamp = f.make("A", 1000, 5);
  f.make("B", 2000, 5);
  CHECK(f.listed(0, 5000) == Prices{1000, 2000});
  f.set_price(lamp.offers[0], 3000);
  CHECK(f.search.feed().waiting() > 0);
  CHECK(f.listed(0, 5000) == Prices{2000, 3000});
  CHECK(f.listed(2500, 5000) == Prices{3000});
  CHECK(f.listed(0, 1500).empty());
}

TEST_CASE("where very many prices change, the cards at hand get theirs with the next look") {
  FeedPricesFixture f;
  f.begin();
  std::vector<OfferId> offers;
  for (int i = 0; i < 100; ++i) offers.push_back(f.make("K" + std::to_string(i), 1000 + i, 5).offers[0]);
  const auto first = f.listed(0, 5000);
  REQUIRE(!first.empty());
  const std::uint64_t misses = f.showcase.listed_stats().misses;
  for (int i = 99; i >= 0; --i) f.set_price(offers[static_cast<std::size_t>(i)], 3000 + i);  // those shown come last
  const std::uint64_t before = f.search.generation();
  REQUIRE(f.showcase.refresh_stock());
  CHECK(f.search.generation() > before);
  const auto now = f.listed(0, 5000);
  REQUIRE(now.size() == first.size());
  for (std::size_t i = 0; i < now.size(); ++i) CHECK(now[i] == first[i] + 2000);
  CHECK(f.showcase.listed_stats().misses == misses);  // none was read anew
}

TEST_CASE("a start brings in prices that changed since the index was saved") {
  FeedPricesFixture f;
  const auto lamp = f.make("A", 1000, 5);
  f.begin();
  CHECK(f.listed(0, 5000) == Prices{1000});
  const std::string saved = f.search.feed().position();
  f.set_price(lamp.offers[0], 3000);
  Search again{{f.test.store(), f.catalog, f.showcase, f.index, f.log, f.test.clock}, f.cursors};
  f.showcase.set_follower(&again.feed());
  REQUIRE(again.feed().begin(saved));
  ListingRequest request;
  request.price_min = 2900;
  const auto answer = again.answer(request);
  REQUIRE(answer);
  CHECK(answer->items.size() == 1);
}

}  // namespace
}  // namespace kontor::search
