// What lies between a socket and its requests: the TLS handshake and records, what a trusted proxy says, requests that
// this entrance does not serve, and the lines that it adds to answers.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "runtime/http_server_impl.h"
#include "runtime/socket_calls.h"

namespace kontor::runtime {
namespace {

// What a plain client sees of the TLS port; anything else that is no handshake is hung up on.
bool looks_like_http(char first) { return first >= 'A' && first <= 'Z'; }

}  // namespace

void Server::Impl::shake(Conn& conn) {
  if (conn.tls == nullptr) {
    char first = 0;
    const ssize_t got = recv(conn.fd, &first, 1, MSG_PEEK);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return close(conn);
    if (!begins_tls(first)) {
      if (world.observer != nullptr) world.observer->handshake_failed();
      if (!looks_like_http(first)) return close(conn);
      return refuse(conn, {400, "bad_request", "request.plain_http",
                           "This port speaks HTTPS; the request came over plain HTTP."});
    }
    conn.tls = std::make_unique<TlsSession>(*conn.listener->entrance.tls, conn.fd);
  }
  switch (conn.tls->shake()) {
    case TlsSession::Shake::kWaits:
      if (conn.hung_up) close(conn);
      return;
    case TlsSession::Shake::kFailed:
      if (world.observer != nullptr) world.observer->handshake_failed();
      return end(conn);  // not close: the client shall read the alert
    case TlsSession::Shake::kDone:
      conn.readable = true;  // the first request may have come with the handshake's last bytes
      set_state(conn, Conn::State::kIdle);
      return pump(conn);
  }
}

void Server::Impl::hang_up(Conn& conn) {
  if (conn.tls != nullptr) conn.tls->goodbye();
}

ssize_t Server::Impl::transmit(Conn& conn, const Outgoing& out) {
  if (conn.tls == nullptr) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(out.parts.data());  // sendmsg only reads them
    message.msg_iovlen = out.count;
    return socket_send(conn.fd, message);
  }
  const auto bytes_of = [](const iovec& part) {
    return std::string_view(static_cast<const char*>(part.iov_base), part.iov_len);
  };
  if (out.count == 1 || out.parts[0].iov_len >= record.size())
    return conn.tls->write(bytes_of(out.parts[0]).substr(0, record.size()));
  // Head and body go into one record. The same pieces make the same record again when it was not taken.
  std::size_t size = 0;
  for (std::size_t i = 0; i < out.count; ++i) {
    const std::string_view part = bytes_of(out.parts[i]).substr(0, record.size() - size);
    std::memcpy(record.data() + size, part.data(), part.size());
    size += part.size();
  }
  return conn.tls->write({record.data(), size});
}

ssize_t Server::Impl::transmit(Conn& conn, std::string_view text) {
  return conn.tls != nullptr ? conn.tls->write(text) : send(conn.fd, text.data(), text.size(), MSG_NOSIGNAL);
}

void Server::Impl::believe_proxy(Exchange& exchange) {
  http::Request& request = exchange.head.request;
  const Head& head = exchange.head;
  if (const auto client = client_of(head.forwarded_for, settings.trusted_proxies); !client.empty())
    request.peer = client;
  if (!head.forwarded_proto.empty()) request.secure = iequals_ascii(last_of(head.forwarded_proto), "https");
  if (const auto host = last_of(head.forwarded_host); is_host_name(host_name(host))) request.host = host;
}

bool Server::Impl::turn_away(Conn& conn, Exchange& exchange) {
  const Entrance& entrance = conn.listener->entrance;
  const http::Request& request = exchange.head.request;
  if (!settings.hosts.empty() && !entrance.any_host && !is_known_host(settings.hosts, request.host)) {
    refuse(conn, {421, "bad_request", "request.unknown_host", "This shop is not known under that host name."});
    return true;
  }
  if (entrance.redirect_to == 0) return false;
  const std::string_view host = host_name(request.host);
  if (!is_host_name(host)) {
    refuse(conn, {400, "bad_request", "request.host", "There must be one Host header with a host name and port."});
    return true;
  }
  http::Response response;
  response.status = 308;
  response.content_type.clear();
  std::string location = "https://" + std::string(host);
  if (entrance.redirect_to != 443) location += ":" + std::to_string(entrance.redirect_to);
  location.append(request.path == "*" ? "/" : request.path);
  if (!request.query.empty()) location.append("?").append(request.query);
  response.headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}};
  exchange.out.clear();
  append_head(exchange.out, response, {date(), request.request_id, Connection::kClose});
  [[maybe_unused]] const auto sent = transmit(conn, exchange.out);  // into an empty socket
  exchange.status = response.status;
  exchange.bytes = exchange.out.size();
  note(exchange);
  end(conn);  // a body may be on its way
  return true;
}

void Server::Impl::append_lines(std::string& out, const Exchange& exchange) const {
  const http::Request& request = exchange.head.request;
  if (request.secure) out += hsts_line;
  if (cors.covers(request.path)) cors.append(out, exchange.head.origin);
}

}  // namespace kontor::runtime
