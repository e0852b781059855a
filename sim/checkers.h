// What must hold: never more promised than there is, at any moment; and once all has settled: stock, money, orders,
// answers and events agree with each other, with the gateway, and with what each shopper was told.
#pragma once
#include <string>

#include "runtime/fiber.h"
#include "sim/process.h"

namespace kontor::sim {

// Looks at the stock again and again; on a fiber, for as long as the process lives.
void sample_stock(Process& process);
// Waits until the work is done and nothing is open, and ends the history there; on a fiber.
void wait_until_settled(Process& process, runtime::Loop& loop);
// The verdict over a settled shop.
void check_all(Process& process);
int count_orders(Process& process);

}  // namespace kontor::sim
