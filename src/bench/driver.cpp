#include "bench/driver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>

#include "runtime/monotonic.h"

namespace kontor::bench {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kPatienceUs = 20 * kSecondUs;
constexpr std::int64_t kLongestSleepUs = 5'000;

// How many bytes the answer at the beginning of `data` has; nullopt when it is not all there. `bad`: it is no HTTP.
struct Framed {
  Answer answer;
  std::size_t bytes = 0;
  bool closes = false;
};
enum class Framing { kMore, kWhole, kBad };

std::optional<std::size_t> chunked_size(std::string_view data, bool& bad) {
  std::size_t at = 0;
  for (;;) {
    const auto line = data.find("\r\n", at);
    if (line == std::string_view::npos) return std::nullopt;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(data.data() + at, data.data() + line, size, 16);
    bad = error != std::errc() || size > (1u << 30);
    if (bad) return std::nullopt;
    at = line + 2 + size + 2;
    if (at > data.size()) return std::nullopt;
    if (size == 0) return at;
  }
}

Framing frame(std::string_view data, Framed& out) {
  const auto head_end = data.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return data.size() > 65536 ? Framing::kBad : Framing::kMore;
  if (!data.starts_with("HTTP/1.1 ") || head_end < 12) return Framing::kBad;
  out.answer.head = data.substr(0, head_end + 2);
  const auto [status_end, status_error] = std::from_chars(data.data() + 9, data.data() + 12, out.answer.status);
  if (status_error != std::errc() || status_end != data.data() + 12) return Framing::kBad;
  out.closes = header_of(out.answer.head, "Connection") == "close";
  std::size_t size = 0;
  if (const auto length = header_of(out.answer.head, "Content-Length"); !length.empty()) {
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), size);
    if (error != std::errc()) return Framing::kBad;
  } else if (header_of(out.answer.head, "Transfer-Encoding") == "chunked") {
    bool bad = false;
    const auto whole = chunked_size(data.substr(head_end + 4), bad);
    if (!whole) return bad ? Framing::kBad : Framing::kMore;
    size = *whole;
  }
  if (data.size() < head_end + 4 + size) return Framing::kMore;
  out.answer.body = data.substr(head_end + 4, size);
  out.bytes = head_end + 4 + size;
  return Framing::kWhole;
}

struct Connection {
  int fd = -1;
  bool busy = false;
  Visit visit;
  std::int64_t due_us = 0;
  std::string in;
  std::string out;  // the request; what the socket has not taken yet begins at `sent`
  std::size_t sent = 0;
};

class Driver {
 public:
  Driver(const Target& target, Visits& visits, const Pace& pace)
      : target_(target), visits_(visits), pace_(pace), luck_(pace.seed), buffer_(1 << 18) {
    result_.kinds.resize(visits.kinds().size());
  }
  ~Driver() {
    for (const auto& connection : connections_)
      if (connection->fd >= 0) ::close(connection->fd);
    if (epoll_ >= 0) ::close(epoll_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  Result<DriveResult> run();

 private:
  Result<void> open(Connection& connection);
  void reopen(Connection& connection);
  void begin(Connection& connection, std::int64_t due_us);
  void send_out(Connection& connection);
  void on_ready(Connection& connection, std::uint32_t events);
  void answered(Connection& connection, const Answer& answer, std::int64_t now_us);
  void over(Connection& connection, std::int64_t now_us);
  void take_arrivals(std::int64_t now_us);
  bool draining(std::int64_t now_us) const { return now_us >= end_us_ || visits_.finished(); }

  const Target& target_;
  Visits& visits_;
  const Pace pace_;
  Luck luck_;
  std::vector<char> buffer_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::deque<std::int64_t> waiting_;
  std::size_t busy_ = 0;
  double next_arrival_us_ = 0;
  std::int64_t end_us_ = 0;
  std::optional<Error> failed_;
  DriveResult result_;
};

Result<void> Driver::open(Connection& connection) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  const bool six = target_.address.find(':') != std::string::npos;
  if (six) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(target_.port));
    inet_pton(AF_INET6, target_.address.c_str(), &v6->sin6_addr);
  } else {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(target_.port));
    inet_pton(AF_INET, target_.address.c_str(), &v4->sin_addr);
  }
  connection.fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection.fd < 0 || connect(connection.fd, reinterpret_cast<sockaddr*>(&storage),
                                   six ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)) != 0) {
    return fail(Errc::kUnavailable, "bench.connect",
                "No connection to " + target_.host + ": " + std::strerror(errno) + ".");
  }
  const int on = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(connection.fd, F_SETFL, O_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  return {};
}

void Driver::reopen(Connection& connection) {
  ::close(std::exchange(connection.fd, -1));
  connection.in.clear();
  if (auto opened = open(connection); !opened && !failed_) failed_ = std::move(opened.error());
}

void Driver::begin(Connection& connection, std::int64_t due_us) {
  connection.busy = true;
  connection.due_us = due_us;
  ++busy_;
  connection.out.clear();
  visits_.begin(connection.visit, connection.out);
  connection.sent = 0;
  send_out(connection);
}

// A request that the socket does not take whole goes on when there is room.
void Driver::send_out(Connection& connection) {
  const auto rest = std::string_view(connection.out).substr(connection.sent);
  const ssize_t taken = send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (taken > 0) connection.sent += static_cast<std::size_t>(taken);
  epoll_event event{};
  event.events = connection.sent < connection.out.size() ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  if (static_cast<std::size_t>(std::max<ssize_t>(taken, 0)) != rest.size() || rest.size() != connection.out.size())
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

void Driver::over(Connection& connection, std::int64_t now_us) {
  connection.busy = false;
  --busy_;
  if (pace_.rate == 0 && !draining(now_us))
    begin(connection, now_us);
  else
    idle_.push_back(&connection);
}

void Driver::answered(Connection& connection, const Answer& answer, std::int64_t now_us) {
  KindResult& kind = result_.kinds[static_cast<std::size_t>(connection.visit.kind)];
  kind.latencies.note(now_us - connection.due_us);
  ++kind.statuses[answer.status];
  if (now_us < end_us_) ++kind.in_time;
  connection.out.clear();
  connection.sent = 0;
  if (!visits_.go_on(connection.visit, answer, connection.out)) return over(connection, now_us);
  connection.due_us = now_us;
  send_out(connection);
}

void Driver::on_ready(Connection& connection, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) send_out(connection);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
  const ssize_t got = recv(connection.fd, buffer_.data(), buffer_.size(), 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    const bool lost = connection.busy;
    reopen(connection);
    if (!lost || failed_) return;
    ++result_.broken;
    return over(connection, runtime::monotonic_micros());
  }
  std::string_view data(buffer_.data(), static_cast<std::size_t>(got));
  if (!connection.in.empty()) data = connection.in.append(data);
  Framed framed;
  const Framing framing = frame(data, framed);
  if (framing == Framing::kMore) {
    if (connection.in.empty()) connection.in = data;
    return;
  }
  const std::int64_t now_us = runtime::monotonic_micros();
  if (framing == Framing::kBad || !connection.busy || framed.bytes != data.size()) {
    const bool lost = connection.busy;
    ++result_.broken;
    reopen(connection);
    if (lost && !failed_) over(connection, now_us);
    return;
  }
  if (!framed.closes) {
    if (connection.in.empty()) return answered(connection, framed.answer, now_us);
    const std::string whole = std::exchange(connection.in, {});
    frame(whole, framed);
    return answered(connection, framed.answer, now_us);
  }
  const std::string whole(data);  // the views must outlive the connection's buffer
  frame(whole, framed);
  reopen(connection);
  if (!failed_) answered(connection, framed.answer, now_us);
}

void Driver::take_arrivals(std::int64_t now_us) {
  while (next_arrival_us_ <= static_cast<double>(now_us) && next_arrival_us_ < static_cast<double>(end_us_) &&
         !visits_.finished()) {
    waiting_.push_back(static_cast<std::int64_t>(next_arrival_us_));
    next_arrival_us_ += -std::log(luck_.share()) * 1e6 / pace_.rate;
  }
  // Those who arrived are served also after the end: leaving the last ones out would make a shop that is behind look
  // good.
  while (!waiting_.empty() && !idle_.empty()) {
    Connection* connection = idle_.back();
    idle_.pop_back();
    begin(*connection, waiting_.front());
    waiting_.pop_front();
  }
}

Result<DriveResult> Driver::run() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < pace_.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>());
    TRY_DO(open(*connections_.back()));
  }
  const std::int64_t begin_us = runtime::monotonic_micros();
  end_us_ = begin_us + static_cast<std::int64_t>(pace_.seconds * 1e6);
  next_arrival_us_ = static_cast<double>(begin_us);
  for (const auto& connection : connections_) {
    if (pace_.rate == 0)
      begin(*connection, runtime::monotonic_micros());
    else
      idle_.push_back(connection.get());
  }
  std::vector<epoll_event> events(connections_.size());
  std::int64_t now_us = begin_us;
  while (!failed_) {
    now_us = runtime::monotonic_micros();
    if (pace_.rate > 0) take_arrivals(now_us);
    if (draining(now_us) && busy_ == 0 && waiting_.empty()) break;
    if (now_us > end_us_ + kPatienceUs) break;
    const auto until_arrival = static_cast<std::int64_t>(next_arrival_us_) - now_us;
    const std::int64_t sleep_us =
        pace_.rate > 0 ? std::clamp<std::int64_t>(until_arrival, 0, kLongestSleepUs) : kLongestSleepUs;
    const timespec sleep{0, sleep_us * 1000};
    const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &sleep, nullptr);
    for (int i = 0; i < count && !failed_; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      on_ready(*static_cast<Connection*>(event.data.ptr), event.events);
    }
  }
  if (failed_) return fail(std::move(*failed_));
  result_.seconds = static_cast<double>(std::min(now_us, end_us_) - begin_us) / 1e6;
  result_.unanswered = static_cast<std::int64_t>(busy_);
  result_.not_begun = static_cast<std::int64_t>(waiting_.size());
  return std::move(result_);
}

}  // namespace

Result<DriveResult> drive(const Target& target, Visits& visits, const Pace& pace) {
  return Driver(target, visits, pace).run();
}

}  // namespace kontor::bench
