#include "adapters/db_sqlite/migrations.h"

#include "ports/migration_order.h"

#include <string>

#include "adapters/db_sqlite/sql_text.h"

namespace kontor::db_sqlite {
namespace {

constexpr db::Query kDone{"db.migrations_done", db::Home::kEvery, "SELECT module, number FROM kontor_migrations"};
constexpr db::Query kNote{"db.migration_note", db::Home::kEvery,
                          "INSERT INTO kontor_migrations (module, number, name) VALUES ($1, $2, $3)"};

using Done = db::AppliedMigrations;

Result<Done> applied_so_far(Connection& connection) {
  TRY_DO(
      connection.exec("CREATE TABLE IF NOT EXISTS kontor_migrations (module TEXT NOT NULL, number INTEGER NOT NULL, "
                      "name TEXT NOT NULL, "
                      "PRIMARY KEY (module, number)) WITHOUT ROWID"));
  TRY(const db::Rows rows, connection.ask(kDone));
  Done done;
  for (const auto& row : rows) done.emplace(row.str(0), row.i64(1));
  return done;
}

Result<void> apply_migration(Connection& connection, const db::Migration& migration) {
  TRY(const std::string script, sqlite_dialect(migration.sql));
  const db::Param note[] = {migration.module, migration.number, migration.name};
  TRY_DO(connection.exec("BEGIN IMMEDIATE"));
  Result<void> done = connection.exec(script);
  if (done) done = connection.run(kNote, note).map([](std::int64_t) {});
  if (done) done = connection.exec("COMMIT");
  if (done) return {};
  if (connection.in_transaction()) static_cast<void>(connection.exec("ROLLBACK"));
  Error error = std::move(done.error());
  error.detail = "Migration " + db::migration_label(migration) + " failed: " + error.detail;
  return fail(std::move(error));
}

}  // namespace

Result<void> migrate_file(Connection& connection, db::Homes homes, std::span<const db::Migration> migrations,
                          std::vector<bool>& applied) {
  TRY(const Done done, applied_so_far(connection));
  TRY_DO(db::check_migration_order(done, migrations));
  applied.resize(migrations.size(), false);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const db::Migration& migration = migrations[i];
    if (migration.home != db::Home::kEvery && !homes.has(migration.home)) continue;
    if (done.contains(std::pair(std::string(migration.module), static_cast<std::int64_t>(migration.number)))) continue;
    TRY_DO(apply_migration(connection, migration));
    applied[i] = true;
  }
  return {};
}

}  // namespace kontor::db_sqlite
