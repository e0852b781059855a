// A shopper: fills the cart, checks out under a key, asks again under the same key when no answer came, clicks twice,
// pays at the bank, gives up, cancels. What they know is in their memory, so they go on where they stood after a crash.
#pragma once
#include "runtime/fiber.h"
#include "sim/process.h"

namespace kontor::sim {

// Everything that this shopper still means to do; on a fiber.
void go_shopping(Process& process, runtime::Loop& loop, ShopperMemory& shopper);

// The purchase as the shopper sends it, the same bytes each time.
checkout::Purchase purchase_of(const World& world, const ShopperMemory& shopper, const Intention& intention,
                               const std::string& key);

}  // namespace kontor::sim
