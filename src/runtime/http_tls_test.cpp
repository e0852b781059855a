// HTTPS with certificates that the openssl command makes here.
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "runtime/http_server_test.h"

namespace kontor::runtime {
namespace {

using testing::post;
using testing::RawClient;
using testing::TestServer;

constexpr Time kLong{std::numeric_limits<std::int64_t>::max()};

// A folder with the certificates that a test asks for.
class Certificates {
 public:
  Certificates() {
    char name[] = "/tmp/kontor-tls-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    folder_ = name;
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  TlsFiles make(const std::string& name) const {
    const TlsFiles files{folder_ + "/" + name + ".pem", folder_ + "/" + name + ".key"};
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name + " -keyout " +
        files.key + " -out " + files.certificate + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
    return files;
  }
  static void copy(const TlsFiles& from, const TlsFiles& to) {
    for (const auto& [a, b] : {std::pair(from.certificate, to.certificate), std::pair(from.key, to.key)})
      std::filesystem::copy_file(a, b, std::filesystem::copy_options::overwrite_existing);
  }
  std::string file(const std::string& name, std::string_view text) const {
    const std::string path = folder_ + "/" + name;
    std::FILE* out = std::fopen(path.c_str(), "w");
    std::fwrite(text.data(), 1, text.size(), out);
    std::fclose(out);
    return path;
  }

 private:
  std::string folder_;
};

std::unique_ptr<Tls> load(const TlsFiles& files) {
  auto tls = Tls::load(files, Time{0});
  REQUIRE_MESSAGE(tls, (tls ? "" : tls.error().detail));
  return std::move(*tls);
}

// A blocking client. Options are set before shake().
class TlsClient {
 public:
  explicit TlsClient(int port, int version = TLS1_3_VERSION) : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that the server has closed
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    if (version < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    ssl = SSL_new(context_);
    SSL_set_fd(ssl, raw_.fd());
  }
  ~TlsClient() {
    SSL_free(ssl);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool shake() { return SSL_connect(ssl) == 1; }
  void say(std::string_view text) {
    std::size_t sent = 0;
    while (!text.empty() && SSL_write_ex(ssl, text.data(), text.size(), &sent) == 1) text.remove_prefix(sent);
  }
  // What comes until `count` bytes are there or the connection ends.
  std::string read(std::size_t count) {
    std::string out;
    std::vector<char> piece(65536);
    std::size_t got = 0;
    while (out.size() < count && SSL_read_ex(ssl, piece.data(), std::min(piece.size(), count - out.size()), &got) == 1)
      out.append(piece.data(), got);
    return out;
  }
  std::string to_end() { return read(std::string::npos); }
  testing::Answer ask(std::string_view text) {
    say(text);
    testing::Answer out;
    while (out.head.find("\r\n\r\n") == std::string::npos) {
      const std::string next = read(1);
      if (next.empty()) return out;
      out.head += next;
    }
    out.status = std::atoi(out.head.c_str() + 9);
    const auto at = out.head.find("Content-Length: ");
    if (at != std::string::npos) out.body = read(static_cast<std::size_t>(std::atoll(out.head.c_str() + at + 16)));
    return out;
  }
  // The server said that it closes.
  bool was_told() const { return (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::string subject() const {
    X509* certificate = SSL_get1_peer_certificate(ssl);
    char name[100] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

  RawClient& raw() { return raw_; }

  SSL* ssl;

 private:
  RawClient raw_;
  SSL_CTX* context_;
};

constexpr std::string_view kReady = "GET /t/ready HTTP/1.1\r\nHost: shop\r\n\r\n";

TEST_CASE("HTTPS is HTTP behind TLS 1.2 or 1.3") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  ServerSettings settings;
  settings.hsts_s = 7;
  TestServer shop(settings, {nullptr, tls.get()});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(shop.port(), version);
    SSL_set_alpn_protos(client.ssl, reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    REQUIRE(client.shake());
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(client.ssl, &chosen, &size);
    CHECK(std::string(reinterpret_cast<const char*>(chosen), size) == "http/1.1");
    const auto ready = client.ask(kReady);
    CHECK(ready.body == "ready bytes");
    CHECK(ready.has("Strict-Transport-Security: max-age=7\r\n"));
    CHECK(client.ask("GET /t/asked HTTP/1.1\r\nHost: shop\r\n\r\n").body == "127.0.0.1 https://shop");
    const std::string body(900'000, 'b');
    CHECK(client.ask(post("/t/echo", body)).body == body);
    CHECK(client.ask("GET /t/large HTTP/1.1\r\nHost: shop\r\n\r\n").body == std::string(32 << 20, 'x'));
    client.say(post("/t/echo", "one") + std::string(kReady) + post("/t/echo", "two"));
    CHECK(client.ask("").body == "one");
    CHECK(client.ask("").body == "ready bytes");
    CHECK(client.ask("").body == "two");
    CHECK(client.ask(post("/t/count", std::string(3 << 20, 'y'))).body == std::to_string(3 << 20));
    client.say("POST /t/echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.ask("").status == 100);
    CHECK(client.ask("hello").body == "hello");
    CHECK(client.ask("GET /t/ready HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n").status == 200);
    CHECK(client.to_end().empty());
    CHECK(client.was_told());
  }
  CHECK(shop.observer.failed == 0);
}

TEST_CASE("requests over TLS may come byte by byte, a record each") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  TestServer shop({}, {nullptr, tls.get()});
  TlsClient client(shop.port());
  REQUIRE(client.shake());
  const std::string text = post("/t/echo", "slow") + std::string(kReady);
  for (const char c : text) client.say({&c, 1});
  CHECK(client.ask("").body == "slow");
  CHECK(client.ask("").body == "ready bytes");
}

TEST_CASE("a client that leaves its answer unread is cut off") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  ServerSettings settings;
  settings.write_ms = 100;
  TestServer shop(settings, {nullptr, tls.get()});
  TlsClient client(shop.port());
  REQUIRE(client.shake());
  client.say("GET /t/large HTTP/1.1\r\nHost: shop\r\n\r\n");
  Parker cut;
  while (shop.server().connections() > 0) cut.wait_for(10);
  CHECK(client.to_end().size() < (32 << 20));
}

TEST_CASE("a session is resumed by its ticket") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  TestServer shop({}, {nullptr, tls.get()});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first(shop.port(), version);
    REQUIRE(first.shake());
    CHECK(first.ask(kReady).status == 200);
    SSL_SESSION* session = SSL_get1_session(first.ssl);
    TlsClient second(shop.port(), version);
    SSL_set_session(second.ssl, session);
    SSL_SESSION_free(session);
    REQUIRE(second.shake());
    CHECK(second.ask(kReady).body == "ready bytes");
    CHECK(SSL_session_reused(second.ssl) == 1);
  }
}

TEST_CASE("old versions, other protocols and renegotiation are refused") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  TestServer shop({}, {nullptr, tls.get()});
  TlsClient old(shop.port(), TLS1_1_VERSION);
  CHECK_FALSE(old.shake());
  TlsClient other(shop.port());
  SSL_set_alpn_protos(other.ssl, reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  CHECK_FALSE(other.shake());
  TlsClient again(shop.port(), TLS1_2_VERSION);
  REQUIRE(again.shake());
  SSL_renegotiate(again.ssl);
  CHECK(SSL_do_handshake(again.ssl) != 1);
  TlsClient fine(shop.port());
  REQUIRE(fine.shake());
  CHECK(fine.ask(kReady).status == 200);
  CHECK(shop.observer.failed == 2);
}

TEST_CASE("what is no handshake is told so in plain HTTP, or hung up on") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  TestServer shop({}, {nullptr, tls.get()});
  RawClient plain(shop.port());
  const auto told = plain.ask(kReady);
  CHECK(told.status == 400);
  CHECK(told.body.find("request.plain_http") != std::string::npos);
  CHECK(plain.is_closed());
  for (const std::string& garbage : {std::string("\x00\x01\x02", 3), std::string("\x80\x2e\x01\x00\x02", 5),
                                     std::string("\x16\x03\x01\xff\xff\x01\x01\x01", 8), std::string(70'000, '\x16'),
                                     std::string("\x16\x03\x01\x00\x05hello", 10), std::string("\r\n\r\n")}) {
    RawClient client(shop.port());
    client.say(garbage);
    client.finish_sending();
    CHECK(client.is_closed());
  }
  RawClient(shop.port()).say("\x16");  // and goes
  TlsClient broken(shop.port());
  REQUIRE(broken.shake());
  RawClient& below = broken.raw();
  below.say(std::string(100, '\x17'));  // no record
  CHECK(below.is_closed());
  TlsClient fine(shop.port());
  REQUIRE(fine.shake());
  CHECK(fine.ask(kReady).status == 200);
  CHECK(shop.stop(10'000));
}

// The first message of a handshake, as bytes.
std::string client_hello() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, in, out);
  SSL_connect(ssl);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  SSL_free(ssl);
  SSL_CTX_free(context);
  return text;
}

TEST_CASE("a handshake may trickle, but not for ever") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  ServerSettings settings;
  settings.head_ms = 200;
  TestServer shop(settings, {nullptr, tls.get()});
  RawClient silent(shop.port());
  RawClient halting(shop.port());
  const std::string hello = client_hello();
  halting.say(hello.substr(0, hello.size() / 2));
  RawClient stopping(shop.port());
  for (const char c : hello) stopping.say({&c, 1});
  CHECK(stopping.receive().substr(0, 1) == "\x16");  // the server's hello; then nothing more is said
  CHECK(silent.is_closed());
  CHECK(halting.is_closed());
  CHECK(stopping.is_closed());
}

TEST_CASE("shutting down tells idle clients, and lets running requests end") {
  const Certificates certificates;
  const auto tls = load(certificates.make("shop"));
  TestServer shop({}, {nullptr, tls.get()});
  TlsClient idle(shop.port());
  REQUIRE(idle.shake());
  CHECK(idle.ask(kReady).status == 200);
  TlsClient running(shop.port());
  REQUIRE(running.shake());
  running.say("GET /t/hold HTTP/1.1\r\nHost: shop\r\n\r\n");
  shop.held.wait();
  RawClient shaking(shop.port());
  std::thread later([&] {
    CHECK(idle.to_end().empty());
    CHECK(idle.was_told());
    CHECK(shaking.is_closed());
    shop.let_go.wake();
    const auto answer = running.ask("");
    CHECK(answer.body == "held");
    CHECK(answer.has("Connection: close\r\n"));
    CHECK(running.to_end().empty());
    CHECK(running.was_told());
  });
  CHECK(shop.stop(10'000));
  later.join();
}

TEST_CASE("a new certificate is for new connections; a broken one changes nothing") {
  const Certificates certificates;
  const TlsFiles files = certificates.make("live");
  const TlsFiles fresh = certificates.make("fresh");
  const auto tls = load(files);
  TestServer shop({}, {nullptr, tls.get()});
  TlsClient before(shop.port());
  REQUIRE(before.shake());
  CHECK(before.subject() == "live");
  CHECK_FALSE(tls->changed());

  Certificates::copy(fresh, files);
  CHECK_FALSE(tls->changed());  // perhaps still being written
  CHECK(tls->changed());
  REQUIRE(tls->reload(Time{0}));
  CHECK_FALSE(tls->changed());
  TlsClient after(shop.port());
  REQUIRE(after.shake());
  CHECK(after.subject() == "fresh");
  CHECK(after.ask(kReady).status == 200);
  CHECK(before.ask(kReady).status == 200);

  const auto expired = tls->reload(kLong);
  REQUIRE_FALSE(expired);
  CHECK(expired.error().detail.find("expired at 20") != std::string::npos);
  Certificates::copy({files.certificate, certificates.make("other").key}, {fresh.certificate, files.key});
  const auto mixed = tls->reload(Time{0});
  REQUIRE_FALSE(mixed);
  CHECK(mixed.error().detail.find("is not the key of the certificate") != std::string::npos);
  std::filesystem::remove(files.certificate);
  REQUIRE_FALSE(tls->reload(Time{0}));
  TlsClient still(shop.port());
  REQUIRE(still.shake());
  CHECK(still.subject() == "fresh");
  CHECK(still.ask(kReady).status == 200);
}

TEST_CASE("files that are no certificate or key are told apart") {
  const Certificates certificates;
  const TlsFiles good = certificates.make("good");
  const auto words = [](const TlsFiles& files) {
    const auto tls = Tls::load(files, Time{0});
    REQUIRE_FALSE(tls);
    return tls.error().detail;
  };
  CHECK(words({"/nonexistent.pem", good.key}) ==
        "tls_cert: /nonexistent.pem is no PEM file with a certificate: No such file or directory.");
  CHECK(words({certificates.file("empty", ""), good.key}).find("tls_cert: ") == 0);
  CHECK(words({good.certificate, certificates.file("nonsense", "hello\n")}).find("tls_key: ") == 0);
  CHECK(words({good.certificate, good.certificate}).find("tls_key: ") == 0);
  const std::string locked = good.key + ".locked";
  const std::string command =
      "openssl ec -aes128 -passout pass:secret -in " + good.key + " -out " + locked + " 2>/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(words({good.certificate, locked}).find("without a pass phrase") != std::string::npos);
}

}  // namespace
}  // namespace kontor::runtime
