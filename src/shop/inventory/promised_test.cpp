// A store of before `promised`: its columns and movements become one figure, and still add up.
#include "shop/inventory/inventory.h"

#include "adapters/db_postgres/postgres_store.h"
#include "tests/support/postgres_database.h"
#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

using db::Home;
using db::Query;

constexpr Query kStock{"test.old_stock", Home::kStock, R"sql(
  INSERT INTO inventory_stock (offer_id, warehouse_id, slot, on_hand, reserved, allocated, safety_stock, incoming,
                               version, last_movement)
  VALUES ($1, 1, 0, 20, 3, 4, 0, 0, 4, $2)
)sql"};
constexpr Query kMovement{"test.old_movement", Home::kStock, R"sql(
  INSERT INTO inventory_movements (offer_id, warehouse_id, slot, kind, d_on_hand, d_reserved, d_allocated,
                                   d_safety_stock, d_incoming, reason, reference, at, previous)
  VALUES ($1, 1, 0, $2, $3, $4, $5, 0, 0, 'test', $6, 0, $7) RETURNING id
)sql"};
constexpr Query kReservation{"test.old_reservation", Home::kStock, R"sql(
  INSERT INTO inventory_reservations (checkout_id, line, offer_id, warehouse_id, slot, quantity, state, returned)
  VALUES ($1, 1, $2, 1, 0, $3, $4, 0)
)sql"};

constexpr Query kStrayHold{"test.stray_hold", Home::kStock, "INSERT INTO inventory_holds (checkout_id) VALUES ($1)"};

// Twenty came, three are held by one checkout, four were sold by another.
Result<void> old_stock(db::Tx& tx) {
  std::int64_t last = 0;
  const auto move = [&](MovementKind kind, std::int64_t on_hand, std::int64_t reserved, std::int64_t allocated,
                        std::string_view reference) -> Result<void> {
    TRY(last, tx.insert(kMovement, kTea, kind, on_hand, reserved, allocated, reference, last));
    return {};
  };
  TRY_DO(move(MovementKind::kCounted, 20, 0, 0, ""));
  TRY_DO(move(MovementKind::kReserved, 0, 3, 0, key(1).text()));
  TRY_DO(move(MovementKind::kReserved, 0, 4, 0, key(2).text()));
  TRY_DO(move(MovementKind::kConfirmed, 0, -4, 4, key(2).text()));
  TRY_DO(tx.run(kReservation, key(1), kTea, 3, ReservationState::kReserved));
  TRY_DO(tx.run(kReservation, key(2), kTea, 4, ReservationState::kConfirmed));
  return tx.run(kStock, kTea, last) ? Result<void>() : Result<void>(fail(Errc::kInternal, "test", "no row"));
}

void grows(auto& store) {
  REQUIRE(store.migrate(inventory_migrations().first(5)));
  REQUIRE(store.migrate(services_migrations()));
  REQUIRE(store.write(Home::kStock, old_stock));
  REQUIRE(store.migrate(inventory_migrations()));
  testing::FakeClock clock;
  IdSource ids{7};
  Inventory inventory(store, clock, ids);
  services::CheckReport report;
  REQUIRE(inventory.check(report));
  CHECK(report.ok());
  const auto rows = inventory.rows(kTea);
  REQUIRE(rows);
  CHECK(rows->front().reserved == 3);
  CHECK(rows->front().allocated == 4);
  CHECK(rows->front().sellable() == 13);
  const auto movements = inventory.movements(kTea, kMainWarehouse, 0, 10);
  REQUIRE(movements);
  std::int64_t reserved = 0, promised = 0;
  for (const Movement& movement : *movements) {
    reserved += movement.reserved;
    promised += movement.promised;
  }
  CHECK(reserved == 3);
  CHECK(promised == 7);
  REQUIRE(store.write(Home::kStock, [&](db::Tx& tx) { return inventory.confirm(tx, key(1)); }));
  CHECK(inventory.rows(kTea)->front().allocated == 7);
}

TEST_CASE("inventory: a hold without lines, and one of lines that were given back, are found") {
  for (const CheckoutId stray : {key(1), key(2)}) {
    TestShop shop;
    shop.stock(kTea, 10);
    REQUIRE(shop.reserve(key(1), {{kTea, 2, 0}}));
    REQUIRE(shop.release(key(1)));
    shop.check();
    REQUIRE(shop.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kStrayHold, stray));
      return {};
    }));
    services::CheckReport report;
    REQUIRE(shop.inventory.check(report));
    CHECK(report.findings().contains("inventory.holds_have_lines"));
  }
}

TEST_CASE("inventory: a store of before goes on with what it had reserved and allocated, on each store") {
  {
    testing::TestStore test;
    grows(test.store());
  }
  const testing::PostgresDatabase database;
  if (!database.available()) return;
  db_postgres::PostgresStore::Options options;
  options.url = database.url();
  const auto store = db_postgres::PostgresStore::open(std::move(options));
  REQUIRE(store);
  grows(**store);
}

}  // namespace
}  // namespace kontor::inventory
