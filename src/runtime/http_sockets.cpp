#include "runtime/http_sockets.h"

#include <cerrno>

#include "runtime/http_server_impl.h"

namespace kontor::runtime {
namespace {

constexpr std::int64_t kLongestMs = 60 * kMinuteMs;  // then the client comes again, and shows who it is

}  // namespace

void SocketServer::open(Conn& conn, std::shared_ptr<http::SocketHandler> handler) {
  auto open = std::make_unique<OpenSocket>();
  open->key = ++last_key_;
  open->opened_ms = server_.loop.now_ms();
  open->socket = std::make_shared<http::WebSocket>(server_.loop, *this, open->key);
  open->handler = std::move(handler);
  by_key_[open->key] = &conn;
  const auto socket = open->socket;
  const auto told = open->handler;
  conn.socket = std::move(open);
  server_.set_state(conn, Conn::State::kSocket);
  server_.socket_count.fetch_add(1, std::memory_order_relaxed);
  told->opened(socket);
  if (!conn.carry.empty()) {
    conn.socket->reader.feed(conn.carry);
    std::string().swap(conn.carry);
  }
  read(conn);
}

void SocketServer::gone(Conn& conn) {
  const auto open = std::move(conn.socket);
  by_key_.erase(open->key);
  server_.socket_count.fetch_sub(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(open->socket->mutex_);
    open->socket->open_ = false;
    open->socket->queue_.clear();
  }
  open->handler->closed();
}

void SocketServer::on_event(Conn& conn) {
  if (!conn.socket->out.empty()) write(conn);
  if (conn.state == Conn::State::kSocket && conn.readable) read(conn);
}

void SocketServer::read(Conn& conn) {
  auto& buffer = server_.buffer;
  FrameReader::Piece piece;
  while (conn.state == Conn::State::kSocket) {
    const auto step = conn.socket->reader.next(piece);
    if (step == FrameReader::Step::kBad) return finish(conn, conn.socket->reader.bad());
    if (step == FrameReader::Step::kPiece) {
      take(conn, std::move(piece));
      continue;
    }
    if (!conn.readable) break;
    const ssize_t got = conn.receive(buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      conn.readable = false;
      break;
    }
    if (got <= 0) return server_.close(conn);
    conn.socket->heard = true;
    conn.socket->reader.feed({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (conn.state == Conn::State::kSocket) conn.socket->reader.let_go();
}

void SocketServer::take(Conn& conn, FrameReader::Piece&& piece) {
  OpenSocket& open = *conn.socket;
  switch (piece.opcode) {
    case Opcode::kPing:
      if (open.out.size() > kControlsWaiting) return finish(conn, 1008);
      return say(conn, make_frame(Opcode::kPong, piece.payload));
    case Opcode::kPong:
      return;
    case Opcode::kClose:
      say(conn, make_frame(Opcode::kClose, piece.payload.substr(0, 2)));
      if (conn.state == Conn::State::kSocket) server_.end(conn);
      return;
    default:
      if (open.messages.size() >= kMessagesWaiting) return finish(conn, 1008);
      open.messages.push_back(std::move(piece.payload));
      return work(conn);
  }
}

// A fiber for what was said, as long as something is said; the connection may go meanwhile.
void SocketServer::work(Conn& conn) {
  OpenSocket& open = *conn.socket;
  if (open.at_work || open.messages.empty()) return;
  open.at_work = true;
  server_.loop.spawn([this, key = open.key, handler = open.handler] {
    for (;;) {
      const auto found = by_key_.find(key);
      if (found == by_key_.end()) return;
      OpenSocket& mine = *found->second->socket;
      if (mine.messages.empty()) {
        mine.at_work = false;
        return;
      }
      const std::string text = std::move(mine.messages.front());
      mine.messages.pop_front();
      handler->message(text);
    }
  });
}

void SocketServer::say(Conn& conn, std::string frame) {
  OpenSocket& open = *conn.socket;
  if (open.closing) return;
  {
    const std::lock_guard lock(open.socket->mutex_);
    open.socket->waiting_bytes_ += frame.size();
  }
  open.out.push_back(std::make_shared<const std::string>(std::move(frame)));
  write(conn);
}

void SocketServer::write(Conn& conn) {
  OpenSocket& open = *conn.socket;
  while (!open.out.empty()) {
    Outgoing part;
    part.add(std::string_view(*open.out.front()).substr(open.sent));
    const ssize_t sent = server_.transmit(conn, part);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return server_.close(conn);
    open.sent += static_cast<std::size_t>(sent);
    open.stuck = false;
    if (open.sent < open.out.front()->size()) continue;
    {
      const std::lock_guard lock(open.socket->mutex_);
      open.socket->waiting_bytes_ -= open.out.front()->size();
    }
    open.out.pop_front();
    open.sent = 0;
  }
  if (open.closing) server_.end(conn);
}

// Says why, if the client still listens, and ends.
void SocketServer::finish(Conn& conn, std::uint16_t code) {
  OpenSocket& open = *conn.socket;
  const bool half_said = open.sent > 0;
  while (open.out.size() > (half_said ? 1 : 0)) open.out.pop_back();
  say(conn, make_close(code));
  if (conn.state != Conn::State::kSocket) return;
  if (conn.socket->out.empty()) return server_.end(conn);
  conn.socket->closing = true;  // what the socket does not take is dropped with the next beat
}

void SocketServer::beat(Conn& conn) {
  OpenSocket& open = *conn.socket;
  if (!open.heard || open.closing || (!open.out.empty() && open.stuck)) return server_.close(conn);
  open.heard = false;
  open.stuck = !open.out.empty();
  server_.set_state(conn, Conn::State::kSocket);
  if (server_.loop.now_ms() - open.opened_ms > kLongestMs) return finish(conn, 1001);
  say(conn, make_frame(Opcode::kPing, {}));
}

void SocketServer::go_away(Conn& conn) {
  finish(conn, 1001);
  if (conn.state == Conn::State::kSocket) server_.close(conn);
}

void SocketServer::flush(http::WebSocket& socket) {
  std::uint16_t code = 0;
  std::vector<http::Frame> fresh;
  {
    const std::lock_guard lock(socket.mutex_);
    socket.woken_ = false;
    if (!socket.open_) return;
    fresh.swap(socket.queue_);
    code = socket.close_code_;
  }
  Conn& conn = *by_key_.at(socket.key_);
  for (auto& frame : fresh) conn.socket->out.push_back(std::move(frame));
  if (code == static_cast<std::uint16_t>(http::CloseCode::kUnread))  // it would not read why, either
    server_.close(conn);
  else if (code != 0)
    finish(conn, code);
  else
    write(conn);
  server_.reap();
}

}  // namespace kontor::runtime
