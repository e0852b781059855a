#include "shop/inventory/reconciliation.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/inventory/events.h"
#include "shop/inventory/levels.h"

namespace kontor::inventory {
namespace {

constexpr std::string_view kJob = "inventory.reconcile";
constexpr int kMostLooks = 3;

Result<void> repair_row(db::Tx& tx, SoldOut& sold_out, const Drift& drift, Time now) {
  Crossings crossings(sold_out);
  TRY_DO(crossings.look(tx, drift.place.offer));
  TRY(const bool repaired, sql::repair(tx, drift, now));
  if (!repaired) return fail(Errc::kConflict, "inventory.overtaken", "The row has changed since it was looked at.");
  const Delta right = drift.right();
  const StockDriftRepaired event{drift.place.offer, drift.place.warehouse, drift.place.slot,
                                 right.on_hand - drift.shown.on_hand, right.promised - drift.shown.promised};
  TRY_DO(services::emit(tx, event, drift.place.offer.text(), now));
  TRY_DO(crossings.say(tx, now));
  TRY_DO(say_levels(tx, {drift.place.offer}, now));
  TRY(const auto row, sql::row(tx, drift.place.offer, drift.place.warehouse));
  return say_oversold(tx, row, now);
}

}  // namespace

Delta Drift::right() const {
  Delta out = row ? shown : history;
  if (row) out.on_hand = std::min(shown.on_hand, history.on_hand);
  out.on_hand = std::max<std::int64_t>(out.on_hand, 0);
  out.safety_stock = std::max<std::int64_t>(out.safety_stock, 0);
  out.incoming = std::max<std::int64_t>(out.incoming, 0);
  out.promised = held + std::max<std::int64_t>(sold, 0);
  return out;
}

std::int64_t ReconciliationReport::repaired() const {
  return std::count_if(rows.begin(), rows.end(), [](const Reconciled& one) { return one.repaired; });
}

// Elsewhere than on the loop, where there are workers: it reads all of the stock.
Result<std::vector<Drift>> Reconciliation::drifts() {
  std::vector<Drift> found;
  Result<void> outcome;
  const auto look = [&] {
    outcome = inventory_.store().read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY(found, sql::drifts(tx, kMostRows));
      return {};
    });
  };
  if (workers_ != nullptr)
    TRY_DO(workers_->run(look));
  else
    look();
  TRY_DO(std::move(outcome));
  return found;
}

Result<ReconciliationReport> Reconciliation::look() {
  ReconciliationReport report{inventory_.clock().now(), {}};
  TRY(const auto found, drifts());
  for (const Drift& drift : found) report.rows.push_back({drift, false});
  if (told_) told_(report);
  return report;
}

Result<void> Reconciliation::repair(ReconciliationReport& report) {
  std::vector<Reconciled> done;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    TRY(const auto found, drifts());
    report.rows.clear();
    bool overtaken = false;
    for (const Drift& drift : found) {
      const auto written = inventory_.store().write(db::Home::kStock, [&](db::Tx& tx) {
        return repair_row(tx, inventory_.sold_out(), drift, inventory_.clock().now());
      });
      if (!written && written.error().code != Errc::kConflict) return fail(written.error());
      overtaken = overtaken || !written;
      (written ? done : report.rows).push_back({drift, written.has_value()});
    }
    if (!overtaken) break;
  }
  report.rows.insert(report.rows.begin(), done.begin(), done.end());
  return {};
}

Result<ReconciliationReport> Reconciliation::repair() {
  ReconciliationReport report{inventory_.clock().now(), {}};
  TRY_DO(repair(report));
  if (told_) told_(report);
  return report;
}

void add_reconciliation_job(services::JobRunner& runner, Reconciliation& reconciliation, ReconciliationPlan plan,
                            Clock& clock) {
  runner.add(std::string(kJob), [&reconciliation, plan, &clock](services::JobContext& job) -> Result<void> {
    if (plan.every_ms == 0) return {};
    auto report = plan.repairs ? reconciliation.repair() : reconciliation.look();
    if (!report) {
      // However long the store is away, it is looked at again.
      report.error().code = Errc::kUnavailable;
      return fail(std::move(report.error()));
    }
    job.again_at(clock.now().plus_ms(plan.every_ms));
    return {};
  });
}

Result<void> plan_reconciliation(services::Jobs& jobs, ReconciliationPlan plan, Time now) {
  if (plan.every_ms == 0) return {};
  auto job = jobs.make(std::string(kJob), "{}");
  job.unique_key = std::string(kJob);
  job.run_at = now.plus_ms(plan.every_ms);
  TRY_DO(jobs.enqueue(job));
  return {};
}

}  // namespace kontor::inventory
