#include "shop/inventory/inventory.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

TEST_CASE("a new store has the warehouse main") {
  TestShop shop;
  const auto all = shop.inventory.warehouses();
  REQUIRE(all->size() == 1);
  CHECK(all->front().code == "main");
  CHECK(all->front().id == kMainWarehouse);
}

TEST_CASE("reserve, confirm and ship move the columns and their movements") {
  TestShop shop;
  shop.stock(kTea, 20);
  const auto got = shop.reserve(key(1), {{kTea, 2, 0}, {kTea, 1, 0}});
  REQUIRE(got.has_value());
  CHECK(*got == std::vector<Allotment>{{kTea, kMainWarehouse, 3}});
  CHECK(shop.row(kTea).reserved == 3);
  CHECK(shop.sellable(kTea) == 17);
  REQUIRE(shop.confirm(key(1)).has_value());
  REQUIRE(shop.confirm(key(1)).has_value());
  CHECK(shop.row(kTea).reserved == 0);
  CHECK(shop.row(kTea).allocated == 3);
  CHECK(shop.sellable(kTea) == 17);
  REQUIRE(shop.ship(*got, "shp_1").has_value());
  REQUIRE(shop.ship(*got, "shp_1").has_value());
  CHECK(shop.row(kTea).on_hand == 17);
  CHECK(shop.row(kTea).allocated == 0);
  const auto movements = shop.inventory.movements(kTea, kMainWarehouse, 0, 10);
  REQUIRE(movements->size() == 3);
  CHECK(movements->at(0).kind == MovementKind::kShipped);
  CHECK(movements->at(0).reference == "shp_1");
  CHECK(movements->at(2).kind == MovementKind::kCounted);
  CHECK(movements->at(2).on_hand == 20);
  const auto older = shop.inventory.movements(kTea, kMainWarehouse, movements->at(1).id, 1);
  REQUIRE(older->size() == 1);
  CHECK(older->front().id == movements->at(2).id);
  shop.check();
}

TEST_CASE("everything or nothing, and what is short is said") {
  TestShop shop;
  shop.stock(kTea, 5);
  shop.stock(kCup, 1);
  const auto refused = shop.reserve(key(1), {{kTea, 5, 0}, {kCup, 2, 0}, {kPot, 1, 0}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kOutOfStock);
  CHECK(refused.error().members == "\"lines\":[{\"offer_id\":\"" + kCup.text() +
                                       "\",\"requested\":2,\"available\":1},{\"offer_id\":\"" + kPot.text() +
                                       "\",\"requested\":1,\"available\":0}]");
  CHECK(shop.row(kTea).reserved == 0);
  CHECK(shop.events("stock.reserved") == 0);
  REQUIRE(shop.reserve(key(1), {{kTea, 5, 0}, {kCup, 1, 0}}).has_value());  // the refused key is free
  CHECK(shop.events("stock.reserved") == 1);
  shop.check();
}

TEST_CASE("a key is one wish: repeating, releasing, tombstones") {
  TestShop shop;
  shop.stock(kTea, 5);
  const auto first = shop.reserve(key(1), {{kTea, 2, 0}});
  const auto again = shop.reserve(key(1), {{kTea, 2, 0}});
  REQUIRE(again.has_value());
  CHECK(*first == *again);
  CHECK(shop.row(kTea).reserved == 2);
  CHECK(shop.reserve(key(1), {{kTea, 3, 0}}).error().reason == "inventory.key_reused");
  REQUIRE(shop.release(key(1)).has_value());
  REQUIRE(shop.release(key(1)).has_value());
  CHECK(shop.row(kTea).reserved == 0);
  CHECK(shop.reserve(key(1), {{kTea, 2, 0}}).error().reason == "inventory.reservation_gone");
  CHECK(shop.confirm(key(1)).error().reason == "inventory.reservation_gone");
  REQUIRE(shop.release(key(2)).has_value());  // never reserved: a tombstone
  REQUIRE(shop.release(key(2)).has_value());
  CHECK(shop.reserve(key(2), {{kTea, 1, 0}}).error().reason == "inventory.reservation_gone");
  CHECK(shop.confirm(key(3)).error().reason == "inventory.reservation_gone");
  REQUIRE(shop.reserve(key(4), {{kTea, 5, 0}}).has_value());
  REQUIRE(shop.confirm(key(4)).has_value());
  CHECK(shop.release(key(4)).error().reason == "inventory.reservation_confirmed");
  CHECK(shop.row(kTea).allocated == 5);
  shop.check();
}

TEST_CASE("a cancelled order gives its units back once, and no more than it holds") {
  TestShop shop;
  shop.stock(kTea, 5);
  const auto units = shop.reserve(key(1), {{kTea, 3, 0}});
  REQUIRE(shop.confirm(key(1)).has_value());
  REQUIRE(shop.deallocate(key(1), {{kTea, kMainWarehouse, 1}}, "ord_1/a").has_value());
  REQUIRE(shop.deallocate(key(1), {{kTea, kMainWarehouse, 1}}, "ord_1/a").has_value());
  CHECK(shop.row(kTea).allocated == 2);
  CHECK(shop.deallocate(key(1), *units, "ord_1/b").error().reason == "inventory.not_allocated");
  REQUIRE(
      shop.deallocate(key(1), {{kTea, kMainWarehouse, 2}}, "ord_1/b").has_value());  // the refused reference is free
  CHECK(shop.sellable(kTea) == 5);
  CHECK(shop.events("stock.released") == 2);
  CHECK(shop.ship(*units, "shp_1").error().reason == "inventory.not_on_hand");
  shop.check();
}

TEST_CASE("what is missing in one warehouse comes from another") {
  TestShop shop;
  const auto east = shop.add_warehouse("east");
  shop.stock(kTea, 2);
  shop.stock(kTea, 9, east);
  shop.stock(kCup, 4);
  shop.stock(kCup, 4, east);
  // East alone has all of it: one parcel.
  CHECK(*shop.reserve(key(1), {{kTea, 3, 0}, {kCup, 1, 0}}) ==
        std::vector<Allotment>{{kTea, east, 3}, {kCup, east, 1}});
  // Nobody has all of it: split, most from where most is.
  CHECK(*shop.reserve(key(2), {{kTea, 7, 0}}) == std::vector<Allotment>{{kTea, kMainWarehouse, 1}, {kTea, east, 6}});
  const auto refused = shop.reserve(key(3), {{kTea, 2, 0}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().members.find("\"available\":1") != std::string::npos);
  REQUIRE(shop.release(key(2)).has_value());
  CHECK(shop.sellable(kTea) == 8);
  shop.check();
}

TEST_CASE("backorder sells below zero, but only so far, and what is not there does not leave") {
  TestShop shop;
  const auto east = shop.add_warehouse("east");
  shop.stock(kTea, 2);
  shop.stock(kTea, 1, east);
  CHECK(shop.reserve(key(1), {{kTea, 6, 2}}).error().code == Errc::kOutOfStock);
  const auto got = shop.reserve(key(2), {{kTea, 4, 2}});
  REQUIRE(got.has_value());
  CHECK(shop.sellable(kTea) == -1);
  CHECK(shop.reserve(key(3), {{kTea, 2, 2}}).error().code == Errc::kOutOfStock);
  REQUIRE(shop.reserve(key(4), {{kTea, 1, 2}}).has_value());
  CHECK(shop.sellable(kTea) == -2);
  REQUIRE(shop.confirm(key(2)).has_value());
  CHECK(shop.ship(*got, "shp_1").error().reason == "inventory.not_on_hand");
  shop.stock(kTea, 10);
  REQUIRE(shop.ship(*got, "shp_1").has_value());
  shop.check();
}

TEST_CASE("a count never brings sold goods back; one below what is promised is said") {
  TestShop shop;
  shop.stock(kTea, 5);
  REQUIRE(shop.reserve(key(1), {{kTea, 3, 0}}).has_value());
  REQUIRE(shop.confirm(key(1)).has_value());
  shop.stock(kTea, 5);
  CHECK(shop.sellable(kTea) == 2);
  CHECK(shop.events("stock.level_changed") == 1);  // the second count changed nothing and said nothing
  const auto adjust = [&](std::int64_t delta) {
    return shop.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(shop.inventory.adjust(tx, {kTea, kMainWarehouse, delta}, "broken", shop.now));
      return {};
    });
  };
  CHECK(adjust(-3).error().reason == "inventory.below_promised");
  REQUIRE(adjust(-2).has_value());
  CHECK(shop.row(kTea).on_hand == 3);
  CHECK(shop.events("stock.oversold_externally") == 0);
  shop.stock(kTea, 1);
  CHECK(shop.events("stock.oversold_externally") == 1);
  CHECK(shop.sellable(kTea) == -2);
  CHECK(adjust(-1).error().reason == "inventory.below_promised");
  REQUIRE(adjust(1).has_value());
  shop.check();
}

TEST_CASE("staff set figures at a version") {
  TestShop shop;
  shop.stock(kTea, 5);
  const auto change = [&](StockChange wish) {
    wish.offer = kTea;
    wish.warehouse = wish.warehouse ? wish.warehouse : kMainWarehouse;
    ShelfRow row;
    return shop.write([&](db::Tx& tx) -> Result<void> {
      TRY(row, shop.inventory.change(tx, wish, shop.now));
      return {};
    });
  };
  const std::int64_t version = shop.row(kTea).version;
  StockChange wish;
  wish.safety_stock = 2;
  wish.incoming = 30;
  wish.incoming_at = Time{1'800'000'000'000};
  wish.if_match = {true, {version}};
  REQUIRE(change(wish).has_value());
  CHECK(shop.sellable(kTea) == 3);
  CHECK(shop.row(kTea).incoming == 30);
  CHECK(shop.row(kTea).incoming_at == Time{1'800'000'000'000});
  CHECK(change(wish).error().code == Errc::kVersionConflict);
  CHECK(shop.reserve(key(1), {{kTea, 4, 0}}).error().code == Errc::kOutOfStock);
  StockChange elsewhere;
  elsewhere.warehouse = WarehouseId{77};
  elsewhere.on_hand = 1;
  CHECK(change(elsewhere).error().reason == "inventory.no_such_warehouse");
  shop.check();
}

TEST_CASE("many threads after the last units: exactly as many win as there are") {
  TestShop shop;
  constexpr int kUnits = 7, kBuyers = 8, kTries = 10;
  shop.stock(kTea, kUnits);
  shop.stock(kCup, 1000);
  std::atomic<int> won{0}, refused{0}, other{0};
  std::vector<std::thread> buyers;
  for (int buyer = 0; buyer < kBuyers; ++buyer) {
    buyers.emplace_back([&, buyer] {
      for (int attempt = 0; attempt < kTries; ++attempt) {
        const auto got = shop.reserve(key(buyer * 100 + attempt), {{kCup, 1, 0}, {kTea, 1, 0}});
        if (got)
          ++won;
        else if (got.error().code == Errc::kOutOfStock)
          ++refused;
        else
          ++other;
      }
    });
  }
  for (auto& buyer : buyers) buyer.join();
  CHECK(won == kUnits);
  CHECK(refused == kBuyers * kTries - kUnits);
  CHECK(other == 0);
  CHECK(shop.row(kCup).reserved == kUnits);
  shop.check();
}

TEST_CASE("the planted bug sells what is not there") {
  TestShop shop;
  shop.stock(kTea, 1);
  shop.inventory.plant({.drop_stock_guard = true});
  REQUIRE(shop.reserve(key(1), {{kTea, 2, 0}}).has_value());
  CHECK(shop.sellable(kTea) == -1);
}

// The same rules on plain maps, beside the real thing: each step does one act to both and compares the answers.
struct Model {
  struct Columns {
    std::int64_t on_hand = 0, reserved = 0, allocated = 0;
  };
  enum class State { kNone, kHeld, kSold, kGone };
  struct Checkout {
    State state = State::kNone;
    bool shipped = false;
    std::map<OfferId, std::int64_t> lines;
  };

  explicit Model(std::uint64_t seed) : luck(seed) {
    for (const OfferId offer : offers) count(offer, 12);
  }
  std::int64_t any(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
  }
  OfferId any_offer() { return offers[static_cast<std::size_t>(any(0, 2))]; }
  void count(OfferId offer, std::int64_t on_hand) {
    shop.stock(offer, on_hand);
    stock[offer].on_hand = on_hand;
  }
  void reserve(std::int64_t id) {
    auto& checkout = checkouts[id];
    std::map<OfferId, std::int64_t> wish;
    std::vector<Demand> demands;
    for (std::int64_t i = any(1, 3); i > 0; --i) {
      demands.push_back({any_offer(), any(1, 3), 0});
      wish[demands.back().offer] += demands.back().quantity;
    }
    const bool got = shop.reserve(key(id), demands).has_value();
    if (checkout.state != State::kNone) {  // the key is taken: only the same wish again, while it holds, is answered
      CHECK(got == (checkout.state != State::kGone && wish == checkout.lines));
      return;
    }
    bool enough = true;
    for (const auto& [offer, quantity] : wish)
      enough = enough && stock[offer].on_hand - stock[offer].reserved - stock[offer].allocated >= quantity;
    CHECK(got == enough);
    if (!enough) return;
    checkout = {State::kHeld, false, wish};
    for (const auto& [offer, quantity] : wish) stock[offer].reserved += quantity;
  }
  void confirm(std::int64_t id) {
    auto& checkout = checkouts[id];
    const bool held = checkout.state == State::kHeld;
    CHECK(shop.confirm(key(id)).has_value() == (held || checkout.state == State::kSold));
    if (!held) return;
    checkout.state = State::kSold;
    for (const auto& [offer, quantity] : checkout.lines) {
      stock[offer].reserved -= quantity;
      stock[offer].allocated += quantity;
    }
  }
  void release(std::int64_t id) {
    auto& checkout = checkouts[id];
    CHECK(shop.release(key(id)).has_value() == (checkout.state != State::kSold));
    if (checkout.state == State::kHeld)
      for (const auto& [offer, quantity] : checkout.lines) stock[offer].reserved -= quantity;
    if (checkout.state != State::kSold) checkout.state = State::kGone;
  }
  void ship(std::int64_t id) {
    auto& checkout = checkouts[id];
    if (checkout.state != State::kSold || checkout.shipped) return;
    std::vector<Allotment> units;
    bool there = true;
    for (const auto& [offer, quantity] : checkout.lines) {
      units.push_back({offer, kMainWarehouse, quantity});
      there = there && stock[offer].on_hand >= quantity;
    }
    CHECK(shop.ship(units, key(id).text()).has_value() == there);
    if (!there) return;
    checkout.shipped = true;
    for (const Allotment& unit : units) {
      stock[unit.offer].on_hand -= unit.quantity;
      stock[unit.offer].allocated -= unit.quantity;
    }
  }
  void step() {
    const std::int64_t id = any(1, 40);
    switch (any(0, 4)) {
      case 0:
        return reserve(id);
      case 1:
        return confirm(id);
      case 2:
        return release(id);
      case 3:
        return ship(id);
      default:
        return count(any_offer(), any(0, 25));
    }
  }
  void compare() {
    for (const OfferId offer : offers) {
      const auto row = shop.row(offer);
      REQUIRE(row.on_hand == stock[offer].on_hand);
      REQUIRE(row.reserved == stock[offer].reserved);
      REQUIRE(row.allocated == stock[offer].allocated);
    }
  }

  const std::array<OfferId, 3> offers = {kTea, kCup, kPot};
  TestShop shop;
  std::mt19937_64 luck;
  std::map<OfferId, Columns> stock;
  std::map<std::int64_t, Checkout> checkouts;
};

TEST_CASE("random histories agree with a model of plain maps") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    Model model(seed);
    for (int step = 0; step < 250; ++step) {
      model.step();
      model.compare();
    }
    model.shop.check();
  }
}

}  // namespace
}  // namespace kontor::inventory
