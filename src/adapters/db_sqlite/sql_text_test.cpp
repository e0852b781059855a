#include "adapters/db_sqlite/sql_text.h"

#include <doctest/doctest.h>

using namespace kontor;
using namespace kontor::db_sqlite;

TEST_CASE("sql_text: parameters are numbered outside of literals, names and comments") {
  CHECK(numbered_parameters("VALUES ($2, $1)") == "VALUES (?2, ?1)");
  CHECK(numbered_parameters("SELECT '$1', $12, 'it''s $2', \"$3\"") == "SELECT '$1', ?12, 'it''s $2', \"$3\"");
  CHECK(numbered_parameters("SELECT $1 -- not $2\n, $3 /* nor $4 */, '$5") ==
        "SELECT ?1 -- not $2\n, ?3 /* nor $4 */, '$5");
  CHECK(numbered_parameters("SELECT '$.items', a$, $") == "SELECT '$.items', a$, $");
}

TEST_CASE("sql_text: the words of migrations become SQLite's types") {
  const auto script = sqlite_dialect(
      "CREATE TABLE t (id @id PRIMARY KEY, n @int, s @text, b @blob, m @text DEFAULT 'a@int') @clustered;");
  REQUIRE(script);
  CHECK(*script ==
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, b BLOB, m TEXT DEFAULT 'a@int') WITHOUT ROWID;");
  CHECK(sqlite_dialect("a; @postgres b('x'); @end c;").value() == "a; /* b('x'); */ c;");
  const auto serial = sqlite_dialect("(seq @serial)");
  REQUIRE(serial);
  CHECK(*serial == "(seq INTEGER PRIMARY KEY AUTOINCREMENT)");
  const auto unknown = sqlite_dialect("(price @money)");
  REQUIRE(!unknown);
  CHECK(unknown.error().detail.find("@money") != std::string::npos);
}
