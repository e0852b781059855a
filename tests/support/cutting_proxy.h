// A TCP relay to a PostgreSQL server that a test can make cut a connection at a chosen word, or refuse altogether: so
// an answer is lost exactly where the test wants it. One thread; it ends with the object.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kontor::testing {

class CuttingProxy {
 public:
  enum class Cut {
    kBefore,  // the server never hears the word
    kAfter,   // the server answers, and nobody hears the answer
  };

  explicit CuttingProxy(int server_port) : server_port_(server_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = local(0);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 16) != 0)
      std::abort();
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    wake_ = ::eventfd(0, EFD_NONBLOCK);
    thread_ = std::thread([this] { run(); });
  }
  ~CuttingProxy() {
    stopping_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_, &one, sizeof one));
    thread_.join();
    ::close(listener_);
    ::close(wake_);
  }
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  // The next `times` commands that hold `word` cut their connection.
  void cut_at(std::string word, Cut cut, int times = 1) {
    const std::lock_guard lock(mutex_);
    word_ = std::move(word);
    cut_ = cut;
    cuts_left_ = times;
  }
  int cuts() const { return cuts_; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    bool cut_on_answer = false;
    Pair(int c, int s) : client(c), server(s) {}
    ~Pair() {
      ::close(client);
      ::close(server);
    }
  };

  static sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void accept_one() {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = local(server_port_);
    auto pair = std::make_unique<Pair>(client, server);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      pairs_.push_back(std::move(pair));
  }

  bool must_cut(Pair& pair, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (cuts_left_ == 0 || bytes.find(word_) == std::string_view::npos) return false;
    --cuts_left_;
    ++cuts_;
    if (cut_ == Cut::kBefore) return true;
    pair.cut_on_answer = true;
    return false;
  }

  // False when the pair is over.
  bool relay(Pair& pair, bool from_client) {
    char buffer[65536];
    const auto size = ::recv(from_client ? pair.client : pair.server, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    const std::string_view bytes(buffer, static_cast<std::size_t>(size));
    if (from_client ? must_cut(pair, bytes) : pair.cut_on_answer) return false;
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto more =
          ::send(from_client ? pair.server : pair.client, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) return false;
      sent += static_cast<std::size_t>(more);
    }
    return true;
  }

  void run() {
    while (!stopping_) {
      std::vector<pollfd> fds{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const auto& pair : pairs_) {
        fds.push_back({pair->client, POLLIN, 0});
        fds.push_back({pair->server, POLLIN, 0});
      }
      ::poll(fds.data(), fds.size(), -1);
      for (std::size_t i = pairs_.size(); i-- > 0;) {
        bool open = true;
        if (fds[2 + 2 * i].revents != 0) open = relay(*pairs_[i], true);
        if (open && fds[3 + 2 * i].revents != 0) open = relay(*pairs_[i], false);
        if (!open) pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (fds[1].revents != 0) accept_one();
    }
  }

  int server_port_;
  int listener_ = -1;
  int wake_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> cuts_{0};
  std::mutex mutex_;
  std::string word_;
  Cut cut_ = Cut::kBefore;
  int cuts_left_ = 0;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::thread thread_;
};

}  // namespace kontor::testing
