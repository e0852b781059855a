#include <utility>

#include "adapters/db_sqlite/connection.h"
#include "adapters/db_sqlite/fault_files.h"
#include "base/assert.h"

namespace kontor::db_sqlite {
namespace {

// The file of a connection and its log; null where it has none open.
std::pair<Handle*, Handle*> files_of(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  Handle* const written = handle_of(log);
  return {handle_of(file), written != nullptr && written->path.ends_with("-wal") ? written : nullptr};
}

}  // namespace

FaultDisk::FaultDisk(std::string name, std::uint64_t seed) : impl_(std::make_unique<Impl>()) {
  start_sqlite();
  impl_->name = std::move(name);
  impl_->luck = seed;
  sqlite3_vfs& vfs = impl_->vfs;
  set_calls(vfs);
  vfs.zName = impl_->name.c_str();
  vfs.pAppData = impl_.get();
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
    auto left = std::make_shared<File>(file->shm);
    left->current = file->parted ? file->durable : std::move(file->current);
    left->durable = std::move(file->durable);
    impl_->counters.bytes += static_cast<std::int64_t>(left->current.size());
    impl_->lose(*file);
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
    auto file = impl_->make_file(path);
    file->current = file->durable = content;
    impl_->counters.bytes += static_cast<std::int64_t>(content.size());
    impl_->files.emplace(path, std::move(file));
  }
}

void FaultDisk::begin_anew(const Image& image, std::uint64_t seed) {
  {
    const std::lock_guard lock(impl_->mutex);
    for (auto& [path, file] : impl_->files) impl_->lose(*file);
    static_cast<State&>(*impl_) = State{};
    impl_->luck = seed;
  }
  put(image);
}

std::shared_ptr<FaultDisk::State> FaultDisk::set_aside() {
  const std::lock_guard lock(impl_->mutex);
  for (const auto& [path, memory] : impl_->shared) KONTOR_ASSERT(memory->mapped == 0);
  return std::make_shared<State>(std::exchange(static_cast<State&>(*impl_), State{}));
}

void FaultDisk::bring_back(std::shared_ptr<State> state) {
  const std::lock_guard lock(impl_->mutex);
  for (auto& [path, file] : impl_->files) impl_->lose(*file);
  static_cast<State&>(*impl_) = std::move(*state);
}

bool FaultDisk::lost(sqlite3* connection) const {
  const auto [file, log] = files_of(connection);
  return file != nullptr && log != nullptr && file->file->dead && log->file->dead;
}

bool FaultDisk::hand_over(sqlite3* connection) {
  const auto [file, log] = files_of(connection);
  if (file == nullptr || log == nullptr || file->level > SQLITE_LOCK_SHARED || log->level != SQLITE_LOCK_NONE ||
      (file->shm_shared_mask | file->shm_exclusive_mask) != 0)
    return false;
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->files.find(file->path);
  if (found == impl_->files.end()) return false;
  file->file = found->second;
  if (file->level == SQLITE_LOCK_SHARED) ++file->file->shared;
  if (file->maps_shm) ++file->file->shm->mapped;
  auto& there = impl_->files[log->path];
  if (!there) there = impl_->make_file(log->path);
  log->file = there;
  return true;
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
