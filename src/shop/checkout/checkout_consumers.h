// The consumers that capture what was only authorised, and look after orders that cannot be kept in full.
#pragma once
#include "services/consumers.h"
#include "shop/checkout/shortages.h"

namespace kontor::checkout {

// Works out which orders go without where more was promised than counted.
services::Consumer oversold_consumer(Shortages& shortages);
services::Consumer capture_consumer(Checkouts& checkouts, CaptureWhen when);

}  // namespace kontor::checkout
