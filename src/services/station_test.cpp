#include "services/station.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "adapters/db_postgres/postgres_store.h"
#include "tests/support/postgres_database.h"
#include "tests/support/test_store.h"

using namespace kontor;
using db::Home;
using services::Station;

namespace {

constexpr db::Migration kMigrations[] = {
    {"s", 1, "units", Home::kStock, "CREATE TABLE s_unit (id @id PRIMARY KEY, left_over @int NOT NULL);"},
};
constexpr db::Query kPut{"s.put", Home::kStock, "INSERT INTO s_unit (id, left_over) VALUES ($1, $2)"};
constexpr db::Query kTake{"s.take", Home::kStock,
                          "UPDATE s_unit SET left_over = left_over - 1 WHERE id = $1 AND left_over > 0"};
constexpr db::Query kLeft{"s.left", Home::kStock, "SELECT left_over FROM s_unit WHERE id = $1"};

void fill(db::Store& store, std::int64_t id, std::int64_t units) {
  REQUIRE(store.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kPut, id, units));
    return {};
  }));
}
std::int64_t left_of(db::Store& store, std::int64_t id) {
  std::int64_t left = -1;
  REQUIRE(store.read(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows rows, tx.ask(kLeft, id));
    left = rows.front().i64(0);
    return {};
  }));
  return left;
}

// Takes a unit for each input; the answer is the input again, so that a mix-up would show.
struct Taker {
  std::atomic<std::size_t> largest{0};
  Result<void> operator()(db::Tx& tx, std::span<const std::int64_t> inputs,
                          std::vector<Result<std::int64_t>>& answers) {
    largest = std::max(largest.load(), inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      TRY(const auto taken, tx.run(kTake, inputs[i] % 10));
      if (taken == 1)
        answers[i] = inputs[i];
      else
        answers[i] = fail(Errc::kOutOfStock, "s.gone");
    }
    return {};
  }
};

// Each caller asks once, with an input of its own; on fibers of one loop, or on threads.
void rush(db::Store& store, runtime::Loop* loop, int callers, std::size_t max_batch) {
  constexpr std::int64_t kUnits = 30;
  fill(store, 3, kUnits);
  Taker taker;
  Station<std::int64_t, std::int64_t> station(store, Home::kStock, std::ref(taker), max_batch);
  std::atomic<int> got{0}, refused{0}, wrong{0}, left{callers};
  const auto body = [&](int caller) {
    const std::int64_t input = caller * 10 + 3;
    const auto answer = station.ask(input);
    if (answer)
      ++(*answer == input ? got : wrong);
    else
      ++(answer.error().reason == "s.gone" ? refused : wrong);
    if (--left == 0 && loop != nullptr) loop->stop();
  };
  if (loop != nullptr) {
    for (int caller = 0; caller < callers; ++caller) loop->spawn([&body, caller] { body(caller); });
    loop->run();
  } else {
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) threads.emplace_back([&body, caller] { body(caller); });
    for (auto& thread : threads) thread.join();
  }
  CHECK(got == kUnits);
  CHECK(refused == callers - kUnits);
  CHECK(wrong == 0);
  CHECK(taker.largest <= max_batch);
  CHECK(station.waiting() == 0);
  CHECK(left_of(store, 3) == 0);
}

// A store whose writes wait until the test lets them go.
class GatedStore : public db::Store {
 public:
  Result<void> write(db::Homes, const db::Function& function) override {
    ++writes;
    if (gated.exchange(false)) gate.wait();
    struct NoTx : db::Tx {
      Result<std::int64_t> run_params(const db::Query&, std::span<const db::Param>) override { return 0; }
      Result<db::Rows> ask_params(const db::Query&, std::span<const db::Param>) override { return db::Rows(); }
      Result<std::vector<std::int64_t>> run_each(const db::Query&, std::span<const std::vector<db::Param>>) override {
        return std::vector<std::int64_t>();
      }
      Result<void> attempt(const std::function<Result<void>()>& part) override { return part(); }
      bool serial_in_commit_order() const override { return true; }
    } tx;
    return function(tx);
  }
  Result<void> read(db::Homes, const db::Function&) override { return {}; }
  bool together(db::Homes) const override { return true; }
  std::vector<Place> places() const override { return {}; }
  std::string_view engine() const override { return "sqlite"; }

  std::atomic<bool> gated{false};
  std::atomic<int> writes{0};
  runtime::Parker gate;
};

Result<void> answer_all(db::Tx&, std::span<const int> inputs, std::vector<Result<int>>& answers) {
  for (std::size_t i = 0; i < inputs.size(); ++i) answers[i] = inputs[i];
  return {};
}

runtime::Loop::Options virtual_time() {
  runtime::Loop::Options options;
  options.virtual_time = true;
  return options;
}

}  // namespace

TEST_CASE("station: what comes during a commit goes in one batch, and each gets its own answer") {
  GatedStore store;
  runtime::Loop loop(virtual_time());
  std::vector<std::size_t> sizes;
  Station<int, int> station(
      store, Home::kStock,
      [&](db::Tx& tx, std::span<const int> inputs, std::vector<Result<int>>& answers) {
        sizes.push_back(inputs.size());
        return answer_all(tx, inputs, answers);
      },
      4);
  store.gated = true;
  int right = 0;
  for (int i = 0; i < 10; ++i) loop.spawn([&, i] { right += station.ask(i).value() == i ? 1 : 0; });
  loop.spawn([&] {
    CHECK(station.waiting() == 9);
    store.gate.wake();
  });
  loop.run();
  CHECK(right == 10);
  CHECK(sizes == std::vector<std::size_t>{1, 4, 4, 1});
}

TEST_CASE("station: an error of the write goes to the whole batch, and the next batch goes on") {
  GatedStore store;
  runtime::Loop loop(virtual_time());
  Station<int, int> station(
      store, Home::kStock,
      [](db::Tx& tx, std::span<const int> inputs, std::vector<Result<int>>& answers) -> Result<void> {
        for (const int input : inputs)
          if (input == 13) return fail(Errc::kConflict, "s.unlucky");
        if (inputs[0] == 20) return {};  // leaves it unanswered
        return answer_all(tx, inputs, answers);
      });
  store.gated = true;
  int unlucky = 0;
  loop.spawn([&] { CHECK(station.ask(1).value() == 1); });
  for (int i = 11; i < 15; ++i) {
    loop.spawn([&, i] {
      const auto answer = station.ask(i);
      if (!answer && answer.error().reason == "s.unlucky") ++unlucky;
    });
  }
  loop.spawn([&] { store.gate.wake(); });
  loop.run();
  CHECK(unlucky == 4);
  CHECK(station.ask(2).value() == 2);
  CHECK(station.ask(20).error().reason == "station.unanswered");
}

TEST_CASE("station: a leader that is torn away leaves its batch answered and the lead to the next") {
  GatedStore store;
  Station<int, int> station(store, Home::kStock, answer_all, 2);
  std::optional<Result<int>> in_batch;
  std::optional<Result<int>> next;
  bool never = false;
  runtime::Loop doomed(virtual_time());
  runtime::Loop other(virtual_time());
  // A first leader on `doomed` lets the line form; its second leader is torn away with a caller of `other` in its
  // batch.
  store.gated = true;
  doomed.spawn([&] { CHECK(station.ask(1).value() == 1); });
  doomed.spawn([&] {
    static_cast<void>(station.ask(2));
    never = true;
  });
  doomed.run();
  REQUIRE(station.waiting() == 1);
  other.spawn([&] { in_batch = station.ask(3); });
  other.spawn([&] { next = station.ask(4); });
  other.run();
  REQUIRE(station.waiting() == 3);
  runtime::Loop third(virtual_time());
  third.spawn([&] { static_cast<void>(station.ask(5)); });
  third.run();
  third.kill_all();
  REQUIRE(station.waiting() == 3);
  store.gate.wake();
  store.gated = true;
  doomed.run();
  REQUIRE(store.writes == 2);
  REQUIRE(station.waiting() == 1);
  doomed.kill_all();
  other.run();
  CHECK_FALSE(never);
  REQUIRE(in_batch.has_value());
  CHECK(in_batch->error().reason == "db.outcome_unknown");
  REQUIRE(next.has_value());
  CHECK(next->value() == 4);
  CHECK(station.ask(6).value() == 6);
}

TEST_CASE("station: a rush on SQLite sells what there is, once") {
  testing::TestStore fibers({kMigrations});
  runtime::Loop loop;
  rush(fibers.store(), &loop, 300, 64);
  testing::TestStore threads({kMigrations});
  rush(threads.store(), nullptr, 40, 256);
}

TEST_CASE("station: a rush on PostgreSQL sells what there is, once") {
  for (const bool fibers : {true, false}) {
    const testing::PostgresDatabase database;
    if (!database.available()) {
      MESSAGE("postgresql: skipped");
      return;
    }
    db_postgres::PostgresStore::Options options;
    options.url = database.url();
    auto store = db_postgres::PostgresStore::open(std::move(options));
    REQUIRE(store);
    REQUIRE((*store)->migrate(kMigrations));
    runtime::Loop loop;
    rush(**store, fibers ? &loop : nullptr, fibers ? 300 : 40, 64);
  }
}
