// What happens to a request on its fiber: its body is read, its handler run, its answer written, its connection given
// back.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/assert.h"
#include "runtime/http_server_impl.h"
#include "runtime/tracing.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kDrainBytes = 64 * 1024;
constexpr std::size_t kKeepBytes = 16 * 1024;  // a kept exchange holds no larger buffers
constexpr std::string_view kGone = "request.client_gone";

Refusal refusal_of(const Error& error) {
  if (error.reason == "request.body_timeout") {
    return {408, "timeout", "request.body_timeout", "The request's body did not arrive in time."};
  }
  if (error.code == Errc::kTooLarge)
    return {413, "too_large", "request.body_too_large", "The request's body is too large."};
  return {400, "bad_request", "request.chunking", "The request's chunked body is malformed."};
}

void forget(std::string& text) {
  if (text.capacity() > kKeepBytes) {
    std::string().swap(text);
  } else {
    text.clear();
  }
}

// Says of a span what became of its request, once that is known.
struct Traced {
  const Exchange& exchange;
  Span& span;
  ~Traced() {
    if (!span.on()) return;
    const auto method = http::method_name(exchange.head.request.method);
    span.rename(std::string(method) + (exchange.route.empty() ? "" : " ") + std::string(exchange.route));
    span.set("http.request.method", method);
    if (!exchange.route.empty()) span.set("http.route", exchange.route);
    span.set("http.response.status_code", exchange.status);
    span.set("kontor.request_id", exchange.head.request.request_id);
    if (exchange.status >= 500) span.failed();
  }
};

}  // namespace

BodyStream::BodyStream(const ServerSettings& settings, const Loop& loop, Exchange& exchange)
    : settings_(settings), loop_(loop), exchange_(exchange), input_(std::move(exchange.conn->carry)) {
  exchange_.conn->carry.clear();
  if (exchange_.head.framing == Framing::kLength) left_ = exchange_.head.content_length;
  asked_ = !exchange_.head.expect_continue;
}

BodyStream::~BodyStream() { exchange_.conn->carry = at_ == 0 ? std::move(input_) : input_.substr(at_); }

bool BodyStream::finished() const {
  if (broken_) return false;
  return exchange_.head.framing == Framing::kChunked ? chunks_.done() : left_ == 0;
}

Result<std::string_view> BodyStream::next() {
  for (;;) {
    if (finished()) return std::string_view();
    if (broken_) return fail(Errc::kBadRequest, kGone, "The request's body broke off.");
    if (at_ == input_.size()) {
      auto filled = fill();
      broken_ = !filled;
      TRY_DO(std::move(filled));
      continue;
    }
    const std::string_view rest = std::string_view(input_).substr(at_);
    if (exchange_.head.framing == Framing::kLength) {
      const std::string_view piece = rest.substr(0, std::min<std::uint64_t>(left_, rest.size()));
      left_ -= piece.size();
      at_ += piece.size();
      return piece;
    }
    const ChunkDecoder::Step step = chunks_.next(rest);
    at_ += step.consumed;
    if (chunks_.bad()) {
      broken_ = true;
      return fail(Errc::kBadRequest, "request.chunking", "The chunked body is malformed.");
    }
    if (!step.data.empty()) return step.data;
  }
}

Result<void> BodyStream::fill() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  if (!asked_) {
    asked_ = true;
    // The socket is empty so far, so these few bytes always fit.
    const Conn& conn = *exchange_.conn;
    if ((conn.tls != nullptr ? conn.tls->write(kContinue)
                             : send(conn.fd, kContinue.data(), kContinue.size(), MSG_NOSIGNAL)) < 0) {
      return fail(Errc::kBadRequest, kGone, "The client went away.");
    }
  }
  const bool counted = exchange_.head.framing == Framing::kLength;
  input_.resize(counted ? std::min<std::uint64_t>(left_, kPieceBytes) : kPieceBytes / 4);
  at_ = 0;
  std::size_t got = 0;
  auto result = more(input_.data(), input_.size(), got);
  input_.resize(got);
  return result;
}

Result<void> BodyStream::more(char* into, std::size_t room, std::size_t& got) {
  Conn& conn = *exchange_.conn;
  for (;;) {
    if (conn.readable) {
      const ssize_t count = conn.receive(into, room);
      if (count > 0) {
        got = static_cast<std::size_t>(count);
        return {};
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        conn.hung_up = true;
        return fail(Errc::kBadRequest, kGone, "The client went away.");
      }
      if (errno == EINTR) continue;
      conn.readable = false;
    }
    std::int64_t patience = settings_.body_ms;
    if (give_up_ms_ >= 0) patience = std::min(patience, give_up_ms_ - loop_.now_ms());
    if (patience <= 0 || !exchange_.parker.wait_for(patience)) {
      return fail(Errc::kTimeout, "request.body_timeout", "The request's body did not arrive in time.");
    }
  }
}

Result<void> BodyStream::read_whole(std::size_t limit) {
  const auto too_large = [] {
    return fail(Errc::kTooLarge, "request.body_too_large", "The request's body is too large.");
  };
  if (left_ > limit) return too_large();
  give_up_ms_ = loop_.now_ms() + settings_.body_total_ms;
  exchange_.body.clear();
  while (!finished()) {
    TRY(const auto piece, next());
    if (exchange_.body.size() + piece.size() > limit) return too_large();
    exchange_.body.append(piece);
  }
  return {};
}

bool BodyStream::drain() {
  if (!finished() && (!asked_ || left_ > kDrainBytes)) return false;
  give_up_ms_ = loop_.now_ms() + settings_.body_total_ms;
  for (std::size_t dropped = 0; !finished();) {
    const auto piece = next();
    if (!piece || (dropped += piece->size()) > kDrainBytes) return false;
  }
  return true;
}

void Server::Impl::serve(Exchange& exchange) {
  // However the fiber ends, also killed, the connection does not stay behind.
  struct AtEnd {
    Impl& server;
    Exchange& one;
    bool keep = false;
    ~AtEnd() { server.finish(one, keep); }
  } at_end{*this, exchange};
  at_end.keep = run(exchange);
}

// Whose part this request is: of the trace that it names, of a new one that is told to the collector, or of one that
// nobody records.
void Server::Impl::take_traceparent(Exchange& exchange, const Span& span) {
  std::string& out = exchange.head.request.traceparent;
  if (span.on()) {
    out = span.traceparent();
  } else if (is_traceparent(exchange.head.traceparent)) {
    out.assign(exchange.head.traceparent);
  } else {
    out.assign("00-");
    ids.next_hex(out);
    ids.next_hex(out);
    out += '-';
    ids.next_hex(out);
    out += world.tracer != nullptr ? "-00" : "-01";  // decided, or left to others
  }
}

// Returns whether the connection goes on.
bool Server::Impl::run(Exchange& exchange) {
  bool keep = exchange.head.keep_alive && !stopping;
  if (exchange.only_write) return send_all(exchange) && keep;
  http::Request& request = exchange.head.request;
  Span span(world.tracer, "request", SpanKind::kServer, exchange.head.traceparent);
  take_traceparent(exchange, span);
  const http::Dispatcher& table = *exchange.conn->listener->entrance.dispatcher;
  const auto match = table.find(request.method, request.path);
  if (match.route != nullptr) exchange.route = match.route->pattern;
  const Traced traced{exchange, span};
  BodyStream body(settings, loop, exchange);
  http::Response response;
  if (match.endpoint != nullptr && !match.endpoint->streamed) {
    const auto read = body.read_whole(std::min(match.endpoint->body_limit, settings.body_bytes));
    if (!read && read.error().reason == kGone) return false;
    request.body = exchange.body;
    response = read ? table.run(match, request) : refusal_response(refusal_of(read.error()), request.request_id);
    if (!read) keep = false;
  } else {
    response = table.run(match, request, match.endpoint != nullptr ? &body : nullptr);
  }
  if (match.verdict == http::Dispatcher::Verdict::kOptions) cors.add_preflight(response, exchange.head);
  if (response.socket != nullptr) return send_upgrade(exchange, response);
  if (response.ready != nullptr) {
    make_form(exchange, response, match);
  } else {
    compress(exchange, response);
  }
  keep = keep && !stopping && body.drain();
  return send_answer(exchange, response, keep) && keep;
}

// The answer that makes a WebSocket of the connection; finish() hands it over.
bool Server::Impl::send_upgrade(Exchange& exchange, const http::Response& response) {
  exchange.status = response.status;
  exchange.out = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nRequest-Id: " +
                 exchange.head.request.request_id + "\r\n";
  for (const auto& [name, value] : response.headers)
    exchange.out.append(name).append(": ").append(value).append("\r\n");
  exchange.out += "\r\n";
  exchange.outgoing.count = exchange.outgoing.left = 0;
  exchange.outgoing.add(exchange.out);
  exchange.bytes = exchange.outgoing.left;
  if (stopping || !send_all(exchange)) return false;
  exchange.socket = response.socket;
  return true;
}

bool Server::Impl::send_answer(Exchange& exchange, const http::Response& response, bool keep) {
  exchange.outgoing.count = exchange.outgoing.left = 0;
  if (response.ready != nullptr) {
    exchange.ready = response.ready;
    put_ready(exchange, keep);
    return send_all(exchange);
  }
  const bool pieces = response.next_piece != nullptr;
  const bool chunked = pieces && !exchange.head.http10;
  const bool until_close = pieces && exchange.head.http10;
  const bool body =
      exchange.head.request.method != http::Method::kHead && response.status != 204 && response.status != 304;
  exchange.status = response.status;
  exchange.out.clear();
  std::string lines;
  append_lines(lines, exchange);
  append_head(exchange.out, response,
              {date(), exchange.head.request.request_id, connection(exchange, keep && !until_close), chunked,
               until_close, lines});
  exchange.outgoing.add(exchange.out);
  if (body && !pieces) exchange.outgoing.add(response.body);
  exchange.bytes = exchange.outgoing.left;
  if (!send_all(exchange)) return false;
  if (!pieces) return true;
  return (!body || send_pieces(exchange, response, chunked)) && !until_close;
}

bool Server::Impl::send_pieces(Exchange& exchange, const http::Response& response, bool chunked) {
  for (;;) {
    const auto piece = response.next_piece();
    if (!piece) return false;
    std::array<char, 24> size;
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", piece->size());
    exchange.outgoing.count = exchange.outgoing.left = 0;
    if (chunked) exchange.outgoing.add({size.data(), static_cast<std::size_t>(length)});
    exchange.outgoing.add(*piece);
    if (chunked) exchange.outgoing.add("\r\n");
    exchange.bytes += exchange.outgoing.left;
    if (!send_all(exchange)) return false;
    if (piece->empty()) return true;  // the empty chunk just sent is the last
  }
}

bool Server::Impl::send_all(Exchange& exchange) {
  Outgoing& out = exchange.outgoing;
  const std::int64_t until =
      loop.now_ms() + settings.write_ms + static_cast<std::int64_t>(out.left) * 1000 / settings.slowest_bytes_per_s;
  while (out.left > 0) {
    const ssize_t sent = transmit(*exchange.conn, out);
    if (sent >= 0) {
      out.advance(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    const std::int64_t patience = std::min(settings.write_ms, until - loop.now_ms());
    if (patience <= 0 || !exchange.parker.wait_for(patience)) return false;
  }
  return true;
}

void Server::Impl::release(Exchange& exchange) {
  exchange.conn = nullptr;
  exchange.ready.reset();
  exchange.socket.reset();
  for (std::string* text : {&exchange.storage, &exchange.body, &exchange.out}) forget(*text);
  const std::size_t slot = exchange.slot;
  KONTOR_ASSERT(busy[slot].get() == &exchange);
  std::swap(busy[slot], busy.back());
  busy[slot]->slot = slot;
  if (spare.size() < 256) spare.push_back(std::move(busy.back()));
  busy.pop_back();
  busy_count.store(busy.size(), std::memory_order_relaxed);
}

void Server::Impl::finish(Exchange& exchange, bool keep) {
  Conn& conn = *exchange.conn;
  if (exchange.status != 0) note(exchange);
  const bool unsent = exchange.outgoing.left > 0;
  const auto socket = std::move(exchange.socket);
  conn.exchange = nullptr;
  release(exchange);
  if (keep && socket != nullptr) {
    sockets.open(conn, socket);
  } else if (keep) {
    set_state(conn, Conn::State::kIdle);
    pump(conn);
  } else if (unsent) {
    close(conn);
  } else {
    end(conn);
  }
  reap();
}

}  // namespace kontor::runtime
