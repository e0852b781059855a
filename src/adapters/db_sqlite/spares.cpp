#include "adapters/db_sqlite/spares.h"

#include <sqlite3.h>

#include <algorithm>

#include "adapters/db_sqlite/connection.h"
#include "adapters/db_sqlite/fault_vfs.h"

namespace kontor::db_sqlite {
namespace {

// Texts that are made at run time have an address each; a spare with very many of them has become dear.
constexpr std::size_t kMostStatements = 4000;

constexpr char kSchema[] = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema";

Error error_of(sqlite3* handle, const std::string& path) {
  return sqlite_error(sqlite3_extended_errcode(handle), path + ": " + sqlite3_errmsg(handle));
}

std::string kind_of(const std::string& path, bool query_only) { return path + (query_only ? " read" : " written"); }

Result<std::string> schema_of(Opened& opened, const std::string& path) {
  auto& statement = opened.statements[kSchema].statement;
  if (statement == nullptr && sqlite3_prepare_v3(opened.handle, kSchema, sizeof kSchema, SQLITE_PREPARE_PERSISTENT,
                                                 &statement, nullptr) != SQLITE_OK)
    return fail(error_of(opened.handle, path));
  std::string schema;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    for (int column = 0; column < 5; ++column) {
      const void* bytes = sqlite3_column_blob(statement, column);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      if (size > 0) schema.append(static_cast<const char*>(bytes), size);
      schema.push_back('\n');
    }
  }
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return schema;
  }
  Error error = error_of(opened.handle, path);
  sqlite3_reset(statement);
  return fail(std::move(error));
}

}  // namespace

Spares::Spares(FaultDisk& disk) : disk_(disk) {}
Spares::~Spares() = default;

bool Spares::complete() const {
  return !kinds_.empty() &&
         std::all_of(kinds_.begin(), kinds_.end(), [](const auto& kind) { return kind.second != nullptr; });
}

Result<void> Spares::note(const std::string& path, Opened& opened) {
  TRY(opened.schema, schema_of(opened, path));
  return {};
}

Result<std::unique_ptr<Opened>> Spares::take(const std::string& path, bool query_only) {
  const auto found = kinds_.find(kind_of(path, query_only));
  if (found == kinds_.end() || found->second == nullptr) return std::unique_ptr<Opened>();
  std::unique_ptr<Opened> spare = std::move(found->second);
  // With the same log before and after the crash, nothing else tells SQLite that its pages are of other files.
  sqlite3_db_release_memory(spare->handle);
  if (!disk_.hand_over(spare->handle)) return std::unique_ptr<Opened>();
  if (query_only) return spare;  // its reads find the mark of the schema that the writer has compared
  TRY(const std::string schema, schema_of(*spare, path));
  if (schema != spare->schema) spare.reset();
  return spare;
}

void Spares::keep(const std::string& path, bool query_only, std::unique_ptr<Opened> opened) {
  if (opened == nullptr || opened->failed || !disk_.lost(opened->handle)) return;
  const bool asleep = sqlite3_get_autocommit(opened->handle) != 0;
  auto& kept = kinds_[kind_of(path, query_only)];
  if (kept == nullptr && asleep && opened->statements.size() < kMostStatements) kept = std::move(opened);
}

}  // namespace kontor::db_sqlite
