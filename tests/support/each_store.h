// Runs one test body on each kind of store that is at hand: SQLite in a temporary folder always, PostgreSQL when
// KONTOR_TEST_POSTGRES names a server (each run in a database of its own). What is not there is told as skipped.
#pragma once
#include <doctest/doctest.h>

#include <functional>
#include <initializer_list>
#include <span>
#include <utility>

#include "adapters/db_postgres/postgres_store.h"
#include "tests/support/postgres_database.h"
#include "tests/support/test_store.h"

namespace kontor::testing {

inline void on_each_store(std::initializer_list<std::span<const db::Migration>> migrations,
                          const std::function<void(db::Store&)>& body) {
  {
    INFO("sqlite");
    TestStore test(migrations);
    body(test.store());
  }
  const PostgresDatabase database;
  if (!database.available()) {
    static bool told = false;
    if (!told) MESSAGE("postgresql: skipped, KONTOR_TEST_POSTGRES is not set");
    told = true;
    return;
  }
  INFO("postgresql");
  db_postgres::PostgresStore::Options options;
  options.url = database.url();
  const auto store = db_postgres::PostgresStore::open(std::move(options));
  REQUIRE_MESSAGE(store.has_value(), "postgresql does not open");
  for (const auto& scripts : migrations) REQUIRE((*store)->migrate(scripts).has_value());
  body(**store);
}

}  // namespace kontor::testing
