// Replays prepared HTTP requests over many connections from one thread: closed loop, or open loop with the latency
// measured from the intended time (so that a stall is not hidden by the requests that it kept back).
//
// The request file is a sequence of (4 bytes little-endian length, bytes). Prints one line of JSON.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  int port = 0;
  int connections = 64;
  double seconds = 0;  // 0: every request once
  double warm = 0;
  double rate = 0;  // 0: closed loop
  bool random = false;
  bool spin = false;  // never sleeps: the server does not pay for waking its client, as it would not over a network
  std::string requests;
  std::string tokens_out;  // Session-Token of each answer, by the request's place
};

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::uint64_t g_luck = 88172645463325252ull;
std::uint64_t luck() {
  g_luck ^= g_luck << 13;
  g_luck ^= g_luck >> 7;
  g_luck ^= g_luck << 17;
  return g_luck * 0x2545F4914F6CDD1Dull;
}

struct Connection {
  int fd = -1;
  bool busy = false;
  std::size_t request = 0;
  double due = 0;
  std::string in;
  std::string out;  // what the socket did not take at once
};

[[noreturn]] void die(const std::string& words) {
  std::fprintf(stderr, "%s\n", words.c_str());
  std::exit(1);
}

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)) {}
  void run();

 private:
  void read_requests();
  void open(Connection& connection);
  void fire(Connection& connection, double due);
  bool more() const { return options_.seconds > 0 ? !draining_ : next_ < requests_.size(); }
  void answered(Connection& connection, int status, double at, std::string_view head);
  void readable(Connection& connection);
  void send_due(double at);
  void report(double begin, double end);

  Options options_;
  std::string bytes_;
  std::vector<std::string_view> requests_;
  std::vector<std::string> tokens_;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::deque<double> waiting_;
  std::map<int, long> statuses_;
  std::vector<float> latencies_;
  int epoll_ = -1;
  std::size_t next_ = 0;
  std::size_t busy_ = 0;
  bool draining_ = false;
  double next_due_ = 0, counted_from_ = 0, counted_to_ = 0;
  long counted_ = 0;
};

void Load::read_requests() {
  std::ifstream file(options_.requests, std::ios::binary);
  if (!file) die("cannot read " + options_.requests);
  bytes_.assign(std::istreambuf_iterator<char>(file), {});
  for (std::size_t at = 0; at + 4 <= bytes_.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes_.data() + at, 4);
    requests_.emplace_back(bytes_.data() + at + 4, size);
    at += 4 + size;
  }
  if (requests_.empty()) die("no requests in " + options_.requests);
  if (!options_.tokens_out.empty()) tokens_.resize(requests_.size());
}

void Load::open(Connection& connection) {
  connection.fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("cannot connect");
  const int one = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(connection.fd, F_SETFL, O_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
}

void Load::fire(Connection& connection, double due) {
  connection.request = options_.random ? luck() % requests_.size() : next_++ % requests_.size();
  connection.busy = true;
  connection.due = due;
  ++busy_;
  const auto request = requests_[connection.request];
  const auto sent = send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) die("a request was not taken whole");
}

void Load::answered(Connection& connection, int status, double at, std::string_view head) {
  connection.busy = false;
  --busy_;
  ++statuses_[status];
  if (connection.due >= counted_from_ && (options_.seconds <= 0 || connection.due < counted_to_)) {
    latencies_.push_back(static_cast<float>(at - connection.due));
  }
  if (at >= counted_from_ && (options_.seconds <= 0 || at < counted_to_)) ++counted_;
  if (!tokens_.empty()) {
    constexpr std::string_view kName = "Session-Token: ";
    if (const auto found = head.find(kName); found != std::string_view::npos) {
      const auto from = found + kName.size();
      tokens_[connection.request] = head.substr(from, head.find("\r\n", from) - from);
    }
  }
  if (options_.rate == 0 && more())
    fire(connection, at);
  else
    idle_.push_back(&connection);
}

void Load::readable(Connection& connection) {
  static char buffer[1 << 17];
  const auto got = recv(connection.fd, buffer, sizeof buffer, 0);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    die("the server closed a connection");
  }
  std::string_view data(buffer, static_cast<std::size_t>(got));
  if (!connection.in.empty()) {
    connection.in.append(data);
    data = connection.in;
  }
  const auto head_end = data.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    if (connection.in.empty()) connection.in = data;
    return;
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const auto length_at = data.substr(0, head_end + 2).find(kLength);
  const auto length =
      length_at == std::string_view::npos ? 0ul : std::strtoul(data.data() + length_at + kLength.size(), nullptr, 10);
  if (data.size() < head_end + 4 + length) {
    if (connection.in.empty()) connection.in = data;
    return;
  }
  const int status = std::atoi(data.data() + 9);
  const std::string head(data.substr(0, tokens_.empty() ? 0 : head_end + 2));
  connection.in.clear();
  answered(connection, status, now(), head);
}

void Load::send_due(double at) {
  while (more() && next_due_ <= at) {
    waiting_.push_back(next_due_);
    next_due_ += -std::log(static_cast<double>((luck() >> 11) + 1) * 0x1.0p-53) / options_.rate;
  }
  while (!waiting_.empty() && !idle_.empty() && (options_.seconds > 0 || next_ < requests_.size())) {
    Connection* connection = idle_.back();
    idle_.pop_back();
    fire(*connection, waiting_.front());
    waiting_.pop_front();
  }
}

void Load::run() {
  read_requests();
  epoll_ = epoll_create1(0);
  connections_.resize(static_cast<std::size_t>(options_.connections));
  for (auto& connection : connections_) open(connection);
  const double begin = now();
  counted_from_ = begin + options_.warm;
  counted_to_ = counted_from_ + options_.seconds;
  next_due_ = begin;
  for (auto& connection : connections_) {
    if (options_.rate == 0 && more())
      fire(connection, now());
    else
      idle_.push_back(&connection);
  }
  std::vector<epoll_event> events(connections_.size());
  double end = begin;
  while (true) {
    const double at = now();
    if (options_.seconds > 0 && at >= counted_to_) draining_ = true;
    if (options_.rate > 0) send_due(at);
    if (!more() && busy_ == 0) break;
    if (draining_ && at > counted_to_ + 20) die("answers are missing 20 s after the end");
    timespec wait{0, options_.spin ? 0 : 5'000'000};
    if (options_.rate > 0 && !options_.spin)
      wait.tv_nsec = static_cast<long>(std::clamp(next_due_ - now(), 0.0, 0.005) * 1e9);
    const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) readable(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    end = now();
  }
  report(counted_from_, options_.seconds > 0 ? counted_to_ : end);
}

void Load::report(double begin, double end) {
  auto percentile = [&](double p) {
    if (latencies_.empty()) return 0.0;
    const auto at =
        std::min(latencies_.size() - 1, static_cast<std::size_t>(static_cast<double>(latencies_.size()) * p));
    std::nth_element(latencies_.begin(), latencies_.begin() + static_cast<std::ptrdiff_t>(at), latencies_.end());
    return static_cast<double>(latencies_[at]) * 1e3;
  };
  std::string statuses;
  for (const auto& [status, count] : statuses_) {
    statuses += (statuses.empty() ? "" : ", ") + ("\"" + std::to_string(status) + "\": ") + std::to_string(count);
  }
  std::printf(
      "{\"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"p999_ms\": %.3f, \"max_ms\": %.3f, \"statuses\": "
      "{%s}}\n",
      static_cast<double>(counted_) / (end - begin), percentile(0.5), percentile(0.99), percentile(0.999),
      percentile(1), statuses.c_str());
  if (!options_.tokens_out.empty()) {
    std::ofstream file(options_.tokens_out);
    for (const auto& token : tokens_) file << token << "\n";
  }
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const char* value = arguments[i + 1];
    if (name == "--port")
      options.port = std::atoi(value);
    else if (name == "--connections")
      options.connections = std::atoi(value);
    else if (name == "--seconds")
      options.seconds = std::atof(value);
    else if (name == "--warm")
      options.warm = std::atof(value);
    else if (name == "--rate")
      options.rate = std::atof(value);
    else if (name == "--random")
      options.random = std::atoi(value) != 0;
    else if (name == "--spin")
      options.spin = std::atoi(value) != 0;
    else if (name == "--requests")
      options.requests = value;
    else if (name == "--tokens-out")
      options.tokens_out = value;
    else
      die("unknown option " + std::string(name));
  }
  if (options.port == 0 || options.requests.empty()) {
    die("usage: kontor-load --port N --requests FILE [--connections N] [--seconds S --warm S] [--rate R] [--random 1] "
        "[--spin 1] "
        "[--tokens-out FILE]");
  }
  Load(options).run();
}
