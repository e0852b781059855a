#include "app/operations.h"

#include "app/house.h"
#include "base/card_number.h"
#include "base/text.h"

namespace kontor::app {
namespace {

constexpr db::Query kAlive{"app.alive", db::Home::kEvery, "SELECT 1"};

http::Endpoint plain(std::string pattern, std::string_view summary, std::function<http::Response(http::Call&)> handle) {
  http::Endpoint endpoint;
  endpoint.pattern = std::move(pattern);
  endpoint.about = {summary, {}, 200, "operations"};
  endpoint.handle = std::move(handle);
  return endpoint;
}

http::Response text(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// A path is logged as it came, unless that hides a card number: "4111%201111…" is one, once its blanks are read.
std::string_view path_to_log(std::string_view path, std::string& decoded) {
  if (path.find('%') == std::string_view::npos) return path;
  auto read = percent_decode(path, false);
  if (!read || !holds_card_number(*read)) return path;
  decoded = std::move(*read);
  return decoded;  // the log masks it
}

}  // namespace

void add_operations(http::Router& router, House& house, runtime::Metrics& metrics, const std::atomic<bool>& stopping) {
  router.add(plain("/healthz", "Whether the process lives", [](http::Call&) { return text(200, "ok\n"); }));
  router.add(plain("/readyz", "Whether it can serve: the store answers and nobody told it to stop", [&](http::Call&) {
    if (stopping.load()) return text(503, "stopping\n");
    const auto alive = house.store().read(db::Home::kGlobal, [](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.ask(kAlive));
      return {};
    });
    return alive ? text(200, "ready\n") : text(503, "the store does not answer: " + alive.error().reason + "\n");
  }));
  router.add(plain("/metrics", "Figures for Prometheus", [&](http::Call&) {
    auto response = text(200, metrics.text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  }));
}

bool is_back_office(std::string_view pattern) {
  constexpr std::string_view kAdmin = "/api/v1/admin";
  const bool below = pattern.starts_with(kAdmin) && (pattern.size() == kAdmin.size() || pattern[kAdmin.size()] == '/');
  return below || pattern == "/metrics";
}

AccessObserver::AccessObserver(runtime::Log& log, runtime::Metrics& metrics, bool access_log)
    : log_(log),
      access_log_(access_log),
      metrics_(metrics),
      handshakes_failed_(metrics.counter("kontor_tls_handshakes_failed_total", "TLS connections that came to nothing")),
      none_(metrics_.route("", "")) {}

void AccessObserver::add_routes(const http::Dispatcher& dispatcher) {
  for (const auto& route : dispatcher.routes()) {
    routes_.emplace(route->pattern.data(), metrics_.route(http::method_name(route->endpoint->method), route->pattern));
  }
}

void AccessObserver::finished(const runtime::Served& served) {
  const auto found = routes_.find(served.route.data());
  (found == routes_.end() ? none_ : found->second).finished(served.status, served.micros);
  if (!access_log_) return;
  std::string decoded;
  log_.info("request", {runtime::LogField::plain("id", served.request.request_id),
                        runtime::LogField::plain("method", http::method_name(served.request.method)),
                        {"path", path_to_log(served.request.path, decoded)},
                        {"status", served.status},
                        {"bytes", served.bytes},
                        {"us", served.micros}});
}

}  // namespace kontor::app
