#include "adapters/blobs_folder/folder_blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace kontor::blobs_folder {
namespace {

constexpr const char* kIncoming = "/incoming";

tl::unexpected<Error> trouble(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return fail(full ? Errc::kFull : Errc::kUnavailable, full ? "blobs.full" : "blobs.away",
              path + ": " + std::strerror(error) + ".");
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string folder_of(const std::string& root, std::string_view key) {
  return root + "/" + std::string(key.substr(0, 2)) + "/" + std::string(key.substr(2, 2));
}

std::string path_of(const std::string& root, std::string_view key) {
  return folder_of(root, key) + "/" + std::string(key);
}

Result<void> sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return trouble(path, errno);
  return {};
}

// A new folder is an entry of the one above, which has to reach the disk as well.
Result<void> make_folder(const std::string& path, const std::string& above) {
  if (::mkdir(path.c_str(), 0755) == 0) return sync_folder(above);
  if (errno != EEXIST) return trouble(path, errno);
  return {};
}

Result<void> make_root(const std::string& path) {
  std::error_code made;
  std::filesystem::create_directories(path, made);
  if (made) return trouble(path, made.value());
  return {};
}

Result<void> write_synced(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote > 0)
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    else if (errno != EINTR)
      return trouble(path, errno);
  }
  if (::fdatasync(fd) != 0) return trouble(path, errno);
  return {};
}

Result<std::optional<std::string>> read_whole(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>{};
    return trouble(path, errno);
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return trouble(path, errno);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto got = ::read(file.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(path, errno);
    if (got == 0) return trouble(path, EIO);  // files here never shrink
    at += static_cast<std::size_t>(got);
  }
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace

FolderBlobs::FolderBlobs(std::string folder, runtime::Workers* workers)
    : folder_(std::move(folder)), workers_(workers) {}

Result<void> FolderBlobs::off_the_loop(const std::function<void()>& work) const {
  if (workers_ != nullptr) return workers_->run(work);
  work();
  return {};
}

Result<void> FolderBlobs::put(std::string_view key, std::string_view bytes) {
  TRY_DO(check_blob(key, bytes));
  Result<void> done;
  TRY_DO(off_the_loop([&] { done = write(key, bytes); }));
  return done;
}

Result<void> FolderBlobs::write(std::string_view key, std::string_view bytes) {
  const std::string incoming = folder_ + kIncoming;
  TRY_DO(make_root(incoming));
  if (!swept_.exchange(true)) sweep_leftovers();
  TRY_DO(make_folder(folder_ + "/" + std::string(key.substr(0, 2)), folder_));
  const std::string folder = folder_of(folder_, key);
  TRY_DO(make_folder(folder, folder_ + "/" + std::string(key.substr(0, 2))));
  // O_EXCL: another machine on the same folder may have a process of the same number.
  std::string temporary;
  int fd = -1;
  do {
    temporary = incoming + "/" + std::string(key) + "." + std::to_string(::getpid()) + "." +
                std::to_string(written_.fetch_add(1)) + ".part";
    fd = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0) return trouble(temporary, errno);
  const Descriptor file(fd);
  auto written = write_synced(fd, bytes, temporary);
  const std::string place = path_of(folder_, key);
  if (written && ::rename(temporary.c_str(), place.c_str()) != 0) written = trouble(place, errno);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(folder);
}

// An hour is longer than any write takes, and clocks of machines that share the folder differ by less.
void FolderBlobs::sweep_leftovers() {
  std::error_code ignored;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (std::filesystem::directory_iterator at(folder_ + kIncoming, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    std::error_code unknown;
    const auto touched = std::filesystem::last_write_time(at->path(), unknown);
    if (!unknown && now - touched > std::chrono::hours(1)) std::filesystem::remove(at->path(), unknown);
  }
}

Result<std::optional<std::string>> FolderBlobs::get(std::string_view key) {
  TRY_DO(check_blob_key(key));
  Result<std::optional<std::string>> found;
  TRY_DO(off_the_loop([&] { found = read_whole(path_of(folder_, key)); }));
  return found;
}

Result<bool> FolderBlobs::exists(std::string_view key) {
  TRY_DO(check_blob_key(key));
  const std::string path = path_of(folder_, key);
  int error = 0;
  TRY_DO(off_the_loop([&] {
    struct stat about {};
    error = ::lstat(path.c_str(), &about) == 0 ? (S_ISREG(about.st_mode) ? 0 : ENOENT) : errno;
  }));
  if (error != 0 && error != ENOENT && error != ENOTDIR) return trouble(path, error);
  return error == 0;
}

Result<bool> FolderBlobs::remove(std::string_view key) {
  TRY_DO(check_blob_key(key));
  const std::string path = path_of(folder_, key);
  int error = 0;
  TRY_DO(off_the_loop([&] { error = ::unlink(path.c_str()) == 0 ? 0 : errno; }));
  if (error != 0 && error != ENOENT && error != ENOTDIR) return trouble(path, error);
  return error == 0;
}

}  // namespace kontor::blobs_folder
