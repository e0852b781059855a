#include "shop/showcase/showcase.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/router.h"
#include "shop/showcase/showcase_api.h"
#include "tests/support/shown_catalogue.h"

namespace kontor::showcase {
namespace {

using testing::ShownCatalogue;

TEST_CASE("the detail has the shape of the contract") {
  ShownCatalogue f;
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
  ShownCatalogue f;
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
  ShownCatalogue f;
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
  ShownCatalogue f;
  CHECK(f.showcase.ready(ProductId{12345}).error().reason == "catalog.no_such_product");
  CHECK(f.showcase.offer_card(OfferId{12345}).error().reason == "catalog.no_such_offer");
  CHECK(f.showcase.featured_offer(ProductId{12345}).error().reason == "catalog.no_such_product");
  const auto draft = f.make("D", 100, 1, [](catalog::Draft& d) { d.product.status = catalog::ProductStatus::kDraft; });
  CHECK(f.showcase.ready(draft.product).error().reason == "catalog.no_such_product");
  CHECK(!(*f.showcase.offer_card(draft.offers[0]))->buyable);
}

TEST_CASE("the featured offer is the cheapest in stock") {
  ShownCatalogue f;
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

http::Response call(const http::Router& router, std::string_view path, std::string_view query) {
  const http::Router* tables[] = {&router};
  const http::Dispatcher dispatcher(tables);
  http::Request request;
  request.path = path;
  request.query = query;
  const auto match = dispatcher.find(http::Method::kGet, path);
  return dispatcher.run(match, request);
}

TEST_CASE("cards of listings are kept, and dropped by what changes them") {
  ShownCatalogue f;
  const auto made = f.make("A", 100, 9);
  const ProductId ids[] = {made.product, ProductId{12345}};
  const auto first = f.showcase.cards(ids, Currency());
  REQUIRE(first);
  REQUIRE((*first)[0] != nullptr);
  CHECK((*first)[1] == nullptr);
  CHECK((*first)[0]->price == Money::minor(100, Currency()));
  CHECK((*first)[0]->availability.status == Availability::kInStock);
  CHECK((*f.showcase.cards(ids, Currency()))[0] == (*first)[0]);
  CHECK((*f.showcase.cards(ids, *Currency::parse("EUR")))[0] == nullptr);
  f.set_stock(made.offers[0], 0);
  CHECK((*f.showcase.cards(ids, Currency()))[0]->availability.status == Availability::kOutOfStock);
  f.make("A", 200, 9);
  CHECK((*f.showcase.cards(ids, Currency()))[0]->price == Money::minor(200, Currency()));
}

TEST_CASE("texts in the language that is wished for, of a product and of its card") {
  ShownCatalogue f;
  const auto plain = f.make("A", 100, 9);
  const auto made = f.make("B", 100, 9, [](catalog::Draft& d) {
    d.product.description = "Leaves";
    d.product.translations_json = R"({"de":{"title":"Tee"},"fr-CA":{"title":"Thé","description":"Feuilles"}})";
  });
  REQUIRE(f.showcase.ready(plain.product));
  CHECK(!(*f.showcase.ready(plain.product))->by_language);
  const auto bytes = f.showcase.ready(made.product);
  REQUIRE(bytes);
  CHECK((*bytes)->by_language);
  CHECK((*bytes)->full.find(R"("locales":["de","fr-CA"])") != std::string_view::npos);

  const auto state = f.showcase.state(made.product);
  REQUIRE(state);
  const auto in = [&](std::vector<std::string> wished) {
    auto detail = detail_of(*state, Currency(), {});
    translate(detail, *state, wished, "en-US");
    return detail.title + " " + detail.description + " " + detail.locale.value_or("own");
  };
  CHECK(in({}) == "Title B Leaves own");
  CHECK(in({"de-AT"}) == "Tee Leaves de");
  CHECK(in({"it", "fr"}) == "Thé Feuilles fr-CA");
  CHECK(in({"en", "fr"}) == "Title B Leaves own");

  const ProductId ids[] = {made.product, plain.product};
  const auto cards = f.showcase.cards(ids, Currency());
  REQUIRE(cards);
  REQUIRE((*cards)[0]->titles.size() == 2);
  CHECK((*cards)[1]->titles.empty());
  Card card = *(*cards)[0];
  const std::vector<std::string> wished = {"de"};
  translate(card, wished, "en-US");
  CHECK(card.title == "Tee");
  CHECK(card.locale == "de");
  CHECK(card.titles.empty());
}

TEST_CASE("a category is found by a slug that it had before") {
  ShownCatalogue f;
  auto made = f.catalog.create_category({}, "Lamps");
  REQUIRE(made);
  made->slug = "lights";
  REQUIRE(f.catalog.change_category(*made, {}));
  for (const char* slug : {"lamps", "lights"}) {
    const auto found = f.showcase.category(slug);
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->slug == "lights");
  }
  REQUIRE(f.catalog.forget_slug(catalog::SlugKind::kCategory, made->id.value, "lamps"));
  CHECK(!f.showcase.category("lamps")->has_value());
}

TEST_CASE("reconcile repairs what happened while nobody listened") {
  ShownCatalogue f;
  const auto made = f.make("A", 100, 9);
  REQUIRE(f.test.store().write(db::Home::kStock, [&](db::Tx& tx) {
    return f.inventory.set_on_hand(tx, {made.offers[0], inventory::kMainWarehouse, 0}, "test", f.test.clock.now());
  }));
  CHECK((*f.showcase.listed(std::span(&made.product, 1)))[0] == Availability::kInStock);
  CHECK(*f.showcase.reconcile() == 1);
  CHECK((*f.showcase.listed(std::span(&made.product, 1)))[0] == Availability::kOutOfStock);
  CHECK(*f.showcase.reconcile() == 0);
}

TEST_CASE("over HTTP: ready answers of products") {
  ShownCatalogue f;
  const auto made = f.make("A", 100, 9);
  http::Router router("/api/v1");
  add_showcase_routes(router, f.showcase);
  const http::Response detail = call(router, "/api/v1/products/" + made.product.text(), "");
  REQUIRE(detail.ready);
  CHECK(detail.ready->full.find("Cache-Control: public, max-age=60") != std::string::npos);
  CHECK(call(router, "/api/v1/products/prod_nonsense", "").status == 404);
}

TEST_CASE("over HTTP: the category tree, and one of it by id, slug or former slug") {
  ShownCatalogue f;
  const auto garden = f.catalog.create_category({}, "Garden");
  REQUIRE(garden);
  auto seeds = f.catalog.create_category(garden->id, "Seeds");
  REQUIRE(seeds);
  http::Router router("/api/v1");
  add_showcase_routes(router, f.showcase);
  const http::Response tree = call(router, "/api/v1/categories", "");
  REQUIRE(tree.ready);
  CHECK(tree.ready->full.find("\"path\":\"Garden > Seeds\"") != std::string::npos);
  CHECK(tree.ready->full.find("\"children\":[{") != std::string::npos);
  seeds->slug = "seedlings";
  REQUIRE(f.catalog.change_category(*seeds, {}));
  for (const std::string& named : {std::string("seeds"), std::string("seedlings"), seeds->id.text()}) {
    const http::Response one = call(router, "/api/v1/categories/" + named, "");
    REQUIRE(one.ready);
    CHECK(one.ready->full.find("\"slug\":\"seedlings\"") != std::string::npos);
  }
  CHECK(call(router, "/api/v1/categories/weeds", "").status == 404);
}

}  // namespace
}  // namespace kontor::showcase
