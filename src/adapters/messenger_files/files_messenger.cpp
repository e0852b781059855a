#include "adapters/messenger_files/files_messenger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "base/text.h"

namespace kontor::messenger_files {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < left ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= left ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// An encoded word (RFC 2047) holds at most 75 characters; cut between code points, 42 bytes at a time.
std::string header_text(std::string_view text) {
  std::string clean;
  for (const char c : text) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (is_plain(clean) && clean.size() <= 900) return clean;
  std::string out;
  for (std::size_t at = 0; at < clean.size();) {
    auto end = std::min(clean.size(), at + 42);
    while (end < clean.size() && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80) --end;
    out +=
        (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(std::string_view(clean).substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

std::string date_text(Time now) {
  const std::time_t seconds = now.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000", kDays[parts.tm_wday], parts.tm_mday,
                kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

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

std::string mail_text(const Mail& mail, const std::string& from, Time now) {
  std::string lines;
  std::size_t longest = 0;
  for (const auto line : split(mail.text, '\n')) {
    const auto bare = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    longest = std::max(longest, bare.size());
    lines.append(bare).append("\r\n");
  }
  std::string out = "From: " + from + "\r\nTo: " + mail.to + "\r\nSubject: " + header_text(mail.subject) +
                    "\r\nDate: " + date_text(now) + "\r\nMessage-ID: <" + percent_encode(mail.key) +
                    "@kontor>\r\nMIME-Version: 1.0\r\n" + "Content-Type: text/plain; charset=utf-8\r\n";
  // Mail lines hold at most 998 bytes.
  if (longest <= 998) return out + "Content-Transfer-Encoding: 8bit\r\n\r\n" + lines;
  out += "Content-Transfer-Encoding: base64\r\n\r\n";
  const auto encoded = base64(lines);
  for (std::size_t at = 0; at < encoded.size(); at += 76) out += encoded.substr(at, 76) + "\r\n";
  return out;
}

FilesMessenger::FilesMessenger(std::string folder, std::string from, Clock& clock, runtime::Workers* workers)
    : folder_(std::move(folder)), from_(std::move(from)), clock_(clock), workers_(workers) {}

Result<void> FilesMessenger::send(const Mail& mail) {
  const bool control =
      std::any_of(mail.to.begin(), mail.to.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (control || mail.to.find('@') == std::string::npos)
    return fail(Errc::kInvalid, "messenger.bad_address", "The mail's address is none.");
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
