#include "shop/cart/cart.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <thread>

#include "tests/support/cart_shop.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

TEST_CASE("an empty cart has no row") {
  Shop shop;
  const auto view = shop.view();
  CHECK(view.version == 0);
  CHECK(view.items.empty());
  CHECK(view.total == Money::minor(0, kUsd));
  CHECK(view.id.text().starts_with("cart_"));
  CHECK_FALSE(shop.carts.contents(shop.ada.customer)->has_value());
}

TEST_CASE("adding twice raises the line, and totals follow") {
  Shop shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  const auto view = shop.add(kTea, 1);
  REQUIRE(view.has_value());
  REQUIRE(view->items.size() == 1);
  CHECK(view->items[0].quantity == 3);
  CHECK(view->items[0].line_total.amount_minor() == 1350);
  CHECK(view->total.amount_minor() == 1350);
  CHECK(view->version == 2);
  const auto both = shop.carts.add(shop.ada, {{}, kCupProduct, 1});
  REQUIRE(both.has_value());
  CHECK(both->items[1].offer_id == kCup);
  CHECK(both->item_count == 4);
  CHECK(both->total.amount_minor() == 2550);
  CHECK(shop.contents().lines.size() == 2);
}

TEST_CASE("limits: stock, one buyer, a line, lines") {
  Shop shop;
  REQUIRE(shop.add(kTea, 3).has_value());
  const auto short_of = shop.add(kTea, 18);
  REQUIRE_FALSE(short_of.has_value());
  CHECK(short_of.error().code == Errc::kOutOfStock);
  CHECK(short_of.error().members.find("\"requested\":21,\"available\":20") != std::string::npos);
  REQUIRE(shop.add(kTea, 17).has_value());
  REQUIRE(shop.add(kCup, 1).has_value());
  CHECK(shop.add(kCup, 3).error().code == Errc::kPurchaseLimit);
  shop.offer(OfferId{300}, ProductId{30}, "Pin", 1, 100'000);
  REQUIRE(shop.add(OfferId{300}, 999).has_value());
  CHECK(shop.add(OfferId{300}, 1).error().reason == "cart.quantity_limit");
  CHECK(shop.add(kGone, 1).error().reason == "catalog.no_such_offer");
  shop.source.cards[kShirtM].buyable = false;
  CHECK(shop.add(kShirtM, 1).error().code == Errc::kNotFound);
  for (std::int64_t id = 1000; id < 1097; ++id) {
    shop.source.cards[OfferId{id}] = shop.source.cards[OfferId{300}];
    shop.source.cards[OfferId{id}].offer = OfferId{id};
    REQUIRE(shop.add(OfferId{id}, 1).has_value());
  }
  CHECK(shop.view().items.size() == 100);
  CHECK(shop.add(kShirtL, 1).error().reason == "cart.line_limit");
}

TEST_CASE("an offer is sold from its least quantity on, and by its step") {
  Shop shop;
  shop.source.cards[kTea].min_quantity = 4;
  shop.source.cards[kTea].quantity_step = 2;
  CHECK(shop.add(kTea, 2).error().reason == "cart.quantity_step");
  CHECK(shop.add(kTea, 5).error().reason == "cart.quantity_step");
  const auto line = shop.add(kTea, 4)->items[0];
  CHECK(line.min_quantity == 4);
  CHECK(shop.add(kTea, 1).error().reason == "cart.quantity_step");
  CHECK(shop.add(kTea, 2)->items[0].quantity == 6);
  CHECK(shop.carts.set_quantity(shop.ada, by(line.id), 5).error().reason == "cart.quantity_step");
  CHECK(shop.carts.set_quantity(shop.ada, by(line.id), 2).error().reason == "cart.quantity_step");
  CHECK(shop.carts.set_quantity(shop.ada, by(line.id), 4).has_value());
  shop.source.cards[kTea].quantity_step = 3;
  CHECK(shop.view().messages.at(0).code == "quantity_step");
  CHECK(shop.carts.set_quantity(shop.ada, by(line.id), 0)->items.empty());
  // A merge caps by whole steps.
  const Owner eve{CustomerId{7700}, false};
  shop.source.cards[kCup].purchase_limit = 0;
  REQUIRE(shop.add(kCup, 6).has_value());
  shop.source.cards[kCup].purchase_limit = 5;
  shop.source.cards[kCup].quantity_step = 2;
  const auto merged = shop.carts.merge(eve, shop.ada);
  CHECK(merged->items.at(0).quantity == 4);
  CHECK(merged->saved_for_later.at(0).quantity == 2);
}

TEST_CASE("a card that is behind the stock is not believed where it matters") {
  Shop shop;
  shop.source.cards[kTea].sellable = 0;  // stock came in a moment ago
  REQUIRE(shop.add(kTea, 20).has_value());
  shop.source.cards[kShirtM].sellable = 9;  // sold a moment ago
  CHECK(shop.add(kShirtM, 6).error().code == Errc::kOutOfStock);
  shop.source.cards[kShirtM].backorder = 2;
  CHECK(shop.add(kShirtM, 7).has_value());
}

TEST_CASE("quantities are set by line or product") {
  Shop shop;
  const auto line = shop.add(kTea, 2)->items[0].id;
  CHECK(shop.carts.set_quantity(shop.ada, by(line), 5)->items[0].quantity == 5);
  CHECK(shop.carts.set_quantity(shop.ada, by(kTeaProduct), 4)->total.amount_minor() == 1800);
  CHECK(shop.carts.set_quantity(shop.ada, by(line), 21).error().code == Errc::kOutOfStock);
  CHECK(shop.carts.set_quantity(shop.ada, by(CartItemId{1}), 1).error().code == Errc::kNotFound);
  REQUIRE(shop.add(kShirtM, 1).has_value());
  REQUIRE(shop.add(kShirtL, 1).has_value());
  CHECK(shop.carts.set_quantity(shop.ada, by(kShirtProduct), 2).error().code == Errc::kAmbiguousItem);
  CHECK(shop.carts.remove(shop.ada, by(kShirtProduct)).error().code == Errc::kAmbiguousItem);
  CHECK(shop.carts.set_quantity(shop.ada, by(line), 0)->items.size() == 2);
  CHECK(shop.carts.set_quantity(shop.ada, by(line), 0)->items.size() == 2);
  const auto version = shop.view().version;
  REQUIRE(shop.carts.remove(shop.ada, by(line)).has_value());  // gone already: nothing changes
  CHECK(shop.view().version == version);
  REQUIRE(shop.carts.clear(shop.ada).has_value());
  CHECK(shop.view().items.empty());
}

TEST_CASE("saved for later and back") {
  Shop shop;
  const auto line = shop.add(kTea, 2)->items[0].id;
  const auto saved = shop.carts.save_for_later(shop.ada, by(line));
  REQUIRE(saved.has_value());
  CHECK(saved->items.empty());
  CHECK(saved->saved_for_later.at(0).quantity == 2);
  CHECK(saved->total.amount_minor() == 0);
  REQUIRE(shop.add(kTea, 1).has_value());
  const auto back = shop.carts.move_to_cart(shop.ada, by(line));
  REQUIRE(back.has_value());
  CHECK(back->items.at(0).quantity == 3);
  CHECK(back->saved_for_later.empty());
  CHECK(shop.carts.move_to_cart(shop.ada, by(line)).error().code == Errc::kNotFound);
  CHECK(shop.carts.save_for_later(shop.ada, by(line)).error().code == Errc::kNotFound);
}

TEST_CASE("a stale version is refused and changes nothing") {
  Shop shop;
  const auto first = shop.add(kTea, 1);
  const services::IfMatch seen{true, {first->version}};
  REQUIRE(shop.carts.add(shop.ada, {kTea, {}, 1}, seen).has_value());
  CHECK(shop.carts.add(shop.ada, {kTea, {}, 1}, seen).error().code == Errc::kVersionConflict);
  CHECK(shop.carts.clear(shop.ada, seen).error().code == Errc::kVersionConflict);
  CHECK(shop.view().items[0].quantity == 2);
}

TEST_CASE("what changed since it was added is said") {
  Shop shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  REQUIRE(shop.add(kCup, 1).has_value());
  shop.source.cards[kTea].price = Money::minor(500, kUsd);
  shop.source.cards[kCup].buyable = false;
  const auto view = shop.view();
  CHECK(view.items[0].price_changed);
  CHECK(view.items[0].price_when_added.amount_minor() == 450);
  CHECK(view.items[0].unit_price.amount_minor() == 500);
  CHECK(view.items[1].availability == Availability::kRemoved);
  CHECK(view.items[1].line_total.amount_minor() == 0);
  CHECK(view.total.amount_minor() == 1000);
  REQUIRE(view.messages.size() == 2);
  CHECK(view.messages[0].code == "price_changed");
  CHECK(view.messages[1].code == "removed");
  CHECK(shop.contents().lines.size() == 1);
  shop.source.forgotten = {kCup};  // whether it is sold is not at hand: checkout has to look
  REQUIRE(shop.contents().lines.size() == 2);
  CHECK((!shop.contents().lines[0].unlooked && shop.contents().lines[1].unlooked));
  shop.source.cards[kTea].sellable = 1;
  CHECK(shop.view().items[0].availability == Availability::kOutOfStock);
}

TEST_CASE("a cart has one currency") {
  Shop shop;
  shop.source.cards[kCup].price = Money::minor(900, *Currency::parse("EUR"));
  REQUIRE(shop.add(kTea, 1).has_value());
  CHECK(shop.add(kCup, 1).error().reason == "cart.other_currency");
  REQUIRE(shop.carts.clear(shop.ada).has_value());
  CHECK(shop.add(kCup, 1)->total.currency().code() == "EUR");
}

TEST_CASE("one checkout holds a cart; buying takes out what it claimed") {
  Shop shop;
  REQUIRE(shop.add(kTea, 2).has_value());
  const auto version = shop.add(kCup, 1)->version;
  CHECK(shop.claim(version - 1, kCheckout).error().code == Errc::kVersionConflict);
  REQUIRE(shop.claim(version, kCheckout).has_value());
  REQUIRE(shop.claim(version, kCheckout).has_value());
  CHECK(shop.claim(version, kOtherCheckout).error().reason == "cart.claimed");
  CHECK(shop.bought(kOtherCheckout).error().reason == "cart.not_claimed");
  // Meanwhile another device goes shopping.
  REQUIRE(shop.add(kTea, 3).has_value());
  REQUIRE(shop.add(kShirtM, 1).has_value());
  REQUIRE(shop.claim(version, kCheckout).has_value());  // repeated: still its own
  REQUIRE(shop.bought(kCheckout).has_value());
  REQUIRE(shop.bought(kCheckout).has_value());
  const auto view = shop.view();
  REQUIRE(view.items.size() == 2);
  CHECK(view.items[0].quantity == 3);
  CHECK(view.items[1].offer_id == kShirtM);
  const auto contents = shop.contents();
  CHECK(contents.bought_by == kCheckout);
  CHECK(contents.bought_version == version);
  CHECK_FALSE(contents.claimed_by.has_value());
}

TEST_CASE("bought as it was claimed, it is empty and remembers; let go, it can be claimed again") {
  Shop shop;
  const auto version = shop.add(kTea, 2)->version;
  REQUIRE(shop.claim(version, kCheckout).has_value());
  REQUIRE(shop.unclaim(kCheckout).has_value());
  REQUIRE(shop.unclaim(kCheckout).has_value());
  REQUIRE(shop.claim(version, kOtherCheckout).has_value());
  REQUIRE(shop.unclaim(kCheckout).has_value());  // not its own: nothing happens
  REQUIRE(shop.bought(kOtherCheckout).has_value());
  const auto contents = shop.contents();
  CHECK(contents.lines.empty());
  CHECK(contents.bought_by == kOtherCheckout);
  CHECK(contents.bought_version == version);
  CHECK(contents.version == version + 1);
}

TEST_CASE("carts expire, claimed ones do not") {
  Shop shop;
  const Owner customer{CustomerId{7002}, false}, busy{CustomerId{7003}, true};
  REQUIRE(shop.add(kTea, 1).has_value());
  REQUIRE(shop.carts.add(customer, {kTea, {}, 1}).has_value());
  const auto version = shop.carts.add(busy, {kTea, {}, 1})->version;
  {
    auto cart = shop.carts.writing(busy.customer);
    REQUIRE(shop.write([&](db::Tx& tx) { return shop.carts.claim(tx, cart, version, kCheckout); }).has_value());
  }
  CHECK(*shop.carts.sweep_expired() == 0);
  shop.test.clock.advance_ms(8 * kDayMs);
  CHECK(shop.view().items.empty());  // before the sweep came by
  int removed = 0;
  for (int i = 0; i < 4; ++i) removed += *shop.carts.sweep_expired(1);  // three carts, then the end
  CHECK(removed == 1);
  CHECK_FALSE(shop.carts.contents(shop.ada.customer)->has_value());
  CHECK(shop.carts.view(customer)->items.size() == 1);
  CHECK(shop.carts.view(busy)->items.size() == 1);
  shop.test.clock.advance_ms(90 * kDayMs);
  CHECK(*shop.carts.sweep_expired() == 1);
  CHECK(shop.carts.view(busy)->items.size() == 1);
  services::CheckReport report;
  REQUIRE(shop.carts.check(report).has_value());
  CHECK(report.ok());
}

TEST_CASE("the sweep tells carts that are in use from abandoned ones, a whole round at a time") {
  Shop shop;
  const Owner silent{CustomerId{7002}, false}, empty{CustomerId{7003}, false};
  REQUIRE(shop.carts.add(silent, {kTea, {}, 1}).has_value());
  REQUIRE(shop.carts.add(empty, {kTea, {}, 1}).has_value());
  REQUIRE(shop.carts.clear(empty).has_value());
  shop.test.clock.advance_ms(kDayMs);
  REQUIRE(shop.add(kTea, 1).has_value());
  CHECK(shop.carts.sweep_begins_anew());
  CHECK(*shop.carts.sweep_expired(2) == 0);
  CHECK_FALSE(shop.carts.sweep_begins_anew());
  CHECK(shop.carts.census().active + shop.carts.census().abandoned == 0);  // half a round says nothing
  CHECK(*shop.carts.sweep_expired(2) == 0);
  CHECK(shop.carts.sweep_begins_anew());
  CHECK(shop.carts.census().active == 1);
  CHECK(shop.carts.census().abandoned == 1);
}

TEST_CASE("two devices adding at once both count") {
  Shop shop;
  shop.stock(kTea, 10'000);
  shop.stock(kShirtL, 10'000);
  constexpr int kDevices = 4, kAdds = 60;
  std::vector<std::thread> devices;
  std::atomic<int> failed{0};
  for (int device = 0; device < kDevices; ++device)
    devices.emplace_back([&, device] {
      for (int i = 0; i < kAdds; ++i)
        if (!shop.add(device % 2 == 0 ? kTea : kShirtL, 1)) ++failed;
    });
  for (auto& device : devices) device.join();
  CHECK(failed == 0);
  const auto view = shop.view();
  CHECK(view.item_count == kDevices * kAdds);
  CHECK(view.version == kDevices * kAdds);
}

TEST_CASE("random changes agree with a model of plain maps") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Shop shop;
    std::mt19937_64 luck(seed);
    const auto any = [&](std::int64_t from, std::int64_t to) {
      return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
    };
    std::map<OfferId, std::int64_t> lines, saved;
    const OfferId offers[] = {kTea, kShirtM, kShirtL};
    const std::map<OfferId, std::int64_t> most = {{kTea, 20}, {kShirtM, 5}, {kShirtL, 5}};
    const auto id_of = [&](OfferId offer, bool kept) {
      const auto view = shop.view();
      for (const auto& item : kept ? view.saved_for_later : view.items)
        if (item.offer_id == offer) return item.id;
      return CartItemId{1};
    };
    for (int step = 0; step < 200; ++step) {
      const OfferId offer = offers[any(0, 2)];
      const std::int64_t quantity = any(1, 4);
      switch (any(0, 4)) {
        case 0: {
          const bool fits = lines[offer] + quantity <= most.at(offer);
          CHECK(shop.add(offer, quantity).has_value() == fits);
          if (fits) lines[offer] += quantity;
          break;
        }
        case 1: {
          const bool there = lines[offer] > 0;
          CHECK(shop.carts.set_quantity(shop.ada, {{}, offer, {}}, quantity).has_value() == there);
          if (there) lines[offer] = quantity;
          break;
        }
        case 2:
          CHECK(shop.carts.remove(shop.ada, {{}, offer, {}}).has_value());
          lines[offer] = 0;
          break;
        case 3: {
          const bool there = lines[offer] > 0;
          CHECK(shop.carts.save_for_later(shop.ada, by(id_of(offer, false))).has_value() == there);
          saved[offer] += lines[offer];
          lines[offer] = 0;
          break;
        }
        default: {
          const bool fits = saved[offer] > 0 && lines[offer] + saved[offer] <= most.at(offer);
          CHECK(shop.carts.move_to_cart(shop.ada, by(id_of(offer, true))).has_value() == fits);
          if (!fits) break;
          lines[offer] += saved[offer];
          saved[offer] = 0;
        }
      }
      std::map<OfferId, std::int64_t> seen, kept;
      const auto view = shop.view();
      for (const auto& item : view.items) seen[item.offer_id] += item.quantity;
      for (const auto& item : view.saved_for_later) kept[item.offer_id] += item.quantity;
      for (const OfferId each : offers) {
        REQUIRE(seen[each] == lines[each]);
        REQUIRE(kept[each] == saved[each]);
      }
    }
  }
}

}  // namespace
}  // namespace kontor::cart
