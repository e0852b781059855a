// The warehouse's staff: pick, pack and send the orders that are to be sent, while shoppers cancel them.
#pragma once
#include "sim/process.h"

namespace kontor::sim {

// For as long as the process lives; on a fiber.
void work_in_warehouse(Process& process);

}  // namespace kontor::sim
