#include "bench/target.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <charconv>

namespace kontor::bench {
namespace {

tl::unexpected<Error> bad_url(std::string_view url, std::string_view why) {
  return fail(Errc::kInvalid, "bench.bad_url",
              "'" + std::string(url) + "' " + std::string(why) + "; right would be http://127.0.0.1:8080");
}

Result<std::string> numeric(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failed != 0)
    return fail(Errc::kUnavailable, "bench.no_such_host",
                "The host " + host + " is not known: " + gai_strerror(failed));
  char text[INET6_ADDRSTRLEN] = "";
  const void* address = found->ai_family == AF_INET
                            ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(found->ai_addr)->sin_addr)
                            : &reinterpret_cast<sockaddr_in6*>(found->ai_addr)->sin6_addr;
  inet_ntop(found->ai_family, address, text, sizeof text);
  freeaddrinfo(found);
  return std::string(text);
}

}  // namespace

Result<Target> parse_target(std::string_view url) {
  std::string_view rest = url;
  if (rest.starts_with("https://"))
    return bad_url(url, "is over TLS, which this client does not speak: measure the program itself");
  if (!rest.starts_with("http://")) return bad_url(url, "does not begin with http://");
  rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest.find_first_of("/?#@ ") != std::string_view::npos) return bad_url(url, "is no host and port");
  Target target;
  target.host = rest;
  const auto bracket = rest.rfind(']');
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  std::string_view host = has_port ? rest.substr(0, colon) : rest;
  if (has_port) {
    const auto digits = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
    if (error != std::errc() || end != digits.data() + digits.size() || target.port < 1 || target.port > 65535)
      return bad_url(url, "has no port from 1 to 65535");
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad_url(url, "has no host");
  TRY(target.address, numeric(std::string(host)));
  return target;
}

Result<std::string> ask(const Target& target, const Question& question) {
  runtime::ClientRequest request;
  request.method = question.method;
  request.host = target.address;
  request.port = target.port;
  request.target = question.path;
  if (!question.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + question.token);
  if (!question.body.empty()) request.headers.emplace_back("Content-Type", question.type);
  request.body = question.body;
  TRY(auto answer, runtime::http_call(request));
  if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
  return fail(answer.status == 401 || answer.status == 403 ? Errc::kForbidden : Errc::kUnavailable, "bench.refused",
              std::string(question.method) + " " + question.path + " was answered " + std::to_string(answer.status) +
                  ": " + answer.body.substr(0, 300));
}

Result<json::Document> ask_json(const Target& target, const Question& question) {
  TRY(const auto body, ask(target, question));
  return json::parse(body);
}

}  // namespace kontor::bench
