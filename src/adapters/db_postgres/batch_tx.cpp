#include "adapters/db_postgres/batch_tx.h"

#include <exception>

namespace kontor::db_postgres {

Result<void> BatchTx::ask(const db::Query& query, std::size_t count) {
  KONTOR_ASSERT(query.home == db::Home::kEvery || member_.homes.has(query.home));
  if (failed_) return fail(*failed_);
  struct Relaxed {
    std::optional<Strict>& strict;
    explicit Relaxed(std::optional<Strict>& s) : strict(s) { strict.reset(); }
    ~Relaxed() { strict.emplace(); }
  };
  member_.query = &query;
  member_.count = count;
  member_.error.reset();
  {
    const Relaxed relaxed(strict_);
    member_.batch->park(member_);
  }
  if (!member_.error) return {};
  failed_ = member_.error;
  if (depth_ > 0 && !member_.cut) member_.spoiled = true;
  return fail(*failed_);
}

Result<std::int64_t> BatchTx::run_params(const db::Query& query, std::span<const db::Param> params) {
  member_.params = params;
  member_.sets = {};
  TRY_DO(ask(query, 1));
  return member_.changed.front();
}

Result<db::Rows> BatchTx::ask_params(const db::Query& query, std::span<const db::Param> params) {
  member_.params = params;
  member_.sets = {};
  TRY_DO(ask(query, 1));
  return std::move(member_.rows);
}

Result<std::vector<std::int64_t>> BatchTx::run_each(const db::Query& query,
                                                    std::span<const std::vector<db::Param>> sets) {
  if (sets.empty()) return std::vector<std::int64_t>{};
  member_.sets = sets;
  TRY_DO(ask(query, sets.size()));
  return std::move(member_.changed);
}

// There is no savepoint for one function among many: a part that fails once it changed something makes the function
// run again by itself.
Result<void> BatchTx::attempt(const std::function<Result<void>()>& part) {
  if (failed_) return fail(*failed_);
  const std::size_t before = member_.writes;
  ++depth_;
  Result<void> done = part();
  --depth_;
  if (done && failed_) done = fail(*failed_);
  if (!done && !member_.cut && (failed_ || member_.writes != before)) {
    member_.spoiled = true;
    if (!failed_) failed_ = done.error();
  }
  return done;
}

Result<void> BatchTx::call() {
  strict_.emplace();
  struct Leave {
    std::optional<Strict>& strict;
    ~Leave() { strict.reset(); }
  };
  const Leave leave{strict_};
  try {
    Result<void> done = member_.function(*this);
    if (done && failed_) return fail(*failed_);
    return done;
  } catch (const AssertionFailed& failed) {
    return fail(Errc::kInternal, "db.assertion", failed.what());
  } catch (const std::exception& thrown) {
    return fail(Errc::kInternal, "db.exception", thrown.what());
  }
}

}  // namespace kontor::db_postgres
