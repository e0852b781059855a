// The demo catalogue, built into the program, for a store that has no product yet.
#pragma once
#include <string>

#include "app/shop.h"

namespace kontor::app {

// How many products were put in; 0 when there are some already.
Result<int> fill_with_demo(Shop& shop, const std::string& folder);

}  // namespace kontor::app
