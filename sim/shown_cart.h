// What `GET /cart` shows, beside the cart's row: the shop may show a copy in its memory, which must never be behind.
#pragma once
#include "sim/process.h"

namespace kontor::sim {

// After a change of the cart that its shopper was told of. Reads only; a disk that fails leaves it for the next change.
void compare_shown_cart(Process& process, CustomerId customer);

}  // namespace kontor::sim
