#include "adapters/messenger_files/files_messenger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace kontor::messenger_files {
namespace {

tl::unexpected<Error> cannot_write(const std::string& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Errc::kFull : Errc::kUnavailable;
  return fail(code, code == Errc::kFull ? "messenger.full" : "messenger.cannot_write",
              "The mail could not be written to " + path + ": " + std::strerror(error) + ".");
}

// "Sat Nov 21 05:24:12 2026", as the first line of an entry has it.
std::string asctime_utc(Time now) {
  const std::time_t seconds = now.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &parts);
  return {text, length};
}

bool begins_like_an_entry(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('>'), line.size()));
  return line.starts_with("From ");
}

}  // namespace

std::string mailbox_entry(std::string_view mail, std::string_view from, Time now) {
  std::string entry;
  entry.reserve(mail.size() + 80);
  entry.append("From ").append(from).append(" ").append(asctime_utc(now)).append("\n");
  while (!mail.empty()) {
    const std::size_t end = std::min(mail.find('\n'), mail.size());
    std::string_view line = mail.substr(0, end);
    mail.remove_prefix(std::min(end + 1, mail.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (begins_like_an_entry(line)) entry += '>';
    entry.append(line).append("\n");
  }
  return entry += '\n';
}

FilesMessenger::FilesMessenger(std::string folder, Mailbox from, Clock& clock)
    : folder_(std::move(folder)), from_(std::move(from)), clock_(clock) {}

FilesMessenger::~FilesMessenger() { close_mailbox(); }

void FilesMessenger::close_mailbox() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

// Again when the day is another, or somebody took the file away.
Result<void> FilesMessenger::open_mailbox(const std::string& path) {
  if (fd_ >= 0 && path == path_) {
    struct stat now {};
    if (::fstat(fd_, &now) == 0 && now.st_nlink > 0) return {};
  }
  close_mailbox();
  std::error_code made;
  std::filesystem::create_directories(folder_, made);
  if (made) return cannot_write(folder_, made.value());
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) return cannot_write(path, errno);
  path_ = path;
  return {};
}

// Not synced: a sync for every mail would make buyers, who need the same disk, wait for it (measured: half of the
// checkouts a second). After a power cut the latest mails may be missing; the orders are not.
Result<void> FilesMessenger::send(const Mail& mail) {
  TRY_DO(check_address(mail.to));
  const Time now = clock_.now();
  const std::string entry = mailbox_entry(mail_text(mail, from_, now), from_.address, now);
  const std::lock_guard lock(mutex_);
  TRY_DO(open_mailbox(folder_ + "/" + to_rfc3339(now).substr(0, 10) + ".mbox"));
  const off_t before = ::lseek(fd_, 0, SEEK_END);
  ssize_t wrote = 0;
  do wrote = ::write(fd_, entry.data(), entry.size());
  while (wrote < 0 && errno == EINTR);
  if (wrote == static_cast<ssize_t>(entry.size())) return {};
  const int why = wrote < 0 ? errno : ENOSPC;
  if (wrote > 0 && ::ftruncate(fd_, before) != 0) close_mailbox();  // a part of a mail would spoil the next one
  return cannot_write(path_, why);
}

}  // namespace kontor::messenger_files
