// What the generator makes is what an import takes.
#include <doctest/doctest.h>

#include <fstream>

#include "demo/demo.h"
#include "shop/importing/importing.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;

TEST_CASE("demo: generated rows are imported without a bad one, and a larger count only adds") {
  testing::TestStore test{{services_migrations(), catalog_migrations(), inventory_migrations()}};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  importing::Importer importer{test.store(), test.clock, catalog, inventory};
  const demo::Generator generator{demo::Settings{}};
  const auto run = [&](std::uint64_t count) {
    const std::string path = test.folder() + "/rows.ndjson";
    {
      std::ofstream file(path);
      for (std::uint64_t n = 0; n < count; ++n) file << json::print(generator.product(n)) << "\n";
    }
    const auto rows = importing::open_rows(path, {});
    REQUIRE(rows);
    importing::Progress progress;
    importing::Options options;
    options.on_bad_row = [](const importing::BadRow& bad) { FAIL_CHECK(json::print(bad)); };
    REQUIRE(importer.run(**rows, options, progress));
    return progress.report;
  };
  CHECK(run(400).created == 400);
  const auto more = run(600);
  CHECK(more.created == 200);
  CHECK(more.updated == 400);
  const auto categories = catalog.categories();
  REQUIRE(categories);
  CHECK(categories->size() >= 70);  // departments and what is below them
}

TEST_CASE("demo: the marketplace's rows need its sellers and warehouses, which can be made again and again") {
  testing::TestStore test{{services_migrations(), catalog_migrations(), inventory_migrations()}};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  std::vector<catalog::Seller> sellers;
  for (const auto& shop : demo::shops())
    sellers.push_back({SellerId{}, std::string(shop.code), std::string(shop.name), true, shop.rating_milli});
  REQUIRE(catalog.ensure_sellers(sellers));
  const auto first = catalog.sellers();
  REQUIRE(first);
  CHECK(first->size() == demo::shops().size() + 1);
  REQUIRE(catalog.ensure_sellers(sellers));
  const auto second = catalog.sellers();
  REQUIRE(second);
  for (std::size_t i = 0; i < first->size(); ++i) CHECK((*first)[i].id == (*second)[i].id);
}
