// The shop as a payment gateway of its own, in front of the outside one: what is charged to a gift card or to store
// credit is a write of the shop's store, everything else goes outside. Which of the two has a payment says its token
// when it is charged, and the store afterwards. The charge file is the outside gateway's alone: what the house has of
// customers moves in the shop's own books and nowhere else.
#pragma once
#include "shop/credit/credit.h"

namespace kontor::credit {

class HouseGateway : public PaymentGateway {
 public:
  HouseGateway(Credits& credits, PaymentGateway& outside) : credits_(credits), outside_(outside) {}  // outlive it

  std::string_view name() const override { return outside_.name(); }
  Result<Charge> charge(const ChargeRequest& request) override;
  Result<Charge> capture(const std::string& key, Money amount) override;
  Result<Charge> confirm_action(const std::string& key) override;
  Result<Charge> find(const std::string& key) override;
  Result<Charge> void_charge(const std::string& key) override;
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override;
  Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) override;
  Result<GatewayNews> read_webhook(const WebhookCall& call) override { return outside_.read_webhook(call); }
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override;
  Result<std::vector<ChargeLine>> charge_file(Time from, Time until) override {
    return outside_.charge_file(from, until);
  }

 private:
  Credits& credits_;
  PaymentGateway& outside_;
};

}  // namespace kontor::credit
