#include "adapters/db_sqlite/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "adapters/db_sqlite/connection.h"
#include "base/assert.h"

namespace kontor::db_sqlite {
namespace {

constexpr std::int64_t kSectorBytes = 512;
constexpr int kShmLocks = SQLITE_SHM_NLOCK;

struct Handle;

// A write, or (without bytes) a truncation to `offset`, since the last sync.
struct Change {
  std::int64_t offset = 0;
  std::string bytes;
  bool truncation = false;
};

void apply(std::string& content, std::int64_t offset, std::string_view bytes) {
  const auto end = static_cast<std::size_t>(offset) + bytes.size();
  if (content.size() < end) content.resize(end, '\0');
  std::memcpy(content.data() + offset, bytes.data(), bytes.size());
}

struct File {
  std::string current;  // what readers see
  std::string durable;  // what a crash leaves, before luck has its say over `unsynced`
  std::vector<Change> unsynced;
  bool dead = false;  // opened before a crash
  // Database locks, as SQLite's levels have them.
  int shared = 0;
  Handle* reserved = nullptr;
  Handle* pending = nullptr;
  Handle* exclusive = nullptr;
  // Shared memory of the write-ahead log.
  std::vector<std::unique_ptr<char[]>> regions;
  int mapped = 0;
  std::array<int, kShmLocks> shm_shared{};
  std::array<Handle*, kShmLocks> shm_exclusive{};
};

struct Handle {
  sqlite3_file base;
  FaultDisk::Impl* disk;
  std::shared_ptr<File> file;
  std::string delete_on_close;
  int level;
  bool maps_shm;
  unsigned shm_shared_mask;
  unsigned shm_exclusive_mask;
};

}  // namespace

struct FaultDisk::Impl {
  std::string name;
  sqlite3_vfs vfs{};
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<File>, std::less<>> files;
  std::uint64_t luck;
  std::uint64_t fails_in = 0;   // 0: never; 1: the next step fails, and so do all after it
  std::uint64_t hiccup_in = 0;  // as fails_in, for one call of any kind
  std::int64_t limit = -1;
  bool lies = false;
  Counters counters;

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
    for (const Change& change : file.unsynced) {
      if (change.truncation) {
        if (draw() % 100 < percent) file.durable.resize(static_cast<std::size_t>(change.offset), '\0');
        continue;
      }
      if (percent == 100) {  // every sync that works: no need to go by sectors
        apply(file.durable, change.offset, change.bytes);
        continue;
      }
      const auto size = static_cast<std::int64_t>(change.bytes.size());
      for (std::int64_t at = 0; at < size;) {
        const std::int64_t upto = std::min(size, at + kSectorBytes - (change.offset + at) % kSectorBytes);
        const auto part =
            std::string_view(change.bytes).substr(static_cast<std::size_t>(at), static_cast<std::size_t>(upto - at));
        if (draw() % 100 < percent) apply(file.durable, change.offset + at, part);
        at = upto;
      }
    }
    file.unsynced.clear();
  }
};

namespace {

Handle* handle_of(sqlite3_file* file) { return reinterpret_cast<Handle*>(file); }
FaultDisk::Impl& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk::Impl*>(vfs->pAppData); }

void unlock_to(Handle& handle, int level) {
  File& file = *handle.file;
  if (level < SQLITE_LOCK_RESERVED) {
    if (file.exclusive == &handle) file.exclusive = nullptr;
    if (file.pending == &handle) file.pending = nullptr;
    if (file.reserved == &handle) file.reserved = nullptr;
  }
  if (level == SQLITE_LOCK_NONE && handle.level >= SQLITE_LOCK_SHARED) --file.shared;
  handle.level = std::min(handle.level, level);
}

void release_shm(Handle& handle, bool remove) {
  if (!handle.maps_shm) return;
  File& file = *handle.file;
  for (int i = 0; i < kShmLocks; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    if ((handle.shm_shared_mask >> i & 1u) != 0) --file.shm_shared[slot];
    if ((handle.shm_exclusive_mask >> i & 1u) != 0) file.shm_exclusive[slot] = nullptr;
  }
  handle.shm_shared_mask = handle.shm_exclusive_mask = 0;
  handle.maps_shm = false;
  if (--file.mapped == 0 && remove) file.regions.clear();
}

int close_file(sqlite3_file* base) {
  Handle* handle = handle_of(base);
  {
    const std::lock_guard lock(handle->disk->mutex);
    release_shm(*handle, false);
    unlock_to(*handle, SQLITE_LOCK_NONE);
    if (!handle->delete_on_close.empty() && !handle->file->dead) {
      handle->disk->counters.bytes -= static_cast<std::int64_t>(handle->file->current.size());
      handle->disk->files.erase(handle->delete_on_close);
    }
  }
  handle->~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* out, int amount, sqlite3_int64 offset) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  const File& file = *handle->file;
  if (file.dead || handle->disk->hiccups()) return SQLITE_IOERR_READ;
  const auto size = static_cast<std::int64_t>(file.current.size());
  const std::int64_t there = std::clamp<std::int64_t>(size - offset, 0, amount);
  if (there > 0) std::memcpy(out, file.current.data() + offset, static_cast<std::size_t>(there));
  if (there == amount) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + there, 0, static_cast<std::size_t>(amount - there));
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* base, const void* bytes, int amount, sqlite3_int64 offset) {
  Handle* handle = handle_of(base);
  FaultDisk::Impl& disk = *handle->disk;
  const std::lock_guard lock(disk.mutex);
  File& file = *handle->file;
  if (file.dead) return SQLITE_IOERR_WRITE;
  ++disk.counters.writes;
  if (disk.step_fails()) return SQLITE_IOERR_WRITE;
  const std::int64_t growth =
      std::max<std::int64_t>(0, offset + amount - static_cast<std::int64_t>(file.current.size()));
  if (disk.limit >= 0 && growth > 0 && disk.counters.bytes + growth > disk.limit) {
    ++disk.counters.failed;
    return SQLITE_FULL;
  }
  disk.counters.bytes += growth;
  const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
  apply(file.current, offset, view);
  file.unsynced.push_back({offset, std::string(view), false});
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
  Handle* handle = handle_of(base);
  FaultDisk::Impl& disk = *handle->disk;
  const std::lock_guard lock(disk.mutex);
  File& file = *handle->file;
  if (file.dead || disk.step_fails()) return SQLITE_IOERR_TRUNCATE;
  disk.counters.bytes += size - static_cast<std::int64_t>(file.current.size());
  file.current.resize(static_cast<std::size_t>(size), '\0');
  file.unsynced.push_back({size, {}, true});
  return SQLITE_OK;
}

int sync_file(sqlite3_file* base, int) {
  Handle* handle = handle_of(base);
  FaultDisk::Impl& disk = *handle->disk;
  const std::lock_guard lock(disk.mutex);
  File& file = *handle->file;
  if (file.dead) return SQLITE_IOERR_FSYNC;
  ++disk.counters.syncs;
  if (disk.step_fails()) {
    disk.keep_some(file, 50);
    return SQLITE_IOERR_FSYNC;
  }
  if (!disk.lies) disk.keep_some(file, 100);
  return SQLITE_OK;
}

int file_size(sqlite3_file* base, sqlite3_int64* size) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  if (handle->file->dead) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle->file->current.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* base, int level) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  File& file = *handle->file;
  if (file.dead) return SQLITE_IOERR_LOCK;
  const auto other = [&](const Handle* owner) { return owner != nullptr && owner != handle; };
  if (handle->level >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (other(file.pending) || other(file.exclusive)) return SQLITE_BUSY;
    ++file.shared;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (other(file.reserved)) return SQLITE_BUSY;
    file.reserved = handle;
  } else {
    if (other(file.reserved) || other(file.pending)) return SQLITE_BUSY;
    file.pending = handle;
    if (file.shared > 1) {
      handle->level = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
    file.exclusive = handle;
  }
  handle->level = level;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* base, int level) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  unlock_to(*handle, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* base, int* out) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  *out = handle->file->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSectorBytes); }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  File& file = *handle->file;
  *out = nullptr;
  if (file.dead) return SQLITE_IOERR_SHMMAP;
  if (!handle->maps_shm) {
    handle->maps_shm = true;
    ++file.mapped;
  }
  const auto wanted = static_cast<std::size_t>(region) + 1;
  if (file.regions.size() < wanted && extend == 0) return SQLITE_OK;
  while (file.regions.size() < wanted) file.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = file.regions[wanted - 1].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* base, int offset, int count, int flags) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  File& file = *handle->file;
  if (file.dead) return SQLITE_IOERR_SHMLOCK;
  const bool taking = (flags & SQLITE_SHM_LOCK) != 0;
  const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
  for (int i = offset; taking && i < offset + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    const bool mine = (handle->shm_shared_mask >> i & 1u) != 0;
    const bool others_share = file.shm_shared[slot] > (mine ? 1 : 0);
    const bool others_own = file.shm_exclusive[slot] != nullptr && file.shm_exclusive[slot] != handle;
    if (others_own || (!shared && others_share)) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    unsigned& mask = shared ? handle->shm_shared_mask : handle->shm_exclusive_mask;
    const unsigned bit = 1u << i;
    if (taking == ((mask & bit) != 0)) continue;
    mask ^= bit;
    if (shared)
      file.shm_shared[slot] += taking ? 1 : -1;
    else
      file.shm_exclusive[slot] = taking ? handle : nullptr;
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* base) { const std::lock_guard lock(handle_of(base)->disk->mutex); }

int shm_unmap(sqlite3_file* base, int remove) {
  Handle* handle = handle_of(base);
  const std::lock_guard lock(handle->disk->mutex);
  release_shm(*handle, remove != 0);
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,           close_file,  read_file,       write_file,  truncate_file,
                                     sync_file,   file_size,   lock_file,       unlock_file, check_reserved,
                                     control,     sector_size, characteristics, shm_map,     shm_lock,
                                     shm_barrier, shm_unmap,   nullptr,         nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* out, int flags, int* out_flags) {
  FaultDisk::Impl& disk = disk_of(vfs);
  out->pMethods = nullptr;
  const std::lock_guard lock(disk.mutex);
  std::shared_ptr<File> file;
  if (path == nullptr) {
    file = std::make_shared<File>();
  } else if (const auto found = disk.files.find(path); found != disk.files.end()) {
    if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    file = found->second;
  } else {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    file = disk.files.emplace(path, std::make_shared<File>()).first->second;
  }
  const bool removed = path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  new (out) Handle{{&kMethods}, &disk, std::move(file), removed ? path : "", SQLITE_LOCK_NONE, false, 0, 0};
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int) {
  FaultDisk::Impl& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  const auto found = disk.files.find(path);
  if (found == disk.files.end()) return SQLITE_IOERR_DELETE_NOENT;
  disk.counters.bytes -= static_cast<std::int64_t>(found->second->current.size());
  disk.files.erase(found);
  return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* path, int, int* out) {
  FaultDisk::Impl& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  const auto found = disk.files.find(path);
  *out = found != disk.files.end() && !found->second->current.empty() ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  const std::size_t length = std::strlen(path);
  if (length + 1 > static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  FaultDisk::Impl& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk.draw() >> 24);
  return size;
}

int pause(sqlite3_vfs*, int micros) {  // nobody sleeps; who waits for a lock of another thread lets it run
  std::this_thread::yield();
  return micros;
}

int julian_ms(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 212'000'000'000'000;  // the statements of this program do not ask for the time
  return SQLITE_OK;
}
int julian_day(sqlite3_vfs*, double* out) {
  *out = 212'000'000'000'000 / 86'400'000.0;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

FaultDisk::FaultDisk(std::string name, std::uint64_t seed) : impl_(std::make_unique<Impl>()) {
  start_sqlite();
  impl_->name = std::move(name);
  impl_->luck = seed;
  sqlite3_vfs& vfs = impl_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = impl_->name.c_str();
  vfs.pAppData = impl_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = julian_day;
  vfs.xCurrentTimeInt64 = julian_ms;
  vfs.xGetLastError = last_error;
  KONTOR_ASSERT(sqlite3_vfs_find(impl_->name.c_str()) == nullptr);
  KONTOR_ASSERT(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& FaultDisk::name() const { return impl_->name; }

void FaultDisk::crash(std::uint64_t seed) {
  const std::lock_guard lock(impl_->mutex);
  impl_->luck = seed * 0x9E3779B97F4A7C15ull + 1;
  const std::uint64_t way = impl_->draw() % 4;
  const std::uint64_t percent = way == 0 ? 0 : way == 1 ? 100 : impl_->draw() % 101;
  impl_->counters.bytes = 0;
  for (auto& [path, file] : impl_->files) {
    impl_->keep_some(*file, percent);
    auto left = std::make_shared<File>();
    left->durable = left->current = std::move(file->durable);
    impl_->counters.bytes += static_cast<std::int64_t>(left->current.size());
    file->dead = true;
    file = std::move(left);
  }
  impl_->fails_in = impl_->hiccup_in = 0;
  ++impl_->counters.crashes;
}

void FaultDisk::fail_at(std::uint64_t nth) {
  const std::lock_guard lock(impl_->mutex);
  impl_->fails_in = nth;
}

void FaultDisk::fail_once(std::uint64_t nth) {
  const std::lock_guard lock(impl_->mutex);
  impl_->hiccup_in = nth;
}

void FaultDisk::revive() {
  fail_at(0);
  fail_once(0);
}

void FaultDisk::full_after(std::int64_t bytes) {
  const std::lock_guard lock(impl_->mutex);
  impl_->limit = bytes;
}

FaultDisk::Image FaultDisk::image() const {
  const std::lock_guard lock(impl_->mutex);
  Image image;
  for (const auto& [path, file] : impl_->files) image.emplace(path, file->current);
  return image;
}

void FaultDisk::put(const Image& image) {
  const std::lock_guard lock(impl_->mutex);
  KONTOR_ASSERT(impl_->files.empty());
  for (const auto& [path, content] : image) {
    auto file = std::make_shared<File>();
    file->current = file->durable = content;
    impl_->counters.bytes += static_cast<std::int64_t>(content.size());
    impl_->files.emplace(path, std::move(file));
  }
}

void FaultDisk::lie_about_syncs(bool lie) {
  const std::lock_guard lock(impl_->mutex);
  impl_->lies = lie;
}

FaultDisk::Counters FaultDisk::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counters;
}

}  // namespace kontor::db_sqlite
