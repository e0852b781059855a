// A member's view of its batch.
#pragma once
#include <optional>

#include "adapters/db_postgres/batch.h"
#include "base/assert.h"
#include "ports/db.h"

namespace kontor::db_postgres {

class BatchTx : public db::Tx {
 public:
  explicit BatchTx(Member& member) : member_(member) {}

  Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override;
  Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                             std::span<const std::vector<db::Param>> sets) override;
  Result<std::vector<db::Rows>> ask_each(const db::Query& query, std::span<const std::vector<db::Param>> sets) override;
  Result<std::vector<std::int64_t>> insert_each(const db::Query& query,
                                                std::span<const std::vector<db::Param>> sets) override;
  Result<void> later_params(const db::Query& query, std::span<const db::Param> params, Check check) override;
  Result<void> later_by_order(const db::Query& in_order, const db::Query& otherwise,
                              std::span<const db::Param> params) override;
  Result<void> attempt(const std::function<Result<void>()>& part) override;
  bool serial_in_commit_order() const override;

  // Runs the member's function; its answer, as far as it is one.
  Result<void> call();

 private:
  // Held while the function runs, let go while it waits.
  struct Strict {
    runtime::NoWaiting no_waiting;
    AssertionsThrow assertions_throw;
  };
  struct Relaxed {
    std::optional<Strict>& strict;
    explicit Relaxed(std::optional<Strict>& s) : strict(s) { strict.reset(); }
    ~Relaxed() { strict.emplace(); }
  };
  Result<void> allowed(const db::Query& query) const;
  Wish& begin_wish(const db::Query& query);
  Wish& begin_later(const db::Query& query, std::span<const db::Param> params);
  Result<Wish*> ask(const db::Query& query, std::span<const db::Param> params);
  Result<Wish*> ask(const db::Query& query, std::span<const std::vector<db::Param>> sets);
  Result<void> wait();
  Result<void> attempted(const std::function<Result<void>()>& part);

  Member& member_;
  mutable std::optional<Strict> strict_;
  std::optional<Error> failed_;
  int depth_ = 0;  // of attempts
};

}  // namespace kontor::db_postgres
