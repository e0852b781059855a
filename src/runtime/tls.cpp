#include "runtime/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <utility>

namespace kontor::runtime {
namespace {

// Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kGroups = "X25519:P-256:P-384";

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL.
int send_bytes(BIO* bio, const char* bytes, int count) {
  BIO_clear_retry_flags(bio);
  ssize_t sent = 0;
  do sent = send(fd_of(bio), bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int receive_bytes(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  ssize_t got = 0;
  do got = recv(fd_of(bio), into, static_cast<std::size_t>(room), 0);
  while (got < 0 && errno == EINTR);
  if (got < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, send_bytes);
    BIO_meth_set_read(made, receive_bytes);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

// What OpenSSL said last, and forgets.
std::string last_words() {
  const unsigned long code = ERR_peek_error();
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  const bool missing = ERR_GET_LIB(code) == ERR_LIB_SYS;
  std::string out = missing ? std::strerror(ERR_GET_REASON(code)) : words != nullptr ? words : "it cannot be read";
  ERR_clear_error();
  return out;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, size, kOurs, sizeof kOurs - 1, offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A key with a pass phrase is refused, rather than asking for it on a terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kTls12Ciphers);
  SSL_CTX_set1_groups_list(context, kGroups);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Tickets carry the sessions; nothing is kept here, and an idle connection gives its buffers back.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
}

Time time_of(const ASN1_TIME* when) {
  std::tm parts{};
  if (when == nullptr || ASN1_TIME_to_tm(when, &parts) != 1) return Time{std::numeric_limits<std::int64_t>::max()};
  return Time{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

}  // namespace

Result<Tls::Loaded> Tls::read(const TlsFiles& files) {
  ERR_clear_error();
  Loaded out;
  out.context = {SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX* context = out.context.get();
  if (context == nullptr) return fail(Errc::kInternal, "tls.context", "TLS cannot be set up: " + last_words() + ".");
  set_rules(context);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return fail(Errc::kInvalid, "tls.certificate",
                "tls_cert: " + files.certificate + " is no PEM file with a certificate: " + last_words() + ".");
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long code = ERR_peek_error();
    const bool other = ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
    const std::string words = last_words();
    return fail(Errc::kInvalid, "tls.key",
                "tls_key: " + files.key +
                    (other ? " is not the key of the certificate in " + files.certificate
                           : " is no PEM file with a key without a pass phrase: " + words) +
                    ".");
  }
  out.expires = time_of(X509_get0_notAfter(SSL_CTX_get0_certificate(context)));
  return out;
}

Result<std::unique_ptr<Tls>> Tls::load(TlsFiles files, Time now) {
  auto tls = std::unique_ptr<Tls>(new Tls(std::move(files)));
  tls->read_stamp_ = tls->asked_stamp_ = tls->stamp();
  TRY(tls->loaded_, read(tls->files_));
  tls->loaded_at_ = now;
  return tls;
}

Tls::~Tls() = default;

Result<void> Tls::reload(Time now) {
  read_stamp_ = asked_stamp_ = stamp();  // before reading: what changes meanwhile is seen as a change
  TRY(auto loaded, read(files_));
  if (loaded.expires <= now) {
    return fail(
        Errc::kInvalid, "tls.certificate",
        "tls_cert: the certificate in " + files_.certificate + " expired at " + to_rfc3339(loaded.expires) + ".");
  }
  const std::lock_guard lock(mutex_);
  loaded_ = std::move(loaded);
  loaded_at_ = now;
  return {};
}

Tls::Stamp Tls::stamp() const {
  Stamp out{};
  std::size_t at = 0;
  for (const std::string* file : {&files_.certificate, &files_.key}) {
    struct stat found {};
    if (::stat(file->c_str(), &found) != 0) found = {};
    out[at++] = static_cast<std::int64_t>(found.st_ino);
    out[at++] = found.st_size;
    out[at++] = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec;
  }
  return out;
}

bool Tls::changed() {
  const Stamp now = stamp();
  const bool still = now == std::exchange(asked_stamp_, now);
  return still && now != read_stamp_;
}

Time Tls::expires() const {
  const std::lock_guard lock(mutex_);
  return loaded_.expires;
}

Time Tls::loaded_at() const {
  const std::lock_guard lock(mutex_);
  return loaded_at_;
}

ssl_st* Tls::open() const {
  const std::lock_guard lock(mutex_);
  return SSL_new(loaded_.context.get());  // holds the context for as long as it lives
}

TlsSession::TlsSession(const Tls& tls, int fd) : ssl_(tls.open()) {
  BIO* bio = ssl_ == nullptr ? nullptr : BIO_new(socket_method());
  if (bio == nullptr) return;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::Shake TlsSession::shake() {
  if (ssl_ == nullptr || SSL_get_rbio(ssl_) == nullptr) return Shake::kFailed;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) {
    open_ = true;
    return Shake::kDone;
  }
  const int why = SSL_get_error(ssl_, result);
  ERR_clear_error();
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? Shake::kWaits : Shake::kFailed;
}

ssize_t TlsSession::outcome(int result) {
  if (result > 0) return result;
  const int why = SSL_get_error(ssl_, result);
  ERR_clear_error();
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
    errno = EAGAIN;
    return -1;
  }
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  open_ = false;  // after an error of the protocol or the socket nothing may be said any more
  errno = ECONNRESET;
  return -1;
}

ssize_t TlsSession::read(char* into, std::size_t room) {
  ERR_clear_error();
  return outcome(SSL_read(ssl_, into, static_cast<int>(std::min<std::size_t>(room, 1 << 30))));
}

ssize_t TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  return outcome(SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 30))));
}

void TlsSession::goodbye() {
  if (!open_) return;
  open_ = false;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

}  // namespace kontor::runtime
