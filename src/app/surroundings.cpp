#include "app/surroundings.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace kontor::app {
namespace {

Result<int> open_log(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd >= 0) return fd;
  return fail(Errc::kUnavailable, "log.cannot_open",
              "The log file " + path + " cannot be opened: " + std::strerror(errno) + ".");
}

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::open(const std::string& path) {
  if (path.empty()) return std::unique_ptr<LogFile>(new LogFile("", 2));
  TRY(const int fd, open_log(path));
  return std::unique_ptr<LogFile>(new LogFile(path, fd));
}

LogFile::~LogFile() {
  if (!path_.empty()) ::close(fd_);
}

Result<void> LogFile::reopen() {
  if (path_.empty()) return {};
  TRY(const int fresh, open_log(path_));
  const int taken = ::dup3(fresh, fd_, O_CLOEXEC);
  const int why = errno;
  ::close(fresh);
  if (taken >= 0) return {};
  return fail(Errc::kUnavailable, "log.cannot_open", path_ + ": " + std::strerror(why) + ".");
}

Result<void> check_address_is_free(const runtime::Address& address) {
  if (address.port == 0) return {};
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &wanted, &found) != 0) return {};
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = ::bind(fd, found->ai_addr, found->ai_addrlen) == 0;
  const int why = errno;
  ::freeaddrinfo(found);
  ::close(fd);
  if (bound) return {};
  const std::string place = address.host + ":" + std::to_string(address.port);
  if (why == EADDRINUSE)
    return fail(Errc::kUnavailable, "serve.address",
                "Another program listens on " + place + "; stop it, or give another address with --listen.");
  if (why == EACCES)
    return fail(Errc::kUnavailable, "serve.address",
                "This user may not listen on " + place +
                    ": ports below 1024 need the capability CAP_NET_BIND_SERVICE (deploy/kontor.service has it).");
  if (why == EADDRNOTAVAIL)
    return fail(Errc::kUnavailable, "serve.address", "This machine has no address " + address.host + ".");
  return {};  // the server's own words will do
}

void tell_supervisor(const char* socket, std::string_view words) {
  const std::string_view path = socket == nullptr ? "" : socket;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  // Whoever started us without listening has no use for it.
  static_cast<void>(::sendto(fd, words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), size) < 0);
  ::close(fd);
}

}  // namespace kontor::app
