// A payment gateway that lives outside the shop's process: it survives crashes, loses answers and requests, takes
// effect late, and calls back once or twice, early or late. It never charges a key twice; what it holds is the truth
// that money is checked against.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "ports/clock.h"
#include "ports/payment_gateway.h"
#include "sim/luck.h"
#include "sim/scenario.h"

namespace kontor::sim {

class SimGateway : public PaymentGateway {
 public:
  SimGateway(std::uint64_t seed, Trace& trace, const Clock& clock, Faults faults)
      : luck_(seed), trace_(trace), clock_(clock), faults_(faults) {}

  std::string_view name() const override { return "sandbox"; }
  Result<Charge> charge(const ChargeRequest& request) override;
  Result<Charge> capture(const std::string& key, Money amount) override;
  Result<Charge> confirm_action(const std::string& key) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;
  Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) override;
  Result<GatewayNews> read_webhook(const WebhookCall& call) override;
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override;
  Result<std::vector<ChargeLine>> charge_file(Time from, Time until) override;

  // From here on everything works at once; what is on its way still arrives.
  void end_faults() {
    faults_ = Faults{};
    silent_until_ms_ = 0;
  }
  // Lets what is on its way arrive; called at each call and beside them.
  void arrive();
  // Webhooks that are due, called on a fiber of the live process.
  void deliver_webhooks(gateway_sandbox::WebhookSink& sink);
  // Nothing is on its way, in either direction.
  bool quiet() const { return on_its_way_.empty() && hooks_.empty(); }

  struct Held {
    Charge charge;
    Money asked;  // by the charge; a capture may take less
    CheckoutId checkout;
    bool barred = false;  // voided before it arrived: a later charge is refused
    bool capture = true;  // with the authorisation
  };
  const std::map<std::string, Held>& held() const { return held_; }
  // A key that came with two amounts: a bug of the shop; empty when there is none.
  const std::string& complaint() const { return complaint_; }

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
  void call_back(const std::string& key);
  void fall_silent(const ChargeRequest& request);
  void wait_a_little();
  void book(ChargeLine::Kind kind, const std::string& key, Money amount, const std::string& refund_key = {});
  // What may go wrong before a call arrives.
  Result<void> reach(bool patient);
  // What may go wrong on the way back.
  Result<Charge> reply(const std::string& key, bool patient);

  Luck luck_;
  Trace& trace_;
  const Clock& clock_;
  Faults faults_;
  std::map<std::string, Held> held_;
  std::map<std::string, std::int64_t> refunds_;
  std::vector<ChargeLine> booked_;
  std::vector<OnItsWay> on_its_way_;
  std::vector<Hook> hooks_;
  std::set<std::string> unanswered_;  // charges whose answer is on its way
  std::int64_t silent_until_ms_ = 0;
  std::string complaint_;
};

}  // namespace kontor::sim
