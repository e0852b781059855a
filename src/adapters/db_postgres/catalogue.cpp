#include "adapters/db_postgres/catalogue.h"

namespace kontor::db_postgres {
namespace {

// Triggers, foreign keys and rules make a statement touch more than it says. An index over expressions, over a part of
// the rows, or with columns that are not part of the key is odd.
constexpr db::Query kTables{"db.catalogue", db::Home::kEvery, R"sql(
  SELECT CAST(c.relname AS TEXT), CAST(COALESCE(i.indexrelid, 0) AS BIGINT),
         CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR i.indnatts <> i.indnkeyatts THEN 1 ELSE 0 END,
         CAST(a.attname AS TEXT)
    FROM pg_class c
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
   WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) AND NOT c.relhastriggers AND NOT c.relhasrules
     AND NOT c.relhassubclass AND NOT c.relrowsecurity AND c.relnamespace <> CAST('pg_catalog' AS regnamespace)
   ORDER BY 1, 2
)sql"};

}  // namespace

std::optional<Failure> load_catalogue(Connection& connection, Catalogue& catalogue) {
  connection.add_statement(kTables, {});
  std::vector<ResultPtr> answers;
  if (auto failure = connection.exchange(answers)) return failure;
  auto rows = rows_of(answers.front().get(), kTables.name);
  if (!rows) return Failure{Failure::Kind::kStatement, rows.error()};
  std::int64_t index = 0;
  for (const auto row : *rows) {
    auto& table = catalogue.tables[row.str(0)];
    if (row.i64(1) == 0) continue;
    if (row.flag(2)) table.odd_keys = true;
    if (row.i64(1) != index) table.unique_keys.emplace_back();
    index = row.i64(1);
    if (!row.is_null(3)) table.unique_keys.back().push_back(row.str(3));
  }
  return std::nullopt;
}

}  // namespace kontor::db_postgres
