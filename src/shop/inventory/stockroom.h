// What the people in the warehouses do with goods beside selling them: carry them from one house to another, take in
// what was ordered, count the shelves. Each act is a movement a row; a reference (a delivery note's number) makes
// repeating it harmless. Adjusting and setting figures is in Inventory. Functions on a Tx run inside the caller's write
// function (home stock).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shop/inventory/inventory.h"

namespace kontor::inventory {

struct Transfer {
  OfferId offer;
  WarehouseId from;
  WarehouseId to;
  std::int64_t quantity = 0;
  std::optional<Time> arrives;  // on its way until it is received; absent: there at once
  std::string reason;
  std::string reference;  // "": each call is a transfer of its own
};

struct Transferred {
  ShelfRow from;
  ShelfRow to;
};

// What was on its way, or comes unannounced.
struct Delivery {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t quantity = 0;
  std::string reason;
  std::string reference;  // as in Transfer
};

struct Count {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t counted = 0;
  std::string reason;
};

// What was believed to be there, and the row as it is now.
struct Counted {
  std::int64_t believed = 0;
  ShelfRow row;
  std::int64_t difference() const { return row.on_hand - believed; }
};

inline constexpr std::int64_t kMostSlots = 64;

// A row among those over which an offer's units are spread.
struct Slot {
  std::int64_t slot = 0;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;
  std::int64_t sellable = 0;
};

class Stockroom {
 public:
  explicit Stockroom(Inventory& inventory) : inventory_(inventory) {}

  // Takes no more than is not promised: kConflict "inventory.below_promised". kNotFound "inventory.no_such_stock",
  // "inventory.no_such_warehouse"; kInvalid "inventory.same_warehouse".
  Result<Transferred> transfer(db::Tx& tx, const Transfer& transfer, Time now);
  // on_hand rises, and what was awaited falls by as much, down to nothing. kNotFound "inventory.no_such_warehouse".
  Result<ShelfRow> receive(db::Tx& tx, const Delivery& delivery, Time now);
  // The difference becomes a movement. Less than is promised is taken as it is and said as stock.oversold_externally.
  // kNotFound "inventory.no_such_warehouse".
  Result<Counted> count(db::Tx& tx, const Count& count, Time now);
  // Spreads an offer's units in the warehouse over so many slots, 1 to 64, so that checkouts take from different rows;
  // 1 merges them. What is promised stays where it is until it leaves. Repeatable. kNotFound "inventory.no_such_stock".
  // Afterwards, Inventory::refresh_spread() tells this process at once.
  Result<std::vector<Slot>> spread(db::Tx& tx, OfferId offer, WarehouseId warehouse, std::int64_t slots, Time now);

 private:
  Inventory& inventory_;
};

}  // namespace kontor::inventory
