// What is not there is not looked for in the store over and over, and is found as soon as it is made.
#include "shop/showcase/unknown.h"

#include <doctest/doctest.h>

#include "shop/showcase/showcase.h"
#include "tests/support/counting_store.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> showcase_migrations();
}  // namespace kontor

namespace kontor::showcase {
namespace {

struct AskedShop {
  testing::TestStore test{services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()};
  testing::CountingStore store{test.store()};
  catalog::Catalog catalog{store, test.clock, test.ids};
  inventory::Inventory inventory{store, test.clock, test.ids};
  Showcase showcase{store, catalog, inventory, {}};

  AskedShop() {
    catalog.on_change([this](std::span<const ProductId> products) {
      for (const ProductId id : products) showcase.product_changed(id);
    });
    catalog.on_category_change([this] { showcase.categories_changed(); });
  }
  catalog::Saved make(const std::string& name) {
    catalog::Draft draft;
    draft.product.external_id = draft.product.title = draft.product.slug = name;
    catalog::Offer offer;
    offer.seller = SellerId{1};
    offer.sku = name;
    offer.price = Money::minor(450, Currency());
    draft.product.offers.push_back(offer);
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    REQUIRE_FALSE((*saved)[0].refused);
    return (*saved)[0];
  }
  int asked() {  // since the last call
    const auto counts = store.counts();
    const auto found = counts.find("read");
    return found == counts.end() ? 0 : found->second;
  }
};

TEST_CASE("an unknown address is looked up once, until the catalogue changes") {
  AskedShop shop;
  shop.make("cup");
  shop.asked();
  for (int i = 0; i < 5; ++i) CHECK_FALSE(shop.showcase.product_by_slug("tea")->has_value());
  CHECK(shop.asked() == 1);
  CHECK(shop.showcase.unknown_slug_stats().hits == 4);
  CHECK(shop.showcase.unknown_slug_stats().misses == 1);
  const auto tea = shop.make("tea");
  CHECK(*shop.showcase.product_by_slug("tea") == tea.product);
  CHECK_FALSE(shop.showcase.product_by_slug("pot")->has_value());
  shop.asked();
  CHECK(shop.showcase.product_by_slug("cup")->has_value());
  CHECK_FALSE(shop.showcase.product_by_slug("pot")->has_value());
  CHECK(shop.asked() == 1);  // for the one that is there
}

TEST_CASE("unknown offers and products are looked up once, and found when they are made") {
  AskedShop shop;
  const auto cup = shop.make("cup");
  REQUIRE(shop.showcase.offer_card(cup.offers[0]));
  const OfferId none{4711};
  const ProductId nothing{4712};
  CHECK(shop.showcase.offer_card(none).error().reason == "catalog.no_such_offer");
  CHECK(shop.showcase.ready(nothing).error().reason == "catalog.no_such_product");
  shop.asked();
  for (int i = 0; i < 5; ++i) {
    CHECK(shop.showcase.offer_card(none).error().reason == "catalog.no_such_offer");
    CHECK(shop.showcase.ready(nothing).error().reason == "catalog.no_such_product");
  }
  CHECK(shop.asked() == 0);
  CHECK(shop.showcase.unknown_offer_stats().hits == 5);
  shop.make("tea");
  shop.asked();
  CHECK(shop.showcase.offer_card(none).error().reason == "catalog.no_such_offer");
  CHECK(shop.asked() == 1);  // it might have been made
  CHECK(shop.showcase.offer_card(cup.offers[0]));
}

TEST_CASE("addresses of categories come from memory: present, former and unknown ones, until a category changes") {
  AskedShop shop;
  auto lamps = shop.catalog.create_category({}, "Lamps");
  REQUIRE(lamps);
  lamps->slug = "lights";
  REQUIRE(shop.catalog.change_category(*lamps, {}));
  REQUIRE(shop.showcase.category("lights")->has_value());
  shop.asked();
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(shop.showcase.category("chairs")->has_value());
    CHECK_FALSE(shop.showcase.category(CategoryId{4711}.text())->has_value());
    CHECK(shop.showcase.category("lamps")->value().id == lamps->id);
    CHECK(shop.showcase.category(lamps->id.text())->value().slug == "lights");
  }
  CHECK(shop.asked() == 0);
  REQUIRE(shop.catalog.create_category({}, "Chairs"));
  CHECK(shop.showcase.category("chairs")->has_value());
}

TEST_CASE("what was looked for before a change is not believed after it, and memory is bounded") {
  Unknown<std::string> unknown(1 << 20);
  unknown.note("tea", 1, 3);
  CHECK(unknown.holds("tea", 1));
  CHECK_FALSE(unknown.holds("tea", 2));  // the look began before the change
  CHECK_FALSE(unknown.holds("cup", 1));
  for (int i = 0; i < 100'000; ++i) unknown.note("never-" + std::to_string(i), 2, 12);
  CHECK(unknown.stats().weight <= (1 << 20) + 32);
  CHECK(unknown.stats().evicted > 50'000);
  CHECK(unknown.stats().misses == 2);
}

TEST_CASE("answers are made ahead of anybody's asking, and not counted as asked for") {
  AskedShop shop;
  const auto cup = shop.make("cup");
  CHECK(*shop.showcase.warm(cup.product));
  CHECK(*shop.showcase.warm(ProductId{4711}));  // passed over
  CHECK(shop.showcase.ready_stats().misses == 0);
  CHECK(shop.showcase.ready_stats().hits == 0);
  CHECK(shop.showcase.ready_at_hand(cup.product) != nullptr);
  shop.asked();
  CHECK(*shop.showcase.warm(cup.product));
  CHECK(shop.asked() == 0);
}

}  // namespace
}  // namespace kontor::showcase
