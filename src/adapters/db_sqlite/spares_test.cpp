#include "adapters/db_sqlite/spares.h"

#include <doctest/doctest.h>

#include <vector>

#include "adapters/db_sqlite/fault_vfs.h"
#include "adapters/db_sqlite/sqlite_store.h"

using namespace kontor;
using namespace kontor::db_sqlite;
using db::Home;

namespace {

constexpr db::Migration kSparesTables[] = {
    {"notes", 1, "notes", Home::kCustomer, "CREATE TABLE notes_notes (id @id PRIMARY KEY, words @text NOT NULL);"}};
constexpr db::Query kNote{"notes.note", Home::kCustomer, "INSERT INTO notes_notes (id, words) VALUES ($1, $2)"};
constexpr db::Query kWords{"notes.words", Home::kCustomer, "SELECT words FROM notes_notes ORDER BY id"};

std::unique_ptr<SqliteStore> open_on(const FaultDisk& disk, Spares* spares) {
  SqliteStore::Options options;
  options.folder = "disk";
  options.vfs = disk.name();
  options.inline_writer = true;
  options.checkpoint_bytes = 64 * 1024;
  options.spares = spares;
  options.alarm = [](std::string_view) {};
  auto store = SqliteStore::open(std::move(options));
  REQUIRE_MESSAGE(store, (store ? "" : store.error().detail));
  return std::move(*store);
}

void note(SqliteStore& store, std::int64_t id, const std::string& words) {
  REQUIRE(store.write(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kNote, id, words));
    return {};
  }));
}

std::vector<std::string> words_in(SqliteStore& store) {
  std::vector<std::string> words;
  REQUIRE(store.read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kWords));
    for (const auto row : rows) words.push_back(row.str(0));
    return {};
  }));
  return words;
}

using Words = std::vector<std::string>;

FaultDisk::Image migrated() {
  FaultDisk disk("spares-migrated");
  auto store = open_on(disk, nullptr);
  REQUIRE(store->migrate(kSparesTables));
  store.reset();
  return disk.image();
}

// A life that ends in a crash, after which its connections are spares.
void live_and_crash(FaultDisk& disk, Spares& spares, const std::string& words) {
  auto store = open_on(disk, &spares);
  note(*store, 1, words);
  CHECK(words_in(*store) == Words{words});
  disk.crash(1);
}

}  // namespace

TEST_CASE("spares: a life that begins with them sees what was synced, and nothing of the pages of another world") {
  const auto image = migrated();
  FaultDisk disk("spares-worlds");
  Spares spares(disk);
  for (const std::string words : {"first", "second", "third"}) {
    disk.begin_anew(image, 1);
    live_and_crash(disk, spares, words);
    auto store = open_on(disk, &spares);
    CHECK(words_in(*store) == Words{words});
    note(*store, 2, "more");
    CHECK(words_in(*store) == Words{words, "more"});
    disk.crash(2);
  }
  disk.begin_anew(image, 1);
  auto store = open_on(disk, &spares);
  CHECK(words_in(*store).empty());
}

TEST_CASE("spares: a life with them and one without leave the same files, after long logs too") {
  const auto image = migrated();
  std::vector<Words> seen;
  for (const bool with : {true, false}) {
    FaultDisk disk("spares-same");
    Spares spares(disk);
    disk.begin_anew(image, 1);
    for (std::int64_t life = 0; life < 4; ++life) {
      auto store = open_on(disk, with ? &spares : nullptr);
      for (std::int64_t id = 0; id < 60; ++id) note(*store, life * 100 + id, std::string(900, 'n'));
      disk.crash(static_cast<std::uint64_t>(life));
    }
    auto store = open_on(disk, nullptr);
    REQUIRE(store->check());
    seen.push_back(words_in(*store));
  }
  CHECK(seen[0].size() == 240);
  CHECK(seen[0] == seen[1]);
}

TEST_CASE("spares: a changed schema is read, and an orderly end keeps none") {
  FaultDisk disk("spares-schema");
  Spares spares(disk);
  disk.begin_anew({}, 1);
  {
    auto store = open_on(disk, &spares);
    disk.crash(1);
  }
  CHECK(spares.complete());
  auto store = open_on(disk, &spares);  // its spares know no table
  REQUIRE(store->migrate(kSparesTables));
  note(*store, 1, "there");
  disk.crash(1);
  store.reset();
  store = open_on(disk, &spares);
  CHECK(words_in(*store) == Words{"there"});
  store.reset();
  CHECK(!spares.complete());
}

TEST_CASE("spares: a life that is over while another is set aside leaves that one's files alone") {
  const auto image = migrated();
  FaultDisk disk("spares-aside");
  Spares spares(disk);
  disk.begin_anew(image, 1);
  live_and_crash(disk, spares, "kept");
  disk.fail_once(1);
  auto state = disk.set_aside();
  disk.put(image);
  live_and_crash(disk, spares, "of the other");
  disk.bring_back(std::move(state));
  disk.revive();
  auto store = open_on(disk, &spares);
  CHECK(words_in(*store) == Words{"kept"});
}
