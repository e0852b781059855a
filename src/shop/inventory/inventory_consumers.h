// The consumer that keeps this process's memory of stock fresh: what came back elsewhere, what was spread elsewhere.
#pragma once
#include "services/consumers.h"
#include "shop/inventory/inventory.h"

namespace kontor::inventory {

services::Consumer memory_consumer(Inventory& inventory);

}  // namespace kontor::inventory
