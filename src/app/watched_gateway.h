// A payment gateway with its calls counted, timed and traced: by call and outcome, under the gateway's name. Hands
// everything through unchanged.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "app/front_gateway.h"
#include "runtime/metrics.h"

namespace kontor::app {

class WatchedGateway : public FrontGateway {
 public:
  // Both outlive it.
  WatchedGateway(PaymentGateway& gateway, runtime::Metrics& metrics);

  Result<Charge> charge(const ChargeRequest& request) override;
  Result<Charge> capture(const std::string& key, Money amount) override;
  Result<Charge> confirm_action(const std::string& key) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;

 private:
  struct Call {
    std::string span;
    runtime::Histogram* duration = nullptr;
    std::map<std::string_view, runtime::Counter*> outcomes;
  };
  Call watched(runtime::Metrics& metrics, std::string_view call) const;
  template <class Ask>
  Result<Charge> count(Call& call, const Ask& ask);

  Call charge_, capture_, confirm_, find_, void_, refund_;
};

}  // namespace kontor::app
