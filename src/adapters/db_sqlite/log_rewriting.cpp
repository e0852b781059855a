#include "adapters/db_sqlite/log_rewriting.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "adapters/db_sqlite/connection.h"
#include "base/assert.h"

namespace kontor::db_sqlite {
namespace {

constexpr sqlite3_int64 kAtOnce = sqlite3_int64{1} << 16;  // the system's layer takes less than 128 KiB a call

struct FreeName {
  void operator()(char* name) const { sqlite3_free_filename(name); }
};

// A file of a layer; closed when this goes.
class OpenFile {
 public:
  explicit OpenFile(sqlite3_vfs& vfs) : vfs_(vfs), memory_(static_cast<std::size_t>(vfs.szOsFile)) {}
  ~OpenFile() {
    if (get()->pMethods != nullptr) get()->pMethods->xClose(get());
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int open(const char* name) {
    int got = 0;
    const int code = vfs_.xOpen(&vfs_, name, get(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &got);
    return code == SQLITE_OK && (got & SQLITE_OPEN_READONLY) != 0 ? SQLITE_READONLY : code;
  }
  sqlite3_file* get() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  const sqlite3_io_methods& methods() { return *get()->pMethods; }

 private:
  sqlite3_vfs& vfs_;
  std::vector<char> memory_;  // zeroed, and aligned for any type: from operator new
};

int write_over_itself(OpenFile& file) {
  sqlite3_int64 size = 0;
  if (const int code = file.methods().xFileSize(file.get(), &size); code != SQLITE_OK) return code;
  if (size == 0) return SQLITE_OK;
  std::vector<char> bytes(static_cast<std::size_t>(std::min(size, kAtOnce)));
  for (sqlite3_int64 at = 0; at < size; at += kAtOnce) {
    const int amount = static_cast<int>(std::min(kAtOnce, size - at));
    if (const int code = file.methods().xRead(file.get(), bytes.data(), amount, at); code != SQLITE_OK) return code;
    if (const int code = file.methods().xWrite(file.get(), bytes.data(), amount, at); code != SQLITE_OK) return code;
  }
  return file.methods().xSync(file.get(), SQLITE_SYNC_NORMAL);
}

}  // namespace

Result<void> rewrite_log(const std::string& path, const std::string& vfs) {
  start_sqlite();
  sqlite3_vfs* const layer = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  KONTOR_ASSERT(layer != nullptr);
  // A layer may look behind a name for the parameters that SQLite keeps there.
  const std::string log = path + "-wal";
  const std::unique_ptr<char, FreeName> name(
      const_cast<char*>(sqlite3_create_filename(path.c_str(), (path + "-journal").c_str(), log.c_str(), 0, nullptr)));
  if (name == nullptr) return fail(sqlite_error(SQLITE_NOMEM, "The name of " + log + " cannot be made."));
  const char* const log_name = sqlite3_filename_wal(name.get());

  int there = 0;
  int code = layer->xAccess(layer, log_name, SQLITE_ACCESS_EXISTS, &there);
  if (code == SQLITE_OK && there == 0) return {};
  OpenFile file(*layer);
  if (code == SQLITE_OK) code = file.open(log_name);
  if (code == SQLITE_OK) code = write_over_itself(file);
  if (code == SQLITE_OK) return {};
  return fail(sqlite_error(code, log + " cannot be made durable before it is read: " + sqlite3_errstr(code) + "."));
}

}  // namespace kontor::db_sqlite
