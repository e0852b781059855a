// All scripts of all modules, in the order in which they are applied.
#pragma once
#include <vector>

#include "ports/db.h"

namespace kontor::app {

std::vector<db::Migration> all_migrations();

}  // namespace kontor::app
