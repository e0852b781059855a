// What happens to a request on the loop: parsed, answered at once when its bytes are at hand, else given to a fiber.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtime/http_compress.h"
#include "runtime/http_server_impl.h"

namespace kontor::runtime {

void Outgoing::add(std::string_view text) {
  if (text.empty()) return;
  parts[count].iov_base = const_cast<char*>(text.data());  // writev's type knows no const
  parts[count++].iov_len = text.size();
  left += text.size();
}

void Outgoing::advance(std::size_t bytes) {
  left -= bytes;
  std::size_t done = 0;
  while (done < count && bytes >= parts[done].iov_len) bytes -= parts[done++].iov_len;
  std::move(parts.begin() + static_cast<std::ptrdiff_t>(done), parts.begin() + static_cast<std::ptrdiff_t>(count),
            parts.begin());
  count -= done;
  if (count > 0) {
    parts[0].iov_base = static_cast<char*>(parts[0].iov_base) + bytes;
    parts[0].iov_len -= bytes;
  }
}

std::unique_ptr<Exchange> Server::Impl::take_exchange() {
  if (spare.empty()) return std::make_unique<Exchange>();
  auto one = std::move(spare.back());
  spare.pop_back();
  return one;
}

// Serves what is complete in `input`, in order, until a request needs a fiber; returns how much was taken.
std::size_t Server::Impl::consume(Conn& conn, std::string_view input) {
  std::size_t taken = 0;
  while (taken < input.size()) {
    if (!scratch) scratch = take_exchange();
    const std::string_view rest = input.substr(taken);
    Refusal refusal;
    const Parsed parsed = parse_head(rest, rules, scratch->head, refusal);
    if (parsed == Parsed::kMore) {
      set_state(conn, Conn::State::kHead);
      return taken;
    }
    if (parsed == Parsed::kRefused) {
      refuse(conn, refusal);
      return input.size();
    }
    taken += scratch->head.bytes;
    begin(conn, *scratch);
    dispatch(conn, *scratch, rest);
    if (conn.state == Conn::State::kBusy || conn.state == Conn::State::kStaged) return taken;
    if (conn.state != Conn::State::kIdle) return input.size();
  }
  return taken;
}

void Server::Impl::begin(Conn& conn, Exchange& exchange) {
  http::Request& request = exchange.head.request;
  exchange.conn = &conn;
  exchange.began_us = world.observer != nullptr ? monotonic_micros() : 0;
  exchange.bytes = 0;
  exchange.status = 0;
  exchange.route = {};
  exchange.only_write = false;
  exchange.outgoing.count = exchange.outgoing.left = 0;
  request.request_id.clear();
  ids.next_hex(request.request_id);
  request.body = {};
  request.peer = conn.peer;
  request.secure = conn.tls != nullptr;
  if (conn.trusted) believe_proxy(exchange);
}

namespace {

// Whether a cookie says that the bytes at hand are not what is asked for.
bool asks_for_another(const Head& head, const http::Endpoint& endpoint) {
  return head.cookies && !endpoint.varies_by.empty() && !head.request.cookie(endpoint.varies_by).empty();
}

}  // namespace

void Server::Impl::dispatch(Conn& conn, Exchange& exchange, std::string_view input) {
  const Head& head = exchange.head;
  if (turn_away(conn, exchange)) return;
  const http::Dispatcher& table = *conn.listener->entrance.dispatcher;
  const bool reads = head.request.method == http::Method::kGet || head.request.method == http::Method::kHead;
  if (reads && head.framing == Framing::kNone && head.request.query.empty()) {
    const auto match = table.find(head.request.method, head.request.path);
    if (match.endpoint != nullptr && match.endpoint->inline_read && !asks_for_another(head, *match.endpoint)) {
      if (staging && match.endpoint->fetch_ahead && match.decoded == nullptr) return stage(conn, match, input);
      if (answer_ready(conn, exchange, *match.route, match.last())) {
        if (exchange.only_write) to_fiber(conn, exchange, input);
        return;
      }
    }
  }
  if (busy.size() >= settings.in_flight) return refuse_busy(conn);
  to_fiber(conn, exchange, input);
}

void Server::Impl::refuse_busy(Conn& conn) {
  refuse(conn,
         {503, "unavailable", "request.too_many_requests", "Too many requests are running; try again in a moment."});
}

bool Server::Impl::answer_ready(Conn& conn, Exchange& exchange, const http::Route& route, std::string_view parameter) {
  exchange.ready = route.endpoint->inline_read(parameter);
  if (exchange.ready == nullptr || lacks_form(exchange)) return false;
  if (exchange.ready->by_language && !exchange.head.request.header("Accept-Language").empty()) return false;
  exchange.route = route.pattern;
  put_ready(exchange, exchange.head.keep_alive && !stopping);
  answer_inline(conn, exchange);
  return true;
}

void Server::Impl::stage(Conn& conn, const http::Dispatcher::Match& match, std::string_view input) {
  std::string_view parameter = match.last();
  http::Ahead ahead;
  match.endpoint->fetch_ahead(parameter, ahead);
  fetch_lines(ahead.lines);
  const auto offset = parameter.data() - input.data();
  hold(*scratch, input);
  if (!parameter.empty()) parameter = {scratch->storage.data() + offset, parameter.size()};
  set_state(conn, Conn::State::kStaged);
  staged.push_back({&conn, std::move(scratch), match.route, parameter, ahead});
}

// Connections that are staged are in no list and have no fiber, so nothing else touches them meanwhile.
void Server::Impl::answer_staged() {
  for (unsigned step = 1; step < http::kAheadSteps; ++step) {
    for (Staged& one : staged) {
      one.ahead = {step, one.ahead.key, {}};
      one.route->endpoint->fetch_ahead(one.parameter, one.ahead);
    }
    for (const Staged& one : staged) fetch_lines(one.ahead.lines);
  }
  for (std::size_t i = 0; i < staged.size(); ++i) {
    Staged& one = staged[i];
    Conn& conn = *one.conn;
    if (scratch) spare.push_back(std::move(scratch));
    scratch = std::move(one.exchange);
    Exchange& exchange = *scratch;
    const bool ready = answer_ready(conn, exchange, *one.route, one.parameter);
    if (!ready && busy.size() >= settings.in_flight)
      refuse_busy(conn);
    else if (!ready || exchange.only_write)
      to_fiber(conn, exchange, exchange.storage);
    if (conn.state == Conn::State::kIdle && (conn.readable || !conn.carry.empty())) pump(conn);
  }
  staged.clear();
  reap();
}

Connection Server::Impl::connection(const Exchange& exchange, bool keep) const {
  if (!keep) return Connection::kClose;
  return exchange.head.http10 ? Connection::kKeep10 : Connection::kKeep;
}

namespace {

constexpr std::string_view kOkLine = "HTTP/1.1 200 OK\r\n";
constexpr std::string_view kSameLine = "HTTP/1.1 304 Not Modified\r\n";

}  // namespace

// Ready bytes are the same for everyone; what is not goes between their status line and the rest.
void Server::Impl::put_ready(Exchange& exchange, bool keep) {
  const Head& head = exchange.head;
  const http::ReadyBytes* ready = exchange.ready.get();
  if (ready->compressible && !head.accept_encoding.empty())
    ready = &ready->form(http::choose_encoding(head.accept_encoding, ready->made()));
  bool same = !head.if_none_match.empty() && names_etag(head.if_none_match, ready->etag);
  if (!same && !head.if_none_match.empty() && names_etag(head.if_none_match, exchange.ready->etag)) {
    ready = exchange.ready.get();  // what the client has says the same, uncompressed
    same = true;
  }
  std::string_view text = same ? ready->not_modified : ready->full;
  if (!same && head.request.method == http::Method::kHead) text = text.substr(0, ready->body_at);
  const std::string_view line = same ? kSameLine : kOkLine;
  exchange.status = same ? 304 : 200;
  exchange.out = line;
  append_common(exchange.out, date(), exchange.head.request.request_id, connection(exchange, keep));
  append_lines(exchange.out, exchange);
  exchange.outgoing.add(exchange.out);
  exchange.outgoing.add(text.substr(line.size()));
  exchange.bytes = exchange.outgoing.left;
}

void Server::Impl::answer_inline(Conn& conn, Exchange& exchange) {
  const ssize_t sent = transmit(conn, exchange.outgoing);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    exchange.ready.reset();
    return close(conn);
  }
  exchange.outgoing.advance(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  if (exchange.outgoing.left > 0) {
    exchange.only_write = true;
    return;
  }
  note(exchange);
  exchange.ready.reset();
  if (!exchange.head.keep_alive || stopping) return end(conn);
  set_state(conn, Conn::State::kIdle);
}

void Server::Impl::note(const Exchange& exchange) {
  if (world.observer == nullptr) return;
  world.observer->finished(
      {exchange.head.request, exchange.route, exchange.status, exchange.bytes, monotonic_micros() - exchange.began_us});
}

// The input is the shared buffer, or a carry that changes: from here on the exchange has its own.
void Server::Impl::hold(Exchange& exchange, std::string_view input) {
  if (input.data() == exchange.storage.data()) return;
  exchange.storage.assign(input.substr(0, exchange.head.bytes));
  const bool forwarded = exchange.head.request.peer.data() != exchange.conn->peer.data();
  exchange.head.move_views(input.data(), exchange.storage.data());
  if (forwarded) {
    const auto offset = exchange.head.request.peer.data() - input.data();
    exchange.head.request.peer = {exchange.storage.data() + offset, exchange.head.request.peer.size()};
  }
}

void Server::Impl::to_fiber(Conn& conn, Exchange& exchange, std::string_view input) {
  hold(exchange, input);
  set_state(conn, Conn::State::kBusy);
  conn.exchange = &exchange;
  exchange.slot = busy.size();
  busy.push_back(std::move(scratch));
  busy_count.store(busy.size(), std::memory_order_relaxed);
  loop.spawn([this, &exchange] { serve(exchange); });
}

void Server::Impl::refuse(Conn& conn, const Refusal& refusal) {
  std::string id;
  ids.next_hex(id);
  const std::string answer = refusal_answer(refusal, date(), id);
  // A client that sends nonsense and does not read is not waited for.
  [[maybe_unused]] const auto sent = transmit(conn, answer);
  if (world.observer != nullptr) {
    http::Request request;
    request.method = http::Method::kOther;
    request.peer = conn.peer;
    request.request_id = id;
    world.observer->finished({request, {}, refusal.status, answer.size(), 0});
  }
  end(conn);
}

}  // namespace kontor::runtime
