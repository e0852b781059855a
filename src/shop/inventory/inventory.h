// Warehouses and stock: what is there, what is set aside, what is sold and not shipped. Exact, in the home `stock`.
// Per offer, warehouse and slot: sellable = on_hand − promised − safety_stock. Every change is a movement
// row, and the movements add up to the columns (kontor check). The condition is always in the UPDATE, never read
// before.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "services/if_match.h"
#include "shop/inventory/loads.h"
#include "shop/inventory/movement.h"
#include "shop/inventory/shortfall.h"
#include "shop/inventory/sold_out.h"
#include "shop/inventory/sourcing.h"
#include "shop/inventory/stock_row.h"
#include "shop/inventory/warehouse.h"

namespace kontor::inventory {

// So many units of one offer.
struct Demand {
  OfferId offer;
  std::int64_t quantity = 0;
  std::int64_t backorder = 0;       // how far below zero the offer may be sold
  std::int64_t purchase_limit = 0;  // how many one customer may hold of it, all purchases together; 0: any
};

// Where a reservation took its units.
struct Allotment {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t quantity = 0;
  Way way = {};                    // from there to the buyer
  std::optional<Time> there = {};  // of what is owed: when it should come in, where that is known
  bool operator==(const Allotment& o) const {
    return offer == o.offer && warehouse == o.warehouse && quantity == o.quantity;
  }
};

// One checkout's wish: everything or nothing. `key` is the checkout's id and makes repeating harmless.
struct ReserveRequest {
  CheckoutId key;
  std::vector<Demand> lines;  // summed per offer by the callee
  CustomerId customer = {};   // who buys; needed where an offer has a purchase limit
  Destination to = {};
  std::optional<Preference> preference = {};  // absent: the shop's
  bool fresh = false;                         // nobody has used the key: then nothing waits for that to be found out
};

// A line that could not be had; sits in Error::members as {"lines":[{offer_id, requested, available}]}.
struct Shortage {
  OfferId offer;
  std::int64_t requested = 0;
  std::int64_t available = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &Shortage::offer, "The offer"),
                     Field("requested", &Shortage::requested, "How many were wanted"),
                     Field("available", &Shortage::available, "How many can be had"));
  }
};
// 409 out_of_stock with its lines, reason "inventory.out_of_stock".
Error out_of_stock(std::span<const Shortage> lines);

// More of an offer than one customer may have; sits in Error::members as {"lines":[…]}.
struct OverLimit {
  OfferId offer;
  std::int64_t limit = 0;
  std::int64_t bought = 0;
  std::int64_t requested = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &OverLimit::offer, "The offer"),
                     Field("limit", &OverLimit::limit, "How many one customer may have"),
                     Field("bought", &OverLimit::bought, "How many this one has bought, or is buying"),
                     Field("requested", &OverLimit::requested, "How many more were wanted"));
  }
};
// 403 purchase_limit, reason "inventory.purchase_limit".
Error over_purchase_limit(const OverLimit& line);
// 404 "inventory.no_such_warehouse".
Error no_such_warehouse(WarehouseId id);

struct StockFigure {
  OfferId offer;
  std::int64_t sellable = 0;  // over all warehouses and slots, backorder not counted; may be negative
  std::int64_t on_hand = 0;
};

// An absolute count, as an import or a stock taking gives it.
struct StockSetting {
  OfferId offer;
  WarehouseId warehouse;
  std::int64_t on_hand = 0;
};

// What staff may set at once; what is absent stays.
struct StockChange {
  OfferId offer;
  WarehouseId warehouse;
  std::optional<std::int64_t> on_hand;
  std::optional<std::int64_t> safety_stock;
  std::optional<std::int64_t> incoming;
  std::optional<Time> incoming_at;
  std::optional<std::int64_t> low_stock_at;
  services::IfMatch
      if_match;  // else kVersionConflict "inventory.version_conflict"; a row that is not there has version 0
  std::string reason;
};

enum class ReservationState { kReserved = 0, kConfirmed = 1, kReleased = 2, kExpired = 3 };

// Mistakes made on purpose, to show that the simulator finds them. Never set outside of tests.
struct PlantedBugs {
  bool drop_stock_guard = false;      // reserve takes units that are not there
  bool lines_not_summed = false;      // two lines of one offer stay two demands
  bool release_twice = false;         // what was given back before is given back once more
  bool confirm_after_expiry = false;  // what was let go is confirmed all the same
};

struct Source;  // sourcing_plan.h
class Spread;   // spread.h

// Functions on a Tx run inside the caller's write function (home stock).
class Inventory {
 public:
  struct Settings {
    Preference preference = Preference::kBalanced;  // where the buyer says nothing
    TransitTable transit = {};
    std::int64_t sold_out_ms = 1000;  // how long a refusal is remembered in front of the store; 0: not
  };
  Inventory(db::Store& store, Clock& clock, IdSource& ids, Settings settings);
  ~Inventory();
  Inventory(db::Store& store, Clock& clock, IdSource& ids) : Inventory(store, clock, ids, Settings()) {}

  // Sets the lines aside under the key. Repeating it while it holds answers the same allotments; a key that was
  // released or expired (or left a tombstone) is kConflict "inventory.reservation_gone"; the same key with other lines
  // is kConflict "inventory.key_reused". Not enough: kOutOfStock "inventory.out_of_stock". More than the
  // customer may have: kPurchaseLimit "inventory.purchase_limit". Overtaken several times while it chose: kUnavailable
  // "inventory.overtaken". An Error leaves half-done work for the caller's function to undo (by handing it on, or
  // through tx.attempt). Of several warehouses the fewest that have everything are chosen, then the best by score.
  Result<std::vector<Allotment>> reserve(db::Tx& tx, const ReserveRequest& request, Time now);
  // Where reserve would take the lines right now, as if there were enough of everything; no key needed. Changes
  // nothing.
  Result<std::vector<Allotment>> preview(const ReserveRequest& request);
  // What was reserved counts as allocated from now on; only the reservation's rows say so. Repeating is harmless. A
  // released or unknown key is kConflict "inventory.reservation_gone".
  Result<void> confirm(db::Tx& tx, CheckoutId key);
  // The same for a caller that cannot come here twice: it is sent with what is asked next.
  Result<void> confirm_once(db::Tx& tx, CheckoutId key);
  // Gives a reservation back. Releasing an unknown key leaves a tombstone, so that a late reserve is refused.
  // Repeatable. What was confirmed is not released but deallocated: kConflict "inventory.reservation_confirmed".
  Result<void> release(db::Tx& tx, CheckoutId key, Time now);
  // The same for a checkout whose time ran out; the rows say `expired`.
  Result<void> expire(db::Tx& tx, CheckoutId key, Time now);
  // Cancelled after confirm: allocated falls, for these units of the key. Repeatable by `reference`. More than the key
  // still holds is kConflict "inventory.not_allocated".
  Result<void> deallocate(db::Tx& tx, CheckoutId key, std::span<const Allotment> units, const std::string& reference,
                          Time now);
  // Left the house: on_hand and allocated fall. Repeatable by `reference` (the shipment's id). What is not on the shelf
  // cannot leave: kConflict "inventory.not_on_hand". `key` is whose reservation they were; without it, anybody's.
  Result<void> ship(db::Tx& tx, std::span<const Allotment> units, const std::string& reference, Time now,
                    CheckoutId key = {});

  // Absolute counts; one that changes nothing writes nothing, so an import may repeat. kNotFound
  // "inventory.no_such_warehouse". A count below what is promised is taken as it is and said as
  // stock.oversold_externally.
  Result<void> set_on_hand(db::Tx& tx, const StockSetting& setting, std::string_view reason, Time now);
  Result<void> set_on_hand_many(db::Tx& tx, std::span<const StockSetting> settings, std::string_view reason, Time now);
  Result<ShelfRow> change(db::Tx& tx, const StockChange& change, Time now);
  // All or none; said in one event.
  Result<void> change_many(db::Tx& tx, std::span<const StockChange> changes, Time now);
  // on_hand += delta, never below what is promised: kConflict "inventory.below_promised". kNotFound
  // "inventory.no_such_stock".
  Result<ShelfRow> adjust(db::Tx& tx, const StockSetting& delta, std::string_view reason, Time now);
  // kConflict "inventory.warehouse_code_taken".
  Result<Warehouse> add_warehouse(db::Tx& tx, Warehouse warehouse);
  // kNotFound "inventory.no_such_warehouse".
  Result<Warehouse> change_warehouse(db::Tx& tx, WarehouseId id, const WarehouseChange& change);

  // Exact figures; offers without stock rows are left out. Only active warehouses count.
  Result<std::vector<StockFigure>> figures(std::span<const OfferId> offers);
  // What the customer holds of an offer that has a purchase limit: reserved, sold, sent; what came back does not count.
  // An offer that had no limit then was not counted.
  Result<std::int64_t> bought(CustomerId customer, OfferId offer);
  Result<std::vector<std::int64_t>> bought(CustomerId customer, std::span<const OfferId> offers);  // as they are named
  Result<std::vector<Warehouse>> warehouses();                                                     // by id, all of them
  // Units reserved or sold in a warehouse and not shipped; walks the stock.
  Result<std::int64_t> load(WarehouseId warehouse);
  // Looks all loads up for the choice, where warehouses have a capacity and there are several; walks the stock then.
  Result<void> refresh_loads();
  // Looks up which offers are spread over slots, for what other processes did; few are.
  Result<void> refresh_spread();
  Result<Held> held(OfferId offer);  // reads what all checkouts hold
  // Rows of one offer, or (offer 0) of all in key order after (`after_offer`, `after_warehouse`); at most `limit`.
  Result<std::vector<StockRow>> rows(OfferId offer);
  Result<std::vector<StockRow>> rows(std::span<const OfferId> offers);  // of all of them, in no order of offers
  Result<std::vector<StockRow>> rows_after(OfferId offer, WarehouseId warehouse, int limit);
  // Newest first, from before movement `before` (0: from the newest); at most `limit`. Units of a checkout are shown in
  // the column in which they stand today, so that the movements add up to the row. kNotFound "inventory.no_such_stock".
  Result<std::vector<Movement>> movements(OfferId offer, WarehouseId warehouse, std::int64_t before, int limit);
  // Verifies every invariant of this module over the whole store.
  Result<void> check(services::CheckReport& report);

  db::Store& store() { return store_; }
  Clock& clock() { return clock_; }
  IdSource& ids() { return ids_; }
  SoldOut& sold_out() { return sold_out_; }
  Spread& spread() { return *spread_; }
  void plant(PlantedBugs bugs) { bugs_ = bugs; }

 private:
  Result<std::vector<Source>> sources(db::Tx& tx, const Destination& to) const;
  Result<void> give_back(db::Tx& tx, CheckoutId key, ReservationState to, Time now);

  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  const Settings settings_;
  Loads loads_;
  SoldOut sold_out_;
  std::unique_ptr<Spread> spread_;
  PlantedBugs bugs_;
};

}  // namespace kontor::inventory
