// The statements of inventory_spread.
#include "shop/inventory/spread.h"

namespace kontor::inventory::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kSpread{"inventory.spread", Home::kStock,
                        "SELECT offer_id, warehouse_id, slots, reach FROM inventory_spread"};
constexpr Query kSlotsOf{"inventory.slots_of", Home::kStock,
                         "SELECT slots, reach FROM inventory_spread WHERE offer_id = $1 AND warehouse_id = $2"};
constexpr Query kSetSlots{"inventory.set_slots", Home::kStock, R"sql(
  INSERT INTO inventory_spread (offer_id, warehouse_id, slots, reach) VALUES ($1, $2, $3, $4)
  ON CONFLICT (offer_id, warehouse_id) DO UPDATE SET slots = excluded.slots, reach = excluded.reach
)sql"};
constexpr Query kForgetSlots{"inventory.forget_slots", Home::kStock,
                             "DELETE FROM inventory_spread WHERE offer_id = $1 AND warehouse_id = $2"};

}  // namespace

Result<std::map<std::pair<OfferId, WarehouseId>, Slots>> spread(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kSpread));
  std::map<std::pair<OfferId, WarehouseId>, Slots> out;
  for (const auto row : rows) out[{row.id<OfferId>(0), row.id<WarehouseId>(1)}] = {row.i64(2), row.i64(3)};
  return out;
}

Result<Slots> slots_of(db::Tx& tx, OfferId offer, WarehouseId warehouse) {
  TRY(const auto rows, tx.ask(kSlotsOf, offer, warehouse));
  return rows.empty() ? Slots{} : Slots{rows.front().i64(0), rows.front().i64(1)};
}

Result<void> set_slots(db::Tx& tx, OfferId offer, WarehouseId warehouse, Slots slots) {
  TRY_DO(tx.run(kSetSlots, offer, warehouse, slots.slots, slots.reach));
  return {};
}

Result<void> forget_slots(db::Tx& tx, OfferId offer, WarehouseId warehouse) {
  TRY_DO(tx.run(kForgetSlots, offer, warehouse));
  return {};
}

}  // namespace kontor::inventory::sql
