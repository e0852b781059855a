// What operators ask: /healthz, /readyz, /metrics; and the access log with the figures of HTTP.
#pragma once
#include <atomic>
#include <memory>
#include <unordered_map>

#include "runtime/http.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/router.h"

namespace kontor::app {

class House;

// `stopping`: /readyz says no from then on. All outlive the router.
void add_operations(http::Router& router, House& house, runtime::Metrics& metrics, const std::atomic<bool>& stopping);

// Whether an address is for staff and operators: where admin_listen is set, only that listener has it.
bool is_back_office(std::string_view pattern);

// Counts and logs every answered request; shared by all loops.
class AccessObserver : public runtime::ServerObserver {
 public:
  AccessObserver(runtime::Log& log, runtime::Metrics& metrics, bool access_log);
  // Before the first request: whose routes are told apart.
  void add_routes(const http::Dispatcher& dispatcher);
  void finished(const runtime::Served& served) override;
  void handshake_failed() override { handshakes_failed_.add(); }

 private:
  runtime::Log& log_;
  bool access_log_;
  runtime::HttpMetrics metrics_;
  runtime::Counter& handshakes_failed_;
  std::unordered_map<const char*, runtime::HttpMetrics::Route> routes_;  // by the pattern's own bytes: one per method
  runtime::HttpMetrics::Route none_;
};

}  // namespace kontor::app
