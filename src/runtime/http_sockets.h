// The open WebSockets of one server. Everything here belongs to the loop's thread.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "runtime/http_server.h"
#include "runtime/web_socket.h"
#include "runtime/web_socket_frames.h"

namespace kontor::runtime {

struct Conn;

// What a connection has while it is a WebSocket.
struct OpenSocket {
  std::size_t key = 0;
  std::shared_ptr<http::WebSocket> socket;
  std::shared_ptr<http::SocketHandler> handler;
  FrameReader reader;
  std::deque<http::Frame> out;
  std::size_t sent = 0;              // of the first
  std::deque<std::string> messages;  // that wait for the one at work
  bool at_work = false;              // a fiber has a message
  bool heard = true;                 // of the client, since the last look
  bool stuck = false;                // nothing of the queue was taken since the last look
  bool closing = false;              // the close frame is queued: nothing more is said
  std::int64_t opened_ms = 0;
};

// Moves frames between WebSockets and their connections.
class SocketServer {
 public:
  static constexpr std::size_t kMessagesWaiting = 16;  // of one client; more is no conversation
  static constexpr std::size_t kControlsWaiting = 64;  // pongs that nobody reads

  explicit SocketServer(Server::Impl& server) : server_(server) {}

  // The connection has had its 101.
  void open(Conn& conn, std::shared_ptr<http::SocketHandler> handler);
  void on_event(Conn& conn);
  // Time for a sign of life: asks for one, or gives up who has not answered the last, or has read nothing since.
  void beat(Conn& conn);
  void go_away(Conn& conn);  // the server ends
  // The connection is closed, or says nothing more.
  void gone(Conn& conn);
  // Of a WebSocket that was woken.
  void flush(http::WebSocket& socket);

 private:
  void read(Conn& conn);
  void take(Conn& conn, FrameReader::Piece&& piece);
  void work(Conn& conn);
  void say(Conn& conn, std::string frame);
  void write(Conn& conn);
  void finish(Conn& conn, std::uint16_t code);

  Server::Impl& server_;
  std::size_t last_key_ = 0;
  std::unordered_map<std::size_t, Conn*> by_key_;
};

}  // namespace kontor::runtime
