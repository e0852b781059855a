// What shoppers mean to buy, and what they remember of it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "shop/orders/order_document.h"
#include "shop/payments/payments.h"
#include "sim/pricer.h"

namespace kontor::sim {

inline constexpr const char* kCoupon = "A-FIFTH";

struct Wish {
  OfferId offer;
  std::int64_t quantity = 0;
};
// A cancellation of lines that its shopper was told of.
struct PartCancelled {
  std::int64_t number = 0;
  OfferId offer;
  std::int64_t quantity = 0;
};
struct Kept {
  int status = 0;
  std::string body;
};

enum class Phase { kFill, kBuy, kFollow, kAfter, kDone };

// One thing that a shopper means to buy once, and what they remember of it.
struct Intention {
  std::string name;  // also the e-mail's first part, by which its orders are told apart
  std::vector<Wish> wishes;
  bool cancels = false;
  int part_cancels = 0;  // cancellations of single lines that are still meant
  bool ships = false;
  int clicks = 1;
  bool suspicious = false;
  bool two_cards = false;
  bool keeps_card = false;
  bool one_key = true;  // of two clicks
  bool uses_coupon = false;
  bool uses_gift_card = false;
  bool by_gift_card_alone = false;
  std::int64_t gift_card_part = 0;  // what it shall pay; 0: what it can
  bool gift_card_refused = false;
  CustomerId visitor;  // fills this guest's cart first, on two devices; 0: the shopper's own at once

  Phase phase = Phase::kFill;
  std::map<OfferId, std::int64_t> put;  // units that the visitor's cart acknowledged
  bool all_put = false;                 // the devices are done
  bool signed_in = false;               // and brought along
  int attempt = 0;
  std::vector<BuyingBegun> begun;  // attempts to buy
  int ran_out = 0;  // checkouts that the shopper was told had run out of time: their money may still come, and buy
  std::int64_t cart_version = 0;
  std::map<std::string, Kept> kept;  // answers by key
  // Keys, each with the click that was told so. Nothing is kept under them, but the other click may be on its way.
  std::set<std::pair<std::string, int>> refused;
  std::optional<PaymentMethodId> card;  // kept, and bought with
  std::vector<CheckoutId> follows;      // what was not decided when it was answered, one after the other
  OrderId order;                        // acknowledged
  bool cancelled = false;
  std::vector<PartCancelled> part_cancelled;
  std::map<ShipmentId, std::vector<orders::ShipmentItem>> packed;  // by the warehouse, which closed the box
  bool sent = false;                                               // the warehouse has nothing more to do with it

  std::string email() const { return name + "@sim.example"; }
  std::string key(int click) const { return name + "-" + std::to_string(attempt) + (click > 0 && !one_key ? "b" : ""); }
};

}  // namespace kontor::sim
