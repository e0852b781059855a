// The invariants of the event log, for `kontor check`.
#pragma once
#include "app/shop.h"

namespace kontor::app {

// Positions grow, bodies are JSON, every order has exactly one order.placed, nothing lies among the dead letters.
Result<void> check_events(EventLog& events, Shop& shop, services::CheckReport& report);

}  // namespace kontor::app
