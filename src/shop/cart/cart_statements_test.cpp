// What each call on a cart asks of the store: one batch a change, however many lines there are.
#include <doctest/doctest.h>

#include "tests/support/cart_shop.h"
#include "tests/support/counting_store.h"
#include "tests/support/each_store.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;
using Counts = std::map<std::string, int>;

const Counts kOneLook = {{"read", 1}, {"cart.find", 1}};
const Counts kNothing = {};
const Counts kOneChange = {{"write", 1}, {"cart.find", 1}, {"cart.update", 1}};

TEST_CASE("statements per call do not grow with the lines") {
  Shop shop;
  testing::CountingStore store(shop.test.store());
  inventory::Inventory inventory(store, shop.test.clock, shop.test.ids);
  Carts carts({store, shop.test.clock, shop.test.ids, shop.source, inventory, shop.pricing}, {});
  const auto fill = [&](const Owner& who) {
    for (std::int64_t id = 1000; id < 1060; ++id) {
      shop.offer(OfferId{id}, ProductId{id}, "Pin", 1, 100'000);
      shop.source.cards[OfferId{id}].purchase_limit = id % 2 == 0 ? 0 : 500;
      REQUIRE(carts.add(who, {OfferId{id}, {}, 1}).has_value());
    }
  };
  fill(shop.ada);
  const OfferId plain{1000}, limited{1001};
  const ItemRef line{{}, plain, {}};
  store.counts();

  REQUIRE(carts.view(shop.ada).has_value());
  CHECK(store.counts() == kOneLook);
  REQUIRE(carts.contents(shop.ada.customer).has_value());
  CHECK(store.counts() == kOneLook);
  REQUIRE(carts.add(shop.ada, {plain, {}, 1}).has_value());
  CHECK(store.counts() == kOneChange);
  REQUIRE(carts.add(shop.ada, {limited, {}, 1}).has_value());
  CHECK(store.counts() ==
        Counts{{"read", 1}, {"inventory.bought", 1}, {"write", 1}, {"cart.find", 1}, {"cart.update", 1}});
  REQUIRE(carts.set_words(shop.ada, line, {"a note", {}, {}}).has_value());
  CHECK(store.counts() == kOneChange);
  const auto saved = carts.save_for_later(shop.ada, line);
  REQUIRE(saved.has_value());
  CHECK(store.counts() == kOneChange);
  const Counts looked = {{"read", 1}, {"write", 1}, {"cart.find", 2}, {"cart.update", 1}};
  REQUIRE(carts.move_to_cart(shop.ada, by(saved->saved_for_later.at(0).id)).has_value());
  CHECK(store.counts() == looked);
  REQUIRE(carts.set_quantity(shop.ada, line, 1).has_value());
  CHECK(store.counts() == looked);
  REQUIRE(carts.remove(shop.ada, line).has_value());
  CHECK(store.counts() == kOneChange);

  // All of it into another cart: what was bought of what is limited is asked at once.
  fill(kEve);
  store.counts();
  REQUIRE(carts.merge(kEve, shop.ada).has_value());
  CHECK(store.counts() ==
        Counts{{"read", 2}, {"cart.find", 3}, {"inventory.bought", 1}, {"write", 1}, {"cart.update", 2}});
  REQUIRE(carts.merge(kEve, shop.ada).has_value());  // nothing to do: a look at either
  CHECK(store.counts() == Counts{{"read", 2}, {"cart.find", 2}});
  REQUIRE(carts.clear(kEve).has_value());
  CHECK(store.counts() == kOneChange);
}

TEST_CASE("a cart that was looked at before asks an embedded store nothing, and a server one statement") {
  testing::on_each_store({cart_migrations(), inventory_migrations(), services_migrations()}, [](db::Store& opened) {
    testing::CountingStore store(opened);
    CopyingShop shop(store);
    REQUIRE(shop.carts.add(kEve, {kTea, {}, 2}).has_value());
    store.counts();
    const Counts first = shop.alone() ? kOneLook : Counts{{"read", 1}, {"cart.find_unless_held", 1}};
    const Counts later = shop.alone() ? kNothing : first;
    const auto looks = [&](const Counts& asked) {
      REQUIRE(shop.carts.view(kEve).has_value());
      CHECK(store.counts() == asked);
    };
    looks(first);
    looks(later);
    REQUIRE(shop.carts.contents(kEve.customer).has_value());  // a checkout's first look, and the count on pages
    CHECK(store.counts() == later);
    // What leads to a change is read where it is changed.
    REQUIRE(shop.carts.add(kEve, {kTea, {}, 1}).has_value());
    CHECK(store.counts() == kOneChange);
    looks(first);
    looks(later);
  });
}

}  // namespace
}  // namespace kontor::cart
