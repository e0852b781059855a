#include "adapters/messenger_files/files_messenger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace kontor::messenger_files {
namespace {

// One name for one key: kept readable where it can be, and distinct where it had to be changed.
std::string file_name(std::string_view key) {
  std::string name;
  bool changed = false;
  for (const char c : key) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_' || (c == '.' && !name.empty());
    name += fine ? c : '_';
    changed = changed || !fine;
  }
  if (changed || name.empty() || name.size() > 180) {
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
    for (const char c : key) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ull;
    name = name.substr(0, 180) + "~" + std::to_string(hash);
  }
  return name + ".eml";
}

tl::unexpected<Error> cannot_write(const std::string& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Errc::kFull : Errc::kUnavailable;
  return fail(code, code == Errc::kFull ? "messenger.full" : "messenger.cannot_write",
              "The mail could not be written to " + path + ": " + std::strerror(error) + ".");
}

Result<void> write_whole(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_write(path, errno);
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const auto wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote > 0)
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    else if (errno != EINTR)
      error = errno;
  }
  // Not synced: a sync for every mail would make buyers, who need the same disk, wait for it (measured: half of the
  // checkouts a second). After a power cut some of the latest files may be missing; the orders are not.
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) {
    ::unlink(path.c_str());
    return cannot_write(path, error);
  }
  return {};
}

}  // namespace

FilesMessenger::FilesMessenger(std::string folder, Mailbox from, Clock& clock, runtime::Workers* workers)
    : folder_(std::move(folder)), from_(std::move(from)), clock_(clock), workers_(workers) {}

Result<void> FilesMessenger::send(const Mail& mail) {
  TRY_DO(check_address(mail.to));
  if (workers_ == nullptr) return put(mail);
  Result<void> done;
  TRY_DO(workers_->run([&] { done = put(mail); }));
  return done;
}

Result<void> FilesMessenger::put(const Mail& mail) const {
  std::error_code made;
  std::filesystem::create_directories(folder_, made);
  if (made) return cannot_write(folder_, made.value());
  const auto path = folder_ + "/" + file_name(mail.key);
  const auto temporary = path + ".part";
  TRY_DO(write_whole(temporary, mail_text(mail, from_, clock_.now())));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return cannot_write(path, errno);
  return {};
}

}  // namespace kontor::messenger_files
