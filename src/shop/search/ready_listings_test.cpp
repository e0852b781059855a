#include "shop/search/ready_listings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/searched_catalogue.h"

namespace kontor::search {
namespace {

struct ReadyFixture : testing::SearchedCatalogue {
  int made = 0;

  ReadyFixture() : SearchedCatalogue({1 << 20, nullptr}) { begin(); }
  // What a question is answered with: how often any was made until then.
  std::string ask(const std::string& question, const std::string& languages = "",
                  const std::function<void(ReadyListing&)>& change = {}) {
    const auto answer = search.ready().get(question, languages, [&]() -> Result<ReadyListing> {
      ReadyListing fresh;
      fresh.bytes = http::make_ready("text/plain", "no-store", std::to_string(++made));
      fresh.found = made;
      if (change) change(fresh);
      return fresh;
    });
    REQUIRE(answer);
    return std::string(answer->bytes->full.substr(answer->bytes->body_at));
  }
};

TEST_CASE("an answer is made once, and again when something that it is made of has changed") {
  ReadyFixture f;
  CHECK(f.ask("/search?q=a") == "1");
  CHECK(f.ask("/search?q=a") == "1");
  CHECK(f.ask("/search?q=b") == "2");
  const auto made = f.make("A", 100, 9);
  REQUIRE(f.search.feed().refresh());
  CHECK(f.ask("/search?q=a") == "3");
  CHECK(f.ask("/search?q=a") == "3");
  f.set_stock(made.offers[0], 0);
  REQUIRE(f.search.feed().refresh());
  CHECK(f.ask("/search?q=a") == "4");
  f.set_stock(made.offers[0], 0);  // says what was known
  REQUIRE(f.search.feed().refresh());
  CHECK(f.search.ready().stats().entries > 0);
}

TEST_CASE("an answer ends when a category is called otherwise, and when its products are found by that") {
  ReadyFixture f;
  const CategoryId lamps = f.category({"Lamps"});
  f.make("A", 100, 9, [&](catalog::Draft& d) { d.product.category = lamps; });
  REQUIRE(f.search.feed().refresh());
  CHECK(f.ask("q") == "1");
  CHECK(f.ask("q") == "1");
  f.change_category(lamps, [](catalog::Category& c) { c.names = {{"de", "Leuchten"}}; });
  CHECK(f.ask("q") == "2");
  REQUIRE(f.search.feed().refresh());
  CHECK(f.ask("q") == "3");
  CHECK(f.ask("q") == "3");
}

TEST_CASE("an answer ends with the words, weights and beginnings that it was found by, and after a minute") {
  ReadyFixture f;
  CHECK(f.ask("q") == "1");
  REQUIRE(f.search.learn_words());
  CHECK(f.ask("q") == "2");
  REQUIRE(f.search.tuning().put(RankingView{}));
  CHECK(f.ask("q") == "3");
  REQUIRE(f.search.suggestions().collect());
  CHECK(f.ask("q") == "4");
  f.test.clock.advance_ms(59'000);
  CHECK(f.ask("q") == "4");
  f.test.clock.advance_ms(2'000);
  CHECK(f.ask("q") == "5");
}

TEST_CASE("answers by language lie side by side, and whoever asks first decides nothing for the others") {
  ReadyFixture f;
  const auto by_language = [](ReadyListing& made) { made.by_language = true; };
  CHECK(f.ask("q", "de,", by_language) == "1");
  CHECK(f.ask("q", "en,", by_language) == "2");
  CHECK(f.ask("q", "de,", by_language) == "1");
  CHECK(f.ask("q", "en,", by_language) == "2");
  f.make("A", 100, 9);
  REQUIRE(f.search.feed().refresh());
  CHECK(f.ask("q", "de,") == "3");  // no translation is left: one for all
  CHECK(f.ask("q", "en,") == "3");
}

TEST_CASE("what is of a moment only is not kept, nor what is asked at too great length, nor an error") {
  ReadyFixture f;
  const auto passing = [](ReadyListing& made) { made.keeps = false; };
  CHECK(f.ask("q", "", passing) == "1");
  CHECK(f.ask("q", "", passing) == "2");
  CHECK(f.ask("q") == "3");
  CHECK(f.ask("q") == "3");
  const std::string longer(600, 'x');
  CHECK(f.ask(longer) == "4");
  CHECK(f.ask(longer) == "5");
  const auto fails = f.search.ready().get(
      "wrong", "", []() -> Result<ReadyListing> { return fail(Errc::kInvalid, "request.bad_cursor", "No."); });
  REQUIRE(!fails);
  CHECK(fails.error().reason == "request.bad_cursor");
  CHECK(f.ask("wrong") == "6");
}

TEST_CASE("who waits for another's answer is not given it in the other's language") {
  ReadyFixture f;
  std::atomic<int> asking{0};
  std::string german, french;
  const auto ask = [&](const std::string& languages, std::string& into) {
    const auto answer = f.search.ready().get("q", languages, [&]() -> Result<ReadyListing> {
      ++asking;
      // The first waits here until the other surely waits for it; the other's own comes later.
      while (languages == "de," && f.search.ready().stats().misses < 2) std::this_thread::yield();
      ReadyListing made;
      made.bytes = http::make_ready("text/plain", "no-store", languages);
      made.by_language = true;
      made.keeps = false;
      return made;
    });
    if (answer) into = std::string(answer->bytes->full.substr(answer->bytes->body_at));
  };
  {
    std::jthread first([&] { ask("de,", german); });
    while (asking.load() == 0) std::this_thread::yield();
    std::jthread second([&] { ask("fr,", french); });
  }
  CHECK(german == "de,");
  CHECK(french == "fr,");
}

TEST_CASE("memory is bounded") {
  ReadyFixture f;
  const std::string body(10'000, 'b');
  for (int i = 0; i < 1000; ++i)
    f.ask("q" + std::to_string(i), "",
          [&](ReadyListing& made) { made.bytes = http::make_ready("text/plain", "no-store", body); });
  CHECK(f.search.ready().stats().weight <= (1 << 20) + 32);
  CHECK(f.search.ready().stats().evicted > 0);
}

// Threads ask while another changes: an answer never shows less than what had been brought in before it was asked for.
TEST_CASE("no answer is older than what was found when it was asked for") {
  ReadyFixture f;
  std::atomic<int> brought_in{0};
  std::atomic<bool> over{false};
  std::atomic<int> behind{0}, asked{0};
  const auto asks = [&] {
    while (!over.load()) {
      const int least = brought_in.load();
      const auto answer = f.search.ready().get("q", "", [&]() -> Result<ReadyListing> {
        ReadyListing fresh;
        const auto figure = f.index.figure();
        fresh.found = figure.products;
        fresh.bytes = http::make_ready("text/plain", "no-store", "x");
        return fresh;
      });
      ++asked;
      if (!answer || answer->found < least) ++behind;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(asks);
    for (int i = 0; i < 30; ++i) {
      f.make("P" + std::to_string(i), 100 + i, 9);
      REQUIRE(f.search.feed().refresh());
      brought_in.store(i + 1);
      while (asked.load() < 10 * i) std::this_thread::yield();
    }
    over.store(true);
  }
  CHECK(behind == 0);
  CHECK(asked > 100);
}

}  // namespace
}  // namespace kontor::search
