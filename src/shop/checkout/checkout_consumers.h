// The consumers that capture what was only authorised, and look after orders that cannot be kept in full.
#pragma once
#include "services/consumers.h"
#include "shop/checkout/shortages.h"
#include "shop/credit/credit.h"

namespace kontor::checkout {

// Works out which orders go without where more was promised than counted.
services::Consumer oversold_consumer(Shortages& shortages);
// Takes what is due, and makes the gift cards that are paid by it: both follow the money, and a consumer more would
// cost every purchase a row.
services::Consumer capture_consumer(Checkouts& checkouts, credit::Credits& credits, CaptureWhen when);

}  // namespace kontor::checkout
