#include "runtime/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "runtime/fiber.h"
#include "runtime/http_parser.h"
#include "runtime/monotonic.h"
#include "runtime/tracing.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kMaxHead = 64 * 1024;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
           return lower(x) == lower(y);
         });
}

tl::unexpected<Error> broken(std::string detail) {
  return fail(Errc::kUnavailable, "runtime.broken_off", std::move(detail));
}

// The socket and how long each wait may last.
class Wire {
 public:
  explicit Wire(const ClientLimits& limits)
      : limits_(limits), give_up_us_(monotonic_micros() + limits.total_ms * 1000) {}
  ~Wire() {
    if (fd_ >= 0) close(fd_);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  Result<void> connect_to(const ClientRequest& request);
  Result<void> write_all(std::string_view text);
  // Appends what has come; false at the end of the stream.
  Result<bool> read_more(std::string& into);

 private:
  Result<void> wait(Ready what, std::int64_t longest_ms) {
    const std::int64_t left = (give_up_us_ - monotonic_micros()) / 1000;
    if (left <= 0) return fail(Errc::kTimeout, "runtime.timeout", "The other side did not answer in time.");
    return wait_ready(fd_, what, std::min(left, longest_ms));
  }

  const ClientLimits& limits_;
  const std::int64_t give_up_us_;
  int fd_ = -1;
};

Result<void> Wire::connect_to(const ClientRequest& request) {
  const auto failed = [&](std::string_view why) {
    return fail(
        Errc::kUnavailable, "runtime.connect",
        "No connection to " + request.host + ":" + std::to_string(request.port) + ": " + std::string(why) + ".");
  };
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  socklen_t size = 0;
  const std::uint16_t port = htons(static_cast<std::uint16_t>(request.port));
  if (inet_pton(AF_INET, request.host == "localhost" ? "127.0.0.1" : request.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    size = sizeof *v4;
  } else if (inet_pton(AF_INET6, request.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    size = sizeof *v6;
  } else {
    return failed("the host is not a numeric address");
  }
  fd_ = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failed(std::strerror(errno));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&storage), size) == 0) return {};
  if (errno != EINPROGRESS) return failed(std::strerror(errno));
  if (!wait(Ready::kWritable, limits_.connect_ms)) return failed("it did not answer in time");
  int error = 0;
  socklen_t error_size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error != 0) return failed(std::strerror(error));
  return {};
}

Result<void> Wire::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      TRY_DO(wait(Ready::kWritable, limits_.io_ms));
    } else if (errno != EINTR) {
      return {};  // the other side may have answered before it read everything: what it said decides
    }
  }
  return {};
}

Result<bool> Wire::read_more(std::string& into) {
  constexpr std::size_t kPiece = 16 * 1024;
  for (;;) {
    const std::size_t before = into.size();
    into.resize(before + kPiece);
    const ssize_t got = recv(fd_, into.data() + before, kPiece, 0);
    const int error = errno;
    into.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got > 0) return true;
    if (got == 0) return false;
    if (error == EAGAIN) {
      TRY_DO(wait(Ready::kReadable, limits_.io_ms));
    } else if (error != EINTR) {
      return broken(std::string("The connection broke: ") + std::strerror(error) + ".");
    }
  }
}

std::string head_of(const ClientRequest& request) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\nHost: ";
  out += request.host.find(':') == std::string::npos ? request.host : "[" + request.host + "]";
  out += ":" + std::to_string(request.port) + "\r\nConnection: close\r\n";
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  for (const auto& [name, value] : request.headers) out += name + ": " + value + "\r\n";
  if (const Span* const span = Span::current(); span != nullptr) out += "traceparent: " + span->traceparent() + "\r\n";
  return out + "\r\n";
}

bool read_head(std::string_view head, ClientAnswer& answer) {
  if (head.substr(0, 7) != "HTTP/1." || head.size() < 12 || head[8] != ' ') return false;
  const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  if (error != std::errc() || end != head.data() + 12 || answer.status < 100) return false;
  answer.headers.clear();
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const std::size_t next = head.find("\r\n", at + 2);
    const std::string_view line = head.substr(at + 2, next == std::string_view::npos ? next : next - at - 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    answer.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    at = next;
  }
  return true;
}

// Reads heads until one that is no interim answer; `rest` keeps what came after it.
Result<void> read_final_head(Wire& wire, ClientAnswer& answer, std::string& rest) {
  for (;;) {
    const std::size_t end = rest.find("\r\n\r\n");
    if (end != std::string::npos) {
      if (!read_head(std::string_view(rest).substr(0, end), answer)) return broken("The answer is no HTTP.");
      rest.erase(0, end + 4);
      if (answer.status >= 200) return {};
      continue;
    }
    if (rest.size() > kMaxHead) return broken("The answer's headers have no end.");
    TRY(const bool more, wire.read_more(rest));
    if (!more) return broken("The connection ended before the answer.");
  }
}

Result<void> read_chunks(Wire& wire, std::string& rest, ClientAnswer& answer, std::size_t limit) {
  ChunkDecoder chunks;
  for (;;) {
    std::string_view input = rest;
    while (!input.empty() && !chunks.done() && !chunks.bad()) {
      const auto step = chunks.next(input);
      answer.body.append(step.data);
      input.remove_prefix(step.consumed);
    }
    if (chunks.bad()) return broken("The answer's chunks are malformed.");
    if (answer.body.size() > limit)
      return fail(Errc::kTooLarge, "runtime.answer_too_large", "The answer is too large.");
    if (chunks.done()) return {};
    rest.clear();
    TRY(const bool more, wire.read_more(rest));
    if (!more) return broken("The connection ended inside the answer.");
  }
}

Result<void> read_body(Wire& wire, std::string& rest, ClientAnswer& answer, std::size_t limit) {
  if (same_name(answer.header("Transfer-Encoding"), "chunked")) return read_chunks(wire, rest, answer, limit);
  const std::string_view text = answer.header("Content-Length");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size()))
    return broken("Content-Length is no number.");
  if (length > limit) return fail(Errc::kTooLarge, "runtime.answer_too_large", "The answer is too large.");
  answer.body = std::move(rest);
  while (text.empty() || answer.body.size() < length) {
    TRY(const bool more, wire.read_more(answer.body));
    if (answer.body.size() > limit)
      return fail(Errc::kTooLarge, "runtime.answer_too_large", "The answer is too large.");
    if (more) continue;
    if (text.empty()) return {};
    return broken("The connection ended inside the answer.");
  }
  answer.body.resize(length);
  return {};
}

}  // namespace

std::string_view ClientAnswer::header(std::string_view name) const {
  for (const auto& [one, value] : headers) {
    if (same_name(one, name)) return value;
  }
  return {};
}

Result<ClientAnswer> http_call(const ClientRequest& request, const ClientLimits& limits) {
  Wire wire(limits);
  TRY_DO(wire.connect_to(request));
  TRY_DO(wire.write_all(head_of(request) + request.body));
  ClientAnswer answer;
  std::string rest;
  TRY_DO(read_final_head(wire, answer, rest));
  if (request.method == "HEAD" || answer.status == 204 || answer.status == 304) return answer;
  TRY_DO(read_body(wire, rest, answer, limits.answer_bytes));
  return answer;
}

}  // namespace kontor::runtime
