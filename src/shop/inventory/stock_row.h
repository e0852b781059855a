// A row of stock as it is stored, and as staff see it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "base/id.h"
#include "base/time.h"
#include "shop/inventory/warehouse.h"

namespace kontor::inventory {

// One offer in one warehouse, its slots summed.
struct ShelfRow {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;  // held by checkouts, or sold and not shipped
  std::int64_t safety_stock = 0;
  std::int64_t incoming = 0;
  std::optional<Time> incoming_at;
  std::int64_t version = 0;
  std::int64_t low_stock_at = 0;  // stock.low is said when no more than this is left to sell; 0: never
  std::int64_t sellable() const { return on_hand - promised - safety_stock; }
};
// What is promised, told apart: `reserved` is what checkouts hold by their reservations, `allocated` the rest.
struct StockRow : ShelfRow {
  std::int64_t reserved = 0;
  std::int64_t allocated = 0;
};
// How much of what is promised checkouts hold at a moment, by offer, warehouse and slot.
using Held = std::map<std::tuple<OfferId, WarehouseId, std::int64_t>, std::int64_t>;
StockRow told_apart(const ShelfRow& row, const Held& held);

}  // namespace kontor::inventory
