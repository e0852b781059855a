// What each process does when rates have changed.
#pragma once
#include "services/consumers.h"
#include "shop/tax/tax.h"

namespace kontor::tax {

// Reads the rates anew; harmless at any time.
services::Consumer memory_consumer(Taxes& taxes);

}  // namespace kontor::tax
