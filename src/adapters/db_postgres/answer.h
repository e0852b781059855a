// What PostgreSQL answers, turned into the words of the store port: rows with integer and byte cells, and Errors by
// SQLSTATE.
#pragma once
#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/db.h"

namespace kontor::db_postgres {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultDeleter>;

// Why an exchange failed, and with it what may be done about it.
struct Failure {
  enum class Kind {
    kStatement,  // this statement is wrong or refused; a savepoint heals it
    kRepeat,     // the transaction got in another's way: the whole function may run again
    kStale,      // the connection's prepared statements are out of date: again on a new connection
    kLost,       // the connection is gone
  };
  Kind kind = Kind::kStatement;
  Error error;
};

Failure failure_of(const PGresult* result, std::string_view what);

// Binary results only. Integers of every width, booleans and whole numerics become integers. kInternal
// ("db.not_an_integer") otherwise.
Result<db::Rows> rows_of(const PGresult* result, std::string_view what);
// The columns from `first` on of some rows of the answer.
Result<db::Rows> some_rows_of(const PGresult* result, std::span<const int> rows, int first, std::string_view what);
// A column of integers without NULL.
std::int64_t number_at(const PGresult* result, int row, int column);
std::int64_t changed_by(const PGresult* result);
// Of rows that were inserted one by one, each answering its id.
std::vector<std::int64_t> ids_of(std::span<const db::Rows> answers);

// libpq's message as one line.
std::string one_line(const char* message);

}  // namespace kontor::db_postgres
