#include "shop/inventory/reconciliation.h"

#include "tests/support/each_store.h"
#include "tests/support/test_stock.h"
#include "tests/support/told.h"

namespace kontor::inventory {
namespace {

using db::Home;
using db::Query;

// Hands in the database.
constexpr Query kMorePromised{"test.more_promised", Home::kStock,
                              "UPDATE inventory_stock SET promised = promised + 3 WHERE offer_id = $1"};
constexpr Query kMoreOnHand{"test.more_on_hand", Home::kStock,
                            "UPDATE inventory_stock SET on_hand = on_hand + 40 WHERE offer_id = $1"};
constexpr Query kLessOnHand{"test.less_on_hand", Home::kStock,
                            "UPDATE inventory_stock SET on_hand = on_hand - 8 WHERE offer_id = $1"};
constexpr Query kForgetMovement{"test.forget_movement", Home::kStock,
                                "DELETE FROM inventory_movements WHERE id = (SELECT last_movement FROM inventory_stock "
                                "WHERE offer_id = $1 AND slot = 0)"};
constexpr Query kForgetRow{"test.forget_row", Home::kStock, "DELETE FROM inventory_stock WHERE offer_id = $1"};
struct Shop {
  db::Store& store;
  testing::FakeClock clock{};
  IdSource ids{7};
  Inventory inventory{store, clock, ids};
  int told = 0;
  Reconciliation reconciliation{inventory, nullptr, [this](const auto&) { ++told; }};
  Time now = clock.now();

  explicit Shop(db::Store& on) : store(on) {}

  void run(const db::Function& function) { REQUIRE(store.write(Home::kStock, function).has_value()); }
  void stock(OfferId offer, std::int64_t on_hand) {
    run([&](db::Tx& tx) { return inventory.set_on_hand(tx, {offer, kMainWarehouse, on_hand}, "test", now); });
  }
  void buy(std::int64_t number, OfferId offer, std::int64_t quantity, bool confirm) {
    run([&](db::Tx& tx) -> Result<void> {
      TRY_DO(inventory.reserve(tx, {key(number), {{offer, quantity, 0}}}, now));
      return confirm ? inventory.confirm(tx, key(number)) : Result<void>();
    });
  }
  void tamper(const Query& query, OfferId offer) {
    run([&](db::Tx& tx) -> Result<void> {
      TRY(const auto changed, tx.run(query, offer));
      KONTOR_ASSERT(changed == 1);
      return {};
    });
  }
  StockRow row(OfferId offer) {
    const auto rows = inventory.rows(offer);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    return rows->front();
  }
  std::int64_t events(std::string_view name) { return testing::told(store, name); }
  bool sound() {
    services::CheckReport report;
    REQUIRE(inventory.check(report));
    return report.ok();
  }
};

TEST_CASE("inventory: drift of each column is found and repaired by a movement, on each store") {
  testing::on_each_store({inventory_migrations(), services_migrations()}, [](db::Store& store) {
    Shop shop(store);
    shop.stock(kTea, 20);
    shop.stock(kCup, 10);
    shop.stock(kPot, 10);
    shop.buy(1, kTea, 4, false);
    shop.buy(2, kTea, 2, true);
    shop.buy(3, kCup, 5, true);
    CHECK(shop.reconciliation.look()->rows.empty());

    shop.tamper(kMorePromised, kTea);
    shop.tamper(kMorePromised, kCup);
    shop.tamper(kMoreOnHand, kPot);
    CHECK_FALSE(shop.sound());
    const auto found = shop.reconciliation.look();
    REQUIRE(found);
    REQUIRE(found->rows.size() == 3);
    CHECK(found->repaired() == 0);
    CHECK(found->rows[0].drift.shown.promised == 9);
    CHECK(found->rows[0].drift.right().promised == 6);
    CHECK_FALSE(shop.sound());  // looking repairs nothing

    const auto repaired = shop.reconciliation.repair();
    REQUIRE(repaired);
    CHECK(repaired->repaired() == 3);
    CHECK(shop.sound());
    CHECK(shop.row(kTea).reserved == 4);
    CHECK(shop.row(kTea).allocated == 2);
    CHECK(shop.row(kCup).allocated == 5);
    CHECK(shop.row(kPot).on_hand == 10);  // the lower of the two: more than the history says may not be there
    CHECK(shop.events("stock.drift_repaired") == 3);
    CHECK(shop.told == 3);
    const auto newest = shop.inventory.movements(kTea, kMainWarehouse, 0, 10);
    REQUIRE(newest);
    CHECK(newest->front().kind == MovementKind::kReconciled);
    CHECK(newest->front().reason == "reconciliation");
    CHECK(newest->size() == 4);  // the chain goes on behind it: counted, reserved twice
    CHECK(shop.reconciliation.repair()->rows.empty());
  });
}

TEST_CASE("inventory: a lost movement, a lost row and a shelf that says less are made up for, on each store") {
  testing::on_each_store({inventory_migrations(), services_migrations()}, [](db::Store& store) {
    Shop shop(store);
    shop.stock(kTea, 20);
    shop.stock(kCup, 10);
    shop.stock(kPot, 10);
    shop.buy(1, kTea, 4, false);
    shop.buy(2, kCup, 3, true);
    shop.buy(3, kPot, 5, true);
    shop.tamper(kForgetMovement, kTea);
    shop.tamper(kForgetRow, kCup);
    shop.tamper(kLessOnHand, kPot);
    CHECK_FALSE(shop.sound());
    REQUIRE(shop.reconciliation.repair()->repaired() == 3);
    CHECK(shop.sound());
    CHECK(shop.row(kTea).reserved == 4);
    CHECK(shop.row(kCup).on_hand == 10);
    CHECK(shop.row(kCup).allocated == 3);
    CHECK(shop.row(kPot).on_hand == 2);  // five are sold: somebody must be told
    CHECK(shop.events("stock.oversold_externally") == 1);
  });
}

TEST_CASE("inventory: more shipped than was sold is no balance, though another's reservation makes up for it") {
  testing::on_each_store({inventory_migrations(), services_migrations()}, [](db::Store& store) {
    Shop shop(store);
    shop.stock(kTea, 20);
    shop.buy(1, kTea, 3, true);
    shop.buy(2, kTea, 3, false);
    const Allotment three{kTea, kMainWarehouse, 3};
    shop.run([&](db::Tx& tx) { return shop.inventory.ship(tx, {&three, 1}, "shp_1", shop.now, key(1)); });
    CHECK(shop.sound());
    shop.run([&](db::Tx& tx) { return shop.inventory.ship(tx, {&three, 1}, "shp_2", shop.now, key(1)); });
    CHECK_FALSE(shop.sound());
  });
}

// Sells from the row between the look and the repair, once.
class Overtaking : public db::Store {
 public:
  explicit Overtaking(db::Store& store) : store_(store) {}
  Result<void> write(db::Homes homes, const db::Function& function) override {
    if (auto other = std::exchange(before_write, nullptr)) other();
    return store_.write(homes, function);
  }
  Result<void> read(db::Homes homes, const db::Function& function) override { return store_.read(homes, function); }
  bool together(db::Homes homes) const override { return store_.together(homes); }
  std::string_view engine() const override { return store_.engine(); }
  std::vector<Place> places() const override { return store_.places(); }
  std::function<void()> before_write;

 private:
  db::Store& store_;
};

TEST_CASE("inventory: a row that is sold from between look and repair is looked at again") {
  testing::TestStore test({inventory_migrations(), services_migrations()});
  Overtaking store(test.store());
  Shop shop(store);
  shop.stock(kTea, 20);
  shop.tamper(kMorePromised, kTea);
  store.before_write = [&] { shop.buy(1, kTea, 2, false); };
  const auto report = shop.reconciliation.repair();
  REQUIRE(report);
  CHECK(report->repaired() == 1);
  CHECK(shop.row(kTea).reserved == 2);
  CHECK(shop.sound());
}

TEST_CASE("inventory: the job comes back, and only looks where it shall not repair") {
  testing::TestStore test({inventory_migrations(), services_migrations()});
  Shop shop(test.store());
  services::Jobs jobs(test.store(), shop.clock, shop.ids);
  services::JobRunner runner(jobs, "test", {});
  const ReconciliationPlan plan{kHourMs, false};
  add_reconciliation_job(runner, shop.reconciliation, plan, shop.clock);
  REQUIRE(plan_reconciliation(jobs, plan, shop.clock.now()));
  REQUIRE(plan_reconciliation(jobs, plan, shop.clock.now()));  // each start plans it
  shop.stock(kTea, 20);
  shop.tamper(kMorePromised, kTea);
  CHECK(runner.run_until_quiet().value() == 0);
  shop.clock.advance_ms(kHourMs);
  CHECK(runner.run_until_quiet().value() == 1);
  CHECK(shop.told == 1);
  CHECK_FALSE(shop.sound());
  shop.clock.advance_ms(kHourMs);
  CHECK(runner.run_until_quiet().value() == 1);
}

}  // namespace
}  // namespace kontor::inventory
