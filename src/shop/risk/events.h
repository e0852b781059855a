// What risk tells the rest of the house. Ids and figures only.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/id.h"

namespace kontor::risk {

struct ReviewOpened {
  static constexpr std::string_view kName = "risk.review_opened";
  CheckoutId checkout_id;
  std::int64_t points = 0;

  static constexpr auto fields() {
    return described(Field("checkout_id", &ReviewOpened::checkout_id, "The purchase that waits"),
                     Field("points", &ReviewOpened::points, "How much speaks for fraud"));
  }
};

struct ReviewDecided {
  static constexpr std::string_view kName = "risk.review_decided";
  CheckoutId checkout_id;
  std::string state;  // approved, rejected or expired

  static constexpr auto fields() {
    return described(Field("checkout_id", &ReviewDecided::checkout_id, "The purchase"),
                     Field("state", &ReviewDecided::state, "approved, rejected or expired"));
  }
};

}  // namespace kontor::risk
