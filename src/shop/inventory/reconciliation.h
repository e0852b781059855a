// Looks for drift: stock rows that say something else than their movements and the reservations do. It should never
// happen, and is found all the same: a hand in the database, a disk that lied, a bug. A repair sets the row to what is
// right and makes up the difference by one movement (kind `reconciled`, reason `reconciliation`), so that movements
// always add up afterwards. The look is one snapshot over the whole store; it is for a job and for people.
//
// What is right: `promised` is what the reservations say, less what was shipped. Nobody in the program
// knows what lies on the shelf, so `on_hand` is the lower of row and history until somebody counts. `safety_stock` and
// `incoming` are what staff see in the row. A row that is gone comes back with its history.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "runtime/fiber.h"
#include "services/jobs.h"
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {

// The columns of a stock row, and what is added to them.
struct Drift {
  Place place;
  bool row = true;              // false: there is none
  std::int64_t version = 0;     // of the row; a repair is of this version only
  std::int64_t last_noted = 0;  // the newest movement
  Delta shown;                  // what the row says
  Delta history;                // what the movements add up to
  std::int64_t held = 0;        // what checkouts hold by the reservations
  std::int64_t sold = 0;        // sold and not shipped, by reservations and movements
  Delta right() const;
};

namespace sql {
// Rows that drift, in key order, at most `limit`; reads all movements and reservations.
Result<std::vector<Drift>> drifts(db::Tx& tx, int limit);
// False when the row has changed since it was looked at; the caller then fails, which undoes the movement.
Result<bool> repair(db::Tx& tx, const Drift& drift, Time now);
}  // namespace sql

struct Reconciled {
  Drift drift;
  bool repaired = false;
};
struct ReconciliationReport {
  Time looked_at;
  std::vector<Reconciled> rows;
  std::int64_t repaired() const;
};

class Reconciliation {
 public:
  static constexpr int kMostRows = 1000;  // of one look; the rest is for the next

  // `workers` may be null. `told` hears of every report; may be empty.
  Reconciliation(Inventory& inventory, runtime::Workers* workers,
                 std::function<void(const ReconciliationReport&)> told = {})
      : inventory_(inventory), workers_(workers), told_(std::move(told)) {}

  // Only looks.
  Result<ReconciliationReport> look();
  // Looks and repairs. A row that is sold from meanwhile is looked at again, three times at most. Harmless to repeat,
  // and at the same time elsewhere.
  Result<ReconciliationReport> repair();

 private:
  Result<std::vector<Drift>> drifts();
  Result<void> repair(ReconciliationReport& report);

  Inventory& inventory_;
  runtime::Workers* workers_;
  std::function<void(const ReconciliationReport&)> told_;
};

struct ReconciliationPlan {
  std::int64_t every_ms = kHourMs;  // 0: never
  bool repairs = true;
};
// The job kind "inventory.reconcile": by one process at a time. Planned at each start; there is never more than one.
void add_reconciliation_job(services::JobRunner& runner, Reconciliation& reconciliation, ReconciliationPlan plan,
                            Clock& clock);
Result<void> plan_reconciliation(services::Jobs& jobs, ReconciliationPlan plan, Time now);

}  // namespace kontor::inventory
