#include "services/jobs.h"

#include <algorithm>

#include "base/assert.h"
#include "runtime/tracing.h"

namespace kontor::services {
namespace {

constexpr db::Query kInsertJob{"job.insert", db::Home::kGlobal, R"sql(
  INSERT INTO job_jobs (id, kind, payload, state, progress, error, failures, token, run_at, unique_key, holder,
                        created_at, updated_at)
  VALUES ($1, $2, $3, 0, $4, NULL, 0, 0, $5, $6, '', $7, $7) ON CONFLICT DO NOTHING
)sql"};
constexpr db::Query kOpenWithKey{"job.open_with_key", db::Home::kGlobal,
                                 "SELECT id FROM job_jobs WHERE unique_key = $1 AND state < 2"};
constexpr db::Query kFindJob{"job.find", db::Home::kGlobal, R"sql(
  SELECT id, kind, state, progress, error, created_at, updated_at FROM job_jobs WHERE id = $1
)sql"};
constexpr db::Query kPruneJobs{"job.prune", db::Home::kGlobal, R"sql(
  DELETE FROM job_jobs WHERE id IN (SELECT id FROM job_jobs WHERE state >= 2 AND updated_at < $1 LIMIT $2)
)sql"};
// Of a running job run_at is when its lease ends, so both kinds of due are one comparison and one index.
constexpr db::Query kDue{"job.due", db::Home::kGlobal, R"sql(
  SELECT id, kind, token FROM job_jobs WHERE state < 2 AND run_at <= $1 ORDER BY run_at, id LIMIT 50
)sql"};
constexpr db::Query kClaim{"job.claim", db::Home::kGlobal, R"sql(
  UPDATE job_jobs SET state = 1, token = token + 1, holder = $3, run_at = $4, updated_at = $5
   WHERE id = $1 AND token = $2 AND state < 2 AND run_at <= $5
  RETURNING kind, payload, progress, token, failures
)sql"};
constexpr db::Query kSave{"job.save", db::Home::kGlobal,
                          "UPDATE job_jobs SET progress = $3 WHERE id = $1 AND token = $2 AND state = 1"};
constexpr db::Query kRenew{
    "job.renew", db::Home::kGlobal,
    "UPDATE job_jobs SET run_at = $3, updated_at = $4 WHERE id = $1 AND token = $2 AND state = 1"};
constexpr db::Query kSettle{"job.settle", db::Home::kGlobal, R"sql(
  UPDATE job_jobs SET state = $3, error = $4, failures = $5, run_at = $6, updated_at = $7, holder = ''
   WHERE id = $1 AND token = $2 AND state = 1
)sql"};

// What an earlier run of this process had at work when it died.
constexpr db::Query kReclaim{"job.reclaim", db::Home::kGlobal,
                             "UPDATE job_jobs SET run_at = $2 WHERE state = 1 AND holder = $1 AND run_at > $2"};

bool is_excused(const Error& error) { return error.code == Errc::kUnavailable || error.code == Errc::kFull; }

}  // namespace

NewJob Jobs::make(std::string kind, std::string payload) {
  NewJob job;
  const auto now = clock_.now();
  job.id = ids_.next<JobId>(now, 0);
  job.kind = std::move(kind);
  job.payload = std::move(payload);
  job.run_at = now;
  return job;
}

Result<JobId> Jobs::enqueue(db::Tx& tx, const NewJob& job, Time now) {
  KONTOR_ASSERT(job.id && !job.kind.empty());
  TRY(const auto inserted,
      tx.run(kInsertJob, job.id, job.kind, job.payload, job.progress, job.run_at, job.unique_key, now));
  if (inserted > 0) return job.id;
  if (job.unique_key) {
    TRY(const auto rows, tx.ask(kOpenWithKey, *job.unique_key));
    if (!rows.empty()) return rows.front().id<JobId>(0);
  }
  // The same id again: the write function runs a second time, or the caller repeats itself.
  return job.id;
}

Result<JobId> Jobs::enqueue(const NewJob& job) {
  const auto now = clock_.now();
  JobId id;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(id, enqueue(tx, job, now));
    return {};
  }));
  return id;
}

Result<JobView> Jobs::find(JobId id) {
  std::optional<JobView> view;
  TRY_DO(store_.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFindJob, id));
    if (rows.empty()) return {};
    const auto row = rows.front();
    view =
        JobView{row.id<JobId>(0), row.str(1), static_cast<JobState>(row.i64(2)), json::Raw{row.str(3)}, row.opt_str(4),
                row.time(5),      row.time(6)};
    return {};
  }));
  if (!view) return fail(Errc::kNotFound, "jobs.no_such_job", "There is no job with the id '" + id.text() + "'.");
  return *view;
}

Result<int> Jobs::prune(Time before, int limit) {
  std::int64_t gone = 0;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(gone, tx.run(kPruneJobs, before, limit));
    return {};
  }));
  return static_cast<int>(gone);
}

Result<void> JobContext::save(db::Tx& tx, std::string_view progress_json) const {
  TRY(const auto saved, tx.run(kSave, id, token_, progress_json));
  if (saved == 0) return fail(Errc::kConflict, "jobs.lost", "Another process has taken the job over.");
  return {};
}

Result<void> JobContext::save(std::string progress_json) {
  TRY_DO(runner_->jobs_.store_.write(db::Home::kGlobal, [&](db::Tx& tx) { return save(tx, progress_json); }));
  progress = std::move(progress_json);
  return {};
}

bool JobContext::stopping() const { return runner_->stopping_.load() || runner_->rests(kind); }

JobRunner::JobRunner(Jobs& jobs, std::string holder, Settings settings)
    : jobs_(jobs), holder_(std::move(holder)), settings_(std::move(settings)) {}

JobRunner::~JobRunner() { KONTOR_ASSERT(!running()); }

void JobRunner::add(std::string kind, Handler handler) {
  KONTOR_ASSERT(!running() && handler != nullptr);
  const bool added = handlers_.emplace(std::move(kind), std::move(handler)).second;
  KONTOR_ASSERT(added);
}

// The oldest due job of a kind that this process knows. Looks in a snapshot first: most looks find nothing and write
// nothing.
Result<std::optional<JobContext>> JobRunner::claim() {
  const auto now = jobs_.clock_.now();
  JobId id;
  std::int64_t token = 0;
  TRY_DO(jobs_.store_.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kDue, now));
    for (const auto row : rows) {
      if (handlers_.find(row.text(1)) == handlers_.end() || rests(row.text(1))) continue;
      id = row.id<JobId>(0);
      token = row.i64(2);
      return {};
    }
    return {};
  }));
  std::optional<JobContext> claimed;
  if (!id) return claimed;
  TRY_DO(jobs_.store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    claimed.reset();
    TRY(const auto rows, tx.ask(kClaim, id, token, holder_, now.plus_ms(settings_.lease_ms), now));
    if (rows.empty()) return {};  // another was faster; the next look tells
    const auto row = rows.front();
    claimed.emplace();
    claimed->id = id;
    claimed->kind = row.str(0);
    claimed->payload = row.str(1);
    claimed->progress = row.str(2);
    claimed->token_ = row.i64(3);
    claimed->failures_ = static_cast<int>(row.i64(4));
    claimed->runner_ = this;
    return {};
  }));
  return claimed;
}

std::vector<std::string> JobRunner::kinds() const {
  std::vector<std::string> names;
  for (const auto& [kind, handler] : handlers_) names.push_back(kind);
  return names;
}

// Answers the outcome's name.
Result<std::string_view> JobRunner::settle(JobContext& context, const Result<void>& outcome) {
  const auto now = jobs_.clock_.now();
  JobState state = JobState::kDone;
  std::string_view name = "done";
  std::optional<std::string> error;
  int failures = 0;
  Time run_at = now;
  if (outcome && context.again_) {
    state = JobState::kQueued;
    name = "again";
    run_at = *context.again_;
  } else if (!outcome) {
    error = outcome.error().detail.empty() ? outcome.error().reason
                                           : outcome.error().reason + ": " + outcome.error().detail;
    failures = context.failures_ + (is_excused(outcome.error()) ? 0 : 1);
    state = failures >= settings_.tries ? JobState::kFailed : JobState::kQueued;
    name = state == JobState::kFailed ? "failed" : "retry";
    run_at =
        now.plus_ms(std::min(settings_.longest_wait_ms, settings_.first_wait_ms << std::clamp(failures - 1, 0, 20)));
    if (settings_.trouble) settings_.trouble(context.kind, context.id.text() + ": " + *error);
  }
  TRY_DO(jobs_.store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kSettle, context.id, context.token_, state, error, failures, run_at, now));
    return {};
  }));
  return name;
}

void JobRunner::run_one(JobContext& context) {
  struct Active {
    JobRunner& runner;
    const JobContext& context;
    std::string_view outcome = "retry";  // a fiber that is killed: the lease runs out, and it is run again
    ~Active() {
      std::erase(runner.active_, &context);
      if (runner.settings_.ended) runner.settings_.ended(context.kind, outcome);
    }
  };
  active_.push_back(&context);
  Active active{*this, context};
  if (settings_.begun) settings_.begun(context.kind);
  runtime::Span span(settings_.tracer, "job " + context.kind, runtime::SpanKind::kInternal);
  span.set("kontor.job", context.id.text());
  const auto outcome = handlers_.find(context.kind)->second(context);
  if (!outcome) span.failed();
  // Were this write to fail, the lease runs out and the job is run again: at least once.
  const auto settled = settle(context, outcome);
  if (settled) active.outcome = *settled;
  if (!settled && settings_.trouble) settings_.trouble(context.kind, context.id.text() + ": " + settled.error().reason);
}

Result<void> JobRunner::renew() {
  if (active_.empty()) return {};
  const auto now = jobs_.clock_.now();
  const auto until = now.plus_ms(settings_.lease_ms);
  std::vector<std::vector<db::Param>> sets;
  for (const auto* context : active_) sets.push_back({context->id, context->token_, until, now});
  return jobs_.store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run_each(kRenew, sets));
    return {};
  });
}

Result<void> JobRunner::reclaim() {
  const auto now = jobs_.clock_.now();
  return jobs_.store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kReclaim, holder_, now));
    return {};
  });
}

void JobRunner::run_pump(runtime::Loop& loop) {
  // Were it to fail, the old leases run out by themselves.
  if (const auto reclaimed = reclaim(); !reclaimed && settings_.trouble)
    settings_.trouble("", reclaimed.error().reason);
  Time renewed = jobs_.clock_.now();
  while (!stopping_.load()) {
    if (renewed.plus_ms(settings_.lease_ms / 3) <= jobs_.clock_.now()) {
      if (renew()) renewed = jobs_.clock_.now();
    }
    bool took = false;
    if (fibers_.load() <= settings_.parallel) {  // one of them is this pump
      auto claimed = claim();
      if (!claimed && settings_.trouble) settings_.trouble("", claimed.error().reason);
      took = claimed && claimed->has_value();
      if (took) {
        ++fibers_;
        const auto alive = std::shared_ptr<void>(nullptr, [this](void*) {
          bell_.ring();
          --fibers_;
        });
        loop.spawn([this, alive, context = std::move(**claimed)]() mutable { run_one(context); });
      }
    }
    if (!took) bell_.wait_for(settings_.poll_ms);
  }
}

void JobRunner::start(runtime::Loop& loop) {
  KONTOR_ASSERT(!running());
  stopping_ = false;
  ++fibers_;
  const auto alive = std::shared_ptr<void>(nullptr, [this](void*) { --fibers_; });
  loop.spawn([this, &loop, alive] { run_pump(loop); });
}

void JobRunner::stop() {
  stopping_ = true;
  bell_.ring();
}

Result<int> JobRunner::run_until_quiet() {
  KONTOR_ASSERT(!running());
  stopping_ = false;
  for (int tries = 0;; ++tries) {
    TRY(auto claimed, claim());
    if (!claimed) return tries;
    run_one(*claimed);
  }
}

}  // namespace kontor::services
