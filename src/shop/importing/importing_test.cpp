#include "shop/importing/importing.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;
using importing::Importer;
using importing::OnError;
using importing::Options;
using importing::Progress;

namespace {

struct ImportingHouse {
  testing::TestStore test{{services_migrations(), catalog_migrations(), inventory_migrations()}};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  Importer importer{test.store(), test.clock, catalog, inventory};

  std::unique_ptr<importing::RowSource> file(const std::string& text) {
    const std::string path = test.folder() + "/rows.ndjson";
    std::ofstream(path) << text;
    auto opened = importing::open_rows(path, {});
    REQUIRE(opened);
    return std::move(*opened);
  }
  Progress run(const std::string& text, OnError on_error) {
    const auto lines = file(text);
    Options options;
    options.on_error = on_error;
    Progress progress;
    const auto done = importer.run(*lines, options, progress);
    REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
    return progress;
  }
  std::vector<catalog::Product> all() {
    catalog::ProductFilter filter;
    filter.limit = 1000;
    auto found = catalog.find_products(filter);
    REQUIRE(found);
    return *found;
  }
};

std::string row(int n, int on_hand = 5, const std::string& more = "") {
  const std::string id = std::to_string(n);
  return R"({"external_id":"p)" + id + R"(","title":"Product )" + id + R"(","category_path":["A","B)" +
         std::to_string(n % 3) + R"("],"offers":[{"sku":"S)" + id +
         R"(","price":{"amount":100,"currency":"USD"},"stock":[{"warehouse":"main","on_hand":)" +
         std::to_string(on_hand) + "}]}]" + more + "}\n";
}

}  // namespace

TEST_CASE("import: new, then the same again, then changed: one product each, and the stock as the row says") {
  ImportingHouse house;
  std::string rows;
  for (int n = 0; n < 100; ++n) rows += row(n);
  auto progress = house.run(rows, OnError::kStop);
  CHECK(progress.report.created == 100);
  CHECK(progress.report.failed == 0);
  progress = house.run(rows, OnError::kStop);
  CHECK(progress.report.created == 0);
  CHECK(progress.report.updated == 100);
  progress = house.run(row(7, 9), OnError::kSkip);
  CHECK(progress.report.updated == 1);
  const auto products = house.all();
  REQUIRE(products.size() == 100);
  for (const auto& product : products) {
    REQUIRE(product.offers.size() == 1);
    const OfferId offers[] = {product.offers[0].id};
    const auto figures = house.inventory.figures(offers);
    REQUIRE(figures);
    REQUIRE(figures->size() == 1);
    CHECK((*figures)[0].on_hand == (product.external_id == "p7" ? 9 : 5));
  }
  services::CheckReport report;
  REQUIRE(house.inventory.check(report));
  CHECK(report.ok());
}

TEST_CASE("import: the same product twice in one file is one product, the later row holds") {
  ImportingHouse house;
  const auto progress = house.run(row(1, 3) + row(1, 8), OnError::kSkip);
  CHECK(progress.report.failed == 0);
  REQUIRE(house.all().size() == 1);
  const OfferId offers[] = {house.all()[0].offers[0].id};
  CHECK((*house.inventory.figures(offers))[0].on_hand == 8);
}

TEST_CASE("import: bad rows are named by line, member and reason; skip keeps the good ones, stop applies nothing") {
  const std::string rows = row(1) + "{\"external_id\":\"x\"}\n" + "not json\n" + row(2, -1) +
                           R"({"external_id":"y","title":"Y","offers":[{"sku":"Y","seller":"nobody",)"
                           R"("price":{"amount":-1,"currency":"USD"}}]})"
                           "\n" +
                           row(3, 5, R"(,"colour":1)") + row(4);
  {
    ImportingHouse house;
    const auto progress = house.run(rows, OnError::kStop);
    CHECK(progress.report.failed == 5);
    CHECK(progress.report.created == 0);
    CHECK(house.all().empty());
  }
  ImportingHouse house;
  const auto progress = house.run(rows, OnError::kSkip);
  CHECK(progress.report.created == 2);
  CHECK(progress.report.failed == 5);
  const auto has = [&](std::int64_t line, std::string_view field, std::string_view code) {
    return std::any_of(progress.report.errors.begin(), progress.report.errors.end(),
                       [&](const auto& bad) { return bad.line == line && bad.field == field && bad.code == code; });
  };
  CHECK(has(2, "/title", "required"));
  CHECK(has(3, "", "malformed_json"));
  CHECK(has(4, "/offers/0/stock/0/on_hand", "out_of_range"));
  CHECK(has(5, "/offers/0/price/amount", "out_of_range"));
  CHECK(has(5, "/offers/0/seller", "unknown_value"));
  CHECK(has(6, "/colour", "unknown_field"));
}

TEST_CASE("import: with stop, a sku that another product has in the store or in the file stops everything") {
  const std::string thief =
      R"({"external_id":"thief","title":"Thief","offers":[{"sku":"S","price":{"amount":1,"currency":"USD"}}]})";
  const std::string owner =
      R"({"external_id":"owner","title":"Owner","offers":[{"sku":"S","price":{"amount":1,"currency":"USD"}}]})";
  ImportingHouse house;
  std::string rows = owner + "\n";
  for (int n = 0; n < 60; ++n) rows += row(n);  // another chunk
  const auto in_file = house.run(rows + thief + "\n", OnError::kStop);
  CHECK(in_file.report.failed == 1);
  CHECK(in_file.report.errors.at(0).line == 62);
  CHECK(in_file.report.errors.at(0).field == "/offers/0/sku");
  CHECK(house.all().empty());
  CHECK(house.run(owner + "\n", OnError::kStop).report.created == 1);
  const auto in_store = house.run(row(1) + thief + "\n", OnError::kStop);
  CHECK(in_store.report.failed == 1);
  CHECK(house.all().size() == 1);
  CHECK(house.run(owner + "\n" + owner + "\n", OnError::kStop).report.updated == 2);
}

TEST_CASE("import: interrupted after any chunk, it goes on from its progress and nothing is doubled") {
  std::string rows;
  for (int n = 0; n < 200; ++n) rows += row(n);
  for (int stop_after = 1; stop_after <= 5; ++stop_after) {
    ImportingHouse house;
    Progress progress;
    {
      auto lines = house.file(rows);
      Options options;
      options.on_error = OnError::kSkip;
      int chunks = 0;
      options.after_chunk = [&](const Progress&) -> Result<void> {
        return ++chunks == stop_after ? Result<void>(fail(Errc::kUnavailable, "test.stop")) : Result<void>{};
      };
      REQUIRE_FALSE(house.importer.run(*lines, options, progress));
    }
    CHECK(progress.report.created == stop_after * static_cast<int>(Options{}.chunk));
    auto lines = house.file(rows);
    Options options;
    options.on_error = OnError::kSkip;
    REQUIRE(house.importer.run(*lines, options, progress));
    CHECK(progress.report.created == 200);
    CHECK(house.all().size() == 200);
  }
}

TEST_CASE("import: a dry run changes nothing") {
  ImportingHouse house;
  auto lines = house.file(row(1));
  Options options;
  options.dry_run = true;
  Progress progress;
  REQUIRE(house.importer.run(*lines, options, progress));
  CHECK(progress.report.failed == 0);
  CHECK(house.all().empty());
}
