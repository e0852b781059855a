// One store function's view of a connection that has a transaction open. It refuses tables of other homes and, for
// readers, every statement that writes. A statement's Error sticks unless an attempt() undoes it: a function that drops
// it still fails.
#pragma once
#include <limits>
#include <optional>

#include "adapters/db_sqlite/connection.h"
#include "ports/db.h"

namespace kontor::db_sqlite {

class SqliteTx : public db::Tx {
 public:
  // `most`: how many statements the function may ask; a look has one, and no transaction open.
  SqliteTx(Connection& connection, db::Homes homes, int most = std::numeric_limits<int>::max())
      : connection_(connection), homes_(homes), left_(most) {}

  Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<std::int64_t> insert_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                             std::span<const std::vector<db::Param>> sets) override;
  Result<void> attempt(const std::function<Result<void>()>& part) override;
  bool serial_in_commit_order() const override { return true; }

  // Runs `function`; a failed assertion and an Error that the function dropped are Errors as well.
  Result<void> call(const db::Function& function);

 private:
  Result<void> check(const db::Query& query);
  template <class T>
  Result<T> noted(Result<T> result) {
    if (!result && !failed_) failed_ = result.error();
    return result;
  }

  Connection& connection_;
  db::Homes homes_;
  int left_;
  std::optional<Error> failed_;
};

}  // namespace kontor::db_sqlite
