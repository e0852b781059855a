#include "shop/inventory/shortfall.h"

#include <algorithm>
#include <set>

#include "shop/inventory/inventory.h"
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {
namespace {

constexpr int kPage = 100;

Result<Holder> holder_of(db::Tx& tx, CheckoutId key, OfferId offer, WarehouseId warehouse) {
  TRY(const auto rows, sql::reservation(tx, key));
  Holder out{key};
  for (const ReservationRow& row : rows) {
    if (row.place.offer != offer || row.place.warehouse != warehouse) continue;
    if (row.state != ReservationState::kReserved && row.state != ReservationState::kConfirmed) continue;
    out.quantity += row.quantity - row.returned;
    out.sold = row.state == ReservationState::kConfirmed;
  }
  return out;
}

}  // namespace

Result<std::int64_t> Shortfall::missing(OfferId offer, WarehouseId warehouse, std::int64_t backorder) {
  std::vector<ShelfRow> rows;
  TRY_DO(inventory_.store().read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(rows, sql::rows(tx, offer));
    return {};
  }));
  std::int64_t here = 0, all = 0;
  for (const ShelfRow& row : rows) {
    const std::int64_t lacks = std::max<std::int64_t>(row.promised - row.on_hand, 0);
    all += lacks;
    if (row.warehouse == warehouse) here = lacks;
  }
  return std::min(here, std::max<std::int64_t>(all - backorder, 0));
}

Result<void> Shortfall::newest_first(OfferId offer, WarehouseId warehouse,
                                     const std::function<Result<bool>(const Holder&)>& visit) {
  std::set<CheckoutId> seen;
  std::int64_t before = 0;
  while (true) {
    std::vector<Holder> holders;
    bool last = false;
    TRY_DO(inventory_.store().read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      holders.clear();
      TRY(const auto page, sql::movements(tx, offer, warehouse, before, kPage));
      last = page.size() < kPage;
      for (const Movement& movement : page) {
        before = movement.id;
        if (movement.kind != MovementKind::kReserved) continue;
        const auto key = CheckoutId::parse(movement.reference);
        if (!key || !seen.insert(*key).second) continue;
        TRY(const auto holder, holder_of(tx, *key, offer, warehouse));
        if (holder.quantity > 0) holders.push_back(holder);
      }
      return {};
    }));
    for (const Holder& holder : holders) {
      TRY(const bool more, visit(holder));
      if (!more) return {};
    }
    if (last) return {};
  }
}

}  // namespace kontor::inventory
