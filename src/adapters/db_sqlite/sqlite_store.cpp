#include "adapters/db_sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "adapters/db_sqlite/log_rewriting.h"
#include "adapters/db_sqlite/migrations.h"
#include "adapters/db_sqlite/steady_vfs.h"

namespace kontor::db_sqlite {
namespace {

using db::Home;

constexpr std::chrono::milliseconds kCheckpointEvery(400);
// A pass that took no longer has left little to copy: the writer may do it between two batches.
constexpr std::chrono::milliseconds kShortPass(10);
constexpr int kMostPasses = 8;
constexpr std::int64_t kPageBytes = 4096;

Result<void> make_folder(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!failed) return {};
  const bool full = failed == std::errc::no_space_on_device;
  return fail(full ? Errc::kFull : Errc::kUnavailable, full ? "db.full" : "db.open",
              "The data folder " + folder + " cannot be made: " + failed.message() + ".");
}

void alarm_to_stderr(std::string_view line) {
  std::fprintf(stderr, "store: %.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Options options) {
  if (!options.alarm) options.alarm = alarm_to_stderr;
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(options)));
  if (store->options_.vfs.empty()) {
    TRY_DO(make_folder(store->options_.folder));
    TRY_DO(store->lock_folder());
  }
  TRY_DO(store->open_file("shop", Home::kCustomer | Home::kStock | Home::kGlobal));
  TRY_DO(store->open_file("catalog", Home::kCatalog));
  TRY_DO(store->open_file("telemetry", Home::kTelemetry));
  if (!store->options_.inline_writer) store->start_checkpointer();
  return store;
}

SqliteStore::~SqliteStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (checkpointer_.joinable()) checkpointer_.join();
  for (auto& file : files_) {
    file->checkpointer.reset();
    file->readers.reset();
    file->writer.reset();  // the last to close copies the log and removes it
  }
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<void> SqliteStore::lock_folder() {
  const std::string path = options_.folder + "/kontor.lock";
  lock_fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_fd_ < 0) {
    const int why = errno;
    const std::string detail = path + " cannot be made: " + std::strerror(why) + ".";
    if (why == ENOSPC || why == EDQUOT) return fail(Errc::kFull, "db.full", detail);
    const bool read_only = why == EROFS || why == EACCES || why == EPERM;
    return fail(Errc::kUnavailable, read_only ? "db.read_only" : "db.open", detail);
  }
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return {};
  return fail(Errc::kUnavailable, "db.locked", "The data folder " + options_.folder + " is in use by another process.");
}

Result<void> SqliteStore::open_file(std::string_view name, db::Homes homes) {
  Connection::Settings connection;
  connection.path = options_.folder + "/" + std::string(name) + ".db";
  connection.vfs = options_.vfs;
  if (connection.vfs.empty() && options_.sync) connection.vfs = steady_vfs();
  connection.sync = options_.sync;
  connection.spares = options_.spares;
  connection.cache_kb = options_.cache_mb * 1024;
  Connection::Settings reader = connection;
  reader.cache_kb = options_.reader_cache_mb * 1024;

  if (options_.sync) TRY_DO(rewrite_log(connection.path, options_.vfs));
  TRY(auto writing, Connection::open(connection));
  auto file = std::make_unique<File>();
  file->name = name;
  file->homes = homes;
  if (!options_.inline_writer) {
    TRY(file->checkpointer, Connection::open(reader));
  }
  Writer::Settings settings;
  settings.connection = connection;
  settings.threaded = settings.helped = !options_.inline_writer;
  settings.checkpoint_frames = options_.checkpoint_bytes / kPageBytes;
  settings.alarm = options_.alarm;
  if (options_.metrics != nullptr)
    file->metrics = std::make_unique<runtime::StoreMetrics>(*options_.metrics, name, engine());
  settings.metrics = file->metrics.get();
  file->readers = std::make_unique<Readers>(reader, file->metrics.get());
  file->writer = std::make_unique<Writer>(std::move(writing), std::move(settings));
  files_.push_back(std::move(file));
  return {};
}

const SqliteStore::File* SqliteStore::find(db::Homes homes) const {
  const unsigned wanted = homes.bits & ~static_cast<unsigned>(Home::kEvery);
  for (const auto& file : files_) {
    if ((wanted & ~file->homes.bits) == 0) return file.get();  // kEvery alone is answered by the first
  }
  return nullptr;
}

Result<SqliteStore::File*> SqliteStore::file_of(db::Homes homes) {
  if (const File* file = find(homes)) return const_cast<File*>(file);
  return fail(Errc::kInternal, "db.homes_apart", "One function may not name tables of homes that are kept apart.");
}

Result<void> SqliteStore::write(db::Homes homes, const db::Function& function) {
  TRY(File* const file, file_of(homes));
  return file->writer->write(homes, function);
}

Result<void> SqliteStore::read(db::Homes homes, const db::Function& function) {
  TRY(File* const file, file_of(homes));
  return file->readers->read(homes, function, Readers::Snapshot::kTransaction);
}

Result<void> SqliteStore::look(db::Homes homes, const db::Function& function) {
  TRY(File* const file, file_of(homes));
  return file->readers->read(homes, function, Readers::Snapshot::kStatement);
}

bool SqliteStore::together(db::Homes homes) const { return find(homes) != nullptr; }

std::vector<db::Store::Place> SqliteStore::places() const {
  return {{"shop", Home::kCustomer}, {"catalog", Home::kCatalog}, {"telemetry", Home::kTelemetry}};
}

Result<int> SqliteStore::migrate(std::span<const db::Migration> migrations) {
  std::vector<bool> applied(migrations.size(), false);
  for (auto& file : files_) {
    TRY_DO(file->writer->alone(
        [&](Connection& connection) { return migrate_file(connection, file->homes, migrations, applied); }));
  }
  int count = 0;
  for (const bool one : applied) count += one ? 1 : 0;
  return count;
}

Result<void> SqliteStore::check() {
  static constexpr db::Query kCheck{"db.check", Home::kEvery, "PRAGMA quick_check(1)"};
  for (auto& file : files_) {
    TRY_DO(file->readers->read(Home::kEvery, [&](db::Tx& tx) -> Result<void> {
      TRY(const db::Rows rows, tx.ask(kCheck));
      if (!rows.empty() && rows.front().text(0) == "ok") return {};
      return fail(Errc::kUnavailable, "db.damaged", file->name + ".db: " + (rows.empty() ? "" : rows.front().str(0)));
    }));
  }
  return {};
}

std::vector<Writer::Stats> SqliteStore::stats() const {
  std::vector<Writer::Stats> all;
  for (const auto& file : files_) all.push_back(file->writer->stats());
  return all;
}

void SqliteStore::start_checkpointer() {
  checkpointer_ = std::thread([this] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    checkpoint_loop();
  });
}

// Copies what the writers committed while they go on. That alone never shortens the log, since it always has frames
// that came during the copying. So when a log is long, one pass follows the other, each with less to copy, and what the
// last one leaves the writer copies itself: it stands still for milliseconds, where it would for a tenth of a second if
// it did all of it.
void SqliteStore::checkpoint_loop() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kCheckpointEvery, [&] { return stopping_; }))
    for (auto& file : files_) copy_log(*file);
}

void SqliteStore::copy_log(File& file) {
  if (file.writer->log_to_be_finished()) return;  // two at once get in each other's way
  for (int pass = 1; pass <= kMostPasses; ++pass) {
    const std::uint64_t commits = file.writer->commits();
    if (commits == file.seen_commits) return;
    const auto began = std::chrono::steady_clock::now();
    const auto copied = file.checkpointer->checkpoint();
    if (!copied) return;                       // the writer reports what fails
    if (*copied) file.seen_commits = commits;  // otherwise again next time
    if (file.writer->log_frames() < options_.checkpoint_bytes / kPageBytes) return;
    if (std::chrono::steady_clock::now() - began > kShortPass && pass < kMostPasses) continue;
    return file.writer->finish_log();
  }
}

}  // namespace kontor::db_sqlite
