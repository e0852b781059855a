#include "runtime/folder_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace kontor::runtime {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(-1); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_read_below(const std::string& name, int code) {
  if (code == ENOENT || code == ENOTDIR)
    return fail(Errc::kNotFound, "runtime.no_such_file", "There is no file '" + name + "' in the folder.");
  if (code == ELOOP)
    return fail(Errc::kInvalid, "runtime.bad_file_name", "'" + name + "' leads over a link, which is not followed.");
  return fail(Errc::kUnavailable, "runtime.cannot_read", name + ": " + std::strerror(code));
}

Result<std::string> read_all(int fd, const std::string& name, std::size_t most_bytes) {
  std::string bytes;
  for (;;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + 256 * 1024);
    const auto got = ::read(fd, bytes.data() + before, bytes.size() - before);
    bytes.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno != EINTR) return cannot_read_below(name, errno);
    if (got == 0) return bytes;
    if (bytes.size() > most_bytes)  // also one that grows while it is read
      return fail(Errc::kTooLarge, "runtime.file_too_large",
                  "'" + name + "' has more than " + std::to_string(most_bytes >> 20) + " MB.");
  }
}

}  // namespace

// Step by step from the folder's own descriptor, so that nothing that is moved meanwhile leads out of it.
Result<std::string> read_below(const std::string& folder, const std::string& name, std::size_t most_bytes) {
  const auto parts = split(name, '/');
  for (const std::string_view part : parts) {
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos)
      return fail(Errc::kInvalid, "runtime.bad_file_name", "'" + name + "' is no name of a file in the folder.");
  }
  Descriptor at(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (at.get() < 0) return fail(Errc::kUnavailable, "runtime.cannot_read", folder + ": " + std::strerror(errno));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    // O_NONBLOCK: a pipe in the file's place would be waited for.
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (last ? O_NONBLOCK : O_DIRECTORY);
    const int fd = ::openat(at.get(), std::string(parts[i]).c_str(), flags);
    if (fd < 0) {
      struct stat about {};
      const int code = errno;
      const bool link = ::fstatat(at.get(), std::string(parts[i]).c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
                        S_ISLNK(about.st_mode);
      return cannot_read_below(name, link ? ELOOP : code);
    }
    at.reset(fd);
  }
  struct stat about {};
  if (::fstat(at.get(), &about) != 0) return cannot_read_below(name, errno);
  if (!S_ISREG(about.st_mode)) return cannot_read_below(name, ENOENT);
  return read_all(at.get(), name, most_bytes);
}

}  // namespace kontor::runtime
