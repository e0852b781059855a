// Products as shoppers see them: the catalogue, its stock and the showcase over one store. For tests of showcase, and
// of what follows it.
#pragma once
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/db_postgres/postgres_store.h"
#include "shop/showcase/showcase.h"
#include "tests/support/postgres_database.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> showcase_migrations();
}  // namespace kontor

namespace kontor::testing {

struct ShownCatalogue {
  TestStore test{services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  showcase::Showcase showcase{test.store(), catalog, inventory, {}};

  ShownCatalogue() {
    catalog.on_change([this](std::span<const ProductId> products) {
      for (const ProductId id : products) showcase.product_changed(id);
    });
    catalog.base_prices().on_change([this](std::span<const ProductId> products) {
      for (const ProductId id : products) showcase.prices_changed(id);
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
    offer.seller = SellerId{1};
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
  // Of this path, made where it is missing.
  CategoryId category(const std::vector<std::string>& path) {
    const auto made = catalog.ensure_paths(std::vector<std::vector<std::string>>{path});
    REQUIRE(made);
    return (*made)[0];
  }
  void change_category(CategoryId id, const std::function<void(catalog::Category&)>& change) {
    const auto found = showcase.category(id.text());
    REQUIRE(found);
    REQUIRE(found->has_value());
    catalog::Category category = **found;
    change(category);
    REQUIRE(catalog.change_category(category, std::nullopt));
  }
  void set_price(OfferId offer, std::int64_t minor) {
    const catalog::BasePrice wish{offer, Money::minor(minor, Currency()), {}};
    const auto done = catalog.base_prices().set(std::span(&wish, 1));
    REQUIRE(done);
    REQUIRE((*done)[0].changed);
  }
  void set_stock(OfferId offer, std::int64_t on_hand) {
    REQUIRE(test.store().write(db::Home::kStock, [&](db::Tx& tx) {
      return inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, on_hand}, "test", test.clock.now());
    }));
    showcase.stock_changed(std::span(&offer, 1));
    REQUIRE(showcase.refresh_stock());
  }
};

// A store for the same in a database of its own on PostgreSQL.
struct PostgresShelf {
  PostgresDatabase database;
  std::unique_ptr<db_postgres::PostgresStore> store;
  FakeClock clock;
  IdSource ids{1};

  // False, and said so, where there is no PostgreSQL.
  bool open() {
    if (!database.available()) {
      MESSAGE("skipped: KONTOR_TEST_POSTGRES is not set");
      return false;
    }
    db_postgres::PostgresStore::Options options;
    options.url = database.url();
    auto opened = db_postgres::PostgresStore::open(options);
    REQUIRE(opened);
    store = std::move(*opened);
    std::vector<db::Migration> all;
    for (const auto& some :
         {services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()})
      all.insert(all.end(), some.begin(), some.end());
    REQUIRE(store->migrate(all));
    return true;
  }

  static catalog::Draft draft(const std::string& key, std::int64_t price, CategoryId category) {
    catalog::Draft made;
    made.product.external_id = key;
    made.product.title = "Title " + key;
    made.product.brand = "Pg Brand";
    made.product.category = category;
    made.product.attributes_json = R"({"color":"black","ram_gb":16})";
    catalog::Offer offer;
    offer.seller = SellerId{1};
    offer.sku = key;
    offer.price = Money::minor(price, *Currency::parse("SEK"));
    made.product.offers.push_back(offer);
    return made;
  }
};

}  // namespace kontor::testing
