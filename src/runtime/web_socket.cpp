#include "runtime/web_socket.h"

#include "base/text.h"
#include "runtime/fiber.h"
#include "runtime/http_sockets.h"
#include "runtime/web_socket_frames.h"

namespace kontor::http {

Frame text_frame(std::string_view text) {
  return std::make_shared<const std::string>(runtime::make_frame(runtime::Opcode::kText, text));
}

// The loop outlives the server, and the server closes its sockets before it goes: while a socket is open, both are
// there.
void WebSocket::wake() {
  if (std::exchange(woken_, true)) return;
  loop_.post([self = shared_from_this()] { self->server_.flush(*self); });
}

bool WebSocket::send(const Frame& frame) {
  const std::lock_guard lock(mutex_);
  if (!open_ || close_code_ != 0) return false;
  if (waiting_bytes_ + frame->size() > kQueueBytes) {
    close_code_ = static_cast<std::uint16_t>(CloseCode::kUnread);
    wake();
    return false;
  }
  waiting_bytes_ += frame->size();
  queue_.push_back(frame);
  wake();
  return true;
}

void WebSocket::close(CloseCode code) {
  const std::lock_guard lock(mutex_);
  if (!open_ || close_code_ != 0) return;
  close_code_ = static_cast<std::uint16_t>(code);
  wake();
}

Result<Response> open_socket(const Request& request, std::shared_ptr<SocketHandler> handler) {
  const auto names = [](std::string_view list, std::string_view wanted) {
    for (const auto part : split(list, ','))
      if (iequals_ascii(trim(part), wanted)) return true;
    return false;
  };
  const auto key = request.header("Sec-WebSocket-Key");
  const bool asked = request.method == Method::kGet && names(request.header("Connection"), "upgrade") &&
                     names(request.header("Upgrade"), "websocket");
  if (!asked || key.size() != 24 || request.header("Sec-WebSocket-Version") != "13")
    return fail(Errc::kBadRequest, "request.no_web_socket",
                "This address speaks WebSocket (RFC 6455, version 13); connect with such a client.");
  Response response;
  response.status = 101;
  response.headers.emplace_back("Sec-WebSocket-Accept", runtime::accept_key(key));
  response.socket = std::move(handler);
  return response;
}

}  // namespace kontor::http
