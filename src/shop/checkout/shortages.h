// Orders that cannot be kept in full, because less was counted than is promised: the oldest are served first, and the
// newest go without. Their buyers are told (`order.units_missing`), and wait or cancel; who says nothing until the time
// is over is cancelled and gets the money back. Owns checkout_oversold, the places that are looked at, and
// checkout_shortages, a row for each order's units. All of it follows from figures that are looked at again and again,
// so every part may be repeated, at the same time elsewhere too.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "shop/checkout/checkout.h"
#include "shop/checkout/shortage_state.h"

namespace kontor::checkout {

struct Shortage {
  OrderId order;
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t quantity = 0;
  ShortageState state = ShortageState::kOpen;
  Time decide_by;
  Time since;
};

enum class ShortageDecision { kWait, kCancel };
constexpr auto enum_names(ShortageDecision) {
  using D = ShortageDecision;
  return std::array{EnumName<D>{D::kWait, "wait"}, EnumName<D>{D::kCancel, "cancel"}};
}

// Who decides, and what else is written with each of the decisions (an audit row); `also` may be empty.
struct Decider {
  std::string by;  // customer, staff or system
  std::function<db::Function(const Shortage&)> also = {};
};

class Shortages {
 public:
  struct Settings {
    std::int64_t decide_ms = kDayMs;  // how long a buyer may think; 0: cancelled at once
  };
  Shortages(const Parts& parts, Checkouts& checkouts, Settings settings)
      : parts_(parts), checkouts_(checkouts), shortfall_(parts.inventory), settings_(settings) {}

  // More is promised there than was counted: works out who goes without, and looks again at each sweep.
  Result<void> oversold(OfferId offer, WarehouseId warehouse);
  // Of an order's missing units (of one offer, or all of them). What is not missing any more is settled instead.
  // kConflict "checkout.nothing_missing"; of a cancellation as Checkouts::cancel_order().
  Result<std::vector<Shortage>> decide(OrderId order, std::optional<OfferId> offer, ShortageDecision decision,
                                       const Decider& decider);
  // Looks at every oversold place again, and cancels what nobody decided in time. How much there was to do.
  Result<int> sweep(int limit);
  // Whether sweep() would find something: nearly always not, and cheap to ask.
  Result<bool> anything();

  Result<std::vector<Shortage>> of_order(OrderId order);
  // Unsettled ones in the order of orders, after `after`; at most `limit`.
  Result<std::vector<Shortage>> unsettled(const std::optional<Shortage>& after, int limit);

 private:
  struct Victim {
    OrderId order;
    std::int64_t quantity = 0;
  };
  Result<std::vector<Victim>> victims(OfferId offer, WarehouseId warehouse, std::int64_t missing);
  Result<void> write(OfferId offer, WarehouseId warehouse, bool missing, const std::vector<Victim>& victims);
  Result<void> open(db::Tx& tx, const Shortage& shortage);
  Result<void> wait(const Shortage& shortage, const Decider& decider);
  Result<void> cancel(const Shortage& shortage, const Decider& decider);
  Result<std::optional<orders::Order>> order_of(CheckoutId reservation);

  const Parts parts_;
  Checkouts& checkouts_;
  inventory::Shortfall shortfall_;
  const Settings settings_;
};

}  // namespace kontor::checkout
