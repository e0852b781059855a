// What showcase hears: changes of products and categories drop what is kept of them, changes of stock are noted for
// refresh_stock().
#pragma once
#include "services/consumers.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {

// Every replica keeps its own memory fresh.
void add_showcase_consumers(services::ConsumerRunner& runner, Showcase& showcase);

// One event of any name, as the consumer takes it.
Result<void> take_event(Showcase& showcase, const LoggedEvent& event);

}  // namespace kontor::showcase
