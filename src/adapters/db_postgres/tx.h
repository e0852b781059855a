// One store function's view of a PostgreSQL transaction. BEGIN, savepoints and writes for later travel with the next
// statement, so a function that waits for n statements costs n + 1 round trips. While a statement waits, other fibers
// run; while the function itself runs, it may not wait.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/db_postgres/connection.h"
#include "base/assert.h"
#include "ports/db.h"
#include "runtime/fiber.h"

namespace kontor::db_postgres {

class PostgresTx : public db::Tx {
 public:
  PostgresTx(Connection& connection, db::Homes homes, Mode mode);

  Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                             std::span<const std::vector<db::Param>> sets) override;
  Result<std::vector<db::Rows>> ask_each(const db::Query& query, std::span<const std::vector<db::Param>> sets) override;
  Result<std::vector<std::int64_t>> insert_each(const db::Query& query,
                                                std::span<const std::vector<db::Param>> sets) override;
  Result<void> later_params(const db::Query& query, std::span<const db::Param> params, Check check) override;
  Result<void> attempt(const std::function<Result<void>()>& part) override;
  bool serial_in_commit_order() const override { return false; }

  // Runs `function` and ends the transaction: COMMIT when all went well, ROLLBACK otherwise.
  Result<void> call(const db::Function& function);

  // What became of it, where the answer alone does not say.
  enum class End {
    kDone,     // the answer is the function's
    kRepeat,   // nothing happened: another transaction was in the way
    kAgain,    // nothing happened: the connection was lost, or is out of date
    kUnknown,  // the connection was lost while COMMIT was under way
  };
  End end() const { return end_; }
  std::int64_t commit_begun_us() const { return commit_begun_us_; }  // 0: there was nothing to commit

 private:
  // Held while the function runs, let go while the transaction waits for the server.
  struct Strict {
    runtime::NoWaiting no_waiting;
    AssertionsThrow assertions_throw;
  };
  Result<void> check(const db::Query& query) const;
  void add_prefix();
  std::optional<Failure> exchange(std::vector<ResultPtr>& answers);
  Result<std::vector<ResultPtr>> answers_to(const db::Query& query, std::span<const std::vector<db::Param>> sets);
  Result<void> check_sent(std::vector<ResultPtr>& answers);
  Result<void> finish_sent();
  Result<void> attempted(const std::function<Result<void>()>& part);
  Result<void> guarded(const db::Function& function);
  Result<void> commit();
  void roll_back();
  Result<void> ended_badly(Failure failure);

  Connection& connection_;
  db::Homes homes_;
  Mode mode_;
  std::optional<Strict> strict_;
  std::vector<std::string> prefix_;  // control statements to send before the next one
  std::vector<Check> sent_;          // of the writes whose answers nobody has seen yet
  bool begun_ = false;               // BEGIN was sent
  int exchanges_ = 0;
  int depth_ = 0;
  std::optional<Failure> failed_;
  End end_ = End::kDone;
  std::int64_t commit_begun_us_ = 0;
};

}  // namespace kontor::db_postgres
