// WebSockets (RFC 6455), as endpoints see them: an endpoint answers a request with a SocketHandler, and the server
// keeps the connection open for it. Between messages an open socket holds no fiber and no buffer. What is sent waits in
// a bounded queue; a client that does not read it is dropped.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http.h"

namespace kontor::runtime {
class Loop;
class SocketServer;
}  // namespace kontor::runtime

namespace kontor::http {

// A whole frame, made once for any number of sockets.
using Frame = std::shared_ptr<const std::string>;
Frame text_frame(std::string_view text);

// Why a socket is closed (RFC 6455, 7.4.1).
enum class CloseCode : std::uint16_t {
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupported = 1003,
  kBadText = 1007,
  kPolicy = 1008,
  kTooBig = 1009,
  kUnread = 1013  // never said
};

// One open connection. Safe from any thread; outlives the connection.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  static constexpr std::size_t kQueueBytes = 256 * 1024;

  WebSocket(runtime::Loop& loop, runtime::SocketServer& server, std::size_t key)
      : loop_(loop), server_(server), key_(key) {}

  // Queues the frame. False when the socket is closed, or is dropped now since its client leaves too much unread.
  bool send(const Frame& frame);
  void close(CloseCode code);

 private:
  friend class runtime::SocketServer;
  void wake();  // under mutex_

  runtime::Loop& loop_;
  runtime::SocketServer& server_;
  const std::size_t key_;
  std::mutex mutex_;
  bool open_ = true;
  bool woken_ = false;
  std::uint16_t close_code_ = 0;
  std::size_t waiting_bytes_ = 0;  // queued or half sent
  std::vector<Frame> queue_;
};

// What an endpoint wants of its socket.
class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  // On the loop, when the connection is open. Must not wait.
  virtual void opened(const std::shared_ptr<WebSocket>& socket) = 0;
  // A text from the client; on a fiber, one after the other.
  virtual void message(std::string_view text) = 0;
  // On the loop, once; a message may still be at work. Must not wait.
  virtual void closed() = 0;
};

// The answer to a request that asks for a WebSocket. kBadRequest "request.no_web_socket" when it asks for something
// else.
Result<Response> open_socket(const Request& request, std::shared_ptr<SocketHandler> handler);

}  // namespace kontor::http
