#include "runtime/input_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace kontor::runtime {
namespace {

tl::unexpected<Error> cannot_read(const std::string& path, int code) {
  return fail(Errc::kUnavailable, "runtime.cannot_read", path + ": " + std::strerror(code));
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return cannot_read(path, errno);
  InputFile input(file);
  struct stat about {};
  if (::fstat(::fileno(file), &about) == 0) {
    if (S_ISDIR(about.st_mode)) return cannot_read(path, EISDIR);
    if (S_ISREG(about.st_mode)) input.size_ = about.st_size;
  }
  return input;
}

Result<std::size_t> InputFile::read(std::string& into, std::size_t most) {
  const auto before = into.size();
  into.resize(before + most);
  const auto got = std::fread(into.data() + before, 1, most, file_.get());
  into.resize(before + got);
  if (got < most && std::ferror(file_.get()) != 0)
    return fail(Errc::kUnavailable, "runtime.cannot_read", "The file cannot be read to its end.");
  return got;
}

Result<void> InputFile::seek(std::int64_t offset) {
  if (std::fseek(file_.get(), static_cast<long>(offset), SEEK_SET) == 0) return {};
  return fail(Errc::kUnavailable, "runtime.cannot_read", "The input cannot be read from its middle.");
}

}  // namespace kontor::runtime
