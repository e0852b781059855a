#include "adapters/db_postgres/batch_tx.h"

#include <exception>

namespace kontor::db_postgres {

Result<void> BatchTx::allowed(const db::Query& query) const {
  KONTOR_ASSERT(query.home == db::Home::kEvery || member_.task.homes.has(query.home));
  if (failed_) return fail(*failed_);
  return {};
}

bool BatchTx::serial_in_commit_order() const {
  if (!member_.batch->passed()) {
    const Relaxed relaxed(strict_);
    member_.batch->wait_for_gate(member_);
  }
  return member_.batch->in_order();
}

// Until all that the member wishes is answered.
Result<void> BatchTx::wait() {
  member_.error.reset();
  {
    const Relaxed relaxed(strict_);
    member_.batch->park(member_);
  }
  if (member_.error) {
    failed_ = member_.error;
    if (depth_ > 0 && !member_.cut) member_.spoiled = true;
    return fail(*failed_);
  }
  for (const auto& wish : member_.wishes) {
    if (wish->check == nullptr) continue;
    const auto right = wish->check(wish->changed.front());
    if (!right) failed_ = right.error();
    if (!right) return fail(*failed_);
  }
  return {};
}

// After those that are not answered yet, or the first.
Wish& BatchTx::begin_wish(const db::Query& query) {
  ++member_.asked;
  KONTOR_ASSERT(member_.asked == 1 || !member_.task.one_statement);
  if (member_.answered > 0) member_.wishes.clear(), member_.sent = member_.answered = 0;
  Wish& wish = *member_.wishes.emplace_back(std::make_unique<Wish>());
  wish.query = &query;
  return wish;
}

// The wish answered last; it lives until the next one.
Result<Wish*> BatchTx::ask(const db::Query& query, std::span<const db::Param> params) {
  TRY_DO(allowed(query));
  Wish& wish = begin_wish(query);
  wish.params = params;
  TRY_DO(wait());
  return &wish;
}

Result<Wish*> BatchTx::ask(const db::Query& query, std::span<const std::vector<db::Param>> sets) {
  TRY_DO(allowed(query));
  Wish& wish = begin_wish(query);
  wish.sets = sets;
  wish.count = sets.size();
  TRY_DO(wait());
  return &wish;
}

Result<std::int64_t> BatchTx::run_params(const db::Query& query, std::span<const db::Param> params) {
  TRY(const Wish* const wish, ask(query, params));
  return wish->changed.front();
}

Result<db::Rows> BatchTx::ask_params(const db::Query& query, std::span<const db::Param> params) {
  TRY(Wish* const wish, ask(query, params));
  return std::move(wish->rows.front());
}

Result<std::vector<std::int64_t>> BatchTx::run_each(const db::Query& query,
                                                    std::span<const std::vector<db::Param>> sets) {
  if (sets.empty()) return std::vector<std::int64_t>{};
  TRY(Wish* const wish, ask(query, sets));
  return std::move(wish->changed);
}

Result<std::vector<db::Rows>> BatchTx::ask_each(const db::Query& query, std::span<const std::vector<db::Param>> sets) {
  if (sets.empty()) return std::vector<db::Rows>{};
  TRY(Wish* const wish, ask(query, sets));
  return std::move(wish->rows);
}

Result<std::vector<std::int64_t>> BatchTx::insert_each(const db::Query& query,
                                                       std::span<const std::vector<db::Param>> sets) {
  TRY(const auto answers, ask_each(query, sets));
  return ids_of(answers);
}

Result<void> BatchTx::later_params(const db::Query& query, std::span<const db::Param> params, Check check) {
  TRY_DO(allowed(query));
  begin_later(query, params).check = check;
  return {};
}

Result<void> BatchTx::later_by_order(const db::Query& in_order, const db::Query& otherwise,
                                     std::span<const db::Param> params) {
  TRY_DO(allowed(in_order));
  TRY_DO(allowed(otherwise));
  begin_later(in_order, params).otherwise = &otherwise;
  return {};
}

Wish& BatchTx::begin_later(const db::Query& query, std::span<const db::Param> params) {
  Wish& wish = begin_wish(query);
  wish.own_params.assign(params.begin(), params.end());
  std::size_t size = 0;
  for (const db::Param& param : params) size += param.bytes.size();
  wish.own_bytes.reserve(size);
  for (db::Param& param : wish.own_params) {
    const std::size_t at = wish.own_bytes.size();
    wish.own_bytes += param.bytes;
    param.bytes = std::string_view(wish.own_bytes).substr(at, param.bytes.size());
  }
  wish.params = wish.own_params;
  return wish;
}

// There is no savepoint for one function among many: a part that fails once it changed something makes the function
// run again by itself. Writes for later stay on the side of the boundary where they were asked.
Result<void> BatchTx::attempt(const std::function<Result<void>()>& part) {
  if (failed_) return fail(*failed_);
  if (member_.answered < member_.wishes.size()) TRY_DO(wait());
  return attempted(part);
}

Result<void> BatchTx::attempted(const std::function<Result<void>()>& part) {
  const std::size_t before = member_.writes;
  ++depth_;
  Result<void> done = part();
  if (!failed_ && member_.answered < member_.wishes.size()) {
    const auto rest = wait();
    if (done && !rest) done = rest;
  }
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
    Result<void> done = member_.task.function(*this);
    if (done && failed_) return fail(*failed_);
    if (done && member_.answered < member_.wishes.size()) return wait();
    return done;
  } catch (const AssertionFailed& failed) {
    return fail(Errc::kInternal, "db.assertion", failed.what());
  } catch (const std::exception& thrown) {
    return fail(Errc::kInternal, "db.exception", thrown.what());
  }
}

}  // namespace kontor::db_postgres
