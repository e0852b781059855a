#include "adapters/db_sqlite/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <thread>

#include "adapters/db_sqlite/fault_files.h"

namespace kontor::db_sqlite {
namespace {

Handle* ours(sqlite3_file* file) { return reinterpret_cast<Handle*>(file); }
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

void release_shm(Handle& handle) {
  if (!handle.maps_shm) return;
  File& file = *handle.file;
  for (int i = 0; i < kShmLocks; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    if ((handle.shm_shared_mask >> i & 1u) != 0) --file.shm_shared[slot];
    if ((handle.shm_exclusive_mask >> i & 1u) != 0) file.shm_exclusive[slot] = nullptr;
  }
  handle.shm_shared_mask = handle.shm_exclusive_mask = 0;
  handle.maps_shm = false;
  if (file.dead) return;  // the memory is another file's by now
  if (--file.shm->mapped == 0) file.shm->forget();
}

int close_file(sqlite3_file* base) {
  Handle* handle = ours(base);
  {
    const std::lock_guard lock(handle->disk->mutex);
    release_shm(*handle);
    unlock_to(*handle, SQLITE_LOCK_NONE);
    if (handle->delete_on_close && !handle->file->dead) {
      handle->disk->counters.bytes -= static_cast<std::int64_t>(handle->file->current.size());
      handle->disk->files.erase(handle->path);
    }
  }
  handle->~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* out, int amount, sqlite3_int64 offset) {
  Handle* handle = ours(base);
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
  Handle* handle = ours(base);
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
  file.keep_bytes(offset, offset + amount);
  apply(file.current, offset, {static_cast<const char*>(bytes), static_cast<std::size_t>(amount)});
  file.unsynced.push_back({offset, amount, false, false, {}});
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
  Handle* handle = ours(base);
  FaultDisk::Impl& disk = *handle->disk;
  const std::lock_guard lock(disk.mutex);
  File& file = *handle->file;
  if (file.dead || disk.step_fails()) return SQLITE_IOERR_TRUNCATE;
  disk.counters.bytes += size - static_cast<std::int64_t>(file.current.size());
  file.keep_bytes(size, std::numeric_limits<std::int64_t>::max());
  file.current.resize(static_cast<std::size_t>(size), '\0');
  file.unsynced.push_back({size, 0, true, false, {}});
  return SQLITE_OK;
}

int sync_file(sqlite3_file* base, int) {
  Handle* handle = ours(base);
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
  Handle* handle = ours(base);
  const std::lock_guard lock(handle->disk->mutex);
  if (handle->file->dead) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle->file->current.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* base, int level) {
  Handle* handle = ours(base);
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
  Handle* handle = ours(base);
  const std::lock_guard lock(handle->disk->mutex);
  unlock_to(*handle, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* base, int* out) {
  Handle* handle = ours(base);
  const std::lock_guard lock(handle->disk->mutex);
  *out = handle->file->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSectorBytes); }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
  Handle* handle = ours(base);
  const std::lock_guard lock(handle->disk->mutex);
  File& file = *handle->file;
  *out = nullptr;
  if (file.dead) return SQLITE_IOERR_SHMMAP;
  if (!handle->maps_shm) {
    handle->maps_shm = true;
    ++file.shm->mapped;
  }
  auto& regions = file.shm->regions;
  file.shm->region_bytes = static_cast<std::size_t>(size);
  const auto wanted = static_cast<std::size_t>(region) + 1;
  if (regions.size() < wanted && extend == 0) return SQLITE_OK;
  while (regions.size() < wanted) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = regions[wanted - 1].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* base, int offset, int count, int flags) {
  Handle* handle = ours(base);
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

void shm_barrier(sqlite3_file* base) { const std::lock_guard lock(ours(base)->disk->mutex); }

int shm_unmap(sqlite3_file* base, int) {
  Handle* handle = ours(base);
  const std::lock_guard lock(handle->disk->mutex);
  release_shm(*handle);
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
    file = std::make_shared<File>(std::make_shared<Shared>());
  } else if (const auto found = disk.files.find(path); found != disk.files.end()) {
    if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    file = found->second;
  } else {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    file = disk.files.emplace(path, disk.make_file(path)).first->second;
  }
  const bool removed = path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  const char* name = path == nullptr ? "" : path;
  new (out) Handle{{&kMethods}, &disk, std::move(file), name, removed, SQLITE_LOCK_NONE, false, 0, 0};
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

Handle* handle_of(sqlite3_file* file) { return file != nullptr && file->pMethods == &kMethods ? ours(file) : nullptr; }

void set_calls(sqlite3_vfs& vfs) {
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = julian_day;
  vfs.xCurrentTimeInt64 = julian_ms;
  vfs.xGetLastError = last_error;
}

}  // namespace kontor::db_sqlite
