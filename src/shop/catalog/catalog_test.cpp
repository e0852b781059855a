#include "shop/catalog/catalog.h"

#include <doctest/doctest.h>

#include "shop/catalog/product_document.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
}  // namespace kontor

namespace kontor::catalog {
namespace {

constexpr SellerId kHouse{1};
constexpr db::Query kEventNames{"test.event_names", db::Home::kCatalog, "SELECT name FROM outbox_events ORDER BY id"};
constexpr db::Query kListing{
    "test.listing", db::Home::kCatalog,
    "SELECT currency, price_min, search_fold FROM catalog_listing WHERE product_id = $1 ORDER BY currency"};
constexpr db::Query kSubtreeCount{"test.subtree", db::Home::kCatalog,
                                  "SELECT COUNT(*) FROM catalog_category_tree WHERE ancestor_id = $1"};

struct CatalogFixture {
  testing::TestStore test{services_migrations(), catalog_migrations()};
  Catalog catalog{test.store(), test.clock, test.ids};

  Saved save(Draft draft) {
    auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    return (*saved)[0];
  }
  Product get(ProductId id) {
    auto product = catalog.product(id);
    REQUIRE(product);
    REQUIRE(product->has_value());
    return **product;
  }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    REQUIRE(test.store().read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kEventNames));
      for (const auto& row : rows) names.push_back(row.str(0));
      return {};
    }));
    return names;
  }
  db::Rows ask(const db::Query& query, std::int64_t id) {
    db::Rows rows;
    REQUIRE(test.store().read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(rows, tx.ask(query, id));
      return {};
    }));
    return rows;
  }
};

Draft tea(std::int64_t price = 500) {
  Draft draft;
  draft.product.external_id = "T-1";
  draft.product.title = "Green Téa";
  draft.product.brand = "Leaf";
  draft.product.attributes_json = R"({"color":"Green","weight_kg":1.5,"tags":["a","b"],"organic":true})";
  draft.product.rating = 4.5;
  Offer offer;
  offer.seller = kHouse;
  offer.sku = "T-1-A";
  offer.price = Money::minor(price, Currency());
  offer.options = {{"size", "M"}};
  draft.product.offers.push_back(offer);
  return draft;
}

TEST_CASE("a saved product is read back whole") {
  CatalogFixture f;
  const Saved saved = f.save(tea());
  CHECK(saved.created);
  REQUIRE(saved.offers.size() == 1);
  const Product product = f.get(saved.product);
  CHECK(product.title == "Green Téa");
  CHECK(product.slug == "green-tea");
  CHECK(product.rating == doctest::Approx(4.5));
  CHECK(product.version == 1);
  REQUIRE(product.offers.size() == 1);
  CHECK(product.offers[0].id == saved.offers[0]);
  CHECK(product.offers[0].options.at("size") == "M");
  CHECK(product.offers[0].price == Money::minor(500, Currency()));
  const auto rows = f.ask(kListing, saved.product.value);
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().i64(1) == 500);
  CHECK(rows.front().str(2) == "green tea leaf t-1");
  CHECK(f.events() == std::vector<std::string>{"product.created"});
}

TEST_CASE("the same external_id and sku again is a change, never a second product or offer") {
  CatalogFixture f;
  const Saved first = f.save(tea());
  const Saved second = f.save(tea(700));
  CHECK(!second.created);
  CHECK(second.product == first.product);
  CHECK(second.offers == first.offers);
  const Product product = f.get(first.product);
  CHECK(product.version == 2);
  CHECK(product.slug == "green-tea");
  REQUIRE(product.offers.size() == 1);
  CHECK(product.offers[0].price == Money::minor(700, Currency()));
  CHECK(product.offers[0].version == 2);
  CHECK(f.ask(kListing, first.product.value).front().i64(1) == 700);
  CHECK(f.events() == std::vector<std::string>{"product.created", "offer.price_changed", "product.changed"});
}

TEST_CASE("an unchanged offer keeps its version") {
  CatalogFixture f;
  const Saved first = f.save(tea());
  f.save(tea());
  CHECK(f.get(first.product).offers[0].version == 1);
}

TEST_CASE("slugs stay unique and are made when the title has none") {
  CatalogFixture f;
  Draft one = tea(), two = tea(), three = tea();
  two.product.external_id = "T-2";
  two.product.offers.clear();
  three.product.external_id = "T-3";
  three.product.title = "茶";
  three.product.offers.clear();
  Draft drafts[] = {one, two, three};
  const auto saved = f.catalog.save(drafts);
  REQUIRE(saved);
  const std::string first = f.get((*saved)[0].product).slug, second = f.get((*saved)[1].product).slug;
  CHECK(first == "green-tea");
  CHECK(second.starts_with("green-tea-"));
  CHECK(f.get((*saved)[2].product).slug.starts_with("product-"));
}

TEST_CASE("a sku of another product is refused and changes nothing") {
  CatalogFixture f;
  f.save(tea());
  Draft thief = tea();
  thief.product.external_id = "T-9";
  const Saved saved = f.save(thief);
  REQUIRE(saved.refused);
  CHECK(saved.refused->fields.at(0).field == "/offers/0/sku");
  CHECK(saved.refused->fields.at(0).code == "taken");
  const auto found = f.catalog.find_products({"T-9", "", "", {}, 10});
  REQUIRE(found);
  CHECK(found->empty());
}

TEST_CASE("drafts of one call that mean the same product are saved one after the other") {
  CatalogFixture f;
  Draft drafts[] = {tea(500), tea(600), tea(700)};
  drafts[2].product.external_id = "T-2";  // and would take the sku away
  const auto saved = f.catalog.save(drafts);
  REQUIRE(saved);
  CHECK((*saved)[0].created);
  CHECK(!(*saved)[1].created);
  CHECK((*saved)[1].product == (*saved)[0].product);
  CHECK((*saved)[2].refused);
  CHECK(f.get((*saved)[0].product).offers.at(0).price == Money::minor(600, Currency()));
}

TEST_CASE("a rehearsal tells what would be refused and writes nothing") {
  CatalogFixture f;
  f.save(tea());
  Draft drafts[] = {tea(), tea()};
  drafts[0].product.external_id = "T-2";
  drafts[1].product.offers[0].sku = "T-1-B";
  const auto told = f.catalog.rehearse(drafts);
  REQUIRE(told);
  CHECK((*told)[0].refused);
  CHECK(!(*told)[1].refused);
  CHECK(f.events().size() == 1);
}

TEST_CASE("a stale version is refused") {
  CatalogFixture f;
  const Saved first = f.save(tea());
  Draft stale = tea(900);
  stale.product.id = first.product;
  stale.if_version = 7;
  const Saved saved = f.save(stale);
  REQUIRE(saved.refused);
  CHECK(saved.refused->code == Errc::kVersionConflict);
  CHECK(f.get(first.product).offers[0].price == Money::minor(500, Currency()));
}

TEST_CASE("only active products with active offers are listed, one row a currency") {
  CatalogFixture f;
  Draft draft = tea();
  Offer euro = draft.product.offers[0];
  euro.sku = "T-1-E";
  euro.price = Money::minor(450, *Currency::parse("EUR"));
  draft.product.offers.push_back(euro);
  const Saved saved = f.save(draft);
  CHECK(f.ask(kListing, saved.product.value).size() == 2);
  draft.product.offers[0].active = false;
  f.save(draft);
  CHECK(f.ask(kListing, saved.product.value).size() == 1);
  draft.product.status = ProductStatus::kInactive;
  f.save(draft);
  CHECK(f.ask(kListing, saved.product.value).empty());
}

TEST_CASE("what a sale needs of offers comes in one look, each once, and for sale is what is active as a whole") {
  CatalogFixture f;
  Draft draft = tea();
  const Saved saved = f.save(draft);
  REQUIRE(!saved.offers.empty());
  std::vector<OfferId> asked(5, saved.offers[0]);  // more than the small statement holds
  asked.push_back(OfferId{1});
  const auto facts = f.catalog.sale_facts(asked);
  REQUIRE(facts);
  REQUIRE(facts->size() == 1);
  const auto offer = f.catalog.offers(std::span(saved.offers).first(1))->front();
  const SaleFacts& one = facts->front();
  CHECK((one.offer == offer.id && one.product == saved.product && one.title == draft.product.title));
  CHECK((one.sku == offer.sku && one.price == offer.price && one.purchase_limit == offer.purchase_limit));
  CHECK((one.backorder == offer.backorder && one.buyable));
  CHECK(f.catalog.sale_facts({})->empty());
  draft.product.status = ProductStatus::kInactive;
  f.save(draft);
  CHECK_FALSE(f.catalog.sale_facts(std::span(saved.offers).first(1))->front().buyable);
}

TEST_CASE("removing a product takes everything along, twice is harmless") {
  CatalogFixture f;
  const Saved saved = f.save(tea());
  CHECK(f.catalog.remove(saved.product, std::nullopt).value());
  CHECK(!f.catalog.remove(saved.product, std::nullopt).value());
  CHECK(!f.catalog.product(saved.product)->has_value());
  CHECK(f.catalog.offers(saved.offers)->empty());
  CHECK(f.ask(kListing, saved.product.value).empty());
  CHECK(f.events().back() == "product.deleted");
}

TEST_CASE("removing the cheapest offer raises the listed price") {
  CatalogFixture f;
  Draft draft = tea();
  Offer dear = draft.product.offers[0];
  dear.sku = "T-1-B";
  dear.price = Money::minor(900, Currency());
  draft.product.offers.push_back(dear);
  const Saved saved = f.save(draft);
  CHECK(f.catalog.remove_offer(saved.offers[0], std::nullopt).value());
  CHECK(f.ask(kListing, saved.product.value).front().i64(1) == 900);
}

TEST_CASE("category paths are made once, without regard to case") {
  CatalogFixture f;
  const std::vector<std::vector<std::string>> paths{
      {"Electronics", "Laptops"}, {"electronics", "Toner"}, {"Electronics"}};
  const auto first = f.catalog.ensure_paths(paths);
  const auto again = f.catalog.ensure_paths(paths);
  REQUIRE(first);
  REQUIRE(again);
  CHECK(*first == *again);
  const auto all = f.catalog.categories();
  REQUIRE(all);
  CHECK(all->size() == 3);
  CHECK(f.ask(kSubtreeCount, (*first)[2].value).front().i64(0) == 3);
}

TEST_CASE("a category moves with what is below it, never below itself") {
  CatalogFixture f;
  const auto ids =
      f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"A", "B", "C"}, {"D"}, {"A", "B"}, {"A"}});
  REQUIRE(ids);
  Category b{(*ids)[2], (*ids)[1], "B", "b", "", 1};
  const auto moved = f.catalog.change_category(b, std::nullopt);
  REQUIRE(moved);
  CHECK(moved->path == "D > B");
  CHECK(f.ask(kSubtreeCount, (*ids)[1].value).front().i64(0) == 3);
  CHECK(f.ask(kSubtreeCount, (*ids)[3].value).front().i64(0) == 1);
  Category d{(*ids)[1], (*ids)[0], "D", "d", "", 1};
  const auto cycle = f.catalog.change_category(d, std::nullopt);
  REQUIRE(!cycle);
  CHECK(cycle.error().reason == "catalog.category_cycle");
}

TEST_CASE("a category in use is not removed") {
  CatalogFixture f;
  const auto ids = f.catalog.ensure_paths(std::vector<std::vector<std::string>>{{"A", "B"}});
  REQUIRE(ids);
  Draft draft = tea();
  draft.product.category = (*ids)[0];
  f.save(draft);
  CHECK(f.catalog.remove_category((*ids)[0]).error().reason == "catalog.category_in_use");
  CHECK(f.catalog.remove_category(CategoryId{4242}).value() == false);
}

TEST_CASE("attribute values are flattened, long texts are not filtered by") {
  const auto values = attribute_values(R"({"a":16.0,"b":["x","y"],"c":true,"d":")" + std::string(200, 'z') + R"("})");
  REQUIRE(values.size() == 4);
  CHECK(values[0].text == "16");
  CHECK(values[0].micro == 16'000'000);
  CHECK(values[2].place == 1);
  CHECK(values[3].text == "true");
}

TEST_CASE("a draft tells everything that is wrong at once") {
  Draft draft = tea();
  draft.product.title = std::string(501, 'x');
  draft.product.attributes_json = R"({"a":{"b":1}})";
  draft.product.rating = 6;
  draft.product.offers[0].price = Money::minor(-1, Currency());
  draft.product.offers.push_back(draft.product.offers[0]);
  std::vector<FieldError> wrong;
  check_draft(draft, wrong);
  std::vector<std::string> fields;
  for (const auto& one : wrong) fields.push_back(one.field);
  CHECK(fields == std::vector<std::string>{"/title", "/rating", "/attributes/a", "/offers/0/price/amount",
                                           "/offers/1/price/amount", "/offers/1/sku"});
}

TEST_CASE("the back office finds products by their keys and pages by id") {
  CatalogFixture f;
  for (int i = 0; i < 5; ++i) {
    Draft draft = tea();
    draft.product.external_id = "P-" + std::to_string(i);
    draft.product.offers[0].sku = "S-" + std::to_string(i);
    f.save(draft);
  }
  CHECK(f.catalog.find_products({"P-3", "", "", {}, 10})->size() == 1);
  CHECK(f.catalog.find_products({"", "", "S-2", {}, 10})->size() == 1);
  const auto page = f.catalog.find_products({"", "", "", {}, 3});
  REQUIRE(page->size() == 3);
  const auto rest = f.catalog.find_products({"", "", "", page->back().id, 3});
  REQUIRE(rest->size() == 2);
  CHECK((*rest)[0].id < page->back().id);
}

}  // namespace
}  // namespace kontor::catalog
