#include "fts5.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace kontor::search_bench {

struct Fts5::Impl {
  sqlite3* database = nullptr;
  sqlite3_stmt *text = nullptr, *row = nullptr, *attribute = nullptr, *best = nullptr, *facets = nullptr,
               *attributes = nullptr;
  std::int64_t number = 0;

  void run(const char* sql) const {
    char* error = nullptr;
    if (sqlite3_exec(database, sql, nullptr, nullptr, &error) == SQLITE_OK) return;
    std::fprintf(stderr, "fts5: %s\n", error);
    std::exit(1);
  }
  sqlite3_stmt* prepare(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK) return statement;
    std::fprintf(stderr, "fts5: %s\n", sqlite3_errmsg(database));
    std::exit(1);
  }
  static std::int64_t rows(sqlite3_stmt* statement, const std::string& match) {
    sqlite3_bind_text(statement, 1, match.data(), static_cast<int>(match.size()), SQLITE_TRANSIENT);
    std::int64_t count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) ++count;
    sqlite3_reset(statement);
    return count;
  }
};

namespace {

void put(sqlite3_stmt* statement, int at, const std::string& text) {
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

}  // namespace

Fts5::Fts5() : impl_(std::make_unique<Impl>()) {
  sqlite3_open(":memory:", &impl_->database);
  impl_->run(
      "CREATE VIRTUAL TABLE f USING fts5(title, brand, description, content='');"
      "CREATE TABLE p(id INTEGER PRIMARY KEY, brand TEXT, category INT, price INT, rating INT);"
      "CREATE TABLE a(id INT, name TEXT, value TEXT, PRIMARY KEY(id, name)) WITHOUT ROWID; BEGIN");
  impl_->text = impl_->prepare("INSERT INTO f(rowid, title, brand, description) VALUES (?, ?, ?, ?)");
  impl_->row = impl_->prepare("INSERT INTO p VALUES (?, ?, ?, ?, ?)");
  impl_->attribute = impl_->prepare("INSERT INTO a VALUES (?, ?, ?)");
}

Fts5::~Fts5() {
  for (sqlite3_stmt* statement :
       {impl_->text, impl_->row, impl_->attribute, impl_->best, impl_->facets, impl_->attributes})
    sqlite3_finalize(statement);
  sqlite3_close(impl_->database);
}

void Fts5::add(const search_index::Document& document) {
  const std::int64_t id = ++impl_->number;
  sqlite3_bind_int64(impl_->text, 1, id);
  put(impl_->text, 2, document.texts[0].title);
  put(impl_->text, 3, document.brand);
  put(impl_->text, 4, document.texts[0].description);
  sqlite3_step(impl_->text);
  sqlite3_reset(impl_->text);
  sqlite3_bind_int64(impl_->row, 1, id);
  put(impl_->row, 2, document.brand);
  sqlite3_bind_int64(impl_->row, 3, document.category.value);
  sqlite3_bind_int64(impl_->row, 4, document.figures.prices[0].minor);
  sqlite3_bind_int64(impl_->row, 5, document.figures.rating_milli);
  sqlite3_step(impl_->row);
  sqlite3_reset(impl_->row);
  for (const auto& attribute : document.attributes) {
    sqlite3_bind_int64(impl_->attribute, 1, id);
    put(impl_->attribute, 2, attribute.name);
    put(impl_->attribute, 3, attribute.value);
    sqlite3_step(impl_->attribute);
    sqlite3_reset(impl_->attribute);
  }
}

void Fts5::finish() {
  impl_->run("COMMIT; INSERT INTO f(f) VALUES ('optimize')");
  impl_->best = impl_->prepare(
      "SELECT rowid FROM f WHERE f MATCH ?1 AND rank MATCH 'bm25(3.0, 2.0, 1.0)' ORDER BY rank LIMIT 20");
  // The matches once, and each facet from them: the fastest that was found.
  impl_->facets = impl_->prepare(
      "WITH h AS MATERIALIZED (SELECT p.brand, p.category, p.price / 10000 AS step, p.rating / 1000 AS stars"
      "  FROM f JOIN p ON p.id = f.rowid WHERE f MATCH ?1)"
      " SELECT 'b', brand, COUNT(*) FROM h GROUP BY brand"
      " UNION ALL SELECT 'c', category, COUNT(*) FROM h GROUP BY category"
      " UNION ALL SELECT 'p', step, COUNT(*) FROM h GROUP BY step"
      " UNION ALL SELECT 'r', stars, COUNT(*) FROM h GROUP BY stars");
  impl_->attributes = impl_->prepare(
      "SELECT a.name, a.value, COUNT(*) FROM f JOIN a ON a.id = f.rowid WHERE f MATCH ?1 GROUP BY a.name, a.value");
}

std::int64_t Fts5::ask(const std::string& text) {
  return Impl::rows(impl_->best, text) + Impl::rows(impl_->facets, text) + Impl::rows(impl_->attributes, text);
}

}  // namespace kontor::search_bench
