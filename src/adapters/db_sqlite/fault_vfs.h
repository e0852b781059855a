// A disk in memory that keeps only what was synced: the file layer that the simulator gives SQLite. It can lose power,
// fail from a chosen write or sync on, and run full. Everything it does follows from its calls and seeds. It owns its
// files and is registered with SQLite under its name while it lives; close the stores on it before it goes.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

struct sqlite3;

namespace kontor::db_sqlite {

class FaultDisk {
 public:
  explicit FaultDisk(std::string name, std::uint64_t seed = 1);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;
  const std::string& name() const;

  // The power fails: of what was written and not synced, `seed` chooses what is kept (nothing, everything, or some
  // 512-byte sectors in any order). Whoever has files open sees I/O errors from now on. A failing disk works again
  // afterwards.
  void crash(std::uint64_t seed);
  // The `nth` write, truncation or sync from now (1 is the next) and all after it fail. A sync that fails has kept some
  // of its sectors and forgotten the others for good, as Linux does.
  void fail_at(std::uint64_t nth);
  // The `nth` read, write, truncation or sync from now fails, and the calls after it do not.
  void fail_once(std::uint64_t nth);
  void revive();
  // Files may grow until they hold `bytes` together; then writes answer "disk full". Negative: no limit.
  void full_after(std::int64_t bytes);
  // Its files as they are now, and a disk that begins with them (before anything is opened on it).
  using Image = std::map<std::string, std::string, std::less<>>;
  Image image() const;
  void put(const Image& image);
  // Takes everything away and begins anew with these files and this seed. Whoever has files open sees I/O errors.
  void begin_anew(const Image& image, std::uint64_t seed);
  // What is on it, and what is to go wrong with it, out of the way for a while, and back. Nothing may be open on it.
  struct State;
  std::shared_ptr<State> set_aside();
  void bring_back(std::shared_ptr<State> state);
  // The connection's files are of before a crash: every call on them fails.
  bool lost(sqlite3* connection) const;
  // Gives a lost connection the files that have its files' names now, as if it had just opened them. False: it cannot.
  bool hand_over(sqlite3* connection);
  // A sync does nothing but say so: for tests that prove that the others notice.
  void lie_about_syncs(bool lie);

  struct Counters {
    std::uint64_t steps = 0;  // writes, truncations and syncs: what fail_at counts
    std::uint64_t writes = 0, syncs = 0, failed = 0, hiccups = 0, crashes = 0;
    std::int64_t bytes = 0;  // held by all files now
  };
  Counters counters() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::db_sqlite
