// Products are found by what their categories are called now.
#include "shop/search/rewording.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "runtime/json.h"
#include "tests/support/searched_catalogue.h"

namespace kontor::search {
namespace {

using Keys = std::vector<std::string>;

struct RewordingFixture : testing::SearchedCatalogue {
  testing::ShownCatalogue::Made in(CategoryId category, const std::string& key) {
    return make(key, 100, 9, [&](catalog::Draft& d) { d.product.category = category; });
  }
  static Keys found(Search& by, const std::string& words, const std::string& locale = "en") {
    ListingRequest request;
    request.q = words;
    request.locale = locale;
    request.corrections = false;
    const auto answer = by.answer(request);
    REQUIRE(answer);
    Keys keys;
    for (const Item& item : answer->items) keys.push_back(item.external_id.value_or(""));
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  Keys find(const std::string& words, const std::string& locale = "en") {
    REQUIRE(search.feed().refresh());
    return found(search, words, locale);
  }
  // Another process with the same index.
  Search started() { return Search({test.store(), catalog, showcase, index, log, test.clock}, cursors); }
};

TEST_CASE("what a category is called in another language finds its products, in that language") {
  RewordingFixture f;
  f.begin();
  const CategoryId home = f.category({"Household"}), lamps = f.category({"Household", "Lamps"});
  f.in(lamps, "A");
  f.in(home, "B");
  f.make("C", 100, 9);
  CHECK(f.find("lamps") == Keys{"A"});
  CHECK(f.find("tischleuchten", "de").empty());
  f.change_category(lamps, [](catalog::Category& c) { c.names = {{"de", "Tischleuchten"}, {"fr", "Luminaires"}}; });
  CHECK(f.find("tischleuchte", "de") == Keys{"A"});
  CHECK(f.find("luminaire", "fr-CA") == Keys{"A"});
  CHECK(f.find("lamp", "de") == Keys{"A"});  // who reads German finds the shop's own words as well
  f.change_category(home, [](catalog::Category& c) { c.names = {{"de", "Haushaltswaren"}}; });
  CHECK(f.find("haushaltswaren", "de") == Keys{"A", "B"});
  f.change_category(lamps, [](catalog::Category& c) { c.names = {{"fr", "Luminaires"}}; });
  CHECK(f.find("tischleuchte", "de").empty());
  CHECK(f.find("luminaire", "fr") == Keys{"A"});
}

TEST_CASE("a category that is renamed or moved is found by the new names and no longer by the old ones") {
  RewordingFixture f;
  f.begin();
  const CategoryId garden = f.category({"Garden"}), lamps = f.category({"Household", "Lamps"});
  f.in(lamps, "A");
  f.in(garden, "B");
  CHECK(f.find("lamps") == Keys{"A"});
  f.change_category(lamps, [](catalog::Category& c) { c.name = "Candelabra"; });
  CHECK(f.find("candelabra") == Keys{"A"});
  CHECK(f.find("lamps").empty());
  f.change_category(lamps, [&](catalog::Category& c) { c.parent = garden; });
  CHECK(f.find("garden") == Keys{"A", "B"});
  CHECK(f.find("household").empty());
  CHECK(f.search.feed().waiting() == 0);
}

TEST_CASE("a start brings in what categories are called since the index was saved, also by an older program") {
  for (const bool older : {false, true}) {
    CAPTURE(older);
    RewordingFixture f;
    const CategoryId lamps = f.category({"Household", "Lamps"});
    f.in(lamps, "A");
    f.in(f.category({"Garden"}), "B");
    f.begin();
    REQUIRE(f.find("lamps") == Keys{"A"});
    auto saved = json::read<std::map<std::string, std::int64_t>>(f.search.feed().position());
    REQUIRE(saved);
    CHECK(saved->count(lamps.text()) == 1);
    if (older) std::erase_if(*saved, [](const auto& one) { return CategoryId::parse(one.first).has_value(); });
    f.showcase.set_follower(nullptr);  // the process is down
    f.change_category(lamps, [](catalog::Category& c) { c.names = {{"de", "Tischleuchten"}}; });
    Search again = f.started();
    REQUIRE(again.feed().begin(json::print(*saved)));
    CHECK(f.found(again, "tischleuchten", "de") == Keys{"A"});
    CHECK(f.found(again, "garden") == Keys{"B"});
  }
}

TEST_CASE(
    "products of a large category come in some at a time: others do not wait, and a start goes on with the rest") {
  RewordingFixture f;
  Search search({f.test.store(), f.catalog, f.showcase, f.index, f.log, f.test.clock, nullptr, {}, 2}, f.cursors);
  f.showcase.set_follower(&search.feed());
  REQUIRE(search.feed().begin(""));
  const auto finish = [](Search& by) {
    for (int i = 0; i < 50 && by.feed().waiting() > 0; ++i) REQUIRE(by.feed().refresh());
    CHECK(by.feed().waiting() == 0);
  };
  const CategoryId lamps = f.category({"Lamps"});
  for (const char* key : {"A", "B", "C", "D", "E", "F", "G"}) f.in(lamps, key);
  finish(search);
  f.change_category(lamps, [](catalog::Category& c) { c.name = "Candelabra"; });
  REQUIRE(search.feed().refresh());
  CHECK(f.found(search, "candelabra").size() == 2);
  CHECK(f.found(search, "lamps").size() == 5);
  CHECK(search.feed().waiting() > 0);
  const std::uint64_t before = search.generation();
  f.make("H", 100, 9, [](catalog::Draft& d) { d.product.title = "Bench"; });
  for (const auto& stream : f.log.streams()) search.feed().followed_to(stream, f.log.head(stream).value());
  REQUIRE(search.feed().refresh());
  CHECK(f.found(search, "bench") == Keys{"H"});
  CHECK(f.found(search, "candelabra").size() == 3);  // fewer, since another came
  CHECK(search.generation() > before);
  const std::string position = search.feed().position();
  CHECK(position.find(lamps.text()) == std::string::npos);
  SUBCASE("it goes on") {
    finish(search);
    CHECK(f.found(search, "candelabra").size() == 7);
    CHECK(f.found(search, "lamps").empty());
    CHECK(search.feed().position().find(lamps.text()) != std::string::npos);
  }
  SUBCASE("a start goes on") {
    Search again = f.started();
    f.showcase.set_follower(&again.feed());
    REQUIRE(again.feed().begin(position));
    finish(again);
    CHECK(f.found(again, "candelabra").size() == 7);
    CHECK(f.found(again, "lamps").empty());
  }
  SUBCASE("the old name comes back meanwhile") {
    f.change_category(lamps, [](catalog::Category& c) { c.name = "Lamps"; });
    finish(search);
    CHECK(f.found(search, "lamps").size() == 7);
    CHECK(f.found(search, "candelabra").empty());
  }
}

TEST_CASE("a category is walked to its end, in every currency, and from its beginning when it is named again") {
  testing::ShownCatalogue f;
  const CategoryId lamps = f.category({"Lamps"}), empty = f.category({"Empty"});
  std::unordered_set<ProductId> all;
  for (int i = 0; i < 5; ++i) {
    const auto made = f.make("K" + std::to_string(i), 100, 9, [&](catalog::Draft& d) {
      d.product.category = lamps;
      if (i % 2 == 0) d.product.offers[0].price = Money::minor(100, *Currency::parse("EUR"));
    });
    all.insert(made.product);
  }
  f.make("Z", 100, 9);
  Rewording rewording(f.test.store(), nullptr);
  CHECK(rewording.empty());
  for (int round = 0; round < 2; ++round) {
    rewording.add(lamps);
    rewording.add(empty);
    rewording.add(lamps);
    std::unordered_set<ProductId> seen;
    int turns = 0;
    for (; !rewording.empty() && turns < 50; ++turns) {
      std::unordered_set<ProductId> some;
      REQUIRE(rewording.next(2, some));
      CHECK(some.size() <= 2);
      if (turns == 1) rewording.add(lamps);
      seen.insert(some.begin(), some.end());
    }
    CHECK(seen == all);
    CHECK(turns >= 4);
  }
  rewording.add(lamps);
  CHECK(rewording.settled({{lamps, 1}, {empty, 2}}) == CategoryWords{{empty, 2}});
  rewording.clear();
  CHECK(rewording.empty());
}

}  // namespace
}  // namespace kontor::search
