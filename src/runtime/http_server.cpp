#include "runtime/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "runtime/http_server_impl.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kStagedAtOnce = 16;  // more would only make the first wait
constexpr int kAcceptsPerTurn = 64;
constexpr std::int64_t kLingerMs = 1000;
constexpr std::size_t kRecordBytes = 16 * 1024;  // the most that TLS takes in one piece

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

bool read_address(const std::string& text, int port, SocketAddress& out) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, text == "localhost" ? "127.0.0.1" : text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    out.size = sizeof *v4;
    return true;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    out.size = sizeof *v6;
    return true;
  }
  return false;
}

std::string peer_text(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  } else if (from.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text, sizeof text);
  }
  return std::strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text;
}

int port_of(int fd) {
  SocketAddress address;
  address.size = sizeof address.storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  return ntohs(address.storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port
                                                     : reinterpret_cast<sockaddr_in&>(address.storage).sin_port);
}

}  // namespace

void ConnList::append(Conn& conn) {
  conn.previous = last_;
  conn.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &conn;
  last_ = &conn;
  ++size_;
}
void ConnList::remove(Conn& conn) {
  (conn.previous != nullptr ? conn.previous->next : first_) = conn.next;
  (conn.next != nullptr ? conn.next->previous : last_) = conn.previous;
  --size_;
}

Server::Impl::Impl(Loop& loop_, const http::Dispatcher& dispatcher_, ServerSettings settings_, ServerWorld world_)
    : loop(loop_),
      dispatcher(dispatcher_),
      settings(std::move(settings_)),
      world(std::move(world_)),
      rules{settings.line_bytes, settings.head_bytes, 100, true},
      cors(settings.cors_origins),
      hsts_line(settings.hsts_s > 0 ? "Strict-Transport-Security: max-age=" + std::to_string(settings.hsts_s) + "\r\n"
                                    : std::string()),
      ids(world.seed),
      buffer(kReadBytes) {
  spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  staged.reserve(kStagedAtOnce);
  round = loop.after_rounds([this] {
    if (!staged.empty()) answer_staged();
  });
  sweep_ms = std::clamp<std::int64_t>(std::min({settings.head_ms, settings.idle_ms, settings.beat_ms}) / 4, 10, 500);
}

Server::Impl::~Impl() {
  stop_listening();
  loop.cancel(sweeper);
  loop.forget_rounds(round);
  while (open_sockets.first() != nullptr) close(*open_sockets.first());
  for (const auto& conn : conns) {
    loop.unwatch(conn->fd);
    ::close(conn->fd);
  }
  if (spare_fd >= 0) ::close(spare_fd);
}

Result<int> Server::Impl::listen(const std::string& address, int port, const Entrance& entrance) {
  const auto failed = [&](int fd, std::string_view what) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return fail(Errc::kUnavailable, "runtime.listen",
                std::string(what) + " " + address + ":" + std::to_string(port) + ": " + why + ".");
  };
  SocketAddress where;
  if (!read_address(address, port, where)) {
    return fail(Errc::kInvalid, "runtime.listen", "'" + address + "' is not an IPv4 or IPv6 address.");
  }
  const int fd = socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(fd, "No socket for");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (bind(fd, reinterpret_cast<sockaddr*>(&where.storage), where.size) != 0) return failed(fd, "Cannot bind");
  if (::listen(fd, 4096) != 0) return failed(fd, "Cannot listen on");
  Listener& listener = *listeners.emplace_back(std::make_unique<Listener>(Listener{fd, entrance}));
  if (listener.entrance.dispatcher == nullptr) listener.entrance.dispatcher = &dispatcher;
  if (listener.entrance.tls != nullptr) record.resize(kRecordBytes);
  stopping = false;
  loop.watch(fd, EPOLLIN, [this, &listener](std::uint32_t) { accept_all(listener); });
  if (sweeper == 0) sweeper = loop.call_after(sweep_ms, [this] { sweep(); });
  return port_of(fd);
}

void Server::Impl::stop_listening() {
  for (const auto& listener : listeners) {
    if (listener->fd < 0) continue;
    loop.unwatch(listener->fd);
    ::close(std::exchange(listener->fd, -1));
  }
}

void Server::Impl::accept_all(Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd = accept4(listener.fd, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd, peer_text(from), listener);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if ((errno == EMFILE || errno == ENFILE) && spare_fd >= 0) {
      // Without a descriptor the backlog would keep the loop busy for nothing: take the client and hang up.
      ::close(spare_fd);
      const int dropped = accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (dropped >= 0) ::close(dropped);
      spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
      if (dropped >= 0) continue;
    }
    return;
  }
}

void Server::Impl::admit(int fd, const std::string& peer, const Listener& listener) {
  const bool over_tls = listener.entrance.tls != nullptr;
  if (conns.size() >= settings.connections && over_tls) {  // nothing can be said before the handshake
    ::close(fd);
    return;
  }
  if (conns.size() >= settings.connections) {
    std::string id;
    ids.next_hex(id);
    const std::string answer = refusal_answer(
        {503, "unavailable", "request.too_many_connections", "Too many connections; try again in a moment."}, date(),
        id);
    [[maybe_unused]] const auto sent = send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(fd);
    return;
  }
  auto conn = std::make_unique<Conn>();
  Conn& one = *conn;
  one.fd = fd;
  one.peer = peer;
  one.listener = &listener;
  one.trusted = contains(settings.trusted_proxies, peer);
  one.slot = conns.size();
  conns.push_back(std::move(conn));
  open_count.store(conns.size(), std::memory_order_relaxed);
  set_state(one, over_tls ? Conn::State::kShaking : Conn::State::kIdle);
  // Edge-triggered for both directions: one epoll_ctl in a connection's life.
  loop.watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
             [this, &one](std::uint32_t events) { on_event(one, events); });
}

void Server::Impl::on_event(Conn& conn, std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) conn.readable = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) conn.hung_up = true;
  switch (conn.state) {
    case Conn::State::kShaking:
      shake(conn);
      break;
    case Conn::State::kIdle:
    case Conn::State::kHead:
      staging = true;
      if (conn.readable) pump(conn);
      staging = false;
      if (staged.size() >= kStagedAtOnce) answer_staged();
      break;
    case Conn::State::kStaged:
      break;  // what came is read when it has its answer
    case Conn::State::kBusy:
      conn.exchange->parker.wake();
      break;
    case Conn::State::kSocket:
      sockets.on_event(conn);
      break;
    case Conn::State::kLingering:
      discard(conn);
      break;
    case Conn::State::kClosed:
      break;
  }
  reap();
}

void Server::Impl::set_state(Conn& conn, Conn::State state) {
  const auto list_of = [this](Conn::State of) -> ConnList* {
    if (of == Conn::State::kIdle) return &idle;
    if (of == Conn::State::kShaking) return &shaking;
    if (of == Conn::State::kHead) return &heads;
    if (of == Conn::State::kSocket) return &open_sockets;
    return of == Conn::State::kLingering ? &lingering : nullptr;
  };
  if (state == conn.state && state == Conn::State::kHead) return;  // trickling bytes gain no time
  if (ConnList* list = list_of(conn.state)) list->remove(conn);
  conn.state = state;
  ConnList* list = list_of(state);
  if (list == nullptr) return;
  const bool waits_for_head = list == &heads || list == &shaking;
  conn.deadline = loop.now_ms() + (list == &idle           ? settings.idle_ms
                                   : list == &open_sockets ? settings.beat_ms
                                   : waits_for_head        ? settings.head_ms
                                                           : kLingerMs);
  list->append(conn);
}

void Server::Impl::pump(Conn& conn) {
  const auto waits = [&conn] { return conn.state == Conn::State::kIdle || conn.state == Conn::State::kHead; };
  if (!conn.carry.empty() && conn.state == Conn::State::kIdle) take_carry(conn);
  while (conn.readable && waits()) {
    const ssize_t got = conn.receive(buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      conn.readable = false;
      return;
    }
    if (got <= 0) return close(conn);
    const auto bytes = static_cast<std::size_t>(got);
    // A short read emptied the socket; what comes later makes a new event. The end of the stream may have been told
    // already. TLS gives a record at a time, and may hold more.
    if (bytes < buffer.size() && !conn.hung_up && conn.tls == nullptr) conn.readable = false;
    if (conn.carry.empty()) {
      const std::string_view input(buffer.data(), bytes);
      const std::size_t consumed = consume(conn, input);
      if (consumed < bytes && conn.state != Conn::State::kClosed) conn.carry.assign(input.substr(consumed));
    } else {
      conn.carry.append(buffer.data(), bytes);
      take_carry(conn);
    }
  }
}

void Server::Impl::take_carry(Conn& conn) {
  conn.carry.erase(0, consume(conn, conn.carry));
  if (conn.carry.empty()) std::string().swap(conn.carry);  // an idle connection holds no buffer
}

void Server::Impl::close(Conn& conn) {
  if (conn.state == Conn::State::kClosed) return;
  set_state(conn, Conn::State::kClosed);
  if (conn.socket != nullptr) sockets.gone(conn);
  hang_up(conn);
  loop.unwatch(conn.fd);
  ::close(conn.fd);
  const std::size_t slot = conn.slot;
  closed.push_back(std::move(conns[slot]));
  if (slot + 1 != conns.size()) {
    conns[slot] = std::move(conns.back());
    conns[slot]->slot = slot;
  }
  conns.pop_back();
  open_count.store(conns.size(), std::memory_order_relaxed);
  if (drained != nullptr) drained->wake();
}

void Server::Impl::end(Conn& conn) {
  // Closing a socket with unread bytes resets the connection, and the client may lose the answer.
  if (conn.hung_up) return close(conn);
  if (conn.socket != nullptr) sockets.gone(conn);
  hang_up(conn);
  shutdown(conn.fd, SHUT_WR);
  conn.carry.clear();
  set_state(conn, Conn::State::kLingering);
  if (drained != nullptr) drained->wake();
  if (conn.readable) discard(conn);
}

void Server::Impl::discard(Conn& conn) {
  for (int reads = 0; reads < 16; ++reads) {  // a flood is dropped by its deadline, or by the close below
    const ssize_t got = recv(conn.fd, buffer.data(), buffer.size(), 0);
    if (got > 0) continue;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    break;
  }
  close(conn);
}

void Server::Impl::reap() {
  if (!closed.empty()) closed.clear();
}

void Server::Impl::sweep() {
  const std::int64_t now = loop.now_ms();
  while (shaking.first() != nullptr && shaking.first()->deadline <= now) close(*shaking.first());
  while (idle.first() != nullptr && idle.first()->deadline <= now) close(*idle.first());
  while (lingering.first() != nullptr && lingering.first()->deadline <= now) close(*lingering.first());
  while (open_sockets.first() != nullptr && open_sockets.first()->deadline <= now) sockets.beat(*open_sockets.first());
  while (heads.first() != nullptr && heads.first()->deadline <= now) {
    refuse(*heads.first(), {408, "timeout", "request.head_timeout", "The request did not arrive in time."});
  }
  reap();
  sweeper = loop.call_after(sweep_ms, [this] { sweep(); });
}

bool Server::Impl::shut_down(std::int64_t grace_ms) {
  KONTOR_ASSERT(on_fiber());
  stop_listening();
  stopping = true;
  const std::int64_t until = loop.now_ms() + grace_ms;
  while (shaking.first() != nullptr) close(*shaking.first());
  while (idle.first() != nullptr) close(*idle.first());
  while (open_sockets.first() != nullptr) sockets.go_away(*open_sockets.first());
  reap();
  Parker parker;
  struct Reset {
    Parker*& pointer;
    ~Reset() { pointer = nullptr; }
  } reset{drained};
  drained = &parker;
  // Lingering ones have their answers.
  const auto all_answered = [this] { return conns.size() == lingering.size(); };
  while (!all_answered() && loop.now_ms() < until) parker.wait_for(until - loop.now_ms());
  const bool clean = all_answered();
  while (heads.first() != nullptr) close(*heads.first());
  while (lingering.first() != nullptr) close(*lingering.first());
  for (const auto& conn : conns) shutdown(conn->fd, SHUT_RDWR);  // their fibers notice, and close them
  reap();
  return clean;
}

std::string_view Server::Impl::date() {
  if (loop.now_ms() >= date_until_ms) {
    const Time now = world.wall_clock();
    date_text = http_date(now);
    date_until_ms = loop.now_ms() + 1000 - now.ms % 1000;
  }
  return date_text;
}

Server::Server(Loop& loop, const http::Dispatcher& dispatcher, ServerSettings settings, ServerWorld world)
    : impl_(std::make_unique<Impl>(loop, dispatcher, std::move(settings), std::move(world))) {}
Server::~Server() = default;
Result<int> Server::listen(const std::string& address, int port, const Entrance& entrance) {
  return impl_->listen(address, port, entrance);
}
bool Server::shut_down(std::int64_t grace_ms) { return impl_->shut_down(grace_ms); }
std::size_t Server::connections() const { return impl_->open_count.load(std::memory_order_relaxed); }
std::size_t Server::sockets() const { return impl_->socket_count.load(std::memory_order_relaxed); }
std::size_t Server::in_flight() const { return impl_->busy_count.load(std::memory_order_relaxed); }

}  // namespace kontor::runtime
