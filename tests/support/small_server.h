// A server on loopback that answers each path with bytes as they are given, right or wrong, on a thread of its own; one
// request a connection. For tests of what fetches.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace kontor::testing {

class SmallServer {
 public:
  SmallServer() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~SmallServer() {
    stopping_ = true;
    thread_.join();
    ::close(socket_);
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  // The whole answer, or a body with 200. An answer of "" holds the connection open and says nothing.
  void raw(const std::string& path, std::string answer) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(answer);
  }
  void body(const std::string& path, const std::string& bytes) {
    raw(path, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes);
  }
  void redirect(const std::string& path, const std::string& to) {
    raw(path, "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  int port() const { return port_; }
  int asked() const { return asked_.load(); }

 private:
  bool readable(int fd) const {
    while (!stopping_) {
      pollfd waits{fd, POLLIN, 0};
      if (::poll(&waits, 1, 20) > 0) return true;
    }
    return false;
  }

  void serve() {
    while (readable(socket_)) {
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      answer(connection);
      ::close(connection);
    }
  }

  void answer(int connection) {
    std::string head;
    char piece[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      if (!readable(connection)) return;
      const auto got = ::recv(connection, piece, sizeof piece, 0);
      if (got <= 0) return;
      head.append(piece, static_cast<std::size_t>(got));
    }
    asked_.fetch_add(1);
    const auto begin = head.find(' ') + 1;
    std::string text = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = answers_.find(head.substr(begin, head.find(' ', begin) - begin)); found != answers_.end())
        text = found->second;
    }
    if (text.empty()) {
      (void)readable(connection);  // until the client goes, or the test is over
      return;
    }
    for (std::size_t at = 0; at < text.size();) {
      const auto sent = ::send(connection, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return;
      at += static_cast<std::size_t>(sent);
    }
    ::shutdown(connection, SHUT_WR);
    while (readable(connection) && ::recv(connection, piece, sizeof piece, 0) > 0) {
    }
  }

  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> asked_{0};
  std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::thread thread_;
};

}  // namespace kontor::testing
