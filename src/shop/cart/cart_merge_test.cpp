#include <doctest/doctest.h>

#include <map>
#include <random>
#include <thread>

#include "tests/support/cart_shop.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

// Ada is the guest, Eve the customer.
struct Two : Shop {
  Result<CartView> eve_adds(OfferId id, std::int64_t quantity) { return carts.add(kEve, {id, {}, quantity}); }
  CartView eve() { return *carts.view(kEve); }
  CartView merged() {
    auto out = carts.merge(kEve, ada);
    REQUIRE_MESSAGE(out.has_value(), (out ? "" : out.error().reason));
    return *out;
  }
};

std::int64_t quantity(const std::vector<ItemView>& items, OfferId offer) {
  std::int64_t out = 0;
  for (const auto& item : items) out += item.offer_id == offer ? item.quantity : 0;
  return out;
}

TEST_CASE("merging keeps the higher quantity, and what only one of them has") {
  Two shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  REQUIRE(shop.add(kShirtM, 1).has_value());
  REQUIRE(shop.eve_adds(kTea, 5).has_value());
  REQUIRE(shop.eve_adds(kCup, 1).has_value());
  const auto tea = shop.eve().items[0].id;
  const auto out = shop.merged();
  REQUIRE(out.items.size() == 3);
  CHECK(out.items[0].id == tea);
  CHECK(quantity(out.items, kTea) == 5);
  CHECK(quantity(out.items, kCup) == 1);
  CHECK(quantity(out.items, kShirtM) == 1);
  CHECK(out.version == 3);
  CHECK(out.messages.empty());
  CHECK(shop.view().items.empty());
  CHECK(shop.view().version == 3);
}

TEST_CASE("a merge that is repeated changes nothing; with oneself neither") {
  Two shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  REQUIRE(shop.eve_adds(kTea, 1).has_value());
  const auto once = shop.merged();
  const auto twice = shop.merged();
  CHECK(twice.version == once.version);
  CHECK(quantity(twice.items, kTea) == 2);
  CHECK(shop.carts.merge(kEve, kEve)->version == once.version);
  // The guest goes shopping once more: then there is something to merge again.
  REQUIRE(shop.add(kTea, 3).has_value());
  CHECK(quantity(shop.merged().items, kTea) == 3);
}

TEST_CASE("a customer without a cart takes the guest's as it is, with its currency, prices and kept lines") {
  Two shop;
  for (const OfferId offer : {kTea, kCup}) shop.source.cards[offer].price = Money::minor(700, kEur);
  REQUIRE(shop.add(kTea, 2).has_value());
  const auto cup = shop.add(kCup, 1)->items[1].id;
  REQUIRE(shop.carts.save_for_later(shop.ada, by(cup)).has_value());
  shop.source.cards[kTea].price = Money::minor(750, kEur);
  const auto out = shop.merged();
  CHECK(out.currency == kEur);
  CHECK(out.items.at(0).price_when_added == Money::minor(700, kEur));
  CHECK(out.saved_for_later.at(0).id == cup);
  CHECK(out.messages.size() == 1);  // the price
  CHECK(shop.view().saved_for_later.empty());
  CHECK(out.expires_at.ms - out.last_modified.ms == 90 * kDayMs);
}

TEST_CASE("what is over the purchase limit is kept for later, and said until the next change") {
  Two shop;
  REQUIRE(shop.add(kCup, 3).has_value());
  REQUIRE(shop.eve_adds(kCup, 1).has_value());
  shop.source.cards[kCup].purchase_limit = 2;
  auto out = shop.merged();
  CHECK(quantity(out.items, kCup) == 2);
  CHECK(quantity(out.saved_for_later, kCup) == 1);
  REQUIRE(out.messages.size() == 1);
  CHECK(out.messages[0].code == "saved_over_limit");
  CHECK(out.messages[0].item_id == out.saved_for_later[0].id);
  CHECK(out.messages[0].text.find("1 of “Cup”") != std::string::npos);
  CHECK(shop.eve().messages.size() == 1);
  CHECK(shop.merged().messages.size() == 1);  // nothing changed
  REQUIRE(shop.eve_adds(kTea, 1).has_value());
  CHECK(shop.eve().messages.empty());
}

TEST_CASE("a limit that is used up leaves nothing in the cart; the message can be dismissed") {
  Two shop;
  REQUIRE(shop.add(kCup, 3).has_value());
  REQUIRE(shop.eve_adds(kCup, 1).has_value());
  shop.source.cards[kCup].purchase_limit = -1;  // as if more were bought than may be
  const auto out = shop.merged();
  CHECK(out.items.empty());
  CHECK(quantity(out.saved_for_later, kCup) == 3);
  CHECK(out.messages.at(0).code == "saved_over_limit");
  REQUIRE(shop.carts.dismiss_messages(kEve).has_value());
  REQUIRE(shop.carts.dismiss_messages(kEve).has_value());
  CHECK(shop.eve().messages.empty());
  CHECK(shop.eve().version == out.version + 1);
  CHECK(quantity(shop.eve().saved_for_later, kCup) == 3);
}

TEST_CASE("what the full cart has no room for is kept for later; what is too much to keep changes nothing") {
  Two shop;
  const auto pin = [&](std::int64_t id) {
    shop.offer(OfferId{id}, ProductId{id}, "Pin", 1, 100'000);
    return OfferId{id};
  };
  for (std::int64_t id = 1000; id < 1099; ++id) REQUIRE(shop.eve_adds(pin(id), 1).has_value());
  REQUIRE(shop.add(kTea, 1).has_value());
  REQUIRE(shop.add(kShirtM, 2).has_value());
  REQUIRE(shop.add(OfferId{1000}, 4).has_value());
  const auto out = shop.merged();
  CHECK(out.items.size() == 100);
  CHECK(quantity(out.items, OfferId{1000}) == 4);
  CHECK(quantity(out.items, kTea) == 1);
  CHECK(quantity(out.saved_for_later, kShirtM) == 2);
  REQUIRE(out.messages.size() == 1);
  CHECK(out.messages[0].code == "saved_no_room");
  for (std::int64_t from = 2000; from < 2500; from += 100) {
    for (std::int64_t id = from; id < from + 100; ++id) REQUIRE(shop.add(pin(id), 1).has_value());
    if (from < 2400) shop.merged();
  }
  CHECK(shop.carts.merge(kEve, shop.ada).error().reason == "cart.too_much_kept");
  CHECK(shop.view().items.size() == 100);
  CHECK(shop.eve().saved_for_later.size() == 401);
}

TEST_CASE("lines of another currency are kept for later at their own price, and come back to an empty cart") {
  Two shop;
  shop.source.cards[kCup].price = Money::minor(900, kEur);
  REQUIRE(shop.add(kCup, 2).has_value());
  REQUIRE(shop.eve_adds(kTea, 1).has_value());
  const auto out = shop.merged();
  CHECK(quantity(out.items, kTea) == 1);
  CHECK(out.items.size() == 1);
  REQUIRE(out.saved_for_later.size() == 1);
  CHECK(out.saved_for_later[0].unit_price == Money::minor(900, kEur));
  CHECK(out.saved_for_later[0].availability == Availability::kInStock);
  CHECK(out.messages.at(0).code == "saved_other_currency");
  const auto cup = out.saved_for_later[0].id;
  CHECK(shop.carts.move_to_cart(kEve, by(cup)).error().reason == "cart.other_currency");
  REQUIRE(shop.carts.save_for_later(kEve, by(out.items[0].id)).has_value());
  const auto back = shop.carts.move_to_cart(kEve, by(cup));
  REQUIRE(back.has_value());
  CHECK(back->currency == kEur);
  CHECK(back->total == Money::minor(1800, kEur));
  CHECK(back->saved_for_later.at(0).unit_price == Money::minor(450, kUsd));
}

TEST_CASE("what is no longer sold moves as well, and says so") {
  Two shop;
  REQUIRE(shop.add(kCup, 2).has_value());
  shop.source.cards.erase(kCup);
  const auto out = shop.merged();
  CHECK(quantity(out.items, kCup) == 2);
  CHECK(out.items[0].availability == Availability::kRemoved);
}

TEST_CASE("the guest's cart stays while a checkout has claimed it, and merges afterwards") {
  Two shop;
  const auto version = shop.add(kTea, 2)->version;
  REQUIRE(shop.eve_adds(kCup, 1).has_value());
  REQUIRE(shop.claim(version, kCheckout).has_value());
  CHECK(shop.carts.merge(kEve, shop.ada).error().reason == "cart.claimed");
  CHECK(quantity(shop.view().items, kTea) == 2);
  REQUIRE(shop.add(kShirtM, 1).has_value());
  REQUIRE(shop.bought(kCheckout).has_value());
  const auto out = shop.merged();
  CHECK(quantity(out.items, kTea) == 0);
  CHECK(quantity(out.items, kShirtM) == 1);
}

TEST_CASE("a checkout of the customer's cart takes out what it claimed, not what was merged since") {
  Two shop;
  REQUIRE(shop.add(kTea, 5).has_value());
  REQUIRE(shop.add(kShirtM, 1).has_value());
  const auto version = shop.eve_adds(kTea, 2)->version;
  auto cart = shop.carts.writing(kEve.customer);
  const auto claims = [&](auto&& does) { REQUIRE(shop.write(does).has_value()); };
  claims([&](db::Tx& tx) { return shop.carts.claim(tx, cart, version, kCheckout); });
  shop.merged();
  claims([&](db::Tx& tx) { return shop.carts.claim(tx, cart, version, kCheckout); });
  claims([&](db::Tx& tx) { return shop.carts.bought(tx, cart, kCheckout); });
  CHECK(quantity(shop.eve().items, kTea) == 3);
  CHECK(quantity(shop.eve().items, kShirtM) == 1);
}

TEST_CASE("an expired cart has nothing to merge") {
  Two shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  REQUIRE(shop.eve_adds(kCup, 1).has_value());
  shop.test.clock.advance_ms(8 * kDayMs);
  CHECK(shop.merged().items.size() == 1);
}

TEST_CASE("many merges at once, in all directions, while both go shopping: nothing is lost or doubled") {
  Two shop;
  shop.stock(kTea, 10'000);
  REQUIRE(shop.add(kTea, 7).has_value());
  REQUIRE(shop.eve_adds(kCup, 2).has_value());
  std::atomic<int> failed{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&, i] {
      for (int round = 0; round < 30; ++round) {
        const auto done = i % 2 == 0 ? shop.carts.merge(kEve, shop.ada) : shop.carts.merge(shop.ada, kEve);
        if (!done && done.error().reason != "cart.busy") ++failed;
      }
    });
  for (auto& one : all) one.join();
  CHECK(failed == 0);
  const auto hers = shop.eve(), ada = shop.view();
  CHECK(quantity(hers.items, kTea) + quantity(ada.items, kTea) == 7);
  CHECK(quantity(hers.items, kCup) + quantity(ada.items, kCup) == 2);
}

// A cart as plain maps.
struct Plain {
  std::map<OfferId, std::int64_t> lines, saved;
};

TEST_CASE("random histories of two carts and merges agree with a model of plain maps") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
    Two shop;
    shop.stock(kTea, 10'000);
    shop.stock(kShirtM, 10'000);
    std::mt19937_64 luck(seed);
    const auto any = [&](std::int64_t from, std::int64_t to) {
      return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
    };
    const OfferId offers[] = {kTea, kCup, kShirtM};
    Plain guest, customer;
    std::int64_t limit = 3;  // of cups
    const auto merge = [&] {
      for (auto& [offer, kept] : guest.saved) customer.saved[offer] = std::max(customer.saved[offer], kept);
      for (auto& [offer, mine] : guest.lines) {
        if (mine == 0) continue;
        const auto wanted = std::max(mine, customer.lines[offer]);
        const auto fits = offer == kCup ? std::min(wanted, limit) : wanted;
        customer.lines[offer] = fits;
        customer.saved[offer] += wanted - fits;
      }
      guest = {};
    };
    for (int step = 0; step < 150; ++step) {
      const bool as_guest = any(0, 1) == 0;
      const Owner& who = as_guest ? shop.ada : kEve;
      Plain& model = as_guest ? guest : customer;
      const OfferId offer = offers[any(0, 2)];
      const auto amount = any(1, 3);
      switch (any(0, 4)) {
        case 0: {
          const bool fits = offer != kCup || model.lines[offer] + amount <= limit;
          CHECK(shop.carts.add(who, {offer, {}, amount}).has_value() == fits);
          if (fits) model.lines[offer] += amount;
          break;
        }
        case 1: {
          const bool there = model.lines[offer] > 0;
          const ItemRef ref{{}, offer, {}};
          CHECK(shop.carts.save_for_later(who, ref).has_value() == there);
          model.saved[offer] += model.lines[offer];
          model.lines[offer] = 0;
          break;
        }
        case 2:
          limit = any(1, 4);
          shop.source.cards[kCup].purchase_limit = limit;
          break;
        default:
          shop.merged();
          merge();
      }
      for (const auto& [view, plain] : {std::pair{shop.view(), &guest}, std::pair{shop.eve(), &customer}})
        for (const OfferId each : offers) {
          REQUIRE(quantity(view.items, each) == plain->lines[each]);
          REQUIRE(quantity(view.saved_for_later, each) == plain->saved[each]);
        }
    }
  }
}

}  // namespace
}  // namespace kontor::cart
