#include <doctest/doctest.h>

#include <thread>

#include "shop/cart/named_carts.h"
#include "tests/support/cart_shop.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

struct Kept : Shop {
  NamedCarts named{{test.store(), test.clock, test.ids, source, carts}, {"a secret of sixteen bytes"}};

  NamedCartView made(const Owner& owner, const std::string& name, bool from_cart = false) {
    auto out = named.create(owner, name, from_cart);
    REQUIRE(out.has_value());
    return *out;
  }
  std::string link(const NamedCartView& cart) {
    const auto shared = named.share(kEve, cart.id, 30);
    REQUIRE(shared.has_value());
    return shared->token;
  }
  bool sound() {
    services::CheckReport report;
    REQUIRE(named.check(report).has_value());
    return report.ok();
  }
};

TEST_CASE("a named cart begins with what lies in the cart, which stays as it is") {
  Kept shop;
  REQUIRE(shop.carts.add(kEve, {kTea, {}, 2}));
  REQUIRE(shop.carts.add(kEve, {kCup, {}, 1}));
  const auto office = shop.made(kEve, "office", true);
  CHECK(office.item_count == 3);
  CHECK(office.items.at(0).offer_id == kTea);
  CHECK(office.subtotal == Money::minor(2 * 450 + 1200, kUsd));
  CHECK(shop.carts.view(kEve)->item_count == 3);
  CHECK(shop.made(kEve, "empty").items.empty());
  const auto list = shop.named.list(kEve);
  REQUIRE(list->size() == 2);
  CHECK(list->at(0).name == "office");
  CHECK(shop.named.list(kBob)->empty());
  CHECK(reason(shop.named.find(kBob, office.id)) == "cart.no_such_named_cart");
}

TEST_CASE("lines are set one by one, against the version that was seen") {
  Kept shop;
  const auto office = shop.made(kEve, "office");
  const auto one = shop.named.set_item(kEve, office.id, kTea, 3, {true, {1}});
  CHECK(one->version == 2);
  CHECK(reason(shop.named.set_item(kEve, office.id, kTea, 4, {true, {1}})) == "cart.version_conflict");
  CHECK(shop.named.set_item(kEve, office.id, kTea, 4, {})->items.at(0).quantity == 4);
  CHECK(reason(shop.named.set_item(kEve, office.id, kGone, 1, {})) == "catalog.no_such_offer");
  CHECK(shop.named.set_item(kEve, office.id, kTea, 0, {})->items.empty());
  CHECK(shop.named.set_item(kEve, office.id, kGone, 0, {}).has_value());  // nothing to take out
  CHECK(shop.named.rename(kEve, office.id, "home", {})->name == "home");
}

TEST_CASE("taking puts the higher quantity into the cart, says what had no room, and may be repeated") {
  Kept shop;
  shop.offer(OfferId{105}, ProductId{15}, "Teapot", 2500, 9);
  shop.source.cards[OfferId{105}].price = Money::minor(2500, kEur);
  const auto party = shop.made(kEve, "party");
  for (const auto& [offer, quantity] : std::map<OfferId, int>{{kTea, 5}, {kCup, 7}, {kShirtM, 1}, {OfferId{105}, 1}})
    REQUIRE(shop.named.set_item(kEve, party.id, offer, quantity, {}));
  shop.source.cards[kShirtM].buyable = false;
  REQUIRE(shop.carts.add(kEve, {kTea, {}, 8}));
  for (int i = 0; i < 2; ++i) {
    const auto taken = shop.named.take(kEve, party.id);
    REQUIRE(taken.has_value());
    REQUIRE(taken->cart.items.size() == 2);
    CHECK(taken->cart.items[0].quantity == 8);
    CHECK(taken->cart.items[1].quantity == 3);  // the purchase limit
    REQUIRE(taken->not_taken.size() == 3);
    CHECK(taken->not_taken[0].reason == NotTaken::kPurchaseLimit);
    CHECK(taken->not_taken[0].quantity == 4);
    CHECK(taken->not_taken[1].reason == NotTaken::kRemoved);
    CHECK(taken->not_taken[2].reason == NotTaken::kOtherCurrency);
  }
  CHECK(shop.named.find(kEve, party.id)->items.size() == 4);
}

TEST_CASE("who has the link joins, reads and changes; the owner takes the link back, and everybody is out") {
  Kept shop;
  const auto party = shop.made(kEve, "party");
  const auto token = shop.link(party);
  CHECK(reason(shop.named.share(kBob, party.id, 30)) == "cart.no_such_named_cart");
  const auto joined = shop.named.join(kBob, token);
  REQUIRE(joined.has_value());
  CHECK(joined->role == NamedRole::kMember);
  CHECK(shop.named.join(kBob, token)->version == joined->version);
  CHECK(shop.named.join(kEve, token)->role == NamedRole::kOwner);
  CHECK(shop.named.set_item(kBob, party.id, kTea, 2, {}).has_value());
  CHECK(shop.named.find(kEve, party.id)->item_count == 2);
  CHECK(shop.named.list(kBob)->at(0).id == party.id);
  CHECK(reason(shop.named.rename(kBob, party.id, "mine", {})) == "cart.not_the_owner");
  CHECK(reason(shop.named.share(kBob, party.id, 30)) == "cart.not_the_owner");
  CHECK(reason(shop.named.unshare(kBob, party.id)) == "cart.not_the_owner");
  CHECK(shop.sound());
  REQUIRE(shop.named.unshare(kEve, party.id));
  CHECK(reason(shop.named.find(kBob, party.id)) == "cart.no_such_named_cart");
  CHECK(shop.named.list(kBob)->empty());
  CHECK(reason(shop.named.join(kBob, token)) == "cart.bad_link");
  const auto fresh = shop.link(party);
  CHECK(reason(shop.named.join(kBob, token)) == "cart.bad_link");  // the old one stays dead
  CHECK(shop.named.join(kBob, fresh).has_value());
  REQUIRE(shop.named.remove(kBob, party.id));  // leaves
  CHECK(shop.named.list(kBob)->empty());
  CHECK(shop.named.find(kEve, party.id).has_value());
  CHECK(shop.sound());
}

TEST_CASE("links expire with their days, and with the cart; made-up ones open nothing") {
  Kept shop;
  const auto party = shop.made(kEve, "party");
  const auto link = shop.named.share(kEve, party.id, 2);
  CHECK(reason(shop.named.join(kBob, "nonsense")) == "cart.bad_link");
  CHECK(reason(shop.named.join(kBob, link->token.substr(1))) == "cart.bad_link");
  shop.test.clock.advance_ms(2 * kDayMs);
  CHECK(reason(shop.named.join(kBob, link->token)) == "cart.bad_link");
  const auto again = shop.named.share(kEve, party.id, 90);
  CHECK(shop.named.join(kBob, again->token).has_value());
  shop.test.clock.advance_ms(91 * kDayMs);
  CHECK(reason(shop.named.find(kEve, party.id)) == "cart.no_such_named_cart");
  CHECK(shop.named.list(kEve)->empty());
  CHECK(shop.named.prune(100) == 1);
  CHECK(shop.named.prune(100) == 0);
  CHECK(shop.sound());
}

TEST_CASE("bounds: named carts, lines, members") {
  Kept shop;
  std::vector<NamedCartView> carts;
  for (std::size_t i = 0; i < kMostNamedCarts; ++i) carts.push_back(shop.made(kEve, "list " + std::to_string(i)));
  CHECK(reason(shop.named.create(kEve, "one more", false)) == "cart.named_cart_limit");
  for (std::size_t i = 0; i < kMostLines; ++i) {
    const OfferId offer{static_cast<std::int64_t>(1000 + i)};
    shop.source.cards[offer] = shop.source.cards[kTea];
    shop.source.cards[offer].offer = offer;
    REQUIRE(shop.named.set_item(kEve, carts[0].id, offer, 1, {}));
  }
  CHECK(reason(shop.named.set_item(kEve, carts[0].id, kTea, 1, {})) == "cart.line_limit");
  const auto token = shop.link(carts[1]);
  for (std::size_t i = 0; i < kMostMembers; ++i)
    REQUIRE(shop.named.join({CustomerId{static_cast<std::int64_t>(9000 + i)}, true}, token));
  CHECK(reason(shop.named.join(kBob, token)) == "cart.member_limit");
  CHECK(shop.sound());
}

TEST_CASE("what a guest kept and joined is the customer's after signing in") {
  Kept shop;
  const auto mine = shop.made(shop.ada, "mine");
  const auto hers = shop.made(kEve, "hers");
  const auto other = shop.made(kBob, "his");
  REQUIRE(shop.named.join(shop.ada, shop.link(hers)));
  REQUIRE(shop.named.join(shop.ada, shop.named.share(kBob, other.id, 3)->token));
  for (int i = 0; i < 2; ++i) REQUIRE(shop.named.take_over(kEve.customer, shop.ada.customer));
  const auto list = shop.named.list(kEve);
  REQUIRE(list->size() == 3);
  CHECK(list->at(0).role == NamedRole::kOwner);
  CHECK(list->at(1).role == NamedRole::kOwner);
  CHECK(list->at(1).members == 0);
  CHECK(list->at(2).role == NamedRole::kMember);
  CHECK(shop.named.list(shop.ada)->empty());
  CHECK(shop.sound());
}

TEST_CASE("two who change one line after the other's back both count") {
  Kept shop;
  const auto party = shop.made(kEve, "party");
  REQUIRE(shop.named.join(kBob, shop.link(party)));
  std::thread one([&] {
    for (int i = 1; i <= 50; ++i) CHECK(shop.named.set_item(kEve, party.id, kTea, i, {}).has_value());
  });
  for (int i = 1; i <= 50; ++i) CHECK(shop.named.set_item(kBob, party.id, kCup, i, {}).has_value());
  one.join();
  const auto seen = shop.named.find(kEve, party.id);
  CHECK(seen->item_count == 100);
  CHECK(seen->version == 103);  // made, shared, joined, a hundred changes
}

}  // namespace
}  // namespace kontor::cart
