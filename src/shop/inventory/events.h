// What inventory says in the home `stock`: each fact is written in the transaction that made it true. Sellable changes
// at reserve, release, deallocate and by staff; confirming and shipping leave it alone.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"

namespace kontor::inventory {

// How many units of one offer.
struct StockLine {
  OfferId offer_id;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &StockLine::offer_id, "The offer"),
                     Field("quantity", &StockLine::quantity, "How many units of it"));
  }
};

struct ReservedLine {
  OfferId offer_id;
  std::int64_t quantity = 0;
  std::optional<std::int64_t> left;

  static constexpr auto fields() {
    return described(Field("offer_id", &ReservedLine::offer_id, "The offer"),
                     Field("quantity", &ReservedLine::quantity, "Units"),
                     Field("left", &ReservedLine::left, "What the offer has to sell after it; absent: unknown"));
  }
};

// The units were set aside: sellable of each offer fell by its quantity.
struct StockReserved {
  static constexpr std::string_view kName = "stock.reserved";
  CheckoutId checkout_id;
  std::vector<ReservedLine> lines;

  static constexpr auto fields() {
    return described(Field("checkout_id", &StockReserved::checkout_id, "The checkout that holds them"),
                     Field("lines", &StockReserved::lines, "What was set aside"));
  }
};

// The units are for sale again: sellable of each offer rose by its quantity.
struct StockReleased {
  static constexpr std::string_view kName = "stock.released";
  CheckoutId checkout_id;
  std::vector<StockLine> lines;

  static constexpr auto fields() {
    return described(Field("checkout_id", &StockReleased::checkout_id, "The checkout that held them"),
                     Field("lines", &StockReleased::lines, "What came back"));
  }
};

// An offer's absolute figures over all warehouses, after the change.
struct StockLevel {
  OfferId offer_id;
  std::int64_t sellable = 0;
  std::int64_t on_hand = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &StockLevel::offer_id, "The offer"),
                     Field("sellable", &StockLevel::sellable, "What can be sold, backorder not counted"),
                     Field("on_hand", &StockLevel::on_hand, "What is physically there"));
  }
};

// Counted, adjusted or imported: the new figures of these offers.
struct StockLevelChanged {
  static constexpr std::string_view kName = "stock.level_changed";
  std::vector<StockLevel> levels;

  static constexpr auto fields() {
    return described(Field("levels", &StockLevelChanged::levels, "Each offer that changed, once"));
  }
};

// A count found less than what is already promised: somebody has to decide whom to disappoint.
struct StockOversoldExternally {
  static constexpr std::string_view kName = "stock.oversold_externally";
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &StockOversoldExternally::offer_id, "The offer"),
                     Field("warehouse_id", &StockOversoldExternally::warehouse_id, "Where it was counted"),
                     Field("on_hand", &StockOversoldExternally::on_hand, "What was counted"),
                     Field("promised", &StockOversoldExternally::promised, "Reserved and sold together"));
  }
};

// A stock row said something else than its movements and the reservations do, and was set right: what that added.
struct StockDriftRepaired {
  static constexpr std::string_view kName = "stock.drift_repaired";
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t slot = 0;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;

  static constexpr auto fields() {
    using E = StockDriftRepaired;
    return described(Field("offer_id", &E::offer_id, "The offer"), Field("warehouse_id", &E::warehouse_id, "Where"),
                     Field("slot", &E::slot, "Which of its slots"),
                     Field("on_hand", &E::on_hand, "What the repair added to on_hand"),
                     Field("promised", &E::promised, "To what is reserved and allocated together"));
  }
};

// An offer's units in a warehouse are spread over slots now, or merged.
struct StockSpread {
  static constexpr std::string_view kName = "stock.spread";
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t slots = 1;
  std::int64_t reach = 1;

  static constexpr auto fields() {
    using E = StockSpread;
    return described(Field("offer_id", &E::offer_id, "The offer"), Field("warehouse_id", &E::warehouse_id, "Where"),
                     Field("slots", &E::slots, "Over how many slots they are spread"),
                     Field("reach", &E::reach, "How many slots may hold some, of before too"));
  }
};

// A warehouse has no more left to sell of an offer than staff wanted to hear of. Once, when it comes to that.
struct StockLow {
  static constexpr std::string_view kName = "stock.low";
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t sellable = 0;
  std::int64_t low_stock_at = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &StockLow::offer_id, "The offer"),
                     Field("warehouse_id", &StockLow::warehouse_id, "Where it runs out"),
                     Field("sellable", &StockLow::sellable, "What is left to sell there"),
                     Field("low_stock_at", &StockLow::low_stock_at, "The figure from which staff wanted to hear"));
  }
};

// There was nothing left to sell of the offer in any warehouse, and now there is. A new offer's first units are no
// return.
struct StockBackInStock {
  static constexpr std::string_view kName = "stock.back_in_stock";
  OfferId offer_id;
  std::int64_t sellable = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &StockBackInStock::offer_id, "The offer"),
                     Field("sellable", &StockBackInStock::sellable, "What can be sold, over all warehouses"));
  }
};

}  // namespace kontor::inventory
