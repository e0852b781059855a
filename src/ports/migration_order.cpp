#include "ports/migration_order.h"

#include <map>

namespace kontor::db {

std::string migration_label(const Migration& migration) {
  return std::string(migration.module) + " " + std::to_string(migration.number) + " (" + std::string(migration.name) +
         ")";
}

Result<void> check_migration_order(const AppliedMigrations& done, std::span<const Migration> migrations) {
  std::map<std::string, std::int64_t, std::less<>> known;
  for (const auto& migration : migrations) {
    auto& highest = known[std::string(migration.module)];
    if (migration.number <= highest) {
      return fail(Errc::kInternal, "db.migration",
                  migration_label(migration) + " comes after a higher or equal number of its module.");
    }
    highest = migration.number;
  }
  for (const auto& [module, number] : done) {
    const auto found = known.find(module);
    if (found == known.end() || number <= found->second) continue;
    return fail(Errc::kConflict, "db.newer_schema",
                "The data was written by a newer version (" + module + " " + std::to_string(number) +
                    "); this program knows " + module + " up to " + std::to_string(found->second) + ".");
  }
  return {};
}

}  // namespace kontor::db
