// What a FaultDisk is made of: its files, what was written and not synced, and what SQLite holds of an open one. For
// the file layer (fault_vfs.cpp) and the disk (fault_disk.cpp) alone.
#pragma once
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/db_sqlite/fault_vfs.h"

namespace kontor::db_sqlite {

inline constexpr std::int64_t kSectorBytes = 512;
inline constexpr int kShmLocks = SQLITE_SHM_NLOCK;

struct Handle;

// A write, or a truncation to `offset`, since the last sync. The bytes of a write are those of the current content,
// unless they are kept here, because something else was written or cut off there since.
struct Change {
  std::int64_t offset = 0;
  std::int64_t size = 0;
  bool truncation = false;
  bool kept = false;
  std::string bytes;

  std::string_view bytes_in(const std::string& current) const {
    return kept ? std::string_view(bytes)
                : std::string_view(current).substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }
};

inline void apply(std::string& content, std::int64_t offset, std::string_view bytes) {
  const auto at = static_cast<std::size_t>(offset);
  if (content.size() < at) content.resize(at, '\0');
  const std::size_t over = std::min(bytes.size(), content.size() - at);
  std::memcpy(content.data() + at, bytes.data(), over);
  content.append(bytes.substr(over));
}

// The shared memory of a write-ahead log. It stays where it is for as long as the disk is there, since connections that
// are handed over know the address; who maps it first finds it empty.
struct Shared {
  std::vector<std::unique_ptr<char[]>> regions;
  std::size_t region_bytes = 0;
  int mapped = 0;

  void forget() {
    for (auto& region : regions) std::memset(region.get(), 0, region_bytes);
    mapped = 0;
  }
};

struct File {
  explicit File(std::shared_ptr<Shared> memory) : shm(std::move(memory)) {}
  std::string current;  // what readers see
  std::string durable;  // what a crash leaves, before luck has its say over `unsynced`
  std::vector<Change> unsynced;
  bool parted = false;  // a sync failed: they differ by more than `unsynced`
  bool dead = false;    // opened before a crash
  // Database locks, as SQLite's levels have them.
  int shared = 0;
  Handle* reserved = nullptr;
  Handle* pending = nullptr;
  Handle* exclusive = nullptr;
  std::shared_ptr<Shared> shm;
  std::array<int, kShmLocks> shm_shared{};
  std::array<Handle*, kShmLocks> shm_exclusive{};

  // Before the content from `offset` to `end` changes: what was written there and not synced keeps its bytes.
  void keep_bytes(std::int64_t offset, std::int64_t end) {
    for (Change& change : unsynced) {
      if (change.kept || change.truncation || change.offset >= end || change.offset + change.size <= offset) continue;
      change.bytes = change.bytes_in(current);
      change.kept = true;
    }
  }
};

struct Handle {
  sqlite3_file base;
  FaultDisk::Impl* disk;
  std::shared_ptr<File> file;
  std::string path;
  bool delete_on_close;
  int level;
  bool maps_shm;
  unsigned shm_shared_mask;
  unsigned shm_exclusive_mask;
};

struct FaultDisk::State {
  std::map<std::string, std::shared_ptr<File>, std::less<>> files;
  std::uint64_t luck = 1;
  std::uint64_t fails_in = 0;   // 0: never; 1: the next step fails, and so do all after it
  std::uint64_t hiccup_in = 0;  // as fails_in, for one call of any kind
  std::int64_t limit = -1;
  bool lies = false;
  Counters counters;
};

struct FaultDisk::Impl : FaultDisk::State {
  std::string name;
  sqlite3_vfs vfs{};
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Shared>, std::less<>> shared;  // by the file's path

  std::shared_ptr<File> make_file(const std::string& path) {
    auto& memory = shared[path];
    if (!memory) memory = std::make_shared<Shared>();
    return std::make_shared<File>(memory);
  }
  // What was open is lost, and with it what was in memory.
  void lose(File& file) {
    file.dead = true;
    file.shm->forget();
  }
  std::uint64_t draw() {
    luck += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = luck;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  bool hiccups() {
    if (hiccup_in == 0 || --hiccup_in > 0) return false;
    ++counters.hiccups;
    return true;
  }
  // Counts a write, truncation or sync; true when it is to fail.
  bool step_fails() {
    ++counters.steps;
    if (hiccups()) return true;
    if (fails_in > 1)
      --fails_in;
    else if (fails_in == 1)
      return ++counters.failed, true;
    return false;
  }
  // Puts what luck keeps of the unsynced changes onto the durable content. `percent` of the sectors are kept.
  void keep_some(File& file, std::uint64_t percent) {
    if (percent < 100 && !file.unsynced.empty()) file.parted = true;
    for (const Change& change : file.unsynced) {
      if (change.truncation) {
        if (draw() % 100 < percent) file.durable.resize(static_cast<std::size_t>(change.offset), '\0');
        continue;
      }
      const std::string_view bytes = change.bytes_in(file.current);
      if (percent == 100) {  // every sync that works: no need to go by sectors
        apply(file.durable, change.offset, bytes);
        continue;
      }
      for (std::int64_t at = 0; at < change.size;) {
        const std::int64_t upto = std::min(change.size, at + kSectorBytes - (change.offset + at) % kSectorBytes);
        const auto part = bytes.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(upto - at));
        if (draw() % 100 < percent) apply(file.durable, change.offset + at, part);
        at = upto;
      }
    }
    file.unsynced.clear();
  }
};

// SQLite's view of a file of such a disk; null where it is none, or not open.
Handle* handle_of(sqlite3_file* file);
// The calls of the file layer.
void set_calls(sqlite3_vfs& vfs);

}  // namespace kontor::db_sqlite
