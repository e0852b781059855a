#include <doctest/doctest.h>

#include <algorithm>

#include "adapters/search_embedded/embedded_index.h"
#include "adapters/search_embedded/no_pause_test.h"

namespace kontor::search_embedded {
namespace {

using namespace search_index;

Document product(std::int64_t id, std::string title, std::string brand = "", std::string description = "") {
  Document document;
  document.id = ProductId{id};
  document.brand = std::move(brand);
  document.texts.push_back({"", std::move(title), std::move(description)});
  document.figures.prices = {{Currency(), 1'000 + id}};
  document.figures.in_stock = true;
  return document;
}

struct Shelf {
  explicit Shelf(std::vector<Document> documents) {
    index.upsert(documents);
    index.refresh(Time{});
  }
  Answer ask(const std::string& text, const std::string& language = "") const {
    Query query;
    query.text = text;
    query.language = language;
    auto answer = index.search(query, kNoPause);
    REQUIRE(answer);
    return std::move(*answer);
  }
  // The ids in order, "3 1 2".
  std::string ids(const std::string& text, const std::string& language = "") const {
    std::string out;
    for (const Hit& hit : ask(text, language).hits) out += (out.empty() ? "" : " ") + std::to_string(hit.id.value);
    return out;
  }
  EmbeddedIndex index{{}};
};

}  // namespace

TEST_CASE("search: what is written alike is found alike") {
  const Shelf shelf({product(1, "Sony WH-1000XM4 Wireless Headphones", "Sony"),
                     product(2, "Lenovo ThinkPad 13.3\" i7-1165G7 16 GB", "Lenovo"),
                     product(3, "Cotton T-Shirt for men", "Hanes"), product(4, "Bosch Kaffeemühle 750 ml", "Bosch"),
                     product(5, "Notebook computer stand", "Acme"),
                     product(6, "Sony WH 1000 XM 3 Headphones", "Sony")});
  struct Row {
    const char *text, *expected;
  };
  constexpr Row kRows[] = {
      {"wh-1000xm4", "1"},
      {"WH1000XM4", "1"},
      {"wh 1000xm4", "1"},
      {"wh 1000 xm4", "1 6"},
      {"wh-1000 xm4", "1"},
      {"sony wh1000xm4", "1 6"},
      {"wh1000xm3", "6"},
      {"i7-1165g7", "2"},
      {"i7 1165g7", "2"},
      {"i71165g7", "2"},
      {"1165G7", "2"},
      {"16gb thinkpad", "2"},
      {"16 GB thinkpad", "2"},
      {"13\" thinkpad", "2"},
      {"13 inch thinkpad", "2"},
      {"13.3in", "2"},
      {"tshirt", "3"},
      {"t-shirt", "3"},
      {"t shirt", "3"},
      {"mens t-shirts", "3"},
      {"kaffeemuhle", "4"},
      {"KAFFEEMÜHLE", "4"},
      {"750ml", "4"},
      {"750 milliliter", "4"},
      {"note book", "5"},
      {"headphone", "1 6"},
      {"headphoens", "1 6"},
      {"thinkpd", "2"},
      {"the cotton", "3"},
      {"headph", "1 6"},
      {"wireles headphnes sony", "1 6"},
  };
  for (const Row& row : kRows) {
    INFO(std::string(row.text));
    std::string found = shelf.ids(row.text);
    if (found == "6 1") found = "1 6";
    CHECK(found == std::string(row.expected));
  }
}

TEST_CASE("search: a word in the title counts more than one in the description, and words together more than apart") {
  const Shelf shelf({product(1, "Plain thing", "", "with a lamp in its description, among many other words about it"),
                     product(2, "Desk lamp", ""), product(3, "Steel water bottle", "", "for lamps"),
                     product(4, "Water proof steel box for a bottle", ""), product(5, "Bottle of water, steel", "")});
  CHECK(shelf.ids("lamp").substr(0, 1) == "2");
  CHECK(shelf.ids("steel water bottle").substr(0, 1) == "3");
  const Answer answer = shelf.ask("lamp");
  CHECK(answer.hits.size() == 3);
  CHECK(answer.hits[0].key > answer.hits[1].key);
}

TEST_CASE("search: sales, stars and stock lift a product, as the ranking says") {
  std::vector<Document> documents;
  for (std::int64_t id = 1; id <= 4; ++id) documents.push_back(product(id, "Green tea"));
  documents[1].figures.sold = 500;
  documents[2].figures.rating_milli = 5'000;
  documents[2].figures.review_count = 50;
  documents[3].figures.in_stock = false;
  Shelf shelf(documents);
  CHECK(shelf.ids("tea") == "2 3 1 4");
  Query query;
  query.text = "tea";
  query.explain = true;
  const auto answer = shelf.index.search(query, kNoPause);
  REQUIRE(answer);
  double sum = 0;
  for (const Reason& reason : answer->hits[0].reasons) sum += reason.points;
  CHECK(sum * 64 == doctest::Approx(static_cast<double>(answer->hits[0].key)).epsilon(0.001));

  Ranking plain;
  plain.sales = plain.rating = plain.in_stock = 0;
  REQUIRE(shelf.index.set_rankings(std::vector<Ranking>{Ranking{}, plain}));
  query.arm = 1;
  CHECK(shelf.index.search(query, kNoPause)->hits[0].id == ProductId{4});  // all alike: the newest
  query.promoted = {{ProductId{1}, 3}};
  CHECK(shelf.index.search(query, kNoPause)->hits[0].id == ProductId{1});
  query.arm = 2;
  CHECK(shelf.index.search(query, kNoPause).error().reason == "search.arm");
  plain.title = -1;
  CHECK_FALSE(shelf.index.set_rankings(std::vector<Ranking>{plain}));
  CHECK_FALSE(shelf.index.set_rankings({}));
}

TEST_CASE("search: when nothing has all words, some will do, and the missing ones are named") {
  const Shelf shelf({product(1, "Sony headphones"), product(2, "Sony television"), product(3, "Purple curtain"),
                     product(4, "Red curtain")});
  Answer answer = shelf.ask("sony purple headphones");
  REQUIRE(answer.hits.size() == 3);
  CHECK(answer.understood.some);
  CHECK(answer.hits[0].id == ProductId{1});
  CHECK(answer.understood.dropped == std::vector<std::string>{"purple"});
  answer = shelf.ask("headphones qqxxzz99");
  CHECK(answer.hits.size() == 1);
  CHECK(answer.understood.dropped == std::vector<std::string>{"qqxxzz99"});
  answer = shelf.ask("qqxxzz99");
  CHECK(answer.total == 0);
  CHECK(answer.understood.dropped.size() == 1);
  CHECK(shelf.ask("hedphones sony").understood.corrected == "headphones sony");
  CHECK(shelf.ask("Sony, hedphones!").understood.corrected == "Sony, headphones!");
  CHECK(shelf.ask("sony headphones").understood.corrected.empty());
}

TEST_CASE("search: synonyms and words of other languages") {
  auto german = product(3, "Roter Stuhl", "", "");
  german.texts[0].language = "de";
  german.texts.push_back({"en", "Red chair", ""});
  Shelf shelf({product(1, "Smart television"), product(2, "Seagate hard drive"), german});
  REQUIRE(shelf.index.set_synonyms("tv, television\nhdd, hard drive\n"));
  CHECK(shelf.ids("tv") == "1");
  CHECK(shelf.ids("smart tv") == "1");
  CHECK(shelf.ids("hdd") == "2");
  CHECK(shelf.ids("stühle", "de") == "3");
  CHECK(shelf.ids("rote stühle", "de") == "3");
  CHECK(shelf.ids("chairs", "en") == "3");
  CHECK(shelf.index.set_synonyms("bad").error().reason == "search.synonyms");
}

TEST_CASE("search: a product is found by what its category and those above it are called, in each language") {
  Shelf shelf({});
  std::vector<CategoryNode> nodes{
      {CategoryId{1}, {}, "Household", {{"de", "Haushaltsware"}}},
      {CategoryId{2}, CategoryId{1}, "Lamps", {{"de-CH", "Tischleuchten"}, {"fr", "Luminaires"}, {"es", "El farol"}}},
      {CategoryId{3}, {}, "Audio", {{"de", "Audio"}, {"nl", "Audio"}, {"sv", "Audio"}}},
      {CategoryId{4}, {}, "Audio", {}}};
  shelf.index.set_categories(nodes);
  const auto placed = [](std::int64_t id, std::int64_t category) {
    Document document = product(id, "Thing");
    document.category = CategoryId{category};
    return document;
  };
  const std::vector<Document> documents{placed(1, 1), placed(2, 2), placed(3, 3), placed(4, 4)};
  shelf.index.upsert(documents);
  shelf.index.refresh(Time{});
  CHECK(shelf.ids("lamp") == "2");
  CHECK(shelf.ids("tischleuchte", "de") == "2");
  CHECK(shelf.ids("luminaire", "fr") == "2");
  CHECK(shelf.ids("faroles", "es") == "2");
  CHECK(shelf.ask("haushaltswaren", "de").total == 2);
  CHECK(shelf.ids("thing tischleuchten", "de").substr(0, 1) == "2");
  // The same name in more languages counts no more.
  const Answer audio = shelf.ask("audio");
  REQUIRE(audio.hits.size() == 2);
  CHECK(audio.hits[0].key == audio.hits[1].key);
  // New names count from the next time that the product is given.
  nodes[1].names = {{"de", "Laternen"}};
  shelf.index.set_categories(nodes);
  CHECK(shelf.ask("laterne", "de").total == 0);
  shelf.index.upsert(documents);
  shelf.index.refresh(Time{});
  CHECK(shelf.ids("laterne", "de") == "2");
  CHECK(shelf.ask("luminaire", "fr").total == 0);
}

TEST_CASE("search: highlighting marks what was found, and its pieces are the text") {
  const Shelf shelf({product(1, "Sony WH-1000XM4 Wireless Headphones", "Sony")});
  const auto marked = [&](const std::string& text, const char* question) {
    Query query;
    query.text = question;
    const std::string_view view = text;
    std::string out;
    const auto pieces = shelf.index.highlight({&view, 1}, query);
    for (const Piece& piece : pieces[0])
      out += piece.marked ? "[" + std::string(piece.text) + "]" : std::string(piece.text);
    return out;
  };
  CHECK(marked("Sony WH-1000XM4 Headphones, black", "headphone sony") == "[Sony] WH-1000XM4 [Headphones], black");
  CHECK(marked("Sony WH-1000XM4.", "wh1000xm4") == "Sony [WH-1000XM4].");
  CHECK(marked("Nothing here", "sony") == "Nothing here");
  CHECK(marked("", "sony") == "");
  CHECK(marked("Headphones \xFF Sony", "hedphones") == "[Headphones] \xFF Sony");
}

TEST_CASE("search: changes of products are found, whatever was there before") {
  Shelf shelf({product(1, "Green tea"), product(2, "Black tea")});
  CHECK(shelf.ids("tea") == "2 1");
  shelf.index.upsert(std::vector<Document>{product(1, "White coffee")});
  CHECK(shelf.ids("tea") == "2 1");  // until the refresh
  shelf.index.refresh(Time{});
  CHECK(shelf.ids("tea") == "2");
  CHECK(shelf.ids("coffee") == "1");
  shelf.index.remove(std::vector<ProductId>{ProductId{2}, ProductId{99}});
  shelf.index.refresh(Time{});
  CHECK(shelf.ask("tea").total == 0);
  // Twice between two refreshes, and removed again.
  shelf.index.upsert(std::vector<Document>{product(3, "Old name"), product(3, "New name"), product(4, "New thing")});
  shelf.index.remove(std::vector<ProductId>{ProductId{4}});
  CHECK(shelf.index.change(std::vector<Change>{{ProductId{3}, {{Currency(), 5}}}, {ProductId{4}, {}}}) == 1);
  shelf.index.refresh(Time{});
  CHECK(shelf.ids("new") == "3");
  Query cheap;
  cheap.price_max = 10;
  CHECK(shelf.index.search(cheap, kNoPause)->total == 1);
  CHECK(shelf.index.figure().products == 2);
}

TEST_CASE("search: a page follows the one before, although the index changed in between") {
  std::vector<Document> documents;
  for (std::int64_t id = 1; id <= 60; ++id) documents.push_back(product(id, id % 2 == 0 ? "Oak table" : "Pine table"));
  Shelf shelf(documents);
  Query query;
  query.text = "oak table";
  query.limit = 10;
  std::vector<std::int64_t> seen;
  for (std::int64_t round = 0; round < 10; ++round) {
    const auto answer = shelf.index.search(query, kNoPause);
    REQUIRE(answer);
    for (const Hit& hit : answer->hits)
      if (hit.id.value <= 60) seen.push_back(hit.id.value);
    // Words become frequent, and segments are made anew.
    std::vector<Document> more;
    for (std::int64_t i = 0; i < 40; ++i) more.push_back(product(1'000 + round * 40 + i, "Oak bench oak"));
    shelf.index.upsert(more);
    shelf.index.refresh(Time{});
    while (shelf.index.work(kNoPause)) {
    }
    if (!answer->next) break;
    query.after = answer->next;
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::unique(seen.begin(), seen.end()) == seen.end());
  CHECK(seen.size() == 30);
  for (const char* pins :
       {"", "x", "0", "2.0.1", "0.0.-5", "0.0.99999999999", "0.0.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8"}) {
    query.after = Place{1, 1, pins};
    const auto answer = shelf.index.search(query, kNoPause);
    if (!answer) CHECK(answer.error().reason == "search.place");
  }
}

}  // namespace kontor::search_embedded
