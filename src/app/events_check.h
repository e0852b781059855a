// The invariants of the event log, for `kontor check`.
#pragma once
#include "app/shop.h"

namespace kontor::app {

// Positions grow, bodies are JSON, every order has exactly one order.placed (older ones than what was pruned at most
// one), and nothing lies among the dead letters but mails that were refused.
Result<void> check_events(EventLog& events, Shop& shop, services::CheckReport& report);

}  // namespace kontor::app
