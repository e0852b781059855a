// A payment gateway that lives outside the shop's process: it survives crashes, loses answers and requests, takes effect late,
// and calls back once or twice, early or late. It never charges a key twice; what it holds is the truth that money is checked against.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "ports/clock.h"
#include "ports/payment_gateway.h"
#include "sim/luck.h"
#include "sim/scenario.h"
#include "sim/trace.h"

namespace kontor::sim {

class SimGateway : public PaymentGateway {
 public:
  SimGateway(Luck& luck, Trace& trace, const Clock& clock, Faults faults) : luck_(luck), trace_(trace), clock_(clock), faults_(faults) {}

  std::string_view name() const override { return "sandbox"; }
  Result<Charge> charge(const ChargeRequest& request) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override;

  // Who hears the webhooks; null while the process is down.
  void set_sink(gateway_sandbox::WebhookSink* sink) { sink_ = sink; }
  // From here on everything works at once.
  void end_faults() { faults_ = Faults{}; }
  // Lets what is on its way arrive; called at each call and between the lives of the process.
  void arrive();
  // Webhooks that are due, called on a fiber of the live process.
  void deliver_webhooks();

  struct Held {
    Charge charge;
    CheckoutId checkout;
    bool barred = false;       // voided before it arrived: a later charge is refused
    std::int64_t refunded = 0;
  };
  const std::map<std::string, Held>& held() const { return held_; }

 private:
  struct OnItsWay {
    std::int64_t at_ms;
    ChargeRequest request;
  };
  struct Hook {
    std::int64_t at_ms;
    std::string key;
  };
  Charge take_effect(const ChargeRequest& request);
  void wait_a_little();

  Luck& luck_;
  Trace& trace_;
  const Clock& clock_;
  Faults faults_;
  gateway_sandbox::WebhookSink* sink_ = nullptr;
  std::map<std::string, Held> held_;
  std::map<std::string, std::int64_t> refunds_;
  std::vector<OnItsWay> on_its_way_;
  std::vector<Hook> hooks_;
};

}  // namespace kontor::sim
