// Durable jobs: queued in the transaction that wants them, run by one process at a time, taken over when that one dies.
// Owns job_* in the home `global`. A job is run at least once; it makes its effects repeatable by saving its progress
// in the same transaction as the effect. A claim's token fences off a runner whose lease ran out.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"
#include "runtime/fiber.h"
#include "runtime/json.h"
#include "services/bell.h"

namespace kontor::runtime {
class Tracer;
}

namespace kontor::services {

enum class JobState { kQueued = 0, kRunning = 1, kDone = 2, kFailed = 3 };
constexpr auto enum_names(JobState) {
  return std::array{EnumName<JobState>{JobState::kQueued, "queued"}, EnumName<JobState>{JobState::kRunning, "running"},
                    EnumName<JobState>{JobState::kDone, "done"}, EnumName<JobState>{JobState::kFailed, "failed"}};
}

// A job as `GET /admin/jobs/{id}` shows it.
struct JobView {
  JobId id;
  std::string kind;
  JobState state = JobState::kQueued;
  json::Raw progress;
  std::optional<std::string> error;  // of the last try that failed
  Time created_at;
  Time updated_at;

  static constexpr auto fields() {
    return described(Field("id", &JobView::id, "The job"), Field("kind", &JobView::kind, "What it does"),
                     Field("state", &JobView::state, "queued, running, done or failed"),
                     Field("progress", &JobView::progress, "How far it is; its members depend on the kind"),
                     Field("error", &JobView::error, "Why the last try failed"),
                     Field("created_at", &JobView::created_at, "When it was asked for"),
                     Field("updated_at", &JobView::updated_at, "When it last moved"));
  }
};

struct NewJob {
  JobId id;  // drawn by Jobs::make
  std::string kind;
  std::string payload = "{}";   // JSON
  std::string progress = "{}";  // JSON, what it starts with
  Time run_at;
  std::optional<std::string> unique_key;  // at most one open job has it
};

class JobContext;
class JobRunner;

class Jobs {
 public:
  Jobs(db::Store& store, Clock& clock, IdSource& ids) : store_(store), clock_(clock), ids_(ids) {}

  // Outside of write functions: draws the id. `run_at` is now unless changed.
  NewJob make(std::string kind, std::string payload);
  // Inside a write function whose homes have `global`. Answers the job's id: the open job with the same unique_key when
  // there is one, which stays as it is.
  static Result<JobId> enqueue(db::Tx& tx, const NewJob& job, Time now);
  Result<JobId> enqueue(const NewJob& job);

  // kNotFound "jobs.no_such_job".
  Result<JobView> find(JobId id);
  // Forgets at most `limit` finished jobs last touched before `before`.
  Result<int> prune(Time before, int limit = 1000);

 private:
  friend class JobContext;
  friend class JobRunner;
  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
};

// What a running job has in hand.
class JobContext {
 public:
  JobId id;
  std::string kind;
  std::string payload;   // JSON
  std::string progress;  // JSON, as last saved

  // Inside a write function whose homes have `global`, beside the effect: remembers how far the job is.
  // kConflict "jobs.lost" when another process took the job over; the effect is undone with it.
  Result<void> save(db::Tx& tx, std::string_view progress_json) const;
  Result<void> save(std::string progress_json);  // in a write of its own
  // The job is not finished: it is queued again for then, which counts as success.
  void again_at(Time when) { again_ = when; }
  // The process shuts down, or jobs of this kind rest: save and return soon, with again_at(now).
  bool stopping() const;

 private:
  friend class JobRunner;
  JobRunner* runner_ = nullptr;
  std::int64_t token_ = 0;
  int failures_ = 0;
  std::optional<Time> again_;
};

class JobRunner {
 public:
  struct Settings {
    int parallel = 4;
    int tries = 8;  // an outage (store or engine away) does not count
    std::int64_t first_wait_ms = 1000;
    std::int64_t longest_wait_ms = 60'000;
    std::int64_t lease_ms = 30'000;  // renewed while the job runs
    std::int64_t poll_ms = 250;
    std::function<void(std::string_view kind, std::string_view words)> trouble = {};  // log hook; may be empty
    runtime::Tracer* tracer = nullptr;                                                // may be null
    // Kinds that are not begun for now, while the shop is busy; what runs is told by stopping(). May be empty.
    std::function<bool(std::string_view kind)> rests = {};
    // Told when a try of a job begins, and how it ended: "done", "again" (it comes back by itself), "retry" (failed,
    // and is tried again), "failed" (for good). May be empty.
    std::function<void(std::string_view kind)> begun = {};
    std::function<void(std::string_view kind, std::string_view outcome)> ended = {};
  };
  // `holder` names this process among the replicas; the same advice as for Leases.
  JobRunner(Jobs& jobs, std::string holder, Settings settings);
  ~JobRunner();

  // An Error tries the job again later, until it has failed too often. Not on a write function's terms: it may wait.
  using Handler = std::function<Result<void>(JobContext&)>;
  void add(std::string kind, Handler handler);  // before start()
  std::vector<std::string> kinds() const;

  void start(runtime::Loop& loop);  // jobs of other kinds are left to other processes
  void stop();                      // from any thread; running jobs are told by stopping()
  bool running() const { return fibers_.load() > 0; }
  void notify() { bell_.ring(); }

  // Runs what is due, one after the other, on the calling fiber or thread, until nothing is. Answers how many tries
  // that took.
  Result<int> run_until_quiet();

 private:
  friend class JobContext;

  bool rests(std::string_view kind) const { return settings_.rests && settings_.rests(kind); }
  void run_pump(runtime::Loop& loop);
  Result<std::optional<JobContext>> claim();
  void run_one(JobContext& context);
  Result<std::string_view> settle(JobContext& context, const Result<void>& outcome);
  Result<void> renew();
  Result<void> reclaim();

  Jobs& jobs_;
  std::string holder_;
  Settings settings_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::vector<const JobContext*> active_;  // the loop's thread only
  Bell bell_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> fibers_{0};
};

}  // namespace kontor::services
