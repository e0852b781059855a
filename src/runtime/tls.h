// TLS on sockets that never block. `Tls` holds one certificate for any number of connections and loops, and exchanges
// it while they live; `TlsSession` is what one connection keeps. OpenSSL stays behind this header.
#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct ssl_st;
struct ssl_ctx_st;

namespace kontor::runtime {

// PEM files: the certificate followed by those between it and the root, and its key without a pass phrase.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

// TLS 1.2 and 1.3, ALPN http/1.1, session tickets, no renegotiation, no early data. Every function from any thread.
class Tls {
 public:
  // kInvalid, reason "tls.certificate" or "tls.key": one line with the file and what is wrong with it. A certificate
  // that has expired is taken here: an operator may want to see it.
  static Result<std::unique_ptr<Tls>> load(TlsFiles files, Time now);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Reads the files again; connections that are open keep what they have. When something is wrong with the new
  // certificate, or it has expired at `now`, the old one stays. Makes new keys for session tickets as well.
  Result<void> reload(Time now);
  // Whether the files have changed since they were last read, and have stopped changing since this was last asked: a
  // certificate and its key are seldom exchanged at the same moment. Asks the file system. For one caller at a time.
  bool changed();
  Time expires() const;
  Time loaded_at() const;  // when the files were last taken

  // A new connection's state; null when memory is short. The caller frees it.
  ssl_st* open() const;

 private:
  // What tells one version of the files from another: of each its inode, size and time of change.
  using Stamp = std::array<std::int64_t, 6>;
  struct Loaded {
    std::shared_ptr<ssl_ctx_st> context;
    Time expires{};
  };
  explicit Tls(TlsFiles files) : files_(std::move(files)) {}
  static Result<Loaded> read(const TlsFiles& files);
  Stamp stamp() const;

  const TlsFiles files_;
  mutable std::mutex mutex_;
  Loaded loaded_;  // under mutex_, as the next
  Time loaded_at_{};
  Stamp read_stamp_{};   // of what was last read; changed() and reload() only
  Stamp asked_stamp_{};  // when changed() was last asked
};

// One connection's TLS. Loop thread only.
class TlsSession {
 public:
  TlsSession(const Tls& tls, int fd);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Shake { kDone, kWaits, kFailed };
  // Goes on with the handshake. After kFailed only the socket can still be closed.
  Shake shake();
  // As recv and send on a socket that does not block: a count, 0 at the end of the stream, or -1 with errno, which is
  // EAGAIN when the socket must become ready first. A write that was not taken is repeated with the same bytes.
  ssize_t read(char* into, std::size_t room);
  ssize_t write(std::string_view bytes);
  // Tells the client that nothing more comes, as far as the socket takes it.
  void goodbye();

 private:
  ssize_t outcome(int result);
  ssl_st* ssl_;
  bool open_ = false;  // the handshake is done, and nothing went wrong since
};

// Whether a connection's first byte can begin a TLS handshake.
constexpr bool begins_tls(char first) { return first == 0x16; }

}  // namespace kontor::runtime
