// The inventory alone on a store of its own, for its tests.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "shop/inventory/inventory.h"
#include "tests/support/test_store.h"
#include "tests/support/told.h"

namespace kontor {
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

namespace kontor::inventory {

inline const OfferId kTea{101}, kCup{102}, kPot{103};
inline CheckoutId key(std::int64_t number) { return CheckoutId{9'000'000 + number}; }

struct TestShop {
  testing::TestStore test{inventory_migrations(), services_migrations()};
  Inventory inventory{test.store(), test.clock, test.ids};
  Time now = test.clock.now();

  Result<void> write(const db::Function& fn) { return test.store().write(db::Home::kStock, fn); }
  void stock(OfferId offer, std::int64_t on_hand, WarehouseId warehouse = kMainWarehouse) {
    REQUIRE(write([&](db::Tx& tx) {
              return inventory.set_on_hand(tx, {offer, warehouse, on_hand}, "test", now);
            }).has_value());
  }
  Result<std::vector<Allotment>> reserve(CheckoutId id, std::vector<Demand> lines) {
    std::vector<Allotment> out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, inventory.reserve(tx, {id, lines}, now));
      return {};
    }));
    return out;
  }
  Result<void> confirm(CheckoutId id) {
    return write([&](db::Tx& tx) { return inventory.confirm(tx, id); });
  }
  Result<void> release(CheckoutId id) {
    return write([&](db::Tx& tx) { return inventory.release(tx, id, now); });
  }
  Result<void> ship(std::vector<Allotment> units, const std::string& reference) {
    return write([&](db::Tx& tx) { return inventory.ship(tx, units, reference, now); });
  }
  Result<void> deallocate(CheckoutId id, std::vector<Allotment> units, const std::string& reference) {
    return write([&](db::Tx& tx) { return inventory.deallocate(tx, id, units, reference, now); });
  }
  WarehouseId add_warehouse(const std::string& code) {
    const auto id = test.ids.next<WarehouseId>(now, 0);
    REQUIRE(write([&](db::Tx& tx) -> Result<void> {
              TRY_DO(inventory.add_warehouse(tx, {id, code, code}));
              return {};
            }).has_value());
    return id;
  }
  StockRow row(OfferId offer, WarehouseId warehouse = kMainWarehouse) {
    const auto rows = inventory.rows(offer);
    REQUIRE(rows.has_value());
    for (const StockRow& found : *rows)
      if (found.warehouse == warehouse) return found;
    return {};
  }
  std::int64_t sellable(OfferId offer) {
    const OfferId offers[] = {offer};
    const auto figures = inventory.figures(offers);
    REQUIRE(figures.has_value());
    return figures->empty() ? 0 : figures->front().sellable;
  }
  int events(std::string_view name) { return testing::told(test.store(), name); }
  void check() {
    services::CheckReport report;
    REQUIRE(inventory.check(report).has_value());
    for (const auto& [invariant, finding] : report.findings()) MESSAGE(invariant << ": " << finding.details.front());
    CHECK(report.ok());
  }
};

}  // namespace kontor::inventory
