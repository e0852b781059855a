#include "shop/inventory/spread.h"

#include <set>

#include "shop/inventory/reconciliation.h"
#include "tests/support/each_store.h"
#include "tests/support/test_stock.h"
#include "tests/support/told.h"

namespace kontor::inventory {
namespace {

struct Hall {
  db::Store& store;
  testing::FakeClock clock{};
  IdSource ids{7};
  Inventory inventory{store, clock, ids};
  Stockroom room{inventory};
  Time now = clock.now();

  explicit Hall(db::Store& on) : store(on) {}

  Result<void> write(const db::Function& function) { return store.write(db::Home::kStock, function); }
  void stock(std::int64_t on_hand) {
    REQUIRE(write([&](db::Tx& tx) { return inventory.set_on_hand(tx, {kTea, kMainWarehouse, on_hand}, "test", now); }));
  }
  std::vector<Slot> spread(std::int64_t slots) {
    std::vector<Slot> out;
    REQUIRE(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, room.spread(tx, kTea, kMainWarehouse, slots, now));
      return {};
    }));
    REQUIRE(inventory.refresh_spread());
    return out;
  }
  Result<void> reserve(std::int64_t number, std::int64_t quantity) {
    return write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(inventory.reserve(tx, {key(number), {{kTea, quantity, 0}}}, now));
      return {};
    });
  }
  Result<void> sell(std::int64_t number, std::int64_t quantity) {
    TRY_DO(reserve(number, quantity));
    return write([&](db::Tx& tx) { return inventory.confirm(tx, key(number)); });
  }
  std::vector<SlotRow> slots() {
    std::vector<SlotRow> out;
    REQUIRE(store.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY(out, sql::slots_at(tx, kTea, kMainWarehouse));
      return {};
    }));
    return out;
  }
  StockRow row() {
    const auto rows = inventory.rows(kTea);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    return rows->front();
  }
  void check() {
    services::CheckReport report;
    REQUIRE(inventory.check(report));
    for (const auto& [invariant, finding] : report.findings()) MESSAGE(invariant << ": " << finding.details.front());
    CHECK(report.ok());
    Reconciliation reconciliation(inventory, nullptr);
    CHECK(reconciliation.look()->rows.empty());
  }
};

void in_halls(const std::function<void(Hall&)>& body) {
  testing::on_each_store({inventory_migrations(), services_migrations()}, [&](db::Store& store) {
    Hall hall(store);
    body(hall);
    hall.check();
  });
}

TEST_CASE("slots: units are spread evenly, sold from all of them to the last, and merged, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(11);
    const auto slots = hall.spread(4);
    REQUIRE(slots.size() == 4);
    CHECK(slots[0].sellable == 3);
    CHECK(slots[3].sellable == 2);
    CHECK(hall.row().sellable() == 11);
    std::set<std::int64_t> used;
    for (std::int64_t i = 1; i <= 8; ++i) REQUIRE(hall.reserve(i, 1));
    for (const SlotRow& row : hall.slots())
      if (row.promised > 0) used.insert(row.place.slot);
    CHECK(used.size() > 1);
    REQUIRE(hall.reserve(9, 3));  // more than any slot has
    const auto refused = hall.reserve(10, 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "inventory.out_of_stock");
    CHECK(hall.row().sellable() == 0);
    REQUIRE(hall.write([&](db::Tx& tx) { return hall.inventory.release(tx, key(9), hall.now); }));
    CHECK(hall.spread(1)[0].sellable == 3);
    REQUIRE(hall.reserve(11, 3));
  });
}

TEST_CASE("slots: never refused while a merged slot still holds what came back, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(4);
    hall.spread(4);
    for (std::int64_t i = 1; i <= 4; ++i) REQUIRE(hall.reserve(i, 1));
    CHECK(hall.spread(1).size() == 4);
    for (std::int64_t i = 1; i <= 4; ++i)
      REQUIRE(hall.write([&](db::Tx& tx) { return hall.inventory.release(tx, key(i), hall.now); }));
    CHECK(hall.row().sellable() == 4);
    for (std::int64_t i = 5; i <= 8; ++i) REQUIRE(hall.reserve(i, 1));
  });
}

TEST_CASE("slots: a process that has not heard of them finds them at the second try, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(4);
    hall.spread(2);
    Inventory other(hall.store, hall.clock, hall.ids);
    const auto reserve = [&](std::int64_t number) {
      return hall.write([&](db::Tx& tx) -> Result<void> {
        TRY_DO(other.reserve(tx, {key(number), {{kTea, 2, 0}}}, hall.now));
        return {};
      });
    };
    REQUIRE(reserve(1));  // the first slot
    const auto overtaken = reserve(2);
    REQUIRE_FALSE(overtaken);
    CHECK(overtaken.error().reason == "inventory.overtaken");
    REQUIRE(reserve(2));
  });
}

TEST_CASE("slots: counts, adjustments, deliveries and the safety stock are of the whole shelf, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(10);
    hall.spread(3);
    REQUIRE(hall.sell(1, 2));
    REQUIRE(hall.sell(2, 2));
    hall.stock(9);
    CHECK(hall.row().on_hand == 9);
    CHECK(hall.row().sellable() == 5);
    const auto adjust = [&](std::int64_t delta) {
      return hall.write([&](db::Tx& tx) -> Result<void> {
        TRY_DO(hall.inventory.adjust(tx, {kTea, kMainWarehouse, delta}, "broken", hall.now));
        return {};
      });
    };
    CHECK(adjust(-6).error().reason == "inventory.below_promised");
    REQUIRE(adjust(-5));
    CHECK(hall.row().sellable() == 0);
    REQUIRE(hall.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(hall.room.receive(tx, {kTea, kMainWarehouse, 6, "truck", ""}, hall.now));
      StockChange change;
      change.offer = kTea;
      change.warehouse = kMainWarehouse;
      change.safety_stock = 3;
      change.low_stock_at = 1;
      TRY_DO(hall.inventory.change(tx, change, hall.now));
      return {};
    }));
    CHECK(hall.row().sellable() == 3);
    for (const SlotRow& row : hall.slots()) CHECK(row.sellable() == 1);
    REQUIRE(hall.reserve(3, 3));
    CHECK(hall.reserve(4, 1).error().reason == "inventory.out_of_stock");
    const auto history = hall.inventory.movements(kTea, kMainWarehouse, 0, 100);
    REQUIRE(history);
    std::int64_t on_hand = 0;
    for (const Movement& one : *history) on_hand += one.on_hand;
    CHECK(on_hand == hall.row().on_hand);
    // Page by page it is the same history.
    std::vector<std::int64_t> ids, paged;
    for (const Movement& one : *history) ids.push_back(one.id);
    for (std::int64_t before = 0;;) {
      const auto page = hall.inventory.movements(kTea, kMainWarehouse, before, 4);
      REQUIRE(page);
      if (page->empty()) break;
      for (const Movement& one : *page) paged.push_back(one.id);
      before = page->back().id;
    }
    CHECK(paged == ids);
  });
}

TEST_CASE("slots: shipping and cancelling find the slot that sold, and the shelf that has them, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(6);
    hall.spread(3);
    for (std::int64_t i = 1; i <= 3; ++i) REQUIRE(hall.sell(i, 2));
    hall.stock(4);  // less than is sold: the first slots lack it
    const auto ship = [&](std::int64_t number) {
      return hall.write([&](db::Tx& tx) {
        return hall.inventory.ship(tx, std::vector<Allotment>{{kTea, kMainWarehouse, 2}},
                                   "shp " + std::to_string(number), hall.now, key(number));
      });
    };
    REQUIRE(ship(2));
    REQUIRE(ship(1));
    CHECK(ship(3).error().reason == "inventory.not_on_hand");
    REQUIRE(hall.write([&](db::Tx& tx) {
      return hall.inventory.deallocate(tx, key(3), std::vector<Allotment>{{kTea, kMainWarehouse, 2}}, "cancelled",
                                       hall.now);
    }));
    CHECK(hall.row().on_hand == 0);
    CHECK(hall.row().allocated == 0);
  });
}

TEST_CASE("slots: low stock is said of the warehouse, once, on each store") {
  in_halls([](Hall& hall) {
    hall.stock(8);
    REQUIRE(hall.write([&](db::Tx& tx) -> Result<void> {
      StockChange change;
      change.offer = kTea;
      change.warehouse = kMainWarehouse;
      change.low_stock_at = 3;
      TRY_DO(hall.inventory.change(tx, change, hall.now));
      return {};
    }));
    hall.spread(4);
    const auto said = [&] { return testing::told(hall.store, "stock.low"); };
    for (std::int64_t i = 1; i <= 4; ++i) REQUIRE(hall.reserve(i, 1));
    CHECK(said() == 0);
    for (std::int64_t i = 5; i <= 8; ++i) REQUIRE(hall.reserve(i, 1));
    CHECK(said() == 1);
  });
}

TEST_CASE("slots: a line from several slots crosses the threshold as a whole, on each store") {
  for (const std::int64_t threshold : {4, 8})
    in_halls([threshold](Hall& hall) {
      hall.stock(10);
      REQUIRE(hall.write([&](db::Tx& tx) -> Result<void> {
        StockChange change;
        change.offer = kTea;
        change.warehouse = kMainWarehouse;
        change.low_stock_at = threshold;
        TRY_DO(hall.inventory.change(tx, change, hall.now));
        return {};
      }));
      hall.spread(2);
      REQUIRE(hall.reserve(1, 8));
      CHECK(testing::told(hall.store, "stock.low") == 1);
    });
}

}  // namespace
}  // namespace kontor::inventory
