// The insides of the server, for its own sources only: connections, exchanges (one request being served on a fiber),
// their lists.
#pragma once
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http_answer.h"
#include "runtime/http_cors.h"
#include "runtime/http_parser.h"
#include "runtime/http_server.h"
#include "runtime/http_sockets.h"
#include "runtime/monotonic.h"
#include "runtime/socket_calls.h"

namespace kontor::runtime {

struct Exchange;
class Span;

struct Listener {
  int fd = -1;  // -1: no longer
  Entrance entrance;
};

// One socket. Idle, it is only this: no buffer, no fiber; over TLS also OpenSSL's state, without its buffers.
struct Conn {
  enum class State : std::uint8_t { kShaking, kIdle, kHead, kStaged, kBusy, kSocket, kLingering, kClosed };
  // As recv.
  ssize_t receive(char* into, std::size_t room) {
    return tls == nullptr ? socket_receive(fd, into, room) : tls->read(into, room);
  }
  int fd = -1;
  State state = State::kBusy;
  bool readable = false;         // bytes (or the end) may wait in the socket; events are edge-triggered
  bool hung_up = false;          // the client will send nothing more
  bool trusted = false;          // a proxy whose headers are believed
  Exchange* exchange = nullptr;  // kBusy
  const Listener* listener = nullptr;
  std::unique_ptr<TlsSession> tls;  // null: plain, or nothing has come yet
  Conn* previous = nullptr;         // in the list of its state, ordered by deadline
  Conn* next = nullptr;
  std::int64_t deadline = 0;
  std::size_t slot = 0;  // in Server::Impl::conns
  std::string peer;
  std::string carry;                   // received and not yet parsed
  std::unique_ptr<OpenSocket> socket;  // kSocket
};

// Connections in one state with one time-out, so the first is always the first to expire.
class ConnList {
 public:
  void append(Conn& conn);
  void remove(Conn& conn);
  Conn* first() const { return first_; }
  std::size_t size() const { return size_; }

 private:
  Conn* first_ = nullptr;
  Conn* last_ = nullptr;
  std::size_t size_ = 0;
};

// Pieces to be written, in order, across several writes.
struct Outgoing {
  std::array<iovec, 4> parts{};
  std::size_t count = 0;
  std::size_t left = 0;  // bytes
  void add(std::string_view text);
  void advance(std::size_t bytes);
};

// One request and its answer. Kept and used again, with the memory its strings have grown to.
struct Exchange {
  Conn* conn = nullptr;
  std::size_t slot = 0;  // in Server::Impl::busy
  Head head;
  std::string storage;  // the head's bytes, once the request is on a fiber
  std::string body;
  std::string out;  // headers of the answer
  Outgoing outgoing;
  std::shared_ptr<const http::ReadyBytes> ready;  // keeps `outgoing` alive
  std::string_view route;
  int status = 0;
  std::size_t bytes = 0;
  std::int64_t began_us = 0;
  std::shared_ptr<http::SocketHandler> socket;  // who gets the connection after the answer
  bool only_write = false;                      // an inline answer that the socket did not take at once
  Parker parker;                                // woken at each event of the socket
};

// A point read that was asked for in this round of events and is answered at its end. Answering a round together costs
// less than one by one: memory that no cache holds is fetched while the other requests are parsed, and a client that is
// busy with one answer need not be woken for the next.
struct Staged {
  Conn* conn = nullptr;
  std::unique_ptr<Exchange> exchange;
  const http::Route* route = nullptr;
  std::string_view parameter;  // the last of the path, in exchange->storage
  http::Ahead ahead;
};

struct Server::Impl {
  Impl(Loop& loop_, const http::Dispatcher& dispatcher_, ServerSettings settings_, ServerWorld world_);
  ~Impl();

  // http_server.cpp: sockets, states, time-outs
  Result<int> listen(const std::string& address, int port, const Entrance& entrance);
  void accept_all(Listener& listener);
  void admit(int fd, const std::string& peer, const Listener& listener);
  void on_event(Conn& conn, std::uint32_t events);
  void set_state(Conn& conn, Conn::State state);
  void pump(Conn& conn);  // reads and serves until nothing is left to do
  void close(Conn& conn);
  void end(Conn& conn);      // closes, so that the answer is not lost when the client is still sending
  void discard(Conn& conn);  // reads and drops what a lingering client sends
  void take_carry(Conn& conn);
  void reap();  // frees what was closed; nobody holds a Conn then
  void sweep();
  void stop_listening();
  bool shut_down(std::int64_t grace_ms);
  std::string_view date();

  // http_entrance.cpp: what comes before a request, and what its entrance adds to the answer
  void shake(Conn& conn);
  void hang_up(Conn& conn);                           // tells a TLS client first
  ssize_t transmit(Conn& conn, const Outgoing& out);  // as sendmsg
  ssize_t transmit(Conn& conn, std::string_view text);
  void believe_proxy(Exchange& exchange);
  bool turn_away(Conn& conn, Exchange& exchange);  // true when the entrance does not serve it, and it has its answer
  void append_lines(std::string& out, const Exchange& exchange) const;

  // http_forms.cpp: compressed answers
  bool lacks_form(const Exchange& exchange) const;  // of exchange.ready: a fiber must make it
  void make_form(const Exchange& exchange, const http::Response& response, const http::Dispatcher::Match& match);
  void compress(const Exchange& exchange, http::Response& response);

  // http_requests.cpp: on the loop
  std::size_t consume(Conn& conn, std::string_view input);
  void begin(Conn& conn, Exchange& exchange);
  void dispatch(Conn& conn, Exchange& exchange, std::string_view input);
  void stage(Conn& conn, const http::Dispatcher::Match& match, std::string_view input);
  void answer_staged();
  bool answer_ready(Conn& conn, Exchange& exchange, const http::Route& route, std::string_view parameter);
  void hold(Exchange& exchange, std::string_view input);
  void answer_inline(Conn& conn, Exchange& exchange);
  void to_fiber(Conn& conn, Exchange& exchange, std::string_view input);
  void refuse(Conn& conn, const Refusal& refusal);
  void refuse_busy(Conn& conn);
  void put_ready(Exchange& exchange, bool keep);
  void note(const Exchange& exchange);
  std::unique_ptr<Exchange> take_exchange();
  Connection connection(const Exchange& exchange, bool keep) const;

  // http_exchange.cpp: on a fiber
  void serve(Exchange& exchange);
  void take_traceparent(Exchange& exchange, const Span& span);
  bool run(Exchange& exchange);
  bool send_answer(Exchange& exchange, const http::Response& response, bool keep);
  bool send_upgrade(Exchange& exchange, const http::Response& response);
  bool send_pieces(Exchange& exchange, const http::Response& response, bool chunked);
  bool send_all(Exchange& exchange);
  void release(Exchange& exchange);
  void finish(Exchange& exchange, bool keep);

  Loop& loop;
  const http::Dispatcher& dispatcher;
  const ServerSettings settings;
  const ServerWorld world;
  const HeadRules rules;
  const Cors cors;
  const std::string hsts_line;  // "" when it is off
  RequestIds ids;
  std::vector<std::unique_ptr<Listener>> listeners;
  int spare_fd = -1;  // given up to tell a client that descriptors ran out
  bool stopping = false;
  Parker* drained = nullptr;
  Loop::TimerId sweeper = 0;
  std::int64_t sweep_ms = 0;
  std::atomic<std::size_t> open_count{0};  // for other threads: conns.size(), busy.size()
  std::atomic<std::size_t> busy_count{0};
  std::vector<std::unique_ptr<Conn>> conns;
  std::vector<std::unique_ptr<Conn>> closed;  // freed by reap()
  ConnList shaking, idle, heads, lingering, open_sockets;
  SocketServer sockets{*this};
  std::atomic<std::size_t> socket_count{0};
  std::unique_ptr<Exchange> scratch;
  bool staging = false;  // in a round of events
  std::vector<Staged> staged;
  Loop::RoundId round = 0;
  std::vector<std::unique_ptr<Exchange>> spare;
  std::vector<std::unique_ptr<Exchange>> busy;
  std::vector<char> buffer;  // every read goes through it
  std::vector<char> record;  // what is sent over TLS in one piece; empty without TLS
  std::string date_text;
  std::int64_t date_until_ms = -1;
};

// The body of a request, taken from what was read with the head and then from the socket.
class BodyStream : public http::BodyReader {
 public:
  BodyStream(const ServerSettings& settings, const Loop& loop, Exchange& exchange);
  ~BodyStream() override;  // what belongs to the next request goes back to the connection
  BodyStream(const BodyStream&) = delete;
  BodyStream& operator=(const BodyStream&) = delete;

  Result<std::string_view> next() override;
  // All of it into exchange.body.
  Result<void> read_whole(std::size_t limit);
  bool finished() const;
  // Reads and drops a short rest, so that the connection can go on. False when it is long, or the client waits to be
  // asked for it.
  bool drain();

 private:
  Result<void> fill();
  Result<void> more(char* into, std::size_t room, std::size_t& got);

  const ServerSettings& settings_;
  const Loop& loop_;
  Exchange& exchange_;
  std::string input_;
  std::size_t at_ = 0;      // of input_
  std::uint64_t left_ = 0;  // Framing::kLength
  ChunkDecoder chunks_;
  std::int64_t give_up_ms_ = -1;  // when the whole body must be there
  bool asked_ = false;            // "100 Continue" is not needed, or was sent
  bool broken_ = false;
};

}  // namespace kontor::runtime
