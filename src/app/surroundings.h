// What is around a serving program: the file that its log goes into, the addresses that others may hold, and the
// supervisor (systemd) that waits for word from it.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/config.h"

namespace kontor::app {

// A log file that can be reopened under whoever writes to it: the descriptor's number stays, so every line goes whole
// into the old file or the new one.
class LogFile {
 public:
  // Appends to `path`, which is made with mode 0640 when it is missing; "" is standard error. kUnavailable
  // "log.cannot_open".
  static Result<std::unique_ptr<LogFile>> open(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  int fd() const { return fd_; }
  // On SIGUSR1, when the file has been moved away. When it fails the old one stays in use.
  Result<void> reopen();

 private:
  LogFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
};

// Whether nobody listens at the address yet. Our own servers share their port between loops, so they would share it
// with another program of this user as well, and each would get some of the customers. kUnavailable "serve.address"
// says what to do.
Result<void> check_address_is_free(const runtime::Address& address);

// One datagram to the socket that systemd named in NOTIFY_SOCKET: "READY=1", "STOPPING=1". Without a socket nothing
// happens. `socket` is that variable's value, or null.
void tell_supervisor(const char* socket, std::string_view words);

}  // namespace kontor::app
