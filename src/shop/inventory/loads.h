// How much each warehouse has to do, as it was last looked up: a term of the choice, where minutes do not matter. Safe
// to ask from any thread.
#pragma once
#include <algorithm>
#include <map>
#include <mutex>

#include "base/id.h"
#include "shop/inventory/warehouse.h"

namespace kontor::inventory {

class Loads {
 public:
  void set(std::map<WarehouseId, std::int64_t> units) {
    const std::lock_guard lock(mutex_);
    units_ = std::move(units);
  }
  // Of what it can send in a day; 0 where nobody has said, or looked.
  std::int64_t percent_of(const Warehouse& warehouse) const {
    if (warehouse.daily_capacity <= 0) return 0;
    const std::lock_guard lock(mutex_);
    const auto found = units_.find(warehouse.id);
    return found == units_.end() ? 0 : std::max<std::int64_t>(found->second, 0) * 100 / warehouse.daily_capacity;
  }

 private:
  mutable std::mutex mutex_;
  std::map<WarehouseId, std::int64_t> units_;
};

}  // namespace kontor::inventory
