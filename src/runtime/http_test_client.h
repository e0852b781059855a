// A raw client for the tests of the HTTP layer.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cstdint>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace kontor::runtime::testing {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

// A blocking socket. Reading gives up after 10 s, so a hanging server fails a test instead of stopping it.
class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next answer with its head and, by Content-Length or chunks (kept as they are), its body.
  Answer answer(bool head_only = false) {
    Answer out;
    while (rest_.find("\r\n\r\n") == std::string::npos) {
      if (!more()) return out;
    }
    const std::size_t end = rest_.find("\r\n\r\n") + 4;
    out.head = rest_.substr(0, end);
    rest_.erase(0, end);
    out.status = std::atoi(out.head.c_str() + 9);
    if (head_only || out.status == 304 || out.status == 204 || out.status == 100) return out;
    if (const auto at = out.head.find("Content-Length: "); at != std::string::npos) {
      const auto length = static_cast<std::size_t>(std::atoll(out.head.c_str() + at + 16));
      while (rest_.size() < length && more()) {
      }
      out.body = rest_.substr(0, length);
      rest_.erase(0, length);
    } else if (out.has("Transfer-Encoding: chunked")) {
      while (rest_.find("0\r\n\r\n") == std::string::npos && more()) {
      }
      const std::size_t stop = rest_.find("0\r\n\r\n") + 5;
      out.body = rest_.substr(0, stop);
      rest_.erase(0, stop);
    }
    return out;
  }
  Answer ask(std::string_view text) {
    say(text);
    return answer();
  }
  // Everything until the server closes; "<open>" at the end when it does not.
  std::string to_end() {
    while (more()) {
    }
    return std::move(rest_) + (closed_ ? "" : "<open>");
  }
  bool is_closed() { return to_end().find("<open>") == std::string::npos; }
  std::string receive() { return more() ? std::exchange(rest_, {}) : std::string(); }
  void finish_sending() { shutdown(fd_, SHUT_WR); }

 private:
  bool more() {
    char piece[65536];
    const ssize_t got = recv(fd_, piece, sizeof piece, 0);
    if (got > 0) rest_.append(piece, static_cast<std::size_t>(got));
    closed_ = closed_ || got == 0 || (got < 0 && errno == ECONNRESET);
    return got > 0;
  }
  int fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string rest_;
};

}  // namespace kontor::runtime::testing
