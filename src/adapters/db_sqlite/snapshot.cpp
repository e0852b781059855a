#include "adapters/db_sqlite/snapshot.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "adapters/db_sqlite/connection.h"
#include "base/assert.h"
#include "runtime/fiber.h"
#include "runtime/monotonic.h"

namespace kontor::db_sqlite {
namespace {

constexpr std::array<std::string_view, 3> kFiles{"shop.db", "catalog.db", "telemetry.db"};
constexpr int kPagesAStep = 2048;
// What is written without being synced delays the syncs of everybody else on that disk.
constexpr std::int64_t kSyncEvery = 8ll << 20;

// A file descriptor of the copy, for syncing it on the way.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool open() const { return fd_ >= 0; }
  bool sync() const { return ::fdatasync(fd_) == 0; }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_write(const std::string& path, int why) {
  const bool full = why == ENOSPC || why == EDQUOT;
  return fail(full ? Errc::kFull : Errc::kUnavailable, full ? "db.full" : "db.open",
              path + " cannot be written: " + std::strerror(why) + ".");
}

}  // namespace

std::span<const std::string_view> store_files() { return kFiles; }

struct Snapshot::Handle {
  std::string path;
  sqlite3* db = nullptr;
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { sqlite3_close(db); }

  Error error() const {
    return sqlite_error(db == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(db),
                        path + ": " + (db == nullptr ? "out of memory" : sqlite3_errmsg(db)));
  }
  Result<void> exec(const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return fail(error());
    return {};
  }
  static Result<std::unique_ptr<Handle>> open(const std::string& path, int flags) {
    start_sqlite();
    auto handle = std::make_unique<Handle>();
    handle->path = path;
    if (sqlite3_open_v2(path.c_str(), &handle->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, nullptr) !=
        SQLITE_OK)
      return fail(handle->error());
    sqlite3_extended_result_codes(handle->db, 1);
    // Whoever closes last would copy the log into the file: a backup leaves the files as it found them.
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return handle;
  }
  // Names of modules and numbers, of a store that may be another version's.
  Result<void> read_migrations(db::AppliedMigrations& into) {
    sqlite3_stmt* rows = nullptr;
    if (sqlite3_prepare_v2(db, "SELECT module, number FROM kontor_migrations", -1, &rows, nullptr) != SQLITE_OK)
      return fail(error());
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows))
      into.emplace(reinterpret_cast<const char*>(sqlite3_column_text(rows, 0)), sqlite3_column_int64(rows, 1));
    sqlite3_finalize(rows);
    if (code != SQLITE_DONE) return fail(error());
    return {};
  }
};

Result<std::unique_ptr<Snapshot>> Snapshot::open(const std::string& folder, const std::function<void()>& at_cut,
                                                 std::int64_t patience_ms) {
  std::unique_ptr<Snapshot> snapshot(new Snapshot());
  for (const auto name : kFiles) {
    const std::string path = folder + "/" + std::string(name);
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0)
      return fail(Errc::kUnavailable, "db.no_store",
                  "There is no store in " + folder + ": " + path + ": " + std::strerror(errno) + ".");
    TRY(auto lock, Handle::open(path, SQLITE_OPEN_READWRITE));
    TRY(auto reader, Handle::open(path, SQLITE_OPEN_READONLY));
    // The first look opens the log and reads the schema: not while everybody waits.
    sqlite3_busy_timeout(reader->db, static_cast<int>(patience_ms));
    TRY_DO(reader->read_migrations(snapshot->migrations_));
    TRY_DO(lock->exec("PRAGMA schema_version"));
    snapshot->locks_.push_back(std::move(lock));
    snapshot->readers_.push_back(std::move(reader));
  }
  TRY_DO(snapshot->lock_all(patience_ms));
  for (auto& reader : snapshot->readers_) TRY_DO(reader->exec("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1"));
  at_cut();
  snapshot->locks_.clear();
  snapshot->held_us_ = runtime::monotonic_micros() - snapshot->held_us_;
  return snapshot;
}

Snapshot::~Snapshot() = default;

// In the order of the files; the program's writers hold one file each, so nobody waits in a circle. The writers go from
// one transaction to the next with hardly a gap, so the lock is asked for often rather than waited for.
Result<void> Snapshot::lock_all(std::int64_t patience_ms) {
  const std::int64_t until = runtime::monotonic_micros() + patience_ms * 1000;
  for (auto& lock : locks_) {
    while (true) {
      const auto begun = lock->exec("BEGIN IMMEDIATE");
      if (lock == locks_.front()) held_us_ = runtime::monotonic_micros();
      if (begun) break;
      if (begun.error().reason != "db.locked" || runtime::monotonic_micros() > until) return begun;
      runtime::sleep_for(1);
    }
  }
  return {};
}

Result<void> Snapshot::copy(std::string_view file, const std::string& path) {
  std::size_t at = 0;
  while (at < kFiles.size() && kFiles[at] != file) ++at;
  KONTOR_ASSERT(at < kFiles.size());
  const Descriptor descriptor(path);
  if (!descriptor.open()) return cannot_write(path, errno);
  TRY(const auto target, Handle::open(path, SQLITE_OPEN_READWRITE));
  TRY_DO(target->exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4096"));
  sqlite3_backup* const backup = sqlite3_backup_init(target->db, "main", readers_[at]->db, "main");
  if (backup == nullptr) return fail(target->error());
  // The reader stands in a transaction, so every step copies from the same snapshot, and none begins anew.
  int code = SQLITE_OK;
  std::int64_t unsynced = 0;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, kPagesAStep);
    unsynced += kPagesAStep * 4096;
    if (unsynced < kSyncEvery) continue;
    unsynced = 0;
    if (!descriptor.sync()) code = SQLITE_IOERR_FSYNC;
  }
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE || finished != SQLITE_OK)
    return fail(sqlite_error(finished != SQLITE_OK ? finished : code, path + ": " + sqlite3_errstr(code)));
  if (!descriptor.sync()) return cannot_write(path, errno);
  return {};
}

}  // namespace kontor::db_sqlite
