// Who looks, as a number that says nothing about them: a keyed hash of the customer's id, which guests have, too. The
// same on every replica; nobody without the secret can tell whose it is. For counting people, never for knowing them.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "base/id.h"

namespace kontor::services {

class Visitors {
 public:
  explicit Visitors(std::string_view secret);       // as Signer's
  std::uint64_t number(CustomerId customer) const;  // 0 for none, and for nobody else

 private:
  std::array<std::uint8_t, 16> key_;
};

}  // namespace kontor::services
