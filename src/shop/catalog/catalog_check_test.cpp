// `kontor check` over the catalogue: a sound one is sound, and each broken reference that is planted is found.
#include <doctest/doctest.h>

#include "services/check_report.h"
#include "shop/catalog/catalog.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
}  // namespace kontor

namespace kontor::catalog {
namespace {

struct CheckFixture {
  testing::TestStore test{services_migrations(), catalog_migrations()};
  Catalog catalog{test.store(), test.clock, test.ids};

  ProductId save(const std::string& external_id, const std::string& slug, ProductStatus status) {
    Draft draft;
    draft.product.external_id = external_id;
    draft.product.title = "Title " + external_id;
    draft.product.slug = slug;
    draft.product.brand = "Brand";
    draft.product.status = status;
    Offer offer;
    offer.seller = SellerId{1};
    offer.sku = external_id;
    offer.price = Money::minor(500, Currency());
    draft.product.offers.push_back(offer);
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    REQUIRE_FALSE((*saved)[0].refused);
    return (*saved)[0].product;
  }
  // Past the functions that would refuse it.
  void plant(const db::Query& query) {
    REQUIRE(test.store().write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(query));
      return {};
    }));
  }
  services::CheckReport check() {
    services::CheckReport report;
    REQUIRE(catalog.check(report));
    return report;
  }
  // What is found of this invariant; nothing else may be.
  std::string only(const std::string& invariant) {
    const auto report = check();
    REQUIRE(report.findings().size() == 1);
    CHECK(report.findings().begin()->first == invariant);
    CHECK(report.findings().begin()->second.count == 1);
    return report.findings().begin()->second.details.front();
  }
};

TEST_CASE_FIXTURE(CheckFixture, "check: a catalogue that was only changed by its own functions is sound") {
  const ProductId lamp = save("lamp", "lamp", ProductStatus::kActive);
  const ProductId bulb = save("bulb", "bulb", ProductStatus::kActive);
  const ProductId gone = save("gone", "gone", ProductStatus::kActive);
  REQUIRE(catalog.set_related(lamp, {{bulb, gone}, {}, {}}, {}));
  save("lamp", "desk-lamp", ProductStatus::kDiscontinued);
  save("gone", "going", ProductStatus::kActive);
  auto lamps = catalog.create_category({}, "Lamps");
  REQUIRE(lamps);
  REQUIRE(catalog.create_category(lamps->id, "Desk lamps"));
  lamps->slug = "lights";
  REQUIRE(catalog.change_category(*lamps, {}));
  AttributeDefinition watts;
  watts.name = "watts";
  REQUIRE(catalog.define_attributes(lamps->id, std::span(&watts, 1), {}));
  const auto other = catalog.create_category({}, "Other");
  REQUIRE(other);
  REQUIRE(catalog.define_attributes(other->id, std::span(&watts, 1), {}));
  REQUIRE(catalog.remove_category(other->id));
  REQUIRE(catalog.remove(gone, {}));
  const auto report = check();
  CHECK(report.ok());
  CHECK(report.counts().at("products") == 2);
  CHECK(report.counts().at("categories") == 2);
  CHECK(report.counts().at("related products") == 1);
  CHECK(report.counts().at("former slugs") == 2);
  CHECK(report.counts().at("attribute definitions") == 1);
}

TEST_CASE_FIXTURE(CheckFixture, "check: a related product that is not there is found, on either side") {
  static constexpr db::Query kTo{"test.related_to", db::Home::kCatalog,
                                 "INSERT INTO catalog_related (product_id, kind, place, related_id) "
                                 "SELECT id, 0, 0, 4711 FROM catalog_products"};
  static constexpr db::Query kOf{"test.related_of", db::Home::kCatalog,
                                 "UPDATE catalog_related SET related_id = product_id, product_id = related_id"};
  const ProductId lamp = save("lamp", "lamp", ProductStatus::kActive);
  plant(kTo);
  CHECK(only("catalog.related_products_exist") == lamp.text() + " has " + ProductId{4711}.text() + " beside it");
  plant(kOf);
  CHECK(only("catalog.related_products_exist") == ProductId{4711}.text() + " has " + lamp.text() + " beside it");
}

TEST_CASE_FIXTURE(CheckFixture, "check: a product that stands beside itself is found") {
  static constexpr db::Query kItself{"test.related_to_itself", db::Home::kCatalog,
                                     "INSERT INTO catalog_related (product_id, kind, place, related_id) "
                                     "SELECT id, 0, 0, id FROM catalog_products"};
  save("lamp", "lamp", ProductStatus::kActive);
  plant(kItself);
  only("catalog.related_is_another_product");
}

TEST_CASE_FIXTURE(CheckFixture, "check: former slugs that lead nowhere are found") {
  static constexpr db::Query kProduct{"test.former_of_product", db::Home::kCatalog,
                                      "INSERT INTO catalog_former_slugs (kind, slug, owner_id, since) "
                                      "VALUES (1, 'lost', 4711, 0)"};
  static constexpr db::Query kCategory{"test.former_of_category", db::Home::kCatalog,
                                       "UPDATE catalog_former_slugs SET kind = 2"};
  static constexpr db::Query kNeither{"test.former_of_neither", db::Home::kCatalog,
                                      "UPDATE catalog_former_slugs SET kind = 3"};
  plant(kProduct);
  CHECK(only("catalog.former_slug_has_owner") == "lost leads to " + ProductId{4711}.text());
  plant(kCategory);
  CHECK(only("catalog.former_slug_has_owner") == "lost leads to " + CategoryId{4711}.text());
  plant(kNeither);
  CHECK(only("catalog.former_slug_has_owner") == "lost leads to a thing of kind 3");
}

TEST_CASE_FIXTURE(CheckFixture,
                  "check: a former slug that somebody has now is found; a product's and a category's differ") {
  static constexpr db::Query kProduct{"test.product_has_it", db::Home::kCatalog,
                                      "UPDATE catalog_former_slugs SET slug = 'bulb' WHERE kind = 1"};
  static constexpr db::Query kCategory{"test.category_has_it", db::Home::kCatalog,
                                       "UPDATE catalog_former_slugs SET slug = 'chairs' WHERE kind = 2"};
  static constexpr db::Query kNone{"test.no_former", db::Home::kCatalog, "DELETE FROM catalog_former_slugs"};
  const ProductId lamp = save("lamp", "chairs", ProductStatus::kActive);
  save("lamp", "desk-lamp", ProductStatus::kActive);
  save("bulb", "bulb", ProductStatus::kActive);
  REQUIRE(catalog.create_category({}, "Chairs"));  // a product was called so once, which is another address
  CHECK(check().ok());
  plant(kProduct);
  CHECK(only("catalog.former_slug_is_nobodys_present_one") == "bulb leads to " + lamp.text());
  plant(kNone);
  auto tables = catalog.create_category({}, "Tables");
  REQUIRE(tables);
  tables->slug = "desks";
  REQUIRE(catalog.change_category(*tables, {}));
  CHECK(check().ok());
  plant(kCategory);
  CHECK(only("catalog.former_slug_is_nobodys_present_one") == "chairs leads to " + tables->id.text());
}

TEST_CASE_FIXTURE(CheckFixture,
                  "check: definitions of a category that is not there, or that nobody can read, are found") {
  static constexpr db::Query kLost{"test.lost_definitions", db::Home::kCatalog,
                                   "INSERT INTO catalog_attribute_definitions "
                                   "(category_id, version, updated_at, definitions) VALUES (4711, 1, 0, '[]')"};
  static constexpr db::Query kNone{"test.no_definitions", db::Home::kCatalog,
                                   "DELETE FROM catalog_attribute_definitions"};
  static constexpr db::Query kBroken{"test.broken_definitions", db::Home::kCatalog,
                                     "INSERT INTO catalog_attribute_definitions "
                                     "(category_id, version, updated_at, definitions) "
                                     "SELECT id, 1, 0, '[{' FROM catalog_categories"};
  plant(kLost);
  CHECK(only("catalog.definitions_have_category") == CategoryId{4711}.text() + " is not there");
  plant(kNone);
  const auto lamps = catalog.create_category({}, "Lamps");
  REQUIRE(lamps);
  plant(kBroken);
  CHECK(only("catalog.definitions_can_be_read").starts_with(lamps->id.text()));
}

TEST_CASE_FIXTURE(CheckFixture, "check: a status that no version of the program has is found") {
  static constexpr db::Query kHigh{"test.high_status", db::Home::kCatalog, "UPDATE catalog_products SET status = 5"};
  static constexpr db::Query kLow{"test.low_status", db::Home::kCatalog, "UPDATE catalog_products SET status = -1"};
  const ProductId lamp = save("lamp", "lamp", ProductStatus::kActive);
  plant(kHigh);
  CHECK(only("catalog.status_is_known") == lamp.text() + " has the status 5");
  plant(kLow);
  CHECK(only("catalog.status_is_known") == lamp.text() + " has the status -1");
}

TEST_CASE_FIXTURE(CheckFixture,
                  "check: a category without its parent, a listed brand without its row, and a lost listing") {
  static constexpr db::Query kParent{"test.lost_parent", db::Home::kCatalog,
                                     "UPDATE catalog_categories SET parent_id = 4711"};
  static constexpr db::Query kRoot{"test.root", db::Home::kCatalog, "UPDATE catalog_categories SET parent_id = 0"};
  static constexpr db::Query kBrand{"test.lost_brand", db::Home::kCatalog, "DELETE FROM catalog_brands"};
  static constexpr db::Query kProduct{"test.lost_product", db::Home::kCatalog, "DELETE FROM catalog_products"};
  const auto lamps = catalog.create_category({}, "Lamps");
  REQUIRE(lamps);
  plant(kParent);
  CHECK(only("catalog.category_has_parent") == lamps->id.text() + " is below " + CategoryId{4711}.text());
  plant(kRoot);
  const ProductId lamp = save("lamp", "lamp", ProductStatus::kActive);
  plant(kBrand);
  CHECK(only("catalog.listed_brand_is_known") == lamp.text() + " is by Brand");
  save("lamp", "lamp", ProductStatus::kActive);  // which notes the brand again
  CHECK(check().ok());
  plant(kProduct);
  CHECK(only("catalog.listed_product_exists") == lamp.text() + " is listed in USD");
}

}  // namespace
}  // namespace kontor::catalog
