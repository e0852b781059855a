// Questions that nobody should ask, and what is asked of the index by many at once.
#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>

#include "adapters/search_embedded/embedded_index.h"
#include "adapters/search_embedded/no_pause_test.h"

namespace kontor::search_embedded {
namespace {

using namespace search_index;

Document product(std::int64_t id, std::mt19937& luck) {
  static constexpr const char* kTitleWords[] = {"red",   "blue",  "steel", "oak",   "lamp",  "table",
                                                "chair", "box",   "wide",  "large", "small", "kettle",
                                                "clock", "shelf", "frame", "bottle"};
  Document document;
  document.id = ProductId{id};
  document.category = CategoryId{1 + static_cast<std::int64_t>(luck() % 5)};
  document.brand = "brand " + std::to_string(luck() % 7);
  Text text;
  for (int i = 0; i < 4; ++i) text.title += std::string(kTitleWords[luck() % 16]) + " ";
  for (int i = 0; i < 10; ++i) text.description += std::string(kTitleWords[luck() % 16]) + " ";
  document.texts.push_back(text);
  document.attributes = {{"color", kTitleWords[luck() % 4], {}}, {"size", std::to_string(luck() % 9), {}}};
  document.figures = {{{Currency(), static_cast<std::int64_t>(luck() % 9'000)}},
                      luck() % 3 != 0,
                      static_cast<std::int64_t>(luck() % 100),
                      static_cast<std::int64_t>(luck() % 5'000),
                      12};
  return document;
}

void fill(EmbeddedIndex& index, std::int64_t from, std::int64_t to, std::uint32_t seed) {
  std::mt19937 luck(seed);
  std::vector<Document> documents;
  for (std::int64_t id = from; id < to; ++id) documents.push_back(product(id, luck));
  index.upsert(documents);
  index.refresh(Time{});
}

}  // namespace

TEST_CASE("search: whatever is asked is answered, in bounded time") {
  EmbeddedIndex index({});
  fill(index, 1, 2'000, 1);
  std::string thousands;
  for (int i = 0; i < 3'000; ++i) thousands += "word" + std::to_string(i) + " ";
  std::vector<std::string> texts;
  for (const char* text :
       {"", " ", "a", "!", "?!.,;:", "the of and a", "\xFF\xFE\xC0\x80", "lamp \xC3", "lamp' OR 1=1; --", "(lamp|.*)+$",
        "مصباح أحمر", "🪑 🪑🪑 chair", "\xE2\x80\xAE lamp", "lamp lamp lamp lamp", "l a m p",
        "red blue steel oak lamp table chair box wide large small kettle clock shelf frame bottle red blue",
        "aaaaaaaaaaaaaaaa-bbbbbbbbbbbb-1111-2222-3333-cc-4444-dd-55-ee-66-ff-77-gg-88-hh-99"})
    texts.emplace_back(text);
  texts.emplace_back(10'000, 'a');
  texts.emplace_back(10'000, '1');
  texts.emplace_back(3, '\0');
  texts.push_back(thousands);
  texts.push_back(std::string("la\0mp", 5));
  texts.push_back(std::string(999, 'a') + "\xC3\xA9");
  for (const std::string& text : texts) {
    INFO(text.substr(0, 40));
    for (const bool typing : {false, true}) {
      Query query;
      query.text = text;
      query.typing = typing;
      const auto answer = index.search(query, kNoPause);
      REQUIRE(answer);
      CHECK(answer->hits.size() <= 20);
      CHECK(answer->work < 50'000'000);
      const std::string_view view = text;
      std::string again;
      const auto pieces = index.highlight({&view, 1}, query);
      for (const Piece& piece : pieces[0]) again += piece.text;
      CHECK(again == text);
      static_cast<void>(index.suggest(text, 10));
    }
  }
}

TEST_CASE("search: filters beyond reason") {
  EmbeddedIndex index({});
  fill(index, 1, 500, 2);
  Query query;
  query.price_min = 5'000;
  query.price_max = 10;
  CHECK(index.search(query, kNoPause)->total == 0);
  query = {};
  query.attributes = {{"size", {}, 9, 1}};
  CHECK(index.search(query, kNoPause)->total == 0);
  query.attributes = {{"nosuch", {"x"}, {}, {}}, {"", {""}, {}, {}}, {"color", {}, {}, {}}};
  CHECK(index.search(query, kNoPause)->total == 0);
  query = {};
  for (int i = 0; i < 900; ++i) query.brands.push_back("brand " + std::to_string(i));
  CHECK(index.search(query, kNoPause)->total == 499);
  for (int i = 0; i < 200; ++i) query.categories.push_back(CategoryId{i});
  CHECK(index.search(query, kNoPause).error().reason == "search.filters");
  query = {};
  for (int i = 0; i < 300; ++i) query.attributes.push_back({"color", {"red", "blue"}, {}, {}});
  CHECK(index.search(query, kNoPause)->total > 0);
  query = {};
  for (const int limit : {0, -1, 1'001}) {
    query.limit = limit;
    CHECK(index.search(query, kNoPause).error().reason == "search.limit");
  }
  query = {};
  query.currency = *Currency::parse("JPY");
  CHECK(index.search(query, kNoPause)->total == 0);
  query = {};
  query.after = Place{-5, INT64_MAX, "nonsense"};
  CHECK(index.search(query, kNoPause)->hits.empty());
  query.after = Place{INT64_MIN, 1, ""};
  CHECK(index.search(query, kNoPause).error().reason == "search.place");
}

TEST_CASE("search: work ends at its limit, is marked, and lets others have their turn") {
  EmbeddedIndex index({});
  fill(index, 1, 60'000, 3);
  Query query;
  query.text = "red";
  query.sort = Sort::kPriceAsc;
  int turns = 0;
  const Pause pause = [&turns] { ++turns; };
  const auto all = index.search(query, pause);
  CHECK_FALSE(all->partial);
  query.work_limit = 20'000;
  const auto some = index.search(query, kNoPause);
  CHECK(some->partial);
  CHECK_FALSE(some->total_exact);
  CHECK(some->work < all->work);
  CHECK(some->total < all->total);
  Query everything;
  everything.price_min = 0;
  CHECK_FALSE(index.search(everything, pause)->partial);
  CHECK(turns > 0);
}

TEST_CASE("search: what is passed over would not have been among the best") {
  EmbeddedIndex::Options options;
  options.products_at_once = 4'000;
  EmbeddedIndex index(options);
  fill(index, 1, 50'000, 5);
  // Products that nobody knows, in segments of their own.
  std::vector<Change> changes;
  for (std::int64_t id = 24'000; id < 50'000; ++id) changes.push_back({ProductId{id}, {}, false, 0, 0, 0});
  CHECK(index.change(changes) == changes.size());
  Ranking ranking;
  ranking.sales = 100;
  REQUIRE(index.set_rankings(std::vector<Ranking>{ranking}));
  bool passed_over = false;
  for (const char* text : {"red", "lamp", "red lamp", "oak chair table", "steel"}) {
    Query query;
    query.text = text;
    const auto few = index.search(query, kNoPause);
    query.limit = 1'000;
    query.work_limit = INT64_MAX;
    const auto many = index.search(query, kNoPause);
    REQUIRE(few->hits.size() == 20);
    for (std::size_t i = 0; i < few->hits.size(); ++i) CHECK(few->hits[i].id == many->hits[i].id);
    passed_over = passed_over || !few->total_exact;
    CHECK((few->total_exact || few->total >= 10'000));
    CHECK(few->facets.exact == (few->total_exact && few->total <= 10'000));
  }
  CHECK(passed_over);
}

TEST_CASE("search: many ask while one changes, replaces, removes and merges") {
  EmbeddedIndex index({});
  fill(index, 1, 1'000, 4);
  std::vector<CategoryNode> nodes;
  for (std::int64_t id = 1; id <= 5; ++id) nodes.push_back({CategoryId{id}, CategoryId{id / 2}, "c"});
  index.set_categories(nodes);
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> asked{0};
  std::vector<std::thread> readers;
  for (std::uint32_t reader = 0; reader < 3; ++reader)
    readers.emplace_back([&, reader] {
      std::mt19937 luck(reader);
      const char* const texts[] = {"red lamp", "oak", "kettel", "steel bo", "", "wide table box"};
      while (!stop) {
        Query query;
        query.text = texts[luck() % 6];
        query.sort = static_cast<Sort>(luck() % 6);
        query.explain = true;
        if (luck() % 2 == 0) query.categories = {CategoryId{1 + static_cast<std::int64_t>(luck() % 5)}};
        if (luck() % 3 == 0) query.price_max = 4'000;
        const auto answer = index.search(query, kNoPause);
        // The first thousand are always there, whatever is done with them.
        if (query.text.empty() && query.categories.empty() && !query.price_max && answer->total < 999) std::abort();
        ++asked;
      }
    });
  std::thread merger([&] {
    while (!stop)
      if (!index.work(kNoPause)) std::this_thread::yield();
  });
  std::mt19937 luck(99);
  for (int round = 0; round < 60 || asked < 300; ++round) {
    std::vector<Document> documents;
    for (int i = 0; i < 30; ++i) documents.push_back(product(1 + static_cast<std::int64_t>(luck() % 999), luck));
    for (int i = 0; i < 20; ++i) documents.push_back(product(2'000 + static_cast<std::int64_t>(luck() % 500), luck));
    index.upsert(documents);
    std::vector<ProductId> gone;
    for (int i = 0; i < 20; ++i) gone.push_back(ProductId{2'000 + static_cast<std::int64_t>(luck() % 500)});
    index.remove(gone);
    std::vector<Change> changes;
    for (int i = 0; i < 50; ++i)
      changes.push_back({ProductId{1 + static_cast<std::int64_t>(luck() % 999)},
                         {{Currency(), static_cast<std::int64_t>(luck() % 9'000)}},
                         luck() % 2 == 0,
                         static_cast<std::int64_t>(luck() % 50),
                         {},
                         {}});
    CHECK(index.change(changes) == 50);
    index.refresh(Time{round * kDayMs});
    if (round % 10 == 0) index.set_categories(nodes);
    if (round % 15 == 0) REQUIRE(index.set_rankings(std::vector<Ranking>{Ranking{}}));
    if (round % 20 == 0) index.set_completions({{CompletionKind::kQuery, "red lamp", round, 0}});
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  merger.join();
  CHECK(asked >= 300);
}

}  // namespace kontor::search_embedded
