// More promised than there is: who holds the units of an offer in a warehouse, the newest first, so that the oldest are
// served. The facts only; who goes without is decided by whoever knows the orders.
#pragma once
#include <cstdint>
#include <functional>

#include "base/id.h"
#include "base/result.h"

namespace kontor::inventory {

class Inventory;

// One reservation's units there, those given back not counted; of what was sold some may have left the house.
struct Holder {
  CheckoutId key;
  std::int64_t quantity = 0;
  bool sold = false;  // else still held by a checkout under way
};

class Shortfall {
 public:
  explicit Shortfall(Inventory& inventory) : inventory_(inventory) {}

  // How many units are promised in the warehouse beyond what is on its shelves, and beyond the `backorder` that the
  // offer may owe over all warehouses. 0: none.
  Result<std::int64_t> missing(OfferId offer, WarehouseId warehouse, std::int64_t backorder);
  // The newest reservation first, until `visit` answers false. `visit` runs outside of reads and may wait.
  Result<void> newest_first(OfferId offer, WarehouseId warehouse,
                            const std::function<Result<bool>(const Holder&)>& visit);

 private:
  Inventory& inventory_;
};

}  // namespace kontor::inventory
