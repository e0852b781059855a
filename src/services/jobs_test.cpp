#include "services/jobs.h"

#include <doctest/doctest.h>

#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

constexpr db::Migration kStepTables[] = {
    {"testing", 1, "effects", db::Home::kGlobal, "CREATE TABLE testing_steps (step @int PRIMARY KEY);"}};
constexpr db::Query kStep{"testing.step", db::Home::kGlobal, "INSERT INTO testing_steps (step) VALUES ($1)"};
constexpr db::Query kSteps{"testing.steps", db::Home::kGlobal, "SELECT COUNT(*) FROM testing_steps"};

struct JobsWorld {
  db::Store& store;
  testing::FakeClock clock;
  IdSource ids{3};
  Jobs jobs{store, clock, ids};
  explicit JobsWorld(db::Store& s) : store(s) {}
};

TEST_CASE("a job runs once, with its payload, and shows that it is done") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    JobsWorld world(store);
    JobRunner runner(world.jobs, "me", {});
    std::string heard;
    runner.add("testing.greet", [&](JobContext& job) -> Result<void> {
      heard += job.payload;
      return job.save(R"({"greeted":1})");
    });
    const auto id = world.jobs.enqueue(world.jobs.make("testing.greet", R"({"name":"Ada"})"));
    REQUIRE(id);
    const auto queued = world.jobs.find(*id);
    REQUIRE(queued);
    CHECK(queued->state == JobState::kQueued);
    CHECK(queued->created_at == world.clock.now());
    world.clock.advance_ms(5);
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(*runner.run_until_quiet() == 0);
    CHECK(heard == R"({"name":"Ada"})");
    const auto done = world.jobs.find(*id);
    CHECK(done->state == JobState::kDone);
    CHECK(done->progress.text == R"({"greeted":1})");
    CHECK(!done->error);
    CHECK(done->updated_at == world.clock.now());
    CHECK(world.jobs.find(JobId{12345}).error().reason == "jobs.no_such_job");
    CHECK(json::print(*done).find(R"("state":"done","progress":{"greeted":1})") != std::string::npos);
  });
}

TEST_CASE("jobs wait for their time, and those of unknown kinds for another process") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    JobsWorld world(store);
    JobRunner runner(world.jobs, "me", {});
    std::string heard;
    runner.add("testing.known", [&](JobContext& job) -> Result<void> {
      heard += job.payload;
      return {};
    });
    auto later = world.jobs.make("testing.known", "2");
    later.run_at = world.clock.now().plus_ms(1000);
    REQUIRE(world.jobs.enqueue(later));
    const auto unknown = world.jobs.enqueue(world.jobs.make("testing.unknown", "0"));
    REQUIRE(world.jobs.enqueue(world.jobs.make("testing.known", "1")));
    CHECK(*runner.run_until_quiet() == 1);
    world.clock.advance_ms(1000);
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(heard == "12");
    CHECK(world.jobs.find(*unknown)->state == JobState::kQueued);
  });
}

TEST_CASE("a failing job is tried again later and later, then fails for good with its error") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    JobsWorld world(store);
    std::string told;
    JobRunner::Settings settings{.tries = 3, .first_wait_ms = 100};
    settings.begun = [&](std::string_view kind) { told += std::string(kind) + " "; };
    settings.ended = [&](std::string_view, std::string_view outcome) { told += std::string(outcome) + " "; };
    JobRunner runner(world.jobs, "me", settings);
    int tries = 0;
    runner.add("testing.fails", [&](JobContext&) -> Result<void> {
      ++tries;
      return fail(Errc::kInvalid, "testing.no", "It cannot be.");
    });
    const auto id = world.jobs.enqueue(world.jobs.make("testing.fails", "{}"));
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(world.jobs.find(*id)->state == JobState::kQueued);
    CHECK(world.jobs.find(*id)->error == "testing.no: It cannot be.");
    world.clock.advance_ms(99);
    CHECK(*runner.run_until_quiet() == 0);
    world.clock.advance_ms(1);
    CHECK(*runner.run_until_quiet() == 1);
    world.clock.advance_ms(199);
    CHECK(*runner.run_until_quiet() == 0);
    world.clock.advance_ms(1);
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(world.jobs.find(*id)->state == JobState::kFailed);
    world.clock.advance_ms(kDayMs);
    CHECK(*runner.run_until_quiet() == 0);
    CHECK(tries == 3);
    CHECK(told == "testing.fails retry testing.fails retry testing.fails failed ");
  });
}

TEST_CASE("an outage does not use up the tries") {
  testing::TestStore test({services_migrations()});
  JobsWorld world(test.store());
  JobRunner runner(world.jobs, "me", {.tries = 2, .first_wait_ms = 100});
  int tries = 0;
  runner.add("testing.waits", [&](JobContext&) -> Result<void> {
    if (++tries < 10) return fail(Errc::kUnavailable, "testing.away");
    return {};
  });
  const auto id = world.jobs.enqueue(world.jobs.make("testing.waits", "{}"));
  for (int i = 0; i < 10; ++i) {
    CHECK(*runner.run_until_quiet() == 1);
    world.clock.advance_ms(100);
  }
  CHECK(world.jobs.find(*id)->state == JobState::kDone);
}

TEST_CASE("progress and effect are one transaction: a job taken over goes on where it was and repeats nothing") {
  testing::on_each_store({services_migrations(), kStepTables}, [](db::Store& store) {
    JobsWorld world(store);
    JobRunner dies(world.jobs, "dies", {.lease_ms = 1000});
    JobRunner heir(world.jobs, "heir", {.lease_ms = 1000});
    const auto steps = [&](int stop_after) {
      return [&, stop_after](JobContext& job) -> Result<void> {
        for (int step = job.progress == "{}" ? 0 : std::stoi(job.progress); step < 5; ++step) {
          if (step == stop_after) {
            // As if the process hung here: the lease runs out and the heir does the rest.
            world.clock.advance_ms(1001);
            CHECK(*heir.run_until_quiet() == 1);
          }
          const auto progress = std::to_string(step + 1);
          TRY_DO(store.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
            TRY_DO(tx.run(kStep, step));
            return job.save(tx, progress);
          }));
        }
        return {};
      };
    };
    Error lost;
    dies.add("testing.steps", [&, inner = steps(2)](JobContext& job) -> Result<void> {
      auto done = inner(job);
      if (!done) lost = done.error();
      return done;
    });
    heir.add("testing.steps", steps(-1));
    const auto id = world.jobs.enqueue(world.jobs.make("testing.steps", "{}"));
    CHECK(*dies.run_until_quiet() == 1);
    CHECK((lost.reason == "jobs.lost" || lost.reason == "db.duplicate"));
    CHECK(world.jobs.find(*id)->state == JobState::kDone);  // not overwritten by the one that lost it
    CHECK(!world.jobs.find(*id)->error);
    CHECK(store.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kSteps));
      CHECK(rows.front().i64(0) == 5);
      return {};
    }));
  });
}

TEST_CASE("a job that is not finished comes back when it says, which is no failure") {
  testing::TestStore test({services_migrations()});
  JobsWorld world(test.store());
  JobRunner runner(world.jobs, "me", {.tries = 1});
  int runs = 0;
  runner.add("testing.sweep", [&](JobContext& job) -> Result<void> {
    if (++runs < 4) job.again_at(world.clock.now().plus_ms(60'000));
    return {};
  });
  const auto id = world.jobs.enqueue(world.jobs.make("testing.sweep", "{}"));
  for (int i = 0; i < 6; ++i) {
    CHECK(runner.run_until_quiet());
    world.clock.advance_ms(60'000);
  }
  CHECK(runs == 4);
  CHECK(world.jobs.find(*id)->state == JobState::kDone);
}

TEST_CASE("a unique key has one open job at a time; a finished one frees it") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    JobsWorld world(store);
    JobRunner runner(world.jobs, "me", {});
    runner.add("testing.one", [](JobContext&) -> Result<void> { return {}; });
    const auto enqueue = [&] {
      auto job = world.jobs.make("testing.one", "{}");
      job.unique_key = "one";
      return *world.jobs.enqueue(job);
    };
    const auto first = enqueue();
    CHECK(enqueue() == first);
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(enqueue() != first);
  });
}

TEST_CASE("finished jobs are forgotten, open ones are not") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    JobsWorld world(store);
    JobRunner runner(world.jobs, "me", {});
    runner.add("testing.one", [](JobContext&) -> Result<void> { return {}; });
    const auto done = *world.jobs.enqueue(world.jobs.make("testing.one", "{}"));
    const auto open = *world.jobs.enqueue(world.jobs.make("testing.other", "{}"));
    CHECK(*runner.run_until_quiet() == 1);
    CHECK(*world.jobs.prune(world.clock.now()) == 0);
    CHECK(*world.jobs.prune(world.clock.now().plus_ms(1)) == 1);
    CHECK(!world.jobs.find(done));
    CHECK(world.jobs.find(open));
  });
}

TEST_CASE("a restart under the same name takes up at once what its last run had at work") {
  testing::TestStore test({services_migrations()}, true);
  JobsWorld world(test.store());
  int runs = 0;
  std::optional<JobId> id;
  for (const bool last : {false, true}) {
    runtime::Loop loop({.virtual_time = true});
    JobRunner runner(world.jobs, "me", {});
    runner.add("testing.long", [&](JobContext&) -> Result<void> {
      ++runs;
      if (!last) runtime::sleep_for(kDayMs);  // killed while it is at work
      return {};
    });
    loop.spawn([&] {
      if (!last) id = *world.jobs.enqueue(world.jobs.make("testing.long", "{}"));
      runner.start(loop);
      runtime::sleep_for(500);
      CHECK(runs == (last ? 2 : 1));
      CHECK(world.jobs.find(*id)->state == (last ? JobState::kDone : JobState::kRunning));
      if (last)
        runner.stop();
      else
        loop.stop();
    });
    loop.run();
    loop.kill_all();
  }
  CHECK(runs == 2);
}

TEST_CASE("kinds that rest are not begun, and what runs of them is told") {
  testing::TestStore test({services_migrations()}, true);
  JobsWorld world(test.store());
  bool busy = true;
  JobRunner runner(world.jobs, "me", {.rests = [&](std::string_view kind) { return busy && kind == "testing.long"; }});
  int began = 0;
  runner.add("testing.long", [&](JobContext& job) -> Result<void> {
    CHECK_FALSE(job.stopping());
    busy = ++began == 1;
    if (job.stopping()) job.again_at(world.clock.now());
    return {};
  });
  runner.add("testing.short", [](JobContext& job) -> Result<void> {
    CHECK_FALSE(job.stopping());
    return {};
  });
  const auto slow = *world.jobs.enqueue(world.jobs.make("testing.long", "{}"));
  const auto quick = *world.jobs.enqueue(world.jobs.make("testing.short", "{}"));
  CHECK(*runner.run_until_quiet() == 1);
  CHECK(world.jobs.find(slow)->state == JobState::kQueued);
  CHECK(world.jobs.find(quick)->state == JobState::kDone);
  busy = false;
  CHECK(*runner.run_until_quiet() == 1);
  CHECK(world.jobs.find(slow)->state == JobState::kQueued);
  busy = false;
  CHECK(*runner.run_until_quiet() == 1);
  CHECK(world.jobs.find(slow)->state == JobState::kDone);
}

TEST_CASE("on a loop: several jobs at once, renewed while they run, told when to stop") {
  testing::TestStore test({services_migrations()}, true);
  JobsWorld world(test.store());
  runtime::Loop loop({.virtual_time = true});
  JobRunner runner(world.jobs, "me", {.parallel = 2, .lease_ms = 300, .poll_ms = 50});
  int at_once = 0;
  int most = 0;
  int stopped = 0;
  runner.add("testing.long", [&](JobContext& job) -> Result<void> {
    most = std::max(most, ++at_once);
    for (int i = 0; i < 20 && !job.stopping(); ++i) runtime::sleep_for(100);
    if (job.stopping()) {
      ++stopped;
      job.again_at(world.clock.now());
    }
    --at_once;
    return {};
  });
  bool ended = false;
  loop.spawn([&] {
    std::vector<JobId> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(*world.jobs.enqueue(world.jobs.make("testing.long", "{}")));
    runner.start(loop);
    for (int i = 0; i < 250; ++i) {
      runtime::sleep_for(10);
      world.clock.advance_ms(10);
    }
    // Long past the lease of the first two, which nobody ran a second time; the third is at work.
    CHECK(most == 2);
    CHECK(world.jobs.find(ids[0])->state == JobState::kDone);
    CHECK(world.jobs.find(ids[1])->state == JobState::kDone);
    CHECK(world.jobs.find(ids[2])->state == JobState::kRunning);
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
    CHECK(stopped == 1);
    CHECK(world.jobs.find(ids[2])->state == JobState::kQueued);
    ended = true;
  });
  loop.run();
  CHECK(ended);
}

}  // namespace
}  // namespace kontor::services
