#include "shop/search/search.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/router.h"
#include "shop/search/search_api.h"
#include "tests/support/searched_catalogue.h"

namespace kontor::search {
namespace {

struct SearchFixture : testing::SearchedCatalogue {
  SearchFixture() { begin(); }
  ListingAnswer list(const ListingRequest& request) {
    REQUIRE(search.feed().refresh());
    auto answer = search.answer(request);
    if (!answer) FAIL(answer.error().reason << " " << answer.error().detail);
    return std::move(*answer);
  }
  static std::vector<std::string> keys(const ListingAnswer& answer) {
    std::vector<std::string> keys;
    for (const Item& item : answer.items) keys.push_back(item.external_id.value_or(""));
    return keys;
  }
  static std::vector<std::string> sorted(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
  }
};

using Keys = std::vector<std::string>;

TEST_CASE("words are read in the language that is named, and in the other where they find nothing") {
  SearchFixture f;
  for (const char* key : {"A", "B", "C"})
    f.make(key, 100, 9, [&](catalog::Draft& d) {
      d.product.title = "Chair";
      d.product.translations_json = R"({"de":{"title":"Roter Stuhl"}})";
    });
  f.make("D", 100, 9, [](catalog::Draft& d) { d.product.title = "Table lamps"; });
  ListingRequest request;
  request.q = "stühle";
  request.locale = "de-DE";
  CHECK(f.sorted(f.keys(f.list(request))) == Keys{"A", "B", "C"});
  CHECK(f.list(request).items[0].title == "Roter Stuhl");
  request.q = "lamp";
  CHECK(f.keys(f.list(request)) == Keys{"D"});
  // Who merely accepts German writes in the shop's language, unless that finds nothing; pages go on in it.
  request.locale.reset();
  request.accepted = {"de"};
  CHECK(f.keys(f.list(request)) == Keys{"D"});
  request.q = "stühlen";
  request.limit = 2;
  auto first = f.list(request);
  CHECK(first.by_language);
  REQUIRE(first.items.size() == 2);
  REQUIRE(first.next_cursor);
  request.cursor = *first.next_cursor;
  const auto second = f.list(request);
  REQUIRE(second.items.size() == 1);
  CHECK(second.items[0].id != first.items[0].id);
  CHECK(second.items[0].id != first.items[1].id);
}

TEST_CASE("a product is found by a slug that it had before") {
  SearchFixture f;
  const auto made = f.make("A", 100, 9);
  f.make("A", 100, 9, [](catalog::Draft& d) { d.product.slug = "other"; });
  ListingRequest request;
  request.slug = {"title-a"};
  const auto answer = f.list(request);
  REQUIRE(answer.items.size() == 1);
  CHECK(answer.items[0].id == made.product);
  CHECK(answer.items[0].slug == "other");
}

TEST_CASE("filters narrow, a parameter given twice means or") {
  SearchFixture f;
  const auto paths =
      f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"E", "Laptops"}, {"E", "Toner"}, {"E"}});
  REQUIRE(paths);
  f.make("A", 1000, 9, [&](catalog::Draft& d) {
    d.product.category = (*paths)[0];
    d.product.brand = "Xérox";
    d.product.rating = 4.5;
    d.product.attributes_json = R"({"color":"Black","ram_gb":16})";
  });
  f.make("B", 2000, 0, [&](catalog::Draft& d) {
    d.product.category = (*paths)[1];
    d.product.brand = "HP";
    d.product.attributes_json = R"({"color":"white","ram_gb":8})";
  });
  f.make("C", 3000, 9, [&](catalog::Draft& d) { d.product.category = (*paths)[2]; });
  const auto keys = [&](const std::function<void(ListingRequest&)>& set) {
    ListingRequest request;
    set(request);
    return SearchFixture::sorted(SearchFixture::keys(f.list(request)));
  };
  CHECK(keys([](auto& r) { r.category = {"e"}; }) == Keys{"A", "B", "C"});
  CHECK(keys([](auto& r) { r.category = {"laptops", "toner"}; }) == Keys{"A", "B"});
  CHECK(keys([](auto& r) { r.category = {"nowhere"}; }).empty());
  CHECK(keys([](auto& r) { r.brand = {"xerox"}; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.brand = {"XEROX", "hp"}; }) == Keys{"A", "B"});
  CHECK(keys([](auto& r) { r.price_min = 1500, r.price_max = 2500; }) == Keys{"B"});
  CHECK(keys([](auto& r) { r.rating_min = 4.5; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.in_stock = true; }) == Keys{"A", "C"});
  CHECK(keys([](auto& r) { r.seller = {"house"}; }) == Keys{"A", "B", "C"});
  CHECK(keys([](auto& r) { r.seller = {"nobody"}; }).empty());
  CHECK(keys([](auto& r) { r.q = "XEROX"; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.q = "TITLE xerox", r.limit = 1; }) == Keys{"A"});  // what lacks a word comes behind
  CHECK(keys([](auto& r) { r.q = "100%_"; }).empty());
  CHECK(keys([](auto& r) { r.attributes.values = {{"color", "black"}}; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"color", "black"}, {"color", "White"}}; }) == Keys{"A", "B"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"ram_gb.min", "9"}}; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"ram_gb.max", "8"}, {"color", "white"}}; }) == Keys{"B"});
  CHECK(keys([](auto& r) { r.slug = {"title-b", "title-c"}; }) == Keys{"B", "C"});
  CHECK(keys([](auto& r) { r.currency = *Currency::parse("EUR"); }).empty());
}

TEST_CASE("facets count every match, categories with what is below them") {
  SearchFixture f;
  const auto paths = f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"E", "Laptops"}, {"E"}});
  REQUIRE(paths);
  for (int i = 0; i < 5; ++i)
    f.make("K" + std::to_string(i), 1000 * (i + 1), 9, [&](catalog::Draft& d) {
      d.product.category = (*paths)[i < 3 ? 0 : 1];
      d.product.rating = i;
      d.product.attributes_json = i < 2 ? R"({"color":"black"})" : R"({"color":"white"})";
    });
  ListingRequest request;
  request.limit = 2;
  const ListingAnswer answer = f.list(request);
  CHECK(answer.items.size() == 2);
  CHECK(answer.total_count == 5);
  CHECK(answer.total_count_exact);
  REQUIRE(answer.facets.categories.size() == 2);
  CHECK(answer.facets.categories[0].name == "E");
  CHECK(answer.facets.categories[0].count == 5);
  CHECK(answer.facets.categories[1].count == 3);
  REQUIRE(answer.facets.brands.size() == 1);
  CHECK(answer.facets.brands[0].count == 5);
  REQUIRE(answer.facets.attributes.size() == 1);
  CHECK(answer.facets.attributes[0].values[0].value == "white");
  CHECK(answer.facets.attributes[0].values[0].count == 3);
  std::int64_t priced = 0;
  for (const auto& range : answer.facets.price_ranges) priced += range.count;
  CHECK(priced == 5);
  REQUIRE(!answer.facets.ratings.empty());
  CHECK(answer.facets.ratings[0].count == 1);
}

TEST_CASE("every sort pages through all matches once, in order") {
  SearchFixture f;
  for (int i = 0; i < 23; ++i)
    f.make("K" + std::to_string(i), 100 * (i % 4), 9, [&](catalog::Draft& d) { d.product.rating = i % 3; });
  for (const auto& sort : enum_names(Sort{})) {
    CAPTURE(sort.name);
    ListingRequest request;
    request.sort = sort.value;
    request.limit = 5;
    request.q = "title";
    std::vector<std::string> seen;
    std::vector<std::int64_t> prices;
    do {
      const ListingAnswer answer = f.list(request);
      for (const Item& card : answer.items) {
        seen.push_back(*card.external_id);
        prices.push_back(card.price.amount_minor());
      }
      request.cursor = answer.next_cursor ? std::optional<std::string>(*answer.next_cursor) : std::nullopt;
    } while (request.cursor);
    CHECK(seen.size() == 23);
    const auto unique = SearchFixture::sorted(seen);
    CHECK(std::adjacent_find(unique.begin(), unique.end()) == unique.end());
    if (sort.value == Sort::kPriceAsc) CHECK(std::is_sorted(prices.begin(), prices.end()));
    if (sort.value == Sort::kPriceDesc) CHECK(std::is_sorted(prices.rbegin(), prices.rend()));
    if (sort.value == Sort::kNewest) CHECK(seen.front() == "K22");
  }
}

TEST_CASE("a cursor belongs to its question") {
  SearchFixture f;
  for (int i = 0; i < 3; ++i) f.make("K" + std::to_string(i), 100, 9);
  ListingRequest request;
  request.limit = 1;
  request.cursor = *f.list(request).next_cursor;
  request.brand = {"other"};
  CHECK(listing_query(request, f.search).error().code == Errc::kBadCursor);
}

TEST_CASE("the index follows: new texts, prices, stock, what is withdrawn and what is removed") {
  SearchFixture f;
  const auto made = f.make("A", 100, 9);
  const auto found = [&](const std::string& words, auto&& set) {
    ListingRequest request;
    request.q = words;
    set(request);
    return SearchFixture::keys(f.list(request));
  };
  const auto all = [](auto&) {};
  CHECK(found("title", all) == Keys{"A"});
  CHECK(found("a", all) == Keys{"A"});  // by its number
  f.make("A", 300, 9, [](catalog::Draft& d) { d.product.title = "Other words"; });
  CHECK(found("title", all).empty());
  CHECK(found("other", [](auto& r) { r.price_min = 300; }) == Keys{"A"});
  f.make("A", 200, 9, [](catalog::Draft& d) { d.product.title = "Other words"; });
  CHECK(found("other", [](auto& r) { r.price_max = 200; }) == Keys{"A"});
  f.set_stock(made.offers[0], 0);
  CHECK(found("other", [](auto& r) { r.in_stock = true; }).empty());
  f.set_stock(made.offers[0], 1);
  CHECK(found("other", [](auto& r) { r.in_stock = true; }) == Keys{"A"});
  f.make("A", 200, 9, [](catalog::Draft& d) { d.product.status = catalog::ProductStatus::kDraft; });
  CHECK(found("title", all).empty());
  f.make("A", 200, 9);
  CHECK(found("title", all) == Keys{"A"});
  CHECK(f.catalog.remove(made.product, std::nullopt).value_or(false));
  CHECK(found("title", all).empty());
}

TEST_CASE("a start brings in what happened since: by the events, or by a walk") {
  for (const bool by_events : {true, false}) {
    CAPTURE(by_events);
    SearchFixture f;
    const auto kept = f.make("A", 100, 9), gone = f.make("B", 100, 9), sold_out = f.make("C", 100, 9);
    REQUIRE(f.search.feed().refresh());
    const std::string position = f.search.feed().position();
    f.showcase.set_follower(nullptr);  // the process is down
    f.make("A", 100, 9, [](catalog::Draft& d) { d.product.title = "Other words"; });
    CHECK(f.catalog.remove(gone.product, std::nullopt).value_or(false));
    f.set_stock(sold_out.offers[0], 0);
    f.make("D", 100, 9);
    Search again({f.test.store(), f.catalog, f.showcase, f.index, f.log, f.test.clock}, f.cursors);
    REQUIRE(again.feed().begin(by_events ? position : ""));
    CHECK(again.feed().is_whole());
    ListingRequest request;
    const auto everything = again.answer(request);
    REQUIRE(everything);
    CHECK(SearchFixture::sorted(SearchFixture::keys(*everything)) == Keys{"A", "C", "D"});
    request.in_stock = true;
    CHECK(SearchFixture::sorted(SearchFixture::keys(*again.answer(request))) == Keys{"A", "D"});
    request.q = "other";
    CHECK(SearchFixture::keys(*again.answer(request)) == Keys{"A"});
    static_cast<void>(kept);
  }
}

TEST_CASE("misspelt words are corrected and said, titles highlighted, ranks explained") {
  SearchFixture f;
  f.make("A", 100, 9, [](catalog::Draft& d) { d.product.title = "Waterproof hiking boots"; });
  ListingRequest request;
  request.q = "hikking boots";
  request.highlight = true;
  const auto answer = f.list(request);
  CHECK(answer.corrected_query == "hiking boots");
  REQUIRE(answer.items.size() == 1);
  REQUIRE(answer.items[0].highlight);
  std::string marked, whole;
  for (const auto& piece : *answer.items[0].highlight) {
    whole += piece.text;
    if (piece.marked) marked += piece.text + "|";
  }
  CHECK(whole == "Waterproof hiking boots");
  CHECK(marked == "hiking|boots|");
  request.q = "boots zeppelin";
  const auto dropped = f.list(request);
  REQUIRE(dropped.understood);
  CHECK(dropped.understood->dropped == std::vector<std::string>{"zeppelin"});
  request.q = "boots";
  request.explain = true;
  const auto explained = f.list(request);
  REQUIRE(explained.items[0].explain);
  CHECK(explained.items[0].explain->front().name == "text");
  CHECK_FALSE(explained.corrected_query);
}

TEST_CASE("suggestions are found by titles in every language, and say the one that is wished for, once") {
  SearchFixture f;
  f.make("A", 100, 9, [](catalog::Draft& d) {
    d.product.title = "Green tea";
    d.product.translations_json = R"({"de":{"title":"Grüner Tee"},"fr":{"description":"Feuilles"}})";
  });
  f.make("B", 100, 9, [](catalog::Draft& d) { d.product.title = "Grey cup"; });
  REQUIRE(f.search.suggestions().collect());
  const auto offered = [&](std::string_view prefix, const std::vector<std::string>& wished) {
    const auto answer = f.search.suggest(prefix, 8, {}, wished);
    REQUIRE(answer);
    std::string out;
    for (const auto& product : answer->products) out += product.title + " " + product.locale.value_or("own") + ";";
    return out + (answer->by_language ? "by language" : "");
  };
  CHECK(offered("grü", {"de"}) == "Grüner Tee de;by language");
  CHECK(offered("green", {"de-AT"}) == "Grüner Tee de;by language");
  CHECK(offered("tee", {}) == "Green tea own;by language");
  CHECK(offered("green", {"fr"}) == "Green tea own;by language");
  CHECK(offered("grey", {"de"}) == "Grey cup own;");
}

http::Response call(const http::Router& router, std::string_view path, std::string_view query) {
  const http::Router* tables[] = {&router};
  const http::Dispatcher dispatcher(tables);
  http::Request request;
  request.path = path;
  request.query = query;
  const auto match = dispatcher.find(http::Method::kGet, path);
  return dispatcher.run(match, request);
}

TEST_CASE("plain language goes by the numbers and titles that the products have") {
  SearchFixture f;
  const auto laptop = [&](const std::string& key, const std::string& attributes) {
    f.make(key, 50'000, 9, [&](catalog::Draft& d) {
      d.product.title = "Laptop " + key;
      d.product.attributes_json = attributes;
    });
  };
  laptop("A", R"({"ram_gb":8,"storage_gb":256})");
  laptop("B", R"({"ram_gb":16,"storage_gb":512})");
  laptop("C", R"({"ram_gb":32,"storage_gb":1024})");
  f.make("W", 4'000, 9, [](catalog::Draft& d) { d.product.title = "Windows 10 Home"; });
  f.make("T", 4'000, 9, [](catalog::Draft& d) { d.product.title = "Tape 10 m"; });
  REQUIRE(f.search.feed().refresh());
  REQUIRE(f.search.suggestions().collect());
  REQUIRE(f.search.learn_words());
  const auto read = [&](const std::string& words) {
    ListingRequest request;
    request.q = words;
    const auto answer = f.list(request);
    std::string out;
    if (answer.understood)
      for (const auto& part : answer.understood->filters) out += part.kind + " " + part.attribute.value_or("") + ";";
    return out;
  };
  CHECK(read("laptop 16gb") == "attribute ram_gb;");
  CHECK(read("laptop 512gb") == "attribute storage_gb;");
  CHECK(read("laptop 128gb") == "");
  CHECK(read("windows 10 - 50 dollar") == "");
  CHECK(read("tape 10 - 50 dollar") == "price ;");
}

TEST_CASE("over HTTP: refusals of unknown parameters and odd values") {
  SearchFixture f;
  f.make("A", 100, 9);
  REQUIRE(f.search.feed().refresh());
  services::Shoppers shoppers(f.test.clock, f.test.random, f.test.ids, {"a secret of sixteen bytes"});
  http::Router router("/api/v1");
  add_search_routes(router, {f.search, shoppers});
  CHECK(call(router, "/api/v1/products", "colour=red").status == 422);
  CHECK(call(router, "/api/v1/products", "limit=0").status == 422);
  CHECK(call(router, "/api/v1/products", "sort=up").status == 422);
  CHECK(call(router, "/api/v1/products", "attr.ram.min=x").status == 422);
  CHECK(call(router, "/api/v1/products", "cursor=forged").status == 400);
  CHECK(call(router, "/api/v1/products", "explain=1").status == 401);
  CHECK(call(router, "/api/v1/categories/nowhere/products", "").status == 404);
  const http::Response search = call(router, "/api/v1/search", "q=title");
  REQUIRE(search.ready);
  CHECK(search.ready->full.find(R"("total_count":1)") != std::string::npos);
  CHECK(search.ready->full.find("Cache-Control: public, max-age=60") != std::string::npos);
}

}  // namespace
}  // namespace kontor::search
