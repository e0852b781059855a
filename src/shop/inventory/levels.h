// What the browsing world is told when staff change stock: the new figures, and that more is promised than is there.
// Inside write functions of the home `stock`.
#pragma once
#include <vector>

#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {

// Says the new figures of the offers, each once.
Result<void> say_levels(db::Tx& tx, std::vector<OfferId> offers, Time now);
// Says so when less is on hand than is reserved and sold.
Result<void> say_oversold(db::Tx& tx, const ShelfRow& row, Time now);

// Whether staff want to hear of a row that has so much left.
inline bool is_low(std::int64_t sellable, std::int64_t low_stock_at) {
  return low_stock_at > 0 && sellable <= low_stock_at;
}

// Two looks at offers whose rows change: what crossed a line between them is said once, in the same transaction.
class Crossings {
 public:
  // What changes may be more to sell: it is forgotten there that it was sold out.
  explicit Crossings(SoldOut& sold_out) : sold_out_(sold_out) {}
  // Before its rows change; offers in key order, and one that was looked at is not looked at again.
  Result<void> look(db::Tx& tx, OfferId offer);
  Result<void> say(db::Tx& tx, Time now);

 private:
  struct Look {
    OfferId offer;
    std::vector<SlotRow> rows;
  };
  SoldOut& sold_out_;
  std::vector<Look> looks_;
};

}  // namespace kontor::inventory
