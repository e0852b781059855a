#include "shop/showcase/showcase.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/router.h"
#include "shop/showcase/listing.h"
#include "shop/showcase/listing_request.h"
#include "shop/showcase/showcase_api.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> showcase_migrations();
}  // namespace kontor

namespace kontor::showcase {
namespace {

constexpr SellerId kHouse{1};

struct Fixture {
  testing::TestStore test{services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  Showcase showcase{test.store(), catalog, inventory, {}};
  services::Cursors cursors{"a secret of tests"};

  Fixture() {
    catalog.on_change([this](std::span<const ProductId> products) {
      for (const ProductId id : products) showcase.product_changed(id);
    });
    catalog.on_category_change([this] { showcase.categories_changed(); });
  }

  struct Made {
    ProductId product;
    std::vector<OfferId> offers;
  };
  Made make(const std::string& key, std::int64_t price, std::int64_t stock,
            const std::function<void(catalog::Draft&)>& change = {}) {
    catalog::Draft draft;
    draft.product.external_id = key;
    draft.product.title = "Title " + key;
    draft.product.brand = "Brand";
    catalog::Offer offer;
    offer.seller = kHouse;
    offer.sku = key;
    offer.price = Money::minor(price, Currency());
    draft.product.offers.push_back(offer);
    if (change) change(draft);
    test.clock.advance_ms(1);
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    REQUIRE(!(*saved)[0].refused);
    Made made{(*saved)[0].product, (*saved)[0].offers};
    for (const OfferId id : made.offers) set_stock(id, stock);
    return made;
  }
  void set_stock(OfferId offer, std::int64_t on_hand) {
    REQUIRE(test.store().write(db::Home::kStock, [&](db::Tx& tx) {
      return inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, on_hand}, "test", test.clock.now());
    }));
    showcase.stock_changed(std::span(&offer, 1));
    REQUIRE(showcase.refresh_stock());
  }
  ListingAnswer list(const ListingRequest& request) {
    const auto query = listing_query(request, showcase, cursors);
    REQUIRE(query);
    auto answer = showcase.listing(*query);
    if (!answer) FAIL(answer.error().reason << " " << answer.error().detail);
    seal_cursor(*answer, *query, cursors);
    return std::move(*answer);
  }
  static std::vector<std::string> keys(const ListingAnswer& answer) {
    std::vector<std::string> keys;
    for (const Card& card : answer.items) keys.push_back(card.external_id.value_or(""));
    return keys;
  }
  static std::vector<std::string> sorted(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
  }
};

using Keys = std::vector<std::string>;

TEST_CASE("the detail has the shape of the contract") {
  Fixture f;
  const auto made = f.make("A", 2999, 3);
  const auto body = f.showcase.detail_json(made.product, Currency());
  REQUIRE(body);
  CHECK(body->find(R"("price":{"amount":2999,"currency":"USD"})") != std::string::npos);
  CHECK(body->find(R"("featured_offer_id":")" + made.offers[0].text()) != std::string::npos);
  CHECK(body->find(R"("availability":{"status":"low_stock","quantity_hint":3})") != std::string::npos);
  CHECK(body->find(R"("category":null)") != std::string::npos);
  const auto euro = f.showcase.detail_json(made.product, *Currency::parse("EUR"));
  REQUIRE(euro);
  CHECK(euro->find(R"("price":null)") != std::string::npos);
}

TEST_CASE("ready bytes are loaded once, and replaced when the product or its stock reads differently") {
  Fixture f;
  const auto made = f.make("A", 2999, 50);
  CHECK(f.showcase.ready_at_hand(made.product) == nullptr);
  const auto first = f.showcase.ready(made.product);
  REQUIRE(first);
  CHECK(f.showcase.ready_at_hand(made.product) == *first);
  REQUIRE(f.showcase.offer_card(made.offers[0]));
  f.set_stock(made.offers[0], 45);  // the first look at a card that is younger than the bytes
  const auto same = f.showcase.ready(made.product);
  REQUIRE(same);
  CHECK((*same)->etag == (*first)->etag);
  f.set_stock(made.offers[0], 40);  // in stock still: the same bytes
  CHECK(f.showcase.ready_at_hand(made.product) == *same);
  CHECK((*f.showcase.offer_card(made.offers[0]))->sellable == 40);
  f.set_stock(made.offers[0], 0);
  CHECK(f.showcase.ready_at_hand(made.product) == nullptr);
  const auto second = f.showcase.ready(made.product);
  REQUIRE(second);
  CHECK((*second)->etag != (*first)->etag);
  CHECK((*second)->full.find("out_of_stock") != std::string::npos);
}

// Bytes are composed at one moment, cards at another, and neither is when the stock is looked at.
TEST_CASE("a page that was composed while all units were held is made anew when they are back") {
  Fixture f;
  const auto exact = [&](OfferId offer, std::int64_t on_hand) {
    REQUIRE(f.test.store().write(db::Home::kStock, [&](db::Tx& tx) {
      return f.inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, on_hand}, "test", f.test.clock.now());
    }));
  };
  const auto sold_out = [&](ProductId product) {
    const auto page = f.showcase.ready(product);
    REQUIRE(page);
    return (*page)->full.find("out_of_stock") != std::string::npos;
  };
  for (const auto& [key, units, back] : {std::tuple{"A", 3, 3}, std::tuple{"B", 50, 40}}) {
    const auto made = f.make(key, 100, units);
    REQUIRE(f.showcase.offer_card(made.offers[0]));
    exact(made.offers[0], 0);
    CHECK(sold_out(made.product));
    f.set_stock(made.offers[0], back);
    CHECK_FALSE(sold_out(made.product));
  }

  const auto younger = f.make("C", 100, 3, [](catalog::Draft& draft) {
    draft.product.offers.push_back(draft.product.offers[0]);
    draft.product.offers[1].sku = "C2";
  });
  for (const OfferId offer : younger.offers) exact(offer, 0);
  CHECK(sold_out(younger.product));
  for (const OfferId offer : younger.offers) exact(offer, 3);
  REQUIRE(f.showcase.offer_card(younger.offers[0]));  // younger than the page
  f.showcase.stock_changed(younger.offers);
  REQUIRE(f.showcase.refresh_stock());
  CHECK_FALSE(sold_out(younger.product));
}

TEST_CASE("what is not there, or not shown, is 404") {
  Fixture f;
  CHECK(f.showcase.ready(ProductId{12345}).error().reason == "catalog.no_such_product");
  CHECK(f.showcase.offer_card(OfferId{12345}).error().reason == "catalog.no_such_offer");
  CHECK(f.showcase.featured_offer(ProductId{12345}).error().reason == "catalog.no_such_product");
  const auto draft = f.make("D", 100, 1, [](catalog::Draft& d) { d.product.status = catalog::ProductStatus::kDraft; });
  CHECK(f.showcase.ready(draft.product).error().reason == "catalog.no_such_product");
  CHECK(!(*f.showcase.offer_card(draft.offers[0]))->buyable);
}

TEST_CASE("the featured offer is the cheapest in stock") {
  Fixture f;
  const auto made = f.make("A", 500, 5, [](catalog::Draft& d) {
    catalog::Offer dear = d.product.offers[0];
    dear.sku = "A-2";
    dear.price = Money::minor(700, Currency());
    d.product.offers.push_back(dear);
  });
  CHECK(*f.showcase.featured_offer(made.product) == made.offers[0]);
  f.set_stock(made.offers[0], 0);
  CHECK(*f.showcase.featured_offer(made.product) == made.offers[1]);
  f.set_stock(made.offers[1], 0);
  CHECK(*f.showcase.featured_offer(made.product) == made.offers[0]);
  const auto cards = f.showcase.offer_cards(made.offers);
  REQUIRE(cards);
  CHECK((*cards)[1]->price == Money::minor(700, Currency()));
}

TEST_CASE("filters narrow, a parameter given twice means or") {
  Fixture f;
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
    return Fixture::sorted(Fixture::keys(f.list(request)));
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
  CHECK(keys([](auto& r) { r.q = "TITLE xerox"; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.q = "100%_"; }).empty());
  CHECK(keys([](auto& r) { r.attributes.values = {{"color", "black"}}; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"color", "black"}, {"color", "White"}}; }) == Keys{"A", "B"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"ram_gb.min", "9"}}; }) == Keys{"A"});
  CHECK(keys([](auto& r) { r.attributes.values = {{"ram_gb.max", "8"}, {"color", "white"}}; }) == Keys{"B"});
  CHECK(keys([](auto& r) { r.slug = {"title-b", "title-c"}; }) == Keys{"B", "C"});
  CHECK(keys([](auto& r) { r.currency = *Currency::parse("EUR"); }).empty());
}

TEST_CASE("pages of a large category, walked along the order, are those of a small one") {
  Fixture f;
  const auto paths =
      f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"E", "Laptops"}, {"E", "Toner"}, {"F"}});
  REQUIRE(paths);
  for (int i = 0; i < 30; ++i)
    f.make("K" + std::to_string(i), 1000 + i * 7 % 5 * 100, i % 4, [&](catalog::Draft& d) {
      d.product.category = (*paths)[static_cast<std::size_t>(i % 3)];
      d.product.rating = i % 6;
    });
  Showcase::Settings settings;
  settings.large_category = 2;
  Showcase large(f.test.store(), f.catalog, f.inventory, settings);
  const auto walk = [&](Showcase& showcase, ListingRequest request) {
    Keys keys;
    while (true) {
      const auto query = listing_query(request, showcase, f.cursors);
      REQUIRE(query);
      auto answer = showcase.listing(*query);
      REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().detail));
      seal_cursor(*answer, *query, f.cursors);
      for (const auto& key : Fixture::keys(*answer)) keys.push_back(key);
      if (!answer->next_cursor) return keys;
      request.cursor = *answer->next_cursor;
    }
  };
  for (const Sort sort : {Sort::kNewest, Sort::kPriceAsc, Sort::kPriceDesc, Sort::kRating, Sort::kRelevance}) {
    ListingRequest request;
    request.sort = sort;
    request.limit = 4;
    request.category = {"e"};
    CHECK(walk(f.showcase, request).size() == 20);
    CHECK(walk(large, request) == walk(f.showcase, request));
    request.in_stock = true;
    request.price_min = 1100;
    request.price_max = 1300;
    request.rating_min = 1;
    CHECK_FALSE(walk(f.showcase, request).empty());
    CHECK(walk(large, request) == walk(f.showcase, request));
  }
}

TEST_CASE("facets count every match, categories with what is below them") {
  Fixture f;
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
  Fixture f;
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
      for (const Card& card : answer.items) {
        seen.push_back(*card.external_id);
        prices.push_back(card.price.amount_minor());
      }
      request.cursor = answer.next_cursor ? std::optional<std::string>(*answer.next_cursor) : std::nullopt;
    } while (request.cursor);
    CHECK(seen.size() == 23);
    const auto unique = Fixture::sorted(seen);
    CHECK(std::adjacent_find(unique.begin(), unique.end()) == unique.end());
    if (sort.value == Sort::kPriceAsc) CHECK(std::is_sorted(prices.begin(), prices.end()));
    if (sort.value == Sort::kPriceDesc) CHECK(std::is_sorted(prices.rbegin(), prices.rend()));
    if (sort.value == Sort::kNewest) CHECK(seen.front() == "K22");
  }
}

TEST_CASE("the whole text with every filter switched by parameters answers the same") {
  Fixture f;
  const auto paths = f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"E"}});
  f.make("A", 1000, 9, [&](catalog::Draft& d) {
    d.product.category = (*paths)[0];
    d.product.attributes_json = R"({"ram_gb":16})";
  });
  f.make("B", 2000, 0);
  ListingRequest all, some;
  some.category = {"e"};
  some.q = "title a";
  some.in_stock = true;
  some.attributes.values = {{"ram_gb.min", "16"}};
  for (const auto& [request, expected] : {std::pair{all, 2u}, std::pair{some, 1u}}) {
    const auto query = listing_query(request, f.showcase, f.cursors);
    REQUIRE(query);
    for (const Pass pass : {Pass::kPage, Pass::kFacets, Pass::kAttributes}) {
      const Statement statement = listing_statement(*query, pass, true);
      const db::Query text{"test.whole", db::Home::kCatalog, statement.sql};
      REQUIRE(f.test.store().read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
        TRY(const auto rows, tx.ask_params(text, statement.params));
        CHECK(rows.size() == (pass == Pass::kAttributes ? 1u : expected));
        return {};
      }));
    }
  }
}

TEST_CASE("a cursor belongs to its question") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.make("K" + std::to_string(i), 100, 9);
  ListingRequest request;
  request.limit = 1;
  request.cursor = *f.list(request).next_cursor;
  request.brand = {"other"};
  CHECK(listing_query(request, f.showcase, f.cursors).error().code == Errc::kBadCursor);
}

TEST_CASE("reconcile repairs what happened while nobody listened") {
  Fixture f;
  const auto made = f.make("A", 100, 9);
  REQUIRE(f.test.store().write(db::Home::kStock, [&](db::Tx& tx) {
    return f.inventory.set_on_hand(tx, {made.offers[0], inventory::kMainWarehouse, 0}, "test", f.test.clock.now());
  }));
  ListingRequest request;
  request.in_stock = true;
  CHECK(f.list(request).items.size() == 1);
  CHECK(*f.showcase.reconcile() == 1);
  CHECK(f.list(request).items.empty());
  CHECK(*f.showcase.reconcile() == 0);
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

TEST_CASE("over HTTP: ready answers, refusals of unknown parameters and odd values") {
  Fixture f;
  const auto made = f.make("A", 100, 9);
  http::Router router("/api/v1");
  add_showcase_routes(router, f.showcase, f.cursors);
  const http::Response detail = call(router, "/api/v1/products/" + made.product.text(), "");
  REQUIRE(detail.ready);
  CHECK(detail.ready->full.find("Cache-Control: public, max-age=60") != std::string::npos);
  CHECK(call(router, "/api/v1/products/prod_nonsense", "").status == 404);
  CHECK(call(router, "/api/v1/products", "colour=red").status == 422);
  CHECK(call(router, "/api/v1/products", "limit=0").status == 422);
  CHECK(call(router, "/api/v1/products", "sort=up").status == 422);
  CHECK(call(router, "/api/v1/products", "attr.ram.min=x").status == 422);
  CHECK(call(router, "/api/v1/products", "cursor=forged").status == 400);
  CHECK(call(router, "/api/v1/categories/nowhere/products", "").status == 404);
  const http::Response search = call(router, "/api/v1/search", "q=title");
  REQUIRE(search.ready);
  CHECK(search.ready->full.find(R"("total_count":1)") != std::string::npos);
}

}  // namespace
}  // namespace kontor::showcase
