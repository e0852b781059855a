#include "adapters/db_sqlite/steady_vfs.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "adapters/db_sqlite/connection.h"
#include "tests/support/test_store.h"

namespace kontor::db_sqlite {
namespace {

constexpr db::Query kMake{"test.make", db::Home::kEvery, "CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB)"};
constexpr db::Query kAddBytes{"test.add", db::Home::kEvery, "INSERT INTO t (bytes) VALUES (zeroblob($1))"};
constexpr db::Query kSum{"test.sum", db::Home::kEvery, "SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0) FROM t"};
constexpr db::Query kBegin{"test.begin", db::Home::kEvery, "BEGIN IMMEDIATE"};
constexpr db::Query kCommit{"test.commit", db::Home::kEvery, "COMMIT"};
constexpr db::Query kRollback{"test.rollback", db::Home::kEvery, "ROLLBACK"};

std::unique_ptr<Connection> open_steady(const std::string& path, bool reader = false, int cache_kb = 16 * 1024) {
  Connection::Settings settings;
  settings.path = path;
  settings.vfs = steady_vfs();
  settings.query_only = reader;
  settings.cache_kb = cache_kb;
  auto connection = Connection::open(settings);
  REQUIRE_MESSAGE(connection, (connection ? "" : connection.error().detail));
  return std::move(*connection);
}

void add_bytes(Connection& connection, std::int64_t size) {
  const db::Param params[] = {size};
  REQUIRE(connection.run(kAddBytes, params));
}

std::pair<std::int64_t, std::int64_t> sum(Connection& connection) {
  const auto rows = connection.ask(kSum);
  REQUIRE(rows);
  return {rows->front().i64(0), rows->front().i64(1)};
}

std::int64_t size_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_size : -1;
}

}  // namespace

TEST_CASE("what is committed through the steady layer is there for others, of any size") {
  testing::TempFolder folder;
  const std::string path = folder.path() + "/t.db";
  const auto writer = open_steady(path);
  REQUIRE(writer->run(kMake));
  const auto reader = open_steady(path, true);
  std::int64_t count = 0, bytes = 0;
  for (const std::int64_t size : {1, 5000, 200'000, 3'000'000, 10}) {  // less and more than the layer holds at once
    REQUIRE(writer->run(kBegin));
    add_bytes(*writer, size);
    CHECK(sum(*reader) == std::pair(count, bytes));
    REQUIRE(writer->run(kCommit));
    ++count, bytes += size;
    CHECK(sum(*reader) == std::pair(count, bytes));
    CHECK(size_of(path + "-wal") > size);  // it is in the file, not in our memory
  }
  REQUIRE(writer->checkpoint());
  CHECK(sum(*reader) == std::pair(count, bytes));
}

TEST_CASE("a transaction that is larger than its cache reads its own pages back, and can be undone") {
  testing::TempFolder folder;
  const std::string path = folder.path() + "/t.db";
  const auto writer = open_steady(path, false, 64);
  REQUIRE(writer->run(kMake));
  for (const bool keep : {false, true}) {
    REQUIRE(writer->run(kBegin));
    for (int i = 0; i < 300; ++i) add_bytes(*writer, 3000);
    CHECK(sum(*writer) == std::pair<std::int64_t, std::int64_t>(300, 900'000));
    REQUIRE(writer->run(keep ? kCommit : kRollback));
    CHECK(sum(*writer).first == (keep ? 300 : 0));
  }
  const auto other = open_steady(path, true);
  CHECK(sum(*other) == std::pair<std::int64_t, std::int64_t>(300, 900'000));
}

TEST_CASE("a file that is not there and may not be made is an error, not a crash") {
  Connection::Settings settings;
  settings.path = "/nowhere/t.db";
  settings.vfs = steady_vfs();
  const auto connection = Connection::open(settings);
  REQUIRE_FALSE(connection);
  CHECK(connection.error().reason == "db.open");
}

}  // namespace kontor::db_sqlite
