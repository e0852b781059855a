// A payment gateway that keeps its troubles to itself. When call after call fails, its circuit opens: no card is
// charged for a while, and buyers hear at once that they should come again, instead of each waiting for a time-out with
// stock set aside. And only so many calls are under way at once: a gateway that is slow holds that many buyers, not the
// shop. Safe from any thread.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>

#include "app/front_gateway.h"
#include "ports/clock.h"
#include "runtime/metrics.h"

namespace kontor::app {

class GuardedGateway : public FrontGateway {
 public:
  struct Settings {
    int failures = 10;            // in a row, then the circuit opens
    std::int64_t rest_ms = 5000;  // before it is tried again; doubles while the tries fail
    std::int64_t longest_rest_ms = kMinuteMs;
    int calls = 256;  // charges under way at once
  };
  // All outlive it.
  GuardedGateway(PaymentGateway& gateway, Clock& clock, runtime::Metrics& metrics, Settings settings);

  // kGatewayUnavailable "gateway.circuit_open" and "gateway.too_many_calls": not asked, so certainly nothing was
  // charged. Retry-After says when it may be.
  Result<Charge> charge(const ChargeRequest& request) override;
  // What settles purchases that have begun is never held back; how it goes counts.
  Result<Charge> capture(const std::string& key, Money amount) override;
  Result<Charge> confirm_action(const std::string& key) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;

  bool open() const;

 private:
  Result<void> enter();
  Result<Charge> noted(Result<Charge> answer);

  Clock& clock_;
  const Settings settings_;
  mutable std::mutex mutex_;
  int failed_ = 0;        // in a row
  int under_way_ = 0;     // charges
  bool trying_ = false;   // the circuit is open, and one charge tries
  std::int64_t rest_ms_;  // the next time it opens
  Time closed_until_{};   // 0: the circuit is closed; else when it may be tried
  runtime::Counter& rested_;
  runtime::Counter& crowded_;
};

}  // namespace kontor::app
