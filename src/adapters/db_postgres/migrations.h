// Applies migrations to a PostgreSQL database: each in one transaction with its row in kontor_migrations, all under an
// advisory lock of the session, so that of several programs started at once one migrates and the others find it done.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "adapters/db_postgres/connection.h"
#include "base/result.h"
#include "ports/db.h"

namespace kontor::db_postgres {

// Replaces @id @int @text @blob @serial @clustered outside literals, quoted names and comments. Texts compare by bytes,
// as SQLite's do. Any other @word is an Error ("db.migration").
Result<std::string> postgres_dialect(std::string_view script);

// How many were applied. The connection's session is changed and must not be used for functions afterwards.
Result<int> migrate_database(Connection& connection, std::span<const db::Migration> migrations);

}  // namespace kontor::db_postgres
