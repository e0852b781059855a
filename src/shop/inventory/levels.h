// What the browsing world is told when staff change stock: the new figures, and that more is promised than is there.
// Inside write functions of the home `stock`.
#pragma once
#include <vector>

#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {

// Says the new figures of the offers, each once.
Result<void> say_levels(db::Tx& tx, std::vector<OfferId> offers, Time now);
// Says so when less is on hand than is reserved and sold.
Result<void> say_oversold(db::Tx& tx, const StockRow& row, Time now);

}  // namespace kontor::inventory
