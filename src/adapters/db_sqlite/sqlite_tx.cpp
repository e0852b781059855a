#include "adapters/db_sqlite/sqlite_tx.h"

#include <exception>

#include "base/assert.h"
#include "runtime/fiber.h"

namespace kontor::db_sqlite {
namespace {

constexpr db::Query kBeforeAttempt{"db.savepoint", db::Home::kEvery, "SAVEPOINT kontor_attempt"};
constexpr db::Query kKeepAttempt{"db.release", db::Home::kEvery, "RELEASE kontor_attempt"};
constexpr db::Query kUndoAttempt{"db.rollback_to", db::Home::kEvery, "ROLLBACK TO kontor_attempt"};

}  // namespace

Result<void> SqliteTx::check(const db::Query& query) {
  KONTOR_ASSERT(--left_ >= 0);
  KONTOR_ASSERT(query.home == db::Home::kEvery || homes_.has(query.home));
  if (failed_) return fail(*failed_);
  return {};
}

Result<std::int64_t> SqliteTx::run_params(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(check(query));
  return noted(connection_.run(query, params));
}

Result<db::Rows> SqliteTx::ask_params(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(check(query));
  return noted(connection_.ask(query, params));
}

Result<std::int64_t> SqliteTx::insert_params(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(check(query));
  return noted(connection_.insert(query, params));
}

Result<std::vector<std::int64_t>> SqliteTx::run_each(const db::Query& query,
                                                     std::span<const std::vector<db::Param>> sets) {
  std::vector<std::int64_t> changed;
  changed.reserve(sets.size());
  for (const auto& params : sets) {
    TRY(const std::int64_t rows, run_params(query, params));
    changed.push_back(rows);
  }
  return changed;
}

Result<void> SqliteTx::attempt(const std::function<Result<void>()>& part) {
  if (failed_) return fail(*failed_);
  TRY_DO(noted(connection_.run(kBeforeAttempt)));
  Result<void> done = part();
  if (done && failed_) done = fail(*failed_);
  if (done) {
    TRY_DO(noted(connection_.run(kKeepAttempt)));
    return {};
  }
  if (!connection_
           .in_transaction()) {  // a full or failing disk undid the whole transaction: nothing here can heal that
    failed_ = done.error();
    return done;
  }
  failed_.reset();
  TRY_DO(noted(connection_.run(kUndoAttempt)));
  TRY_DO(noted(connection_.run(kKeepAttempt)));
  return done;
}

Result<void> SqliteTx::call(const db::Function& function) {
  const runtime::NoWaiting no_waiting;
  const AssertionsThrow assertions_throw;
  try {
    Result<void> done = function(*this);
    if (done && failed_) return fail(*failed_);
    return done;
  } catch (const AssertionFailed& failed) {
    return fail(Errc::kInternal, "db.assertion", failed.what());
  } catch (const std::exception& thrown) {
    return fail(Errc::kInternal, "db.exception", thrown.what());
  }
}

}  // namespace kontor::db_sqlite
