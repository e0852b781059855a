// The staff who look at purchases that looked like fraud, while shoppers wait or give up.
#pragma once
#include "sim/process.h"

namespace kontor::sim {

inline constexpr const char* kListedDevice = "a device known for fraud";

// For as long as the process lives; on a fiber.
void look_for_fraud(Process& process);

}  // namespace kontor::sim
