#include "adapters/db_sqlite/fault_vfs.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "adapters/db_sqlite/sqlite_store.h"
#include "runtime/fiber.h"

using namespace kontor;
using namespace kontor::db_sqlite;
using db::Home;

namespace {

constexpr db::Migration kPairs[] = {
    {"pairs", 1, "pairs", Home::kCustomer,
     "CREATE TABLE pairs_left (id @id PRIMARY KEY, filler @text NOT NULL);\n"
     "CREATE TABLE pairs_right (id @id PRIMARY KEY, filler @text NOT NULL) @clustered;"},
};
constexpr db::Query kLeft{"pairs.left", Home::kCustomer, "INSERT INTO pairs_left (id, filler) VALUES ($1, $2)"};
constexpr db::Query kRight{"pairs.right", Home::kCustomer, "INSERT INTO pairs_right (id, filler) VALUES ($1, $2)"};
constexpr db::Query kLefts{"pairs.lefts", Home::kCustomer, "SELECT id FROM pairs_left ORDER BY id"};
constexpr db::Query kRights{"pairs.rights", Home::kCustomer, "SELECT id FROM pairs_right ORDER BY id"};

using Ids = std::set<std::int64_t>;

struct Told {
  Ids acknowledged, refused, unknown;
};

std::uint64_t luck(std::uint64_t& state) {
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return state >> 33;
}

std::unique_ptr<SqliteStore> open_on(const FaultDisk& disk) {
  SqliteStore::Options options;
  options.folder = "disk";
  options.vfs = disk.name();
  options.inline_writer = true;
  options.cache_mb = 1;
  options.checkpoint_bytes = 128 * 1024;
  options.alarm = [](std::string_view) {};
  auto store = SqliteStore::open(std::move(options));
  REQUIRE_MESSAGE(store, (store ? "" : store.error().detail));
  return std::move(*store);
}

Result<void> write_pair(SqliteStore& store, std::int64_t id) {
  return store.write(Home::kCustomer, [id](db::Tx& tx) -> Result<void> {
    const std::string filler(static_cast<std::size_t>(id % 7) * 300, 'f');
    TRY_DO(tx.run(kLeft, id, filler));
    if (id % 11 == 0) return fail(Errc::kConflict, "pairs.unlucky");
    TRY_DO(tx.run(kRight, id, filler));
    return {};
  });
}

// Eight fibers write pairs until they are done or the loop is stopped after `steps`.
Told write_pairs(SqliteStore& store, std::uint64_t seed, int first_id, int steps) {
  Told told;
  std::uint64_t state = seed;
  runtime::Loop::Options options;
  options.virtual_time = true;
  options.choose = [&](std::size_t count) { return static_cast<std::size_t>(luck(state) % count); };
  options.before_step = [&] { return steps-- > 0; };
  runtime::Loop loop(std::move(options));
  for (int fiber = 0; fiber < 8; ++fiber) {
    loop.spawn([&, fiber] {
      for (int i = 0; i < 25; ++i) {
        const std::int64_t id = first_id + fiber * 1000 + i;
        told.unknown.insert(id);
        const auto done = write_pair(store, id);
        if (!done && done.error().reason == "db.outcome_unknown") continue;
        told.unknown.erase(id);
        (done ? told.acknowledged : told.refused).insert(id);
      }
    });
  }
  loop.run();
  loop.kill_all();
  return told;
}

Ids ids_of(SqliteStore& store, const db::Query& query) {
  Ids ids;
  const auto done = store.read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows rows, tx.ask(query));
    for (const auto& row : rows) ids.insert(row.i64(0));
    return {};
  });
  REQUIRE(done);
  return ids;
}

// What is wrong with the store after a crash, given what its callers were told; empty when nothing is.
std::string judge(SqliteStore& store, const Told& told) {
  if (auto sound = store.check(); !sound) return sound.error().detail;
  const Ids left = ids_of(store, kLefts);
  if (left != ids_of(store, kRights)) return "a function was kept in part";
  for (const std::int64_t id : told.acknowledged)
    if (!left.contains(id)) return "acknowledged and lost: " + std::to_string(id);
  for (const std::int64_t id : told.refused)
    if (left.contains(id)) return "refused and kept: " + std::to_string(id);
  for (const std::int64_t id : left)
    if (!told.acknowledged.contains(id) && !told.unknown.contains(id)) return "from nowhere: " + std::to_string(id);
  return {};
}

enum class Fault { kCrash, kFailingDisk, kFullDisk, kPassingFailure, kOneCall };

// One life: write, meet the fault, lose power, open again; twice over on the same disk.
std::string live_through(std::uint64_t seed, Fault fault, Ids* acknowledged) {
  std::uint64_t state = seed * 977 + static_cast<std::uint64_t>(fault);
  FaultDisk disk("fault-" + std::to_string(seed), seed);
  auto store = open_on(disk);
  REQUIRE(store->migrate(kPairs));
  Told all;
  for (int life = 0; life < 2; ++life) {
    int steps = 1 << 20;
    if (fault == Fault::kCrash) steps = static_cast<int>(luck(state) % 300);
    if (fault == Fault::kFailingDisk || fault == Fault::kPassingFailure) disk.fail_at(1 + luck(state) % 400);
    if (fault == Fault::kOneCall) disk.fail_once(1 + luck(state) % 400);
    if (fault == Fault::kFullDisk)
      disk.full_after(disk.counters().bytes + static_cast<std::int64_t>(luck(state) % 200'000));
    Told told = write_pairs(*store, seed + 31 * static_cast<std::uint64_t>(life), 1 + 100'000 * life, steps);
    all.acknowledged.merge(told.acknowledged);
    all.refused.merge(told.refused);
    all.unknown.merge(told.unknown);
    if (fault == Fault::kPassingFailure) {  // the disk comes back, and the same store goes on
      disk.revive();
      Told more = write_pairs(*store, seed + 7, 50'000 + 100'000 * life, 1 << 20);
      all.acknowledged.merge(more.acknowledged);
      all.refused.merge(more.refused);
      all.unknown.merge(more.unknown);
    }
    disk.full_after(-1);
    disk.crash(luck(state));
    store = open_on(disk);
    if (auto wrong = judge(*store, all); !wrong.empty()) return wrong;
    const Ids left = ids_of(*store, kLefts);  // what was unknown is known now
    for (const std::int64_t id : all.unknown) (left.contains(id) ? all.acknowledged : all.refused).insert(id);
    all.unknown.clear();
  }
  *acknowledged = all.acknowledged;
  store.reset();
  return {};
}

void every_seed(Fault fault) {
  std::size_t acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Ids ids;
    const std::string wrong = live_through(seed, fault, &ids);
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
    acknowledged += ids.size();
  }
  CHECK(acknowledged > 60);  // the faults left something to check
}

}  // namespace

TEST_CASE("fault_vfs: a crash at any step loses nothing that was acknowledged and keeps functions whole") {
  every_seed(Fault::kCrash);
}
TEST_CASE("fault_vfs: a disk that fails for good, then a crash") { every_seed(Fault::kFailingDisk); }
TEST_CASE("fault_vfs: a disk that runs full, then a crash") { every_seed(Fault::kFullDisk); }
TEST_CASE("fault_vfs: a disk that fails and comes back, then a crash") { every_seed(Fault::kPassingFailure); }

TEST_CASE("fault_vfs: one call that fails alone, then a crash") { every_seed(Fault::kOneCall); }

TEST_CASE("fault_vfs: a disk that begins with another's files is that disk, and durable") {
  FaultDisk::Image image;
  Ids there;
  {
    FaultDisk disk("fault-original");
    auto store = open_on(disk);
    REQUIRE(store->migrate(kPairs));
    REQUIRE(write_pair(*store, 1));
    there = ids_of(*store, kLefts);
    store.reset();
    image = disk.image();
  }
  FaultDisk copy("fault-copy");
  copy.put(image);
  CHECK(copy.counters().bytes > 0);
  copy.crash(1);
  auto store = open_on(copy);
  CHECK(ids_of(*store, kLefts) == there);
  REQUIRE(write_pair(*store, 2));
  CHECK(image == [&] {
    FaultDisk again("fault-again");
    again.put(image);
    return again.image();
  }());
}

TEST_CASE("fault_vfs: the judge notices a disk that lies about syncs") {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    // A lie from the first commit on may cost the schema or the file itself; the judge asks for pairs only.
    FaultDisk disk("lying-" + std::to_string(seed), seed);
    auto store = open_on(disk);
    REQUIRE(store->migrate(kPairs));
    disk.lie_about_syncs(true);
    const Told told = write_pairs(*store, seed, 1, 150);
    disk.crash(seed);
    store = open_on(disk);
    if (!judge(*store, told).empty()) ++noticed;
  }
  CHECK(noticed > 0);
}

TEST_CASE("fault_vfs: a full disk says so, and the store goes on when there is room again") {
  FaultDisk disk("full");
  auto store = open_on(disk);
  REQUIRE(store->migrate(kPairs));
  disk.full_after(disk.counters().bytes + 100);
  const auto refused = write_pair(*store, 1);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::kFull);
  CHECK(refused.error().reason == "db.full");
  CHECK(ids_of(*store, kLefts).empty());
  disk.full_after(-1);
  CHECK(write_pair(*store, 2));
}

TEST_CASE("fault_vfs: a sync that fails while committing leaves the outcome unknown, and the store goes on") {
  bool seen = false;
  for (std::uint64_t nth = 1; nth < 20 && !seen; ++nth) {
    FaultDisk disk("unknown");
    auto store = open_on(disk);
    REQUIRE(store->migrate(kPairs));
    disk.fail_at(nth);
    const auto done = write_pair(*store, 1);
    disk.revive();
    CHECK(write_pair(*store, 2));
    if (!done) seen = done.error().reason == "db.outcome_unknown";
  }
  CHECK(seen);
}

// A page whose sync failed is in the system's memory and not on the disk, and no later sync brings it there. Who opens
// the log anew, without a crash between, reads it, and puts what it acknowledges behind it.
TEST_CASE("fault_vfs: what a failed sync left in the log is made durable before anything is put behind it") {
  int reached = 0;
  for (std::uint64_t nth = 1; nth < 40; ++nth) {
    FaultDisk disk("left-" + std::to_string(nth), nth);
    auto store = open_on(disk);
    REQUIRE(store->migrate(kPairs));
    Told told;
    told.acknowledged.insert(1);
    REQUIRE(write_pair(*store, 1));
    disk.fail_at(nth);  // from here on, the copying of the log at the end included
    const auto done = write_pair(*store, 2);
    (done ? told.acknowledged : told.unknown).insert(2);
    if (!done && done.error().reason == "db.outcome_unknown") ++reached;
    store.reset();
    disk.revive();
    store = open_on(disk);
    REQUIRE(write_pair(*store, 3));
    told.acknowledged.insert(3);
    disk.crash(nth);
    store = open_on(disk);
    CHECK_MESSAGE(judge(*store, told).empty(), "failing from call ", nth, ": ", judge(*store, told));
  }
  CHECK(reached > 0);
}

TEST_CASE("fault_vfs: the same seed does the same") {
  for (std::uint64_t seed = 100; seed < 105; ++seed) {
    Ids first, second;
    CHECK(live_through(seed, Fault::kCrash, &first).empty());
    CHECK(live_through(seed, Fault::kCrash, &second).empty());
    CHECK(first == second);
  }
}
