#include "app/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>

#include "adapters/db_sqlite/snapshot.h"
#include "adapters/host/system_clock.h"
#include "app/archive.h"
#include "app/commands.h"
#include "app/index_world.h"
#include "app/migrations.h"
#include "base/text.h"
#include "runtime/monotonic.h"

namespace kontor::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCharges = "gateway-charges.ndjson";
constexpr std::string_view kPart = ".part";
// Copied whole beside the store's files. Pictures are named by their content and never change; a job waits for its
// spooled file.
constexpr const char* kFolders[] = {"media", "spool"};

tl::unexpected<Error> folder_error(const std::string& folder, std::string_view what, int why) {
  const bool full = why == ENOSPC || why == EDQUOT;
  return fail(full ? Errc::kFull : Errc::kUnavailable, full ? "archive.full" : "archive.file",
              "The folder " + folder + " cannot be " + std::string(what) + ": " + std::strerror(why) + ".");
}

// "kontor-20261121T081500Z": sorts by time.
std::string archive_name(Time now) {
  std::string name = "kontor-";
  for (const char c : to_rfc3339(Time{now.ms / 1000 * 1000}))
    if (c != '-' && c != ':') name += c;
  return name;
}

bool is_archive_name(std::string_view name) {
  return name.size() >= 23 && name.starts_with("kontor-") && name[15] == 'T' && name[22] == 'Z';
}

// What a backup of the folder needs at most; the write-ahead log may hold pages that are not in the files yet.
std::int64_t size_of_store(const std::string& data) {
  std::int64_t bytes = 0;
  for (const auto file : db_sqlite::store_files()) {
    for (const char* end : {"", "-wal"}) {
      std::error_code none;
      const auto size = fs::file_size(data + "/" + std::string(file) + end, none);
      if (!none) bytes += static_cast<std::int64_t>(size);
    }
  }
  return bytes;
}

// One backup at a time into a folder; the lock goes with the object, or with the process.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : fd_(::open((folder + "/.kontor-backup.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool open() const { return fd_ >= 0; }
  bool take() const { return ::flock(fd_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int fd_;
};

// The length of the file's whole lines: a line that is being written has not been answered.
std::int64_t whole_lines(const std::string& path, std::int64_t size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char last = '\n';
  while (size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n') --size;
  ::close(fd);
  return size;
}

bool is_left_out(const std::string& name) {
  if (name.starts_with('.') || name == "kontor.lock" || name == kCharges) return true;
  if (name.ends_with(kPart) || name.ends_with(".tmp") || name.starts_with(kIndexFile)) return true;
  for (const auto file : db_sqlite::store_files())
    if (name.starts_with(file)) return true;  // also -wal and -shm
  return false;
}

// The regular files of data/folder and, where `deep`, of what is below it, as names below `data`. A folder that goes
// while we look holds nothing that anybody wants.
Result<void> list_files(const std::string& data, const std::string& folder, bool deep,
                        std::vector<std::string>& names) {
  const std::string path = folder.empty() ? data : data + "/" + folder;
  std::error_code failed;
  for (auto at = fs::directory_iterator(path, failed); !failed && at != fs::end(at); at.increment(failed)) {
    const std::string name = at->path().filename();
    const std::string below = folder.empty() ? name : folder + "/" + name;
    std::error_code gone;
    const auto status = at->symlink_status(gone);
    if (deep && fs::is_directory(status)) TRY_DO(list_files(data, below, true, names));
    if (fs::is_regular_file(status) && !is_left_out(name)) names.push_back(below);
  }
  if (failed && failed != std::errc::no_such_file_or_directory) return folder_error(path, "read", failed.value());
  return {};
}

// Files that go while we copy are no longer wanted by anybody either.
Result<void> copy_folder(const std::string& data, const std::string& folder, const std::string& archive,
                         std::vector<ArchivedFile>& files) {
  std::vector<std::string> names;
  TRY_DO(list_files(data, folder, !folder.empty(), names));
  std::error_code failed;
  for (const auto& one : names) {
    if (!fit_for_archive(one))
      return fail(Errc::kUnavailable, "archive.file",
                  "A file below " + data + "/" + folder + " has a name that no archive can hold.");
    auto copied = copy_file(data + "/" + one, archive, one);
    if (!copied && !fs::exists(data + "/" + one, failed)) continue;
    TRY(auto file, std::move(copied));
    files.push_back(std::move(file));
  }
  return {};
}

Result<BackedUp> fill_archive(const std::string& data, const std::string& archive, Clock& clock) {
  std::int64_t charges = -1;
  Manifest manifest;
  const auto at_cut = [&] {
    struct stat about {};
    if (::stat((data + "/" + kCharges).c_str(), &about) == 0) charges = about.st_size;
    manifest.made_at = clock.now();
  };
  TRY(const auto snapshot, db_sqlite::Snapshot::open(data, at_cut));
  static_cast<void>(::nice(10) < 0);  // nobody waits for us from here on, and buyers come first
  std::vector<ArchivedFile> files;
  for (const auto name : db_sqlite::store_files()) {
    TRY_DO(snapshot->copy(name, archive + "/" + std::string(name)));
    TRY(auto file, digest(archive, std::string(name)));
    files.push_back(std::move(file));
  }
  // A charge is in its file before the store hears of it, and its checkout in the store before the gateway is asked: as
  // long as the file was at the cut, both agree.
  if (charges >= 0) {
    const std::string path = data + "/" + kCharges;
    TRY(auto file, copy_file(path, archive, kCharges, whole_lines(path, charges)));
    files.push_back(std::move(file));
  }
  // After the store: what its rows name was there before them.
  TRY_DO(copy_folder(data, "", archive, files));
  for (const char* folder : kFolders) TRY_DO(copy_folder(data, folder, archive, files));
  manifest.kontor = program_version();
  for (const auto& [module, number] : snapshot->migrations()) manifest.migrations.push_back({module, number});
  TRY_DO(seal_archive(archive, files, manifest));
  BackedUp done;
  done.held_us = snapshot->held_us();
  done.files = static_cast<std::int64_t>(files.size());
  for (const auto& file : files) done.bytes += file.bytes;
  return done;
}

Result<void> check_room(const std::string& data, const std::string& to) {
  std::error_code unknown;
  const auto space = fs::space(to, unknown);
  const auto wanted = size_of_store(data);
  if (unknown || static_cast<std::int64_t>(space.available) >= wanted) return {};
  return fail(Errc::kFull, "archive.full",
              "The store has " + std::to_string(wanted >> 10) + " KiB, and " + to + " has room for " +
                  std::to_string(space.available >> 10) + " KiB.");
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// The oldest go first; only whole archives count, and only what backups made is touched.
int remove_old(const std::string& to, int keep) {
  std::vector<std::string> whole;
  for (const auto& name : names_in(to))
    if (is_archive_name(name) && !name.ends_with(kPart) && fs::exists(to + "/" + name + "/manifest.json"))
      whole.push_back(name);
  int removed = 0;
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < whole.size(); ++i) {
    std::error_code failed;
    // First it stops being an archive: a removal that is interrupted leaves nothing that looks whole.
    fs::remove(to + "/" + whole[i] + "/manifest.json", failed);
    if (!failed) fs::remove_all(to + "/" + whole[i], failed);
    removed += failed ? 0 : 1;
  }
  return removed;
}

Result<void> be_empty(const std::string& data) {
  std::error_code failed;
  fs::create_directories(data, failed);
  if (failed) return folder_error(data, "made", failed.value());
  for (const auto& name : names_in(data))
    if (name != "lost+found")
      return fail(Errc::kConflict, "restore.not_empty",
                  "The data folder " + data + " is not empty (it has " + name + "); a restore needs an empty one.");
  return {};
}

int report(const Error& error) {
  std::fprintf(stderr, "kontor: %s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str());
  return error.code == Errc::kInvalid || error.code == Errc::kConflict ? kBadInput : kNotReachable;
}

}  // namespace

Result<BackedUp> back_up(const std::string& data, const std::string& to, std::optional<int> keep, Clock& clock) {
  std::error_code failed;
  fs::create_directories(to, failed);
  if (failed) return folder_error(to, "made", failed.value());
  const FolderLock lock(to);
  if (!lock.open()) return folder_error(to, "written", errno);
  if (!lock.take()) return fail(Errc::kConflict, "archive.busy", "Another backup is being made in " + to + ".");
  for (const auto& name : names_in(to))  // of backups that were killed
    if (is_archive_name(name) && name.ends_with(kPart)) fs::remove_all(to + "/" + name, failed);
  TRY_DO(check_room(data, to));
  std::string archive = to + "/" + archive_name(clock.now());
  for (int twin = 2; fs::exists(archive, failed); ++twin)
    archive = to + "/" + archive_name(clock.now()) + "-" + std::to_string(twin);
  const std::string part = archive + std::string(kPart);
  if (::mkdir(part.c_str(), 0700) != 0) return folder_error(part, "made", errno);
  auto done = fill_archive(data, part, clock);
  if (done && ::rename(part.c_str(), archive.c_str()) != 0) done = folder_error(archive, "made", errno);
  if (!done) {
    fs::remove_all(part, failed);
    return done;
  }
  TRY_DO(sync_folder(to));
  done->archive = archive;
  if (keep) done->removed = remove_old(to, *keep);
  return done;
}

Result<std::int64_t> restore(const std::string& from, const std::string& data) {
  TRY(const auto archive, open_archive(from));
  db::AppliedMigrations applied;
  for (const auto& one : archive.manifest.migrations) applied.emplace(one.module, one.number);
  if (const auto known = db::check_migration_order(applied, all_migrations()); !known)
    return fail(Errc::kInvalid, "archive.newer",
                "The archive " + from + " was made by Kontor " + archive.manifest.kontor +
                    " and is newer than this program: " + known.error().detail);
  TRY_DO(be_empty(data));
  const std::string unfinished = data + "/" + kUnfinishedRestore;
  if (::mkdir(unfinished.c_str(), 0700) != 0) return folder_error(unfinished, "made", errno);
  for (const auto& file : archive.files) {
    TRY(const auto copied, copy_file(from + "/" + file.name, unfinished, file.name));
    if (copied.sha256 != file.sha256)
      return fail(Errc::kInvalid, "archive.damaged",
                  "The archive " + from + " changed while it was read: " + file.name + ".");
  }
  std::set<std::string> tops;
  for (const auto& file : archive.files) tops.insert(file.name.substr(0, file.name.find('/')));
  for (const auto& top : tops)
    if (::rename((unfinished + "/" + top).c_str(), (data + "/" + top).c_str()) != 0)
      return folder_error(data, "filled", errno);
  TRY_DO(sync_folder(data));
  if (::rmdir(unfinished.c_str()) != 0) return folder_error(unfinished, "removed", errno);
  TRY_DO(sync_folder(data));
  return archive.manifest.made_at.ms;
}

int backup_command(const runtime::Config& config, const BackupWords& words) {
  if (!config.text("store").empty()) {
    std::fprintf(stderr,
                 "kontor: this shop's store is PostgreSQL, whose own tools copy it while it runs: "
                 "pg_dump --format=custom --file=shop.dump --dbname=URL; see docs/operate.md\n");
    return kBadUse;
  }
  std::optional<int> keep;
  if (!words.keep.empty()) {
    int number = 0;
    const char* end = words.keep.data() + words.keep.size();
    if (std::from_chars(words.keep.data(), end, number).ptr != end || number < 1 || number > 100'000) {
      std::fprintf(stderr, "kontor: --keep is '%s'; it takes a whole number from 1 to 100000\n", words.keep.c_str());
      return kBadUse;
    }
    keep = number;
  }
  if (words.to.empty()) {
    std::fprintf(stderr, "kontor: backup needs --to DIR, the folder that archives are put into\n");
    return kBadUse;
  }
  host::SystemClock clock;
  const std::int64_t began = runtime::monotonic_micros();
  const auto done = back_up(config.text("data"), words.to, keep, clock);
  if (!done) return report(done.error());
  std::printf("Backed up %s to %s: %" PRId64 " files, %.1f MiB in %.1f s; the shop's writes were held up for %.1f ms\n",
              config.text("data").c_str(), done->archive.c_str(), done->files,
              static_cast<double>(done->bytes) / (1 << 20),
              static_cast<double>(runtime::monotonic_micros() - began) / 1e6, static_cast<double>(done->held_us) / 1e3);
  if (done->removed > 0) std::printf("Removed %d older archives\n", done->removed);
  return 0;
}

int restore_command(const runtime::Config& config, const BackupWords& words) {
  if (!config.text("store").empty()) {
    std::fprintf(stderr, "kontor: this shop's store is PostgreSQL: pg_restore fills it; see docs/operate.md\n");
    return kBadUse;
  }
  if (words.from.empty()) {
    std::fprintf(stderr, "kontor: restore needs --from ARCHIVE, a folder that kontor backup made\n");
    return kBadUse;
  }
  const auto done = restore(words.from, config.text("data"));
  if (!done) return report(done.error());
  std::printf("Restored %s as it was at %s; 'kontor check' reads all of it\n", config.text("data").c_str(),
              to_rfc3339(Time{*done}).c_str());
  return 0;
}

}  // namespace kontor::app
