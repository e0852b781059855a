// A model that says how likely a purchase is fraud, from what the rules see as well. Called on the buyer's request: it
// answers from memory.
#pragma once
#include <cstdint>

namespace kontor {

struct RiskFeatures {
  bool suspicious_device = false;
  bool address_mismatch = false;
  std::int64_t orders_last_hour = 0;
  double account_days = 0;  // 0 for guests
  double total = 0;         // in units of the shop's high value
  std::int64_t units = 0;   // over all lines
};

class RiskModel {
 public:
  virtual ~RiskModel() = default;
  // 0 (certainly not) to 1. Any thread.
  virtual double fraud(const RiskFeatures& features) const = 0;
};

}  // namespace kontor
