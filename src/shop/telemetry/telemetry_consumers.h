// What was bought and cancelled, from the event log into the sums: exactly once.
#pragma once
#include "services/consumers.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::telemetry {

services::Consumer sales_consumer(Clock& clock);

}  // namespace kontor::telemetry
