// What carts tell the rest of the house, of customers' carts only. Ids and figures; in the home `customer`.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/time.h"

namespace kontor::cart {

// A cart with lines was left alone for a while: once a silence, which ends with the next change.
struct CartLeftAlone {
  static constexpr std::string_view kName = "cart.left_alone";
  CartId cart_id;
  CustomerId customer_id;
  std::int64_t version = 0;

  static constexpr auto fields() {
    return described(Field("cart_id", &CartLeftAlone::cart_id, "The cart"),
                     Field("customer_id", &CartLeftAlone::customer_id, "Whose"),
                     Field("version", &CartLeftAlone::version, "As it was left"));
  }
};

// The same cart, once more, before it is thrown away.
struct CartExpiring {
  static constexpr std::string_view kName = "cart.expiring";
  CartId cart_id;
  CustomerId customer_id;
  std::int64_t version = 0;
  Time expires_at;

  static constexpr auto fields() {
    return described(Field("cart_id", &CartExpiring::cart_id, "The cart"),
                     Field("customer_id", &CartExpiring::customer_id, "Whose"),
                     Field("version", &CartExpiring::version, "As it was left"),
                     Field("expires_at", &CartExpiring::expires_at, "When it is thrown away"));
  }
};

// Lines of a cart are of offers that are no longer sold: once a line, and again when it was sold meanwhile.
struct CartLinesRemoved {
  static constexpr std::string_view kName = "cart.lines_removed";
  CartId cart_id;
  CustomerId customer_id;
  std::vector<OfferId> offers;

  static constexpr auto fields() {
    return described(Field("cart_id", &CartLinesRemoved::cart_id, "The cart"),
                     Field("customer_id", &CartLinesRemoved::customer_id, "Whose"),
                     Field("offers", &CartLinesRemoved::offers, "What is no longer sold"));
  }
};

// Which offers are set aside in carts was changed: every process reads the rules anew.
struct ClaimRulesChanged {
  static constexpr std::string_view kName = "cart.claim_rules_changed";
  OfferId offer_id;

  static constexpr auto fields() {
    return described(Field("offer_id", &ClaimRulesChanged::offer_id, "Of which offer"));
  }
};

}  // namespace kontor::cart
