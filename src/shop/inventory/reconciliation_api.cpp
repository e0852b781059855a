#include "shop/inventory/reconciliation_api.h"

namespace kontor::inventory {
namespace {

struct ColumnDrift {
  std::string column;
  std::int64_t shown = 0;
  std::int64_t history = 0;
  std::int64_t right = 0;

  static constexpr auto fields() {
    using V = ColumnDrift;
    return described(Field("column", &V::column, "Of the stock row"), Field("shown", &V::shown, "What the row says"),
                     Field("history", &V::history, "What its movements add up to"),
                     Field("right", &V::right, "What a repair makes of both"));
  }
};

struct DriftView {
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t slot = 0;
  bool repaired = false;
  std::vector<ColumnDrift> columns;

  static constexpr auto fields() {
    using V = DriftView;
    return described(Field("offer_id", &V::offer_id, "The offer"), Field("warehouse_id", &V::warehouse_id, "Where"),
                     Field("slot", &V::slot, "Which of its slots"),
                     Field("repaired", &V::repaired, "Whether it is right now"),
                     Field("columns", &V::columns, "Where row, movements and reservations differ"));
  }
};

struct ReconciliationView {
  Time looked_at;
  std::int64_t found = 0;
  std::int64_t repaired = 0;
  std::vector<DriftView> items;

  static constexpr auto fields() {
    using V = ReconciliationView;
    return described(Field("looked_at", &V::looked_at, "When"), Field("found", &V::found, "Stock rows that drift"),
                     Field("repaired", &V::repaired, "How many of them are right now"),
                     Field("items", &V::items, "The rows"));
  }
};

DriftView view(const Reconciled& one) {
  const Drift& drift = one.drift;
  DriftView out{drift.place.offer, drift.place.warehouse, drift.place.slot, one.repaired, {}};
  const Delta right = drift.right();
  const auto column = [&](std::string name, std::int64_t Delta::*part) {
    if (drift.shown.*part != right.*part || drift.history.*part != right.*part)
      out.columns.push_back({std::move(name), drift.shown.*part, drift.history.*part, right.*part});
  };
  column("on_hand", &Delta::on_hand);
  column("promised", &Delta::promised);
  column("safety_stock", &Delta::safety_stock);
  column("incoming", &Delta::incoming);
  return out;
}

ReconciliationView view(const ReconciliationReport& report) {
  ReconciliationView out{report.looked_at, static_cast<std::int64_t>(report.rows.size()), report.repaired(), {}};
  for (const Reconciled& one : report.rows) out.items.push_back(view(one));
  return out;
}

Result<ReconciliationView> look(const ReconciliationApiParts& parts, const http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kAdmin));
  TRY(const auto report, parts.reconciliation.look());
  return view(report);
}

Result<ReconciliationView> repair(const ReconciliationApiParts& parts, const http::Call& call) {
  TRY(const auto staff, parts.shoppers.require_role(call, services::Role::kAdmin));
  TRY(const auto report, parts.reconciliation.repair());
  const auto entry = parts.audit.entry(staff.caller(), "inventory.reconcile", "stock",
                                       "{\"repaired\":" + std::to_string(report.repaired()) + "}");
  TRY_DO(parts.store.write(db::Home::kStock, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return view(report);
}

}  // namespace

void add_reconciliation_routes(http::Router& router, ReconciliationApiParts parts) {
  router.get<http::None, ReconciliationView>(
      "/admin/inventory/reconciliation", {"Looks for stock rows that differ from their movements and reservations", {}},
      [parts](http::Call& call, const http::None&) { return look(parts, call); });
  router.post<http::None, ReconciliationView>(
      "/admin/inventory/reconciliation", {"Looks for them and repairs them, each by a movement", {}},
      [parts](http::Call& call, const http::None&) { return repair(parts, call); });
}

}  // namespace kontor::inventory
