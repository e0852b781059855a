// Seams at which a test can cut: each write and each call of the gateway is one step, and the process "dies" when its
// turn comes. Also a store whose homes customer and stock are not one, and a gateway line that is down, silent or loses
// answers.
#pragma once
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ports/db.h"
#include "ports/payment_gateway.h"

namespace kontor::testing {

// What a dying process throws through everybody's frames.
struct Died {};

// Counts the steps that leave the process, and dies at one of them: before it has its effect, or after.
class Scissors {
 public:
  void arm(int step, bool after) {
    left_ = step;
    after_ = after;
  }
  void disarm() { left_ = std::numeric_limits<int>::max(); }
  bool armed() const { return left_ != std::numeric_limits<int>::max(); }
  template <class F>
  auto step(F&& effect) {
    const bool now = armed() && left_-- == 0;
    if (now && !after_) throw Died{};
    auto result = effect();
    if (now) throw Died{};
    return result;
  }

 private:
  int left_ = std::numeric_limits<int>::max();
  bool after_ = false;
};

class SeamStore : public db::Store {
 public:
  SeamStore(db::Store& inner, Scissors& scissors, bool apart) : inner_(inner), scissors_(scissors), apart_(apart) {}
  Result<void> write(db::Homes homes, const db::Function& function) override {
    if (apart_ && homes.has(db::Home::kCustomer) && homes.has(db::Home::kStock)) std::abort();
    return scissors_.step([&] { return inner_.write(homes, function); });
  }
  Result<void> read(db::Homes homes, const db::Function& function) override { return inner_.read(homes, function); }
  bool together(db::Homes homes) const override {
    if (apart_ && homes.has(db::Home::kCustomer) && homes.has(db::Home::kStock)) return false;
    return inner_.together(homes);
  }
  std::vector<Place> places() const override { return inner_.places(); }
  std::string_view engine() const override { return inner_.engine(); }

 private:
  db::Store& inner_;
  Scissors& scissors_;
  bool apart_;
};

// The sandbox behind a line that can be down, lose answers, or be cut.
class SeamGateway : public PaymentGateway {
 public:
  SeamGateway(PaymentGateway& inner, Scissors& scissors) : inner_(inner), scissors_(scissors) {}
  bool silent = false;              // every call times out and does nothing
  bool down = false;                // refuses to talk, and certainly does nothing
  int lose_answers = 0;             // so many calls have their effect and no answer
  std::function<void()> on_charge;  // while the buyer's card is being charged
  std::function<void(const ChargeRequest&)> on_each_charge;

  std::string_view name() const override { return inner_.name(); }
  Result<Charge> charge(const ChargeRequest& request) override {
    if (on_charge) std::exchange(on_charge, {})();
    if (on_each_charge) on_each_charge(request);
    return call([&] { return inner_.charge(request); });
  }
  Result<Charge> capture(const std::string& key, Money amount) override {
    return call([&] { return inner_.capture(key, amount); });
  }
  Result<CardOnFile> keep_card(const std::string& token, CustomerId customer) override {
    if (down) return fail(Errc::kGatewayUnavailable, "gateway.down");
    if (silent) return fail(Errc::kTimeout, "gateway.timeout");
    return inner_.keep_card(token, customer);
  }
  Result<GatewayNews> read_webhook(const WebhookCall& delivery) override { return inner_.read_webhook(delivery); }
  Result<Charge> confirm_action(const std::string& key) override {
    return call([&] { return inner_.confirm_action(key); });
  }
  Result<Charge> find(const std::string& key) override {
    return call([&] { return inner_.find(key); });
  }
  Result<Charge> void_charge(const std::string& key) override {
    return call([&] { return inner_.void_charge(key); });
  }
  Result<Charge> refund(const std::string& key, const std::string& refund_key, Money amount) override {
    return call([&] { return inner_.refund(key, refund_key, amount); });
  }
  Result<std::vector<std::pair<std::string, Charge>>> all_charges() override { return inner_.all_charges(); }
  Result<std::vector<ChargeLine>> charge_file(Time from, Time until) override {
    if (down || silent) return fail(Errc::kGatewayUnavailable, "gateway.down");
    return inner_.charge_file(from, until);
  }

 private:
  template <class F>
  Result<Charge> call(F&& effect) {
    if (down) return fail(Errc::kGatewayUnavailable, "gateway.down");
    if (silent) return fail(Errc::kTimeout, "gateway.timeout");
    auto charge = scissors_.step(effect);
    if (lose_answers > 0) {
      --lose_answers;
      return fail(Errc::kTimeout, "gateway.timeout");
    }
    return charge;
  }
  PaymentGateway& inner_;
  Scissors& scissors_;
};

}  // namespace kontor::testing
