// Named points at which the process kills itself, for crash tests of the real program. Asked for by the environment:
// KONTOR_KILL_AT="after orders.insert" and KONTOR_KILL_NTH=3 end it by SIGKILL the third time it comes there. Points
// are "in STATEMENT" (inside the transaction), "after STATEMENT" (its transaction is durable, and nobody was answered),
// "before CALL" and "after CALL" of the gateway: charge, capture, find, void, refund. Without the variable none of this
// exists.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "ports/db.h"
#include "ports/payment_gateway.h"

namespace kontor::app {

class KillPoints {
 public:
  // Null unless the environment names a point.
  static std::unique_ptr<KillPoints> from_environment();
  // Both outlive it; what they answer is handed through unchanged.
  std::unique_ptr<db::Store> in_front_of(std::unique_ptr<db::Store> store);
  std::unique_ptr<PaymentGateway> in_front_of(PaymentGateway& gateway);

  void pass(std::string_view when, std::string_view what);

 private:
  KillPoints(std::string point, int nth) : point_(std::move(point)), left_(nth) {}
  std::string point_;
  std::atomic<int> left_;
};

}  // namespace kontor::app
