#include "shop/catalog/addresses.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "shop/catalog/catalog.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
}  // namespace kontor

namespace kontor::catalog {
namespace {

struct AddressesFixture {
  testing::TestStore test{services_migrations(), catalog_migrations()};
  Catalog catalog{test.store(), test.clock, test.ids};
  Addresses& addresses = catalog.addresses();

  static Draft product(const std::string& external_id, const std::string& title, const std::string& brand = "") {
    Draft draft;
    draft.product.external_id = external_id;
    draft.product.title = title;
    draft.product.brand = brand;
    Offer offer;
    offer.seller = SellerId{1};
    offer.sku = external_id;
    offer.price = Money::minor(500, Currency());
    draft.product.offers.push_back(offer);
    return draft;
  }
  Saved save(Draft draft) {
    auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    return (*saved)[0];
  }
  Saved rename(const std::string& external_id, const std::string& slug) {
    Draft draft = product(external_id, "Renamed");
    draft.product.slug = slug;
    return save(std::move(draft));
  }
  std::string slug(ProductId id) {
    const auto found = catalog.product(id);
    REQUIRE((found && *found));
    return (*found)->slug;
  }
  ProductId former(std::string_view slug) {
    const auto found = addresses.former_owner(SlugKind::kProduct, slug);
    REQUIRE(found);
    return ProductId{found->value_or(0)};
  }
  std::vector<std::string> brands(std::string_view after = "", int limit = 100) {
    const auto found = addresses.brands(Currency(), after, limit);
    REQUIRE(found);
    std::vector<std::string> words;
    for (const Brand& brand : *found)
      words.push_back(brand.slug + " " + brand.name + " " + std::to_string(brand.products));
    return words;
  }
};

using Words = std::vector<std::string>;

TEST_CASE_FIXTURE(AddressesFixture, "a product's former slugs lead to it, and going back leaves no loop") {
  const ProductId tea = save(product("T", "Green tea")).product;
  CHECK(!rename("T", "tea").refused);
  CHECK(former("green-tea") == tea);
  CHECK(!rename("T", "best-tea").refused);
  CHECK(former("green-tea") == tea);
  CHECK(former("tea") == tea);
  CHECK(!former("best-tea"));
  CHECK(!rename("T", "green-tea").refused);
  CHECK(slug(tea) == "green-tea");
  CHECK(!former("green-tea"));
  CHECK(former("best-tea") == tea);
  // Saving it as it is changes nothing.
  CHECK(!rename("T", "green-tea").refused);
  const auto all = addresses.former_slugs(SlugKind::kProduct, tea.value);
  REQUIRE(all);
  CHECK(all->size() == 2);
}

TEST_CASE_FIXTURE(AddressesFixture,
                  "nobody takes a slug that leads to another, until it is given up or its owner is gone") {
  const ProductId tea = save(product("T", "Green tea")).product;
  rename("T", "tea");
  Draft wants = product("U", "Other");
  wants.product.slug = "green-tea";
  const Saved refused = save(wants);
  REQUIRE(refused.refused);
  CHECK(refused.refused->reason == "catalog.slug_redirects");
  // A wish and a title are no reason to take it either: the slug gets an ending.
  wants.slug_is_wish = true;
  CHECK(slug(save(wants).product).starts_with("green-tea-"));
  CHECK(slug(save(product("V", "Green tea")).product).starts_with("green-tea-"));
  CHECK(former("green-tea") == tea);

  const auto given_up = catalog.forget_slug(SlugKind::kProduct, tea.value, "green-tea");
  REQUIRE(given_up);
  CHECK(*given_up);
  CHECK(!*catalog.forget_slug(SlugKind::kProduct, tea.value, "green-tea"));
  Draft takes = product("W", "Third");
  takes.product.slug = "green-tea";
  CHECK(!save(takes).refused);

  rename("T", "last-tea");
  REQUIRE(catalog.remove(tea, {}));
  CHECK(!former("tea"));
  Draft heir = product("X", "Heir");
  heir.product.slug = "tea";
  CHECK(!save(heir).refused);
}

TEST_CASE_FIXTURE(AddressesFixture, "two products that change slugs in one call") {
  save(product("A", "Alpha"));
  const ProductId beta = save(product("B", "Beta")).product;
  Draft drafts[] = {product("A", "Alpha"), product("B", "Beta")};
  drafts[0].product.slug = "gamma";
  drafts[1].product.slug = "alpha";  // free the moment before, and A's former one from then on
  const auto saved = catalog.save(drafts);
  REQUIRE(saved);
  CHECK(!(*saved)[0].refused);
  CHECK((*saved)[1].refused);
  CHECK(slug(beta) == "beta");
}

TEST_CASE_FIXTURE(AddressesFixture, "categories keep their former slugs likewise") {
  const auto lamps = catalog.create_category({}, "Lamps");
  const auto tables = catalog.create_category({}, "Tables");
  REQUIRE((lamps && tables));
  Category wanted = *lamps;
  wanted.slug = "lights";
  REQUIRE(catalog.change_category(wanted, {}));
  CHECK(*addresses.former_owner(SlugKind::kCategory, "lamps") == lamps->id.value);
  CHECK(!*addresses.former_owner(SlugKind::kProduct, "lamps"));
  Category taking = *tables;
  taking.slug = "lamps";
  const auto refused = catalog.change_category(taking, {});
  REQUIRE(!refused);
  CHECK(refused.error().reason == "catalog.slug_redirects");
  const auto again = catalog.create_category(tables->id, "Lamps");
  REQUIRE(again);
  CHECK(again->slug == "tables-lamps");
  wanted.slug = "lamps";
  REQUIRE(catalog.change_category(wanted, {}));
  CHECK(!*addresses.former_owner(SlugKind::kCategory, "lamps"));
  CHECK(*addresses.former_owner(SlugKind::kCategory, "lights") == lamps->id.value);
  REQUIRE(catalog.remove_category(lamps->id));
  CHECK(addresses.former_category_slugs()->empty());
}

TEST_CASE_FIXTURE(AddressesFixture, "brands have addresses, however they are written") {
  save(product("1", "One", "Über Lamps"));
  save(product("2", "Two", "uber lamps"));
  save(product("3", "Three", "A & B"));
  save(product("4", "Four", "A B"));
  save(product("5", "Five", "茶"));
  save(product("6", "Six"));
  CHECK(addresses.brand_slug("ÜBER LAMPS")->value() == "uber-lamps");
  const std::string first = addresses.brand_slug("A & B")->value(), second = addresses.brand_slug("A B")->value();
  CHECK(first == "a-b");
  CHECK(second.starts_with("a-b-"));
  CHECK(addresses.brand_slug("茶")->value().starts_with("brand-"));
  CHECK(addresses.brand_name(second)->value() == "A B");
  CHECK(!*addresses.brand_name("nobody"));
  CHECK(!*addresses.brand_slug(""));
  const Words all = brands();
  REQUIRE(all.size() == 4);
  CHECK(all[2].starts_with("uber-lamps "));
  CHECK(all[2].ends_with(" 2"));
  CHECK(brands("", 1) == Words{all[0]});
  // A brand that nothing is listed of any more is no brand to show, and keeps its address.
  Draft gone = product("3", "Three", "A & B");
  gone.product.status = ProductStatus::kInactive;
  save(gone);
  CHECK(brands().size() == 3);
  CHECK(addresses.brand_slug("A & B")->value() == first);
}

TEST_CASE_FIXTURE(AddressesFixture, "what is listed is walked in the order of ids") {
  std::vector<ProductId> ids;
  for (const char* name : {"a", "b", "c"}) ids.push_back(save(product(name, name)).product);
  Draft hidden = product("d", "d");
  hidden.product.status = ProductStatus::kDraft;
  save(hidden);
  std::sort(ids.begin(), ids.end());
  const auto first = addresses.listed(Currency(), {}, 2);
  REQUIRE(first);
  REQUIRE(first->size() == 2);
  CHECK((*first)[0].id == ids[0]);
  const auto rest = addresses.listed(Currency(), (*first)[1].id, 2);
  REQUIRE(rest);
  REQUIRE(rest->size() == 1);
  CHECK((*rest)[0].id == ids[2]);
  CHECK((*rest)[0].updated == test.clock.now());
}

}  // namespace
}  // namespace kontor::catalog
