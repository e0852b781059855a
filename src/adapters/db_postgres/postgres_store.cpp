#include "adapters/db_postgres/postgres_store.h"

#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <tuple>

#include "adapters/db_postgres/batcher.h"
#include "adapters/db_postgres/gate.h"
#include "adapters/db_postgres/migrations.h"
#include "adapters/db_postgres/pool.h"
#include "adapters/db_postgres/tx.h"
#include "runtime/fiber.h"
#include "runtime/store_metrics.h"

namespace kontor::db_postgres {

// Among many that want the same row somebody always wins, but it may always be another. So after a few tries in the
// crowd a function goes into the lane, where one at a time tries on; and if that one still loses, those who come now
// queue behind it.
constexpr int kTriesInCrowd = 3;
constexpr int kTriesBeforeAllQueue = 6;
constexpr std::int64_t kLaneWaitMs = 30'000;

struct PostgresStore::Impl {
  explicit Impl(Options given) : options(std::move(given)), lane(1) {
    settings.url = options.url;
    settings.connect_timeout_ms = options.connect_timeout_ms;
    settings.answer_timeout_ms = options.answer_timeout_ms;
    settings.statement_timeout_ms = options.statement_timeout_ms;
    settings.lock_timeout_ms = options.lock_timeout_ms;
    if (options.metrics != nullptr)
      metrics = std::make_unique<runtime::StoreMetrics>(*options.metrics, "shop", "postgresql");
  }

  struct InLane;
  Pool& pool(Mode mode);
  Batcher* batcher(Mode mode, db::Homes homes);
  Result<void> measure(Mode mode, const Task& task);
  Result<void> perform(Mode mode, const Task& task, runtime::WriteTimes& times);
  Result<void> perform_alone(Mode mode, const Task& task, runtime::WriteTimes& times);
  PostgresTx::End try_once(Mode mode, const Task& task, Result<void>& answer, runtime::WriteTimes& times);
  void back_off(int attempt);
  void report(const Error& error);

  Options options;
  ConnectionSettings settings;
  std::unique_ptr<runtime::StoreMetrics> metrics;
  Permits lane;
  std::atomic<bool> all_queue{false};
  std::mutex mutex;
  std::map<std::pair<runtime::Loop*, Mode>, std::unique_ptr<Pool>> pools;
  std::map<std::tuple<runtime::Loop*, Mode, Gate>, std::unique_ptr<Batcher>> batchers;
  std::atomic<std::uint64_t> luck{0x9E3779B97F4A7C15ull};
  std::atomic<std::int64_t> functions{0}, repeats{0}, lost{0}, unknown{0}, batches{0}, undone{0};
};

// A fiber waits on its loop's sockets only, so connections do not move between loops. A plain thread has no loop.
Pool& PostgresStore::Impl::pool(Mode mode) {
  runtime::Loop* loop = runtime::on_fiber() ? runtime::Loop::current() : nullptr;
  const std::lock_guard lock(mutex);
  auto& pool = pools[{loop, mode}];
  const int writers = std::max(1, options.connections / 2);
  if (!pool)
    pool = std::make_unique<Pool>(settings, mode, mode == Mode::kWrite ? writers : options.connections - writers);
  return *pool;
}

// Plain threads have none, nor has what needs two gates: such functions run by themselves.
Batcher* PostgresStore::Impl::batcher(Mode mode, db::Homes homes) {
  const int most = mode == Mode::kWrite ? options.batch : options.read_batch;
  if (most <= 1 || !runtime::on_fiber()) return nullptr;
  const bool behaviour = mode == Mode::kWrite && needs(homes, Gate::kBehaviour);
  if (behaviour && needs(homes, Gate::kShop)) return nullptr;
  const Gate gate = behaviour ? Gate::kBehaviour : Gate::kShop;
  const std::lock_guard lock(mutex);
  auto& batcher = batchers[{runtime::Loop::current(), mode, gate}];
  if (!batcher) {
    Batcher::Parts parts{settings};
    parts.reading = mode == Mode::kRead;
    parts.gate = gate;
    parts.most = std::min(static_cast<std::size_t>(most), kMostMembers);
    parts.connection_wait_ms = options.connection_wait_ms;
    parts.queue_table = options.queue_table;
    parts.always_sets = options.always_sets;
    parts.begun = [this, mode] { batches.fetch_add(mode == Mode::kWrite ? 1 : 0); };
    parts.undone = [this] {
      undone.fetch_add(1);
      if (metrics != nullptr) metrics->repeated();
    };
    parts.lost = [this] { lost.fetch_add(1); };
    parts.unknown = [this] { unknown.fetch_add(1); };
    batcher = std::make_unique<Batcher>(std::move(parts));
  }
  return batcher.get();
}

void PostgresStore::Impl::back_off(int attempt) {
  if (attempt <= 1) return runtime::yield();
  // xorshift: it only has to differ between those who got in each other's way.
  std::uint64_t x = luck.fetch_add(0x9E3779B97F4A7C15ull);
  x ^= x >> 30, x *= 0xBF58476D1CE4E5B9ull, x ^= x >> 27;
  const std::int64_t most_ms = std::min<std::int64_t>(2ll << std::min(attempt, 6), 100);
  runtime::sleep_for(1 + static_cast<std::int64_t>(x % static_cast<std::uint64_t>(most_ms)));
}

void PostgresStore::Impl::report(const Error& error) {
  if (error.reason != "db.assertion" && error.reason != "db.exception") return;
  if (options.alarm)
    options.alarm(error.detail);
  else
    std::fprintf(stderr, "%s\n", error.detail.c_str());
}

PostgresTx::End PostgresStore::Impl::try_once(Mode mode, const Task& task, Result<void>& answer,
                                              runtime::WriteTimes& times) {
  Pool& own = pool(mode);
  auto lease = own.take(options.connection_wait_ms);
  if (!lease) {
    answer = fail(std::move(lease.error()));
    return PostgresTx::End::kDone;
  }
  if (times.begun_us == 0) times.begun_us = runtime::StoreMetrics::now_us();
  PostgresTx tx(lease->connection(), task.homes, mode);
  answer = tx.call(task.function);
  times.commit_begun_us = tx.commit_begun_us();
  if (answer && times.commit_begun_us != 0) times.committed_us = runtime::StoreMetrics::now_us();
  if (lease->connection().lost() || tx.end() == PostgresTx::End::kAgain) {
    lost.fetch_add(1);
    own.drop_idle();
    lease->adopt(nullptr);
  }
  return tx.end();
}

// A function's place in the lane, left when it is done.
struct PostgresStore::Impl::InLane {
  Impl& impl;
  bool inside = false;
  void enter() { inside = inside || impl.lane.take(kLaneWaitMs); }
  ~InLane() {
    if (!inside) return;
    impl.all_queue.store(false);
    impl.lane.give();
  }
};

Result<void> PostgresStore::Impl::measure(Mode mode, const Task& task) {
  runtime::WriteTimes times;
  times.asked_us = runtime::StoreMetrics::now_us();
  auto answer = perform(mode, task, times);
  if (metrics == nullptr) return answer;
  if (mode == Mode::kWrite)
    metrics->wrote(times, answer);
  else
    metrics->read(times.asked_us, answer);
  return answer;
}

Result<void> PostgresStore::Impl::perform(Mode mode, const Task& task, runtime::WriteTimes& times) {
  functions.fetch_add(1);
  if (Batcher* const together_with = batcher(mode, task.homes); together_with != nullptr) {
    if (auto answer = together_with->call(task, times)) {
      if (!*answer) report(answer->error());
      return std::move(*answer);
    }
  }
  return perform_alone(mode, task, times);
}

Result<void> PostgresStore::Impl::perform_alone(Mode mode, const Task& task, runtime::WriteTimes& times) {
  InLane lane_place{*this};
  if (mode == Mode::kWrite && all_queue.load()) lane_place.enter();
  bool on_second_connection = false;
  for (int attempt = 1;; ++attempt) {
    Result<void> answer;
    switch (try_once(mode, task, answer, times)) {
      case PostgresTx::End::kDone:
        if (!answer) report(answer.error());
        return answer;
      case PostgresTx::End::kUnknown:
        unknown.fetch_add(1);
        return answer;
      case PostgresTx::End::kAgain:
        if (on_second_connection) return answer;
        on_second_connection = true;
        continue;
      case PostgresTx::End::kRepeat:
        break;
    }
    repeats.fetch_add(1);
    if (metrics != nullptr) metrics->repeated();
    if (attempt >= options.attempts) return answer;
    if (attempt >= kTriesInCrowd && !lane_place.inside) {
      lane_place.enter();
      continue;
    }
    if (attempt >= kTriesBeforeAllQueue && lane_place.inside) all_queue.store(true);
    back_off(lane_place.inside ? 1 : attempt);
  }
}

PostgresStore::PostgresStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresStore::~PostgresStore() = default;

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(Options options) {
  if (options.connections < 2) {
    return fail(Errc::kInvalid, "db.open",
                "PostgreSQL needs at least 2 connections a loop: one to write, one to read.");
  }
  auto impl = std::make_unique<Impl>(std::move(options));
  // The connection goes into the pool: giving it back is what the lease does.
  const auto refuse = [](Error error) {
    error.detail = "PostgreSQL cannot be used: " + error.detail;
    return fail(std::move(error));
  };
  auto first = impl->pool(Mode::kWrite).take(impl->options.connection_wait_ms);
  if (!first) return refuse(std::move(first.error()));
  // Of several programs that start at once one makes the table, and the others may be told that it is there.
  auto made = first->connection().script(kGatesMake);
  for (int i = 0; made && i < 3; ++i) made = first->connection().script(kGatesMake);
  if (made) return refuse(std::move(made->error));
  return std::unique_ptr<PostgresStore>(new PostgresStore(std::move(impl)));
}

Result<void> PostgresStore::write(db::Homes homes, const db::Function& function) {
  return impl_->measure(Mode::kWrite, {homes, function});
}

Result<void> PostgresStore::read(db::Homes homes, const db::Function& function) {
  return impl_->measure(Mode::kRead, {homes, function});
}

Result<void> PostgresStore::look(db::Homes homes, const db::Function& function) {
  return impl_->measure(Mode::kRead, {homes, function, true});
}

bool PostgresStore::together(db::Homes) const { return true; }

std::vector<db::Store::Place> PostgresStore::places() const { return {{"shop", db::Home::kCustomer}}; }

Result<int> PostgresStore::migrate(std::span<const db::Migration> migrations) {
  TRY(auto lease, impl_->pool(Mode::kWrite).take(impl_->options.connection_wait_ms));
  auto applied = migrate_database(lease.connection(), migrations);
  lease.adopt(nullptr);  // its session was changed for the migration
  impl_->pool(Mode::kWrite).drop_idle();
  const std::lock_guard lock(impl_->mutex);
  for (auto& [key, batcher] : impl_->batchers) batcher->look_again();
  return applied;
}

PostgresStore::Stats PostgresStore::stats() const {
  return {impl_->functions.load(), impl_->repeats.load(), impl_->lost.load(),
          impl_->unknown.load(),   impl_->batches.load(), impl_->undone.load()};
}

}  // namespace kontor::db_postgres
