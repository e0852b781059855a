#include "adapters/db_postgres/tx.h"

#include <exception>
#include <utility>

#include "adapters/db_postgres/gate.h"
#include "runtime/monotonic.h"

namespace kontor::db_postgres {

PostgresTx::PostgresTx(Connection& connection, db::Homes homes, Mode mode)
    : connection_(connection), homes_(homes), mode_(mode) {
  prefix_.emplace_back("BEGIN");
  for (const Gate gate : {Gate::kShop, Gate::kBehaviour})
    if (mode == Mode::kWrite && needs(homes, gate)) prefix_.emplace_back(together(gate));
}

Result<void> PostgresTx::check(const db::Query& query) const {
  KONTOR_ASSERT(query.home == db::Home::kEvery || homes_.has(query.home));
  if (failed_) return fail(failed_->error);
  return {};
}

void PostgresTx::add_prefix() {
  for (const std::string& control : prefix_) connection_.add_control(control.c_str());
  prefix_.clear();
  begun_ = true;
}

std::optional<Failure> PostgresTx::exchange(std::vector<ResultPtr>& answers) {
  struct Relaxed {
    std::optional<Strict>& strict;
    bool was = strict.has_value();
    explicit Relaxed(std::optional<Strict>& s) : strict(s) { strict.reset(); }
    ~Relaxed() {
      if (was) strict.emplace();
    }
  };
  ++exchanges_;
  const Relaxed relaxed(strict_);
  auto failure = connection_.exchange(answers);
  if (failure) sent_.clear();
  return failure;
}

// Takes the answers to writes for later off the front.
Result<void> PostgresTx::check_sent(std::vector<ResultPtr>& answers) {
  const auto checks = std::exchange(sent_, {});
  KONTOR_ASSERT(answers.size() >= checks.size());
  for (std::size_t i = 0; i < checks.size() && !failed_; ++i) {
    if (checks[i] == nullptr) continue;
    const auto right = checks[i](changed_by(answers[i].get()));
    if (!right) failed_ = Failure{Failure::Kind::kStatement, right.error()};
  }
  answers.erase(answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(checks.size()));
  if (failed_) return fail(failed_->error);
  return {};
}

Result<void> PostgresTx::finish_sent() {
  if (sent_.empty()) return {};
  std::vector<ResultPtr> answers;
  failed_ = exchange(answers);
  if (failed_) return fail(failed_->error);
  return check_sent(answers);
}

Result<std::vector<ResultPtr>> PostgresTx::answers_to(const db::Query& query,
                                                      std::span<const std::vector<db::Param>> sets) {
  TRY_DO(check(query));
  std::vector<ResultPtr> answers;
  if (sets.empty()) return answers;
  add_prefix();
  for (const auto& params : sets) connection_.add_statement(query, params);
  failed_ = exchange(answers);
  if (failed_) return fail(failed_->error);
  TRY_DO(check_sent(answers));
  KONTOR_ASSERT(answers.size() == sets.size());
  return answers;
}

Result<std::int64_t> PostgresTx::run_params(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(check(query));
  add_prefix();
  connection_.add_statement(query, params);
  std::vector<ResultPtr> answers;
  failed_ = exchange(answers);
  if (failed_) return fail(failed_->error);
  TRY_DO(check_sent(answers));
  return changed_by(answers.front().get());
}

Result<db::Rows> PostgresTx::ask_params(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(check(query));
  add_prefix();
  connection_.add_statement(query, params);
  std::vector<ResultPtr> answers;
  failed_ = exchange(answers);
  if (failed_) return fail(failed_->error);
  TRY_DO(check_sent(answers));
  auto rows = rows_of(answers.front().get(), query.name);
  if (!rows) failed_ = Failure{Failure::Kind::kStatement, rows.error()};
  return rows;
}

Result<std::vector<std::int64_t>> PostgresTx::run_each(const db::Query& query,
                                                       std::span<const std::vector<db::Param>> sets) {
  TRY(const auto answers, answers_to(query, sets));
  std::vector<std::int64_t> changed;
  changed.reserve(answers.size());
  for (const ResultPtr& answer : answers) changed.push_back(changed_by(answer.get()));
  return changed;
}

Result<std::vector<db::Rows>> PostgresTx::ask_each(const db::Query& query,
                                                   std::span<const std::vector<db::Param>> sets) {
  TRY(const auto answers, answers_to(query, sets));
  std::vector<db::Rows> out;
  out.reserve(answers.size());
  for (const ResultPtr& answer : answers) {
    auto rows = rows_of(answer.get(), query.name);
    if (!rows) failed_ = Failure{Failure::Kind::kStatement, rows.error()};
    if (!rows) return fail(std::move(rows.error()));
    out.push_back(std::move(*rows));
  }
  return out;
}

Result<std::vector<std::int64_t>> PostgresTx::insert_each(const db::Query& query,
                                                          std::span<const std::vector<db::Param>> sets) {
  TRY(const auto answers, ask_each(query, sets));
  return ids_of(answers);
}

Result<void> PostgresTx::later_params(const db::Query& query, std::span<const db::Param> params, Check check_changed) {
  TRY_DO(check(query));
  add_prefix();
  connection_.add_statement(query, params);
  sent_.push_back(check_changed);
  return {};
}

// What stands before it is answered before it, and what stands in it is answered in it: a savepoint undoes neither more
// nor less.
Result<void> PostgresTx::attempt(const std::function<Result<void>()>& part) {
  if (failed_) return fail(failed_->error);
  TRY_DO(finish_sent());
  return attempted(part);
}

Result<void> PostgresTx::attempted(const std::function<Result<void>()>& part) {
  const std::string name = "kontor_" + std::to_string(++depth_);
  const std::size_t mark = prefix_.size();
  const int before = exchanges_;
  prefix_.push_back("SAVEPOINT " + name);
  Result<void> done = part();
  if (!failed_) {
    const auto finished = finish_sent();
    if (done && !finished) done = finished;
  }
  --depth_;
  if (done && failed_) done = fail(failed_->error);
  if (exchanges_ == before) {  // nothing was sent, so there is nothing to keep or to undo
    prefix_.resize(mark);
    return done;
  }
  if (failed_ && failed_->kind != Failure::Kind::kStatement) return done;  // no savepoint heals that
  if (!done) {
    failed_.reset();
    prefix_.push_back("ROLLBACK TO SAVEPOINT " + name);
  }
  prefix_.push_back("RELEASE SAVEPOINT " + name);
  return done;
}

Result<void> PostgresTx::guarded(const db::Function& function) {
  strict_.emplace();
  struct Leave {
    std::optional<Strict>& strict;
    ~Leave() { strict.reset(); }
  };
  const Leave leave{strict_};
  try {
    Result<void> done = function(*this);
    if (done && !failed_) return finish_sent();
    return done;
  } catch (const AssertionFailed& failed) {
    return fail(Errc::kInternal, "db.assertion", failed.what());
  } catch (const std::exception& thrown) {
    return fail(Errc::kInternal, "db.exception", thrown.what());
  }
}

Result<void> PostgresTx::call(const db::Function& function) {
  Result<void> done = guarded(function);
  if (failed_ && failed_->kind != Failure::Kind::kStatement) return ended_badly(std::move(*failed_));
  if (done && failed_) done = fail(failed_->error);
  if (!begun_) return done;
  if (done && mode_ == Mode::kWrite) return commit();
  roll_back();
  return done;
}

Result<void> PostgresTx::ended_badly(Failure failure) {
  if (failure.kind == Failure::Kind::kRepeat) {
    end_ = End::kRepeat;
    roll_back();
  } else {
    end_ = End::kAgain;
    if (!connection_.lost()) roll_back();
  }
  return fail(std::move(failure.error));
}

Result<void> PostgresTx::commit() {
  commit_begun_us_ = runtime::monotonic_micros();
  add_prefix();
  connection_.add_commit();
  std::vector<ResultPtr> answers;
  auto failure = exchange(answers);
  if (!failure) return {};
  if (failure->kind == Failure::Kind::kRepeat) return ended_badly(std::move(*failure));  // COMMIT undid it all
  if (failure->kind == Failure::Kind::kLost) {
    end_ = End::kUnknown;
    return fail(Errc::kUnavailable, "db.outcome_unknown", "The connection to PostgreSQL was lost during COMMIT.");
  }
  roll_back();
  return fail(std::move(failure->error));
}

// Nobody waits for the answer. A read ends here as well: it has nothing to keep.
void PostgresTx::roll_back() {
  prefix_.clear();
  if (!sent_.empty()) {  // of a function that failed: what became of them is nothing to anybody, but they may fail
    std::vector<ResultPtr> answers;
    static_cast<void>(exchange(answers));
    sent_.clear();
  }
  if (connection_.lost()) return;
  connection_.add_control("ROLLBACK");
  connection_.send_off();
}

}  // namespace kontor::db_postgres
