// What every store checks before it applies migrations, and how it names one in its errors: the same words on both
// engines.
#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "ports/db.h"

namespace kontor::db {

using AppliedMigrations = std::set<std::pair<std::string, std::int64_t>, std::less<>>;  // module, number

// "cart 1 (carts)".
std::string migration_label(const Migration& migration);

// kInternal "db.migration" when a module's numbers do not grow; kConflict "db.newer_schema" when the store has a number
// of a known module that this program does not know.
Result<void> check_migration_order(const AppliedMigrations& done, std::span<const Migration> migrations);

}  // namespace kontor::db
