// A gateway in front of another: what it does not do in a way of its own it hands on.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ports/payment_gateway.h"

namespace kontor::app {

class FrontGateway : public PaymentGateway {
 public:
  explicit FrontGateway(PaymentGateway& gateway) : gateway_(gateway) {}  // outlives it

  std::string_view name() const override { return gateway_.name(); }
  Result<Charge> confirm_action(const std::string& key) override { return gateway_.confirm_action(key); }
  Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) override {
    return gateway_.keep_card(token, customer);
  }
  Result<GatewayNews> read_webhook(const WebhookCall& call) override { return gateway_.read_webhook(call); }
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override { return gateway_.all_charges(); }
  Result<std::vector<ChargeLine>> charge_file(Time from, Time until) override {
    return gateway_.charge_file(from, until);
  }

 protected:
  PaymentGateway& gateway_;
};

}  // namespace kontor::app
