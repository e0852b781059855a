#include "shop/importing/product_export.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "base/text.h"
#include "runtime/json.h"
#include "shop/importing/importing.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;
using importing::FileFormat;
using services::ExportFormat;

namespace {

struct ExportingHouse {
  testing::TestStore test{{services_migrations(), catalog_migrations(), inventory_migrations()}};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  importing::Importer importer{test.store(), test.clock, catalog, inventory};

  importing::Progress import(const std::string& text, FileFormat format) {
    const std::string path = test.folder() + "/rows";
    std::ofstream(path, std::ios::binary) << text;
    importing::Reading reading;
    reading.format = format;
    const auto rows = importing::open_rows(path, reading);
    REQUIRE_MESSAGE(rows, rows.error().detail);
    importing::Progress progress;
    const auto done = importer.run(**rows, {}, progress);
    REQUIRE(done);
    for (const auto& bad : progress.report.errors) FAIL_CHECK(bad.field << ": " << bad.message);
    return progress;
  }
  std::string export_all(ExportFormat format) {
    const auto pieces = importing::product_export(catalog, inventory)(format);
    std::string out;
    while (true) {
      const auto piece = pieces();
      REQUIRE(piece);
      if (piece->empty()) return out;
      out += *piece;
    }
  }
};

// The products' rows whatever their order: ids are new in another shop.
std::vector<std::string> rows_of(ExportingHouse& house) {
  const std::string all = house.export_all(ExportFormat::kNdjson);
  std::vector<std::string> rows;
  for (const auto line : split(all, '\n')) rows.emplace_back(line);
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Every text of the product is the given one.
std::string row(int n, const std::string& text) {
  std::string quoted;
  json::print_text(quoted, text);
  const std::string id = std::to_string(n);
  const std::string name = quoted.substr(0, quoted.size() - 1) + id + "\"";
  return R"({"external_id":)" + name + R"(,"title":)" + name + R"(,"description":)" + quoted + R"(,"brand":)" + quoted +
         R"(,"category_path":["A",)" + name + R"(],"attributes":{"a":)" + quoted + R"(,"n":[1.5,true,)" + quoted +
         R"(]},"images":[)" + name + R"(,"x"],"offers":[{"sku":)" + name + R"(,"condition":"used","options":{"o":)" +
         quoted + R"(},"price":{"amount":105,"currency":"USD"},"list_price":{"amount":210,"currency":"USD"},)" +
         R"("backorder":3,"active":false,"stock":[{"warehouse":"main","on_hand":7}]},)" + R"({"sku":"second-)" + id +
         R"(","price":{"amount":5,"currency":"JPY"}}]})" + "\n";
}

const std::string_view kTexts[] = {
    "plain", "=1+1", "-2+3",      "+x",          "@SUM(A1)", "'=1",        "''",          "'",   "\"",  "a,b;c\td|e",
    "a > b", "[1]",  "[\"x\"]",   "line\nbreak", "cr\r\nlf", "{\"a\": 1}", "é😀\u202Ertl", "-5",  "007", "1e5",
    "true",  "NULL", "</script>", "' OR 1=1 --", "a\\nb\\",  "\x7f",       "..",          "%s%n"};

}  // namespace

TEST_CASE("import and export: whatever the texts, an export in either format makes the same catalogue again") {
  ExportingHouse first;
  std::string rows;
  int n = 0;
  for (const auto text : kTexts) rows += row(++n, std::string(text));
  for (; n < 130; ++n) rows += row(n + 1, "many");  // beyond a page
  CHECK(first.import(rows, FileFormat::kNdjson).report.created == 130);
  const auto expected = rows_of(first);
  REQUIRE(expected.size() == 131);
  for (const auto& [format, as] :
       {std::pair{ExportFormat::kNdjson, FileFormat::kNdjson}, std::pair{ExportFormat::kCsv, FileFormat::kCsv}}) {
    ExportingHouse second;
    CHECK(second.import(first.export_all(format), as).report.created == 130);
    CHECK(rows_of(second) == expected);
    // And into the shop it came from, it changes nothing.
    CHECK(first.import(first.export_all(format), as).report.updated == 130);
    CHECK(rows_of(first) == expected);
  }
}

TEST_CASE("import and export: a product without a key is named by its id, and found by it") {
  ExportingHouse house;
  catalog::Draft draft;
  draft.product.title = "Keyless";
  REQUIRE(house.catalog.save({&draft, 1}));
  const auto text = house.export_all(ExportFormat::kCsv);
  CHECK(text.find("prod_") != std::string::npos);
  CHECK(house.import(text, FileFormat::kCsv).report.updated == 1);
  CHECK(house.export_all(ExportFormat::kCsv) == text);
}

TEST_CASE("import: a slug is a wish; one that another product has is not taken, and stops nothing") {
  ExportingHouse house;
  const std::string tea = R"({"external_id":"a","title":"Tea","slug":"tea"})";
  const std::string other = R"({"external_id":"b","title":"Other","slug":"tea"})";
  CHECK(house.import(tea + "\n" + other + "\n", FileFormat::kNdjson).report.created == 2);
  const auto found = house.catalog.product_by_slug("tea");
  REQUIRE(found);
  CHECK((*house.catalog.product(**found))->external_id == "a");
}

TEST_CASE("import: products of many offers end a chunk early, and all their stock is there") {
  ExportingHouse house;
  std::string rows;
  for (int n = 0; n < 30; ++n) {
    rows += R"({"external_id":"p)" + std::to_string(n) + R"(","title":"T","offers":[)";
    for (int k = 0; k < 60; ++k)
      rows += std::string(k == 0 ? "" : ",") + R"({"sku":"S)" + std::to_string(n * 100 + k) +
              R"(","price":{"amount":1,"currency":"USD"},"stock":[{"warehouse":"main","on_hand":2}]})";
    rows += "]}\n";
  }
  CHECK(house.import(rows, FileFormat::kNdjson).report.created == 30);
  const auto stock = house.inventory.rows_after(OfferId{}, WarehouseId{}, 10'000);
  REQUIRE(stock);
  CHECK(stock->size() == 1800);
}
