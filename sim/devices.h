// A shopper on two devices, not signed in yet: both put things into one guest's cart at the same time, and then both
// bring it into the shopper's own. Every unit that was acknowledged must be found again.
#pragma once
#include "runtime/fiber.h"
#include "sim/process.h"

namespace kontor::sim {

// One round of it, on a fiber; sets `intention.signed_in` when it is done. May be begun again after a crash.
void sign_in(Process& process, runtime::Loop& loop, ShopperMemory& shopper, Intention& intention);

}  // namespace kontor::sim
