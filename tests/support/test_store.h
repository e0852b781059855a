// A real store in a folder of its own for tests of modules, with a clock, luck and ids that the test holds in its hand.
// The folder goes with it. It does not sync: a test of durability opens its own SqliteStore.
#pragma once
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/db_sqlite/sqlite_store.h"
#include "base/id.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"

namespace kontor::testing {

class FakeClock : public Clock {
 public:
  explicit FakeClock(Time start = Time{1'790'000'000'000}) : ms_(start.ms) {}
  Time now() const override { return Time{ms_.load()}; }
  void set(Time time) { ms_.store(time.ms); }
  void advance_ms(std::int64_t ms) { ms_.fetch_add(ms); }

 private:
  std::atomic<std::int64_t> ms_;
};

// The same bytes for the same seed.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 32);
  }

 private:
  std::uint64_t next() {  // splitmix64 over a counter, so that threads may share it
    std::uint64_t z = state_.fetch_add(0x9E3779B97F4A7C15ull) + 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::atomic<std::uint64_t> state_;
};

// A folder below the system's temporary one, removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kontor-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// TestStore test({cart_migrations(), orders_migrations()});  Carts carts(test.store(), test.clock, test.ids, …);
// Ends the test program with a line on standard error when the store does not open or a migration fails.
class TestStore {
 public:
  explicit TestStore(std::initializer_list<std::span<const db::Migration>> migrations = {},
                     bool inline_writer = false) {
    db_sqlite::SqliteStore::Options options;
    options.folder = folder_.path();
    options.sync = false;
    options.cache_mb = 4;
    options.reader_cache_mb = 2;
    options.inline_writer = inline_writer;
    auto opened = db_sqlite::SqliteStore::open(std::move(options));
    if (!opened) give_up(opened.error());
    store_ = std::move(*opened);
    std::vector<db::Migration> all;
    for (const auto& some : migrations) all.insert(all.end(), some.begin(), some.end());
    if (auto migrated = store_->migrate(all); !migrated) give_up(migrated.error());
  }
  db_sqlite::SqliteStore& store() { return *store_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  [[noreturn]] static void give_up(const Error& error) {
    std::fprintf(stderr, "test store: %s: %s\n", error.reason.c_str(), error.detail.c_str());
    std::abort();
  }
  TempFolder folder_;
  std::unique_ptr<db_sqlite::SqliteStore> store_;

 public:
  FakeClock clock;
  SeededRandom random;
  IdSource ids{7};
};

}  // namespace kontor::testing
