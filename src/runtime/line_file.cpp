#include "runtime/line_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kontor::runtime {
namespace {

tl::unexpected<Error> cannot(std::string_view what, const std::string& path, int code) {
  const Errc kind = code == ENOSPC || code == EDQUOT ? Errc::kFull : Errc::kUnavailable;
  return fail(kind, what, path + ": " + std::strerror(code));
}

}  // namespace

Result<LineFile> LineFile::open(const std::string& path) {
  TRY(InputFile file, InputFile::open(path));
  return LineFile(std::move(file));
}

Result<bool> LineFile::fill() {
  if (ended_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  TRY(const std::size_t got, file_.read(buffer_, InputFile::kPiece));
  if (got < InputFile::kPiece) ended_ = true;
  return got > 0;
}

Result<std::optional<LineFile::Line>> LineFile::next() {
  bool too_long = false;
  while (true) {
    const auto end = buffer_.find('\n', at_);
    if (end == std::string::npos) {
      if (buffer_.size() - at_ > kLongest) {  // keep nothing of a line that nobody will read
        too_long = true;
        place_.offset += static_cast<std::int64_t>(buffer_.size() - at_);
        at_ = buffer_.size();
      }
      TRY(const bool more, fill());
      if (more) continue;
      if (at_ == buffer_.size() && !too_long) return std::optional<Line>{};
    }
    const auto stop = end == std::string::npos ? buffer_.size() : end;
    std::string_view text(buffer_.data() + at_, stop - at_);
    const auto taken = stop - at_ + (end == std::string::npos ? 0 : 1);
    at_ += taken;
    place_.offset += static_cast<std::int64_t>(taken);
    ++place_.line;
    if (place_.line == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (too_long || text.size() > kLongest) return std::optional<Line>(Line{place_.line, {}, true});
    if (text.find_first_not_of(" \t") == std::string_view::npos) {
      if (end == std::string::npos) return std::optional<Line>{};
      continue;
    }
    return std::optional<Line>(Line{place_.line, text, false});
  }
}

Result<void> LineFile::seek(Place place) {
  if (place.offset == place_.offset && place.line == place_.line) return {};
  TRY_DO(file_.seek(place.offset));
  buffer_.clear();
  at_ = 0;
  ended_ = false;
  place_ = place;
  return {};
}

Result<SpoolFile> SpoolFile::create(const std::string& folder, const std::string& name) {
  ::mkdir(folder.c_str(), 0700);
  std::string path = folder + "/" + name;
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return cannot("runtime.cannot_write", path, errno);
  return SpoolFile(std::move(path), fd);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(other.fd_), size_(other.size_), kept_(other.kept_) {
  other.fd_ = -1;
  other.path_.clear();
}

SpoolFile::~SpoolFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!kept_ && !path_.empty()) ::unlink(path_.c_str());
}

Result<void> SpoolFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return cannot("runtime.cannot_write", path_, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
  return {};
}

Result<void> SpoolFile::finish() {
  if (::fdatasync(fd_) != 0) return cannot("runtime.cannot_write", path_, errno);
  return {};
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

}  // namespace kontor::runtime
