#include "shop/inventory/stockroom.h"

#include <algorithm>

#include "shop/inventory/inventory_store.h"
#include "shop/inventory/levels.h"
#include "shop/inventory/spread.h"

namespace kontor::inventory {
namespace {

// One delivery note may name many offers: each of them, at each place, is an act of its own.
Result<bool> first_time(db::Tx& tx, const std::string& reference, const Place& place, MovementKind kind, Time now) {
  if (reference.empty()) return true;
  return sql::note_effect(tx, reference + "/" + place.offer.text() + "/" + place.warehouse.text(), kind, now);
}

Result<void> must_exist(db::Tx& tx, WarehouseId warehouse) {
  TRY(const bool known, sql::warehouse_exists(tx, warehouse));
  return known ? Result<void>() : Result<void>(fail(no_such_warehouse(warehouse)));
}

Result<void> leave(db::Tx& tx, const Transfer& transfer, Time now) {
  const Place place{transfer.offer, transfer.from, 0};
  TRY(const auto before, sql::row(tx, transfer.offer, transfer.from));
  TRY(const bool left,
      change_on_hand(tx, place, -transfer.quantity,
                     {MovementKind::kTransferredOut, transfer.reason, transfer.reference, now}, Guard::kPromised));
  return left ? Result<void>() : Result<void>(fail(below_promised(before)));
}

Result<void> arrive(db::Tx& tx, const Transfer& transfer, Time now) {
  const Place place{transfer.offer, transfer.to, 0};
  TRY_DO(sql::make_row(tx, place));
  const Delta delta = transfer.arrives ? Delta{.incoming = transfer.quantity} : Delta{.on_hand = transfer.quantity};
  TRY(const bool came,
      sql::move(tx, place, delta, {MovementKind::kTransferredIn, transfer.reason, transfer.reference, now}));
  KONTOR_ASSERT(came);
  TRY_DO(even_out(tx, place, now));
  return transfer.arrives ? sql::set_incoming_at(tx, place, transfer.arrives) : Result<void>();
}

}  // namespace

Result<Transferred> Stockroom::transfer(db::Tx& tx, const Transfer& wish, Time now) {
  KONTOR_ASSERT(wish.quantity > 0);
  if (wish.from == wish.to)
    return invalid("inventory.same_warehouse", "/to_warehouse_id", "same_warehouse",
                   "The goods are in this warehouse already.");
  TRY_DO(must_exist(tx, wish.to));
  TRY(const bool fresh, first_time(tx, wish.reference, {wish.offer, wish.from, 0}, MovementKind::kTransferredOut, now));
  if (fresh) {
    Crossings crossings(inventory_.sold_out());
    TRY_DO(crossings.look(tx, wish.offer));
    // In key order, as everybody takes stock rows.
    TRY_DO(wish.from < wish.to ? leave(tx, wish, now) : arrive(tx, wish, now));
    TRY_DO(wish.from < wish.to ? arrive(tx, wish, now) : leave(tx, wish, now));
    TRY_DO(crossings.say(tx, now));
    TRY_DO(say_levels(tx, {wish.offer}, now));
  }
  Transferred out;
  TRY(out.from, sql::row(tx, wish.offer, wish.from));
  TRY(out.to, sql::row(tx, wish.offer, wish.to));
  return out;
}

Result<ShelfRow> Stockroom::receive(db::Tx& tx, const Delivery& delivery, Time now) {
  KONTOR_ASSERT(delivery.quantity > 0);
  TRY_DO(must_exist(tx, delivery.warehouse));
  const Place place{delivery.offer, delivery.warehouse, 0};
  TRY(const bool fresh, first_time(tx, delivery.reference, place, MovementKind::kReceived, now));
  if (!fresh) return sql::row(tx, delivery.offer, delivery.warehouse);
  Crossings crossings(inventory_.sold_out());
  TRY_DO(crossings.look(tx, delivery.offer));
  TRY_DO(sql::make_row(tx, place));
  TRY(const auto before, sql::slot(tx, place));
  const std::int64_t awaited = std::min(before->incoming, delivery.quantity);
  TRY(const bool came, sql::move(tx, place, Delta{.on_hand = delivery.quantity, .incoming = -awaited},
                                 {MovementKind::kReceived, delivery.reason, delivery.reference, now}));
  KONTOR_ASSERT(came);
  TRY_DO(even_out(tx, place, now));
  if (before->incoming_at && before->incoming == awaited) TRY_DO(sql::set_incoming_at(tx, place, std::nullopt));
  TRY_DO(crossings.say(tx, now));
  TRY_DO(say_levels(tx, {delivery.offer}, now));
  return sql::row(tx, delivery.offer, delivery.warehouse);
}

Result<Counted> Stockroom::count(db::Tx& tx, const Count& count, Time now) {
  KONTOR_ASSERT(count.counted >= 0);
  Counted out;
  TRY(const auto before, sql::rows(tx, count.offer));
  for (const ShelfRow& row : before)
    if (row.warehouse == count.warehouse) out.believed = row.on_hand;
  StockChange change;
  change.offer = count.offer;
  change.warehouse = count.warehouse;
  change.on_hand = count.counted;
  change.reason = count.reason;
  TRY(out.row, inventory_.change(tx, change, now));
  return out;
}

Result<std::vector<Slot>> Stockroom::spread(db::Tx& tx, OfferId offer, WarehouseId warehouse, std::int64_t slots,
                                            Time now) {
  TRY(const auto rows, spread_over(tx, inventory_, {offer, warehouse, 0}, slots, now));
  std::vector<Slot> out;
  for (const SlotRow& row : rows) out.push_back({row.place.slot, row.on_hand, row.promised, row.sellable()});
  return out;
}

}  // namespace kontor::inventory
