// What each process does when zones have changed.
#pragma once
#include "services/consumers.h"
#include "shop/shipping/shipping.h"

namespace kontor::shipping {

// Reads the zones anew; harmless at any time.
services::Consumer memory_consumer(Shipping& shipping);

}  // namespace kontor::shipping
