// `kontor serve`: event loops with HTTP servers, the shop's fibers, health and metrics, and an orderly end on SIGTERM
// or SIGINT.
#pragma once
#include "runtime/config.h"

namespace kontor::app {

// Returns the exit code. `demo`: an empty store is filled with the demo catalogue first.
int serve(const runtime::Config& config, bool demo);

}  // namespace kontor::app
