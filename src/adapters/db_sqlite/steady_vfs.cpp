#include "adapters/db_sqlite/steady_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include "adapters/db_sqlite/connection.h"
#include "base/assert.h"

// Of its own, since fault_vfs.cpp has calls of the same names.
namespace kontor::db_sqlite::steady {
namespace {

constexpr const char* kName = "kontor-steady";
constexpr std::size_t kMostHeld = std::size_t{1} << 20;     // of a log; more is handed on
constexpr std::size_t kMostAtOnce = std::size_t{1} << 16;   // the system's layer takes less than 128 KiB a call
constexpr std::int64_t kSyncEvery = std::int64_t{1} << 20;  // written to a database file

enum class Kind { kLog, kDatabase, kOther };

// The file of the layer below lies behind it in the same memory, which SQLite gives and frees.
struct Handle {
  sqlite3_file base;
  Kind kind = Kind::kOther;
  std::string held;           // written and not handed on
  sqlite3_int64 held_at = 0;  // where it begins
  std::int64_t unsynced = 0;
};

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&handle_of(file) + 1); }
sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int hand_on(sqlite3_file* file) {
  Handle& handle = handle_of(file);
  int code = SQLITE_OK;
  for (std::size_t at = 0; at < handle.held.size() && code == SQLITE_OK; at += kMostAtOnce) {
    const std::size_t amount = std::min(kMostAtOnce, handle.held.size() - at);
    code = below(file)->pMethods->xWrite(below(file), handle.held.data() + at, static_cast<int>(amount),
                                         handle.held_at + static_cast<sqlite3_int64>(at));
  }
  // After a failure SQLite gives the transaction up: what was not written must not appear later.
  handle.held.clear();
  return code;
}

int close_file(sqlite3_file* file) {
  const int handed = hand_on(file);
  const int closed = below(file)->pMethods->xClose(below(file));
  handle_of(file).~Handle();
  return handed != SQLITE_OK ? handed : closed;
}

int read_file(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  const Handle& handle = handle_of(file);
  const bool held = !handle.held.empty() && offset + amount > handle.held_at &&
                    offset < handle.held_at + static_cast<sqlite3_int64>(handle.held.size());
  if (held) {
    if (const int code = hand_on(file); code != SQLITE_OK) return code;
  }
  return below(file)->pMethods->xRead(below(file), out, amount, offset);
}

int hold(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  Handle& handle = handle_of(file);
  const bool follows = offset == handle.held_at + static_cast<sqlite3_int64>(handle.held.size());
  if (!follows || handle.held.size() >= kMostHeld) {
    if (const int code = hand_on(file); code != SQLITE_OK) return code;
  }
  if (handle.held.empty()) handle.held_at = offset;
  try {
    handle.held.append(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int flags) {
  if (const int code = hand_on(file); code != SQLITE_OK) return code;
  handle_of(file).unsynced = 0;
  return below(file)->pMethods->xSync(below(file), flags);
}

int write_file(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  Handle& handle = handle_of(file);
  if (handle.kind == Kind::kLog) return hold(file, bytes, amount, offset);
  const int code = below(file)->pMethods->xWrite(below(file), bytes, amount, offset);
  if (code != SQLITE_OK || handle.kind != Kind::kDatabase) return code;
  handle.unsynced += amount;
  return handle.unsynced < kSyncEvery ? SQLITE_OK : sync_file(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = hand_on(file); code != SQLITE_OK) return code;
  return below(file)->pMethods->xTruncate(below(file), size);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = hand_on(file); code != SQLITE_OK) return code;
  return below(file)->pMethods->xFileSize(below(file), size);
}

int lock_file(sqlite3_file* file, int level) { return below(file)->pMethods->xLock(below(file), level); }
int unlock_file(sqlite3_file* file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }
int check_reserved(sqlite3_file* file, int* out) { return below(file)->pMethods->xCheckReservedLock(below(file), out); }
int control(sqlite3_file* file, int what, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int characteristics(sqlite3_file* file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return below(file)->pMethods->xShmUnmap(below(file), remove); }

const sqlite3_io_methods kMethods = {2,           close_file,  read_file,       write_file,  truncate_file,
                                     sync_file,   file_size,   lock_file,       unlock_file, check_reserved,
                                     control,     sector_size, characteristics, shm_map,     shm_lock,
                                     shm_barrier, shm_unmap,   nullptr,         nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* out, int flags, int* out_flags) {
  auto* handle = new (out) Handle;
  if ((flags & SQLITE_OPEN_WAL) != 0) handle->kind = Kind::kLog;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) handle->kind = Kind::kDatabase;
  std::memset(static_cast<void*>(below(out)), 0, static_cast<std::size_t>(below(vfs)->szOsFile));
  const int code = below(vfs)->xOpen(below(vfs), path, below(out), flags, out_flags);
  if (code == SQLITE_OK) {
    out->pMethods = &kMethods;
    return code;
  }
  // A file without methods is not closed by SQLite.
  if (below(out)->pMethods != nullptr) below(out)->pMethods->xClose(below(out));
  handle->~Handle();
  out->pMethods = nullptr;
  return code;
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
  KONTOR_ASSERT(system != nullptr);
  sqlite3_vfs vfs = *system;  // what is not about open files is the system's own, and looks only at its own data
  vfs.szOsFile = static_cast<int>(sizeof(Handle)) + system->szOsFile;
  vfs.pAppData = system;
  vfs.zName = kName;
  vfs.pNext = nullptr;
  vfs.xOpen = open_file;
  return vfs;
}

}  // namespace
}  // namespace kontor::db_sqlite::steady

namespace kontor::db_sqlite {

const char* steady_vfs() {
  start_sqlite();
  static sqlite3_vfs layer = steady::make_vfs();
  static const int registered = sqlite3_vfs_register(&layer, 0);
  KONTOR_ASSERT(registered == SQLITE_OK);
  return steady::kName;
}

}  // namespace kontor::db_sqlite
