// Brings one database file to the program's schema: what is missing is applied in order, each migration in one
// transaction with its row in `kontor_migrations`. A file that a newer program has migrated further is refused
// ("db.newer_schema").
#pragma once
#include <span>
#include <vector>

#include "adapters/db_sqlite/connection.h"
#include "ports/db.h"

namespace kontor::db_sqlite {

// Sets `applied[i]` where migrations[i] was missing and now is there. Migrations of homes outside `homes` are passed
// over.
Result<void> migrate_file(Connection& connection, db::Homes homes, std::span<const db::Migration> migrations,
                          std::vector<bool>& applied);

}  // namespace kontor::db_sqlite
