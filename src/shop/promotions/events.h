// The facts that promotions tells. Their home is `stock`.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/described.h"
#include "base/id.h"

namespace kontor::promotions {

// A promotion is new, or reads other than before.
struct PromotionChanged {
  static constexpr std::string_view kName = "promotion.changed";
  PromotionId promotion_id;
  std::int64_t version = 0;
  static constexpr auto fields() {
    return described(Field("promotion_id", &PromotionChanged::promotion_id, "What changed"),
                     Field("version", &PromotionChanged::version, "Its version from now on"));
  }
};

}  // namespace kontor::promotions
