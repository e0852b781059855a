// The consumer that captures what was only authorised.
#pragma once
#include "services/consumers.h"
#include "shop/checkout/checkout.h"

namespace kontor::checkout {

services::Consumer capture_consumer(Checkouts& checkouts, CaptureWhen when);

}  // namespace kontor::checkout
