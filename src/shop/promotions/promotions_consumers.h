// What each process must hear to look at promotions anew.
#pragma once
#include "services/consumers.h"
#include "shop/promotions/promotions.h"

namespace kontor::promotions {

services::Consumer memory_consumer(Promotions& promotions);

}  // namespace kontor::promotions
