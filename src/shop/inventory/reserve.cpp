// Setting units aside for a checkout, and what becomes of them: confirmed, released, cancelled, shipped.
#include <algorithm>
#include <map>

#include "services/outbox.h"
#include "shop/inventory/events.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/inventory_store.h"
#include "shop/inventory/levels.h"

namespace kontor::inventory {
namespace {

constexpr std::int64_t kNoFloor = std::int64_t{1} << 53;  // far below any stock: the guard that guards nothing

// One offer of a request, its lines summed.
std::vector<Demand> summed(const std::vector<Demand>& lines) {
  std::vector<Demand> out = lines;
  std::sort(out.begin(), out.end(), [](const Demand& a, const Demand& b) { return a.offer < b.offer; });
  std::size_t kept = 0;
  for (std::size_t at = 0; at < out.size(); ++at) {
    KONTOR_ASSERT(out[at].quantity > 0 && out[at].backorder >= 0);
    if (kept > 0 && out[kept - 1].offer == out[at].offer) {
      out[kept - 1].quantity += out[at].quantity;
      out[kept - 1].backorder = std::max(out[kept - 1].backorder, out[at].backorder);
      out[kept - 1].purchase_limit = std::max(out[kept - 1].purchase_limit, out[at].purchase_limit);
    } else {
      out[kept++] = out[at];
    }
  }
  out.resize(kept);
  return out;
}

// So many units from one stock row; `room` as in Taking.
struct Take {
  Place place;
  std::int64_t quantity = 0;
  std::int64_t room = 0;
  CustomerId customer = {};  // who it counts for, where the offer has a purchase limit
};

std::vector<Allotment> allotments(const std::vector<Take>& takes) {
  std::vector<Allotment> out;
  out.reserve(takes.size());
  for (const Take& take : takes) {
    if (!out.empty() && out.back().offer == take.place.offer && out.back().warehouse == take.place.warehouse)
      out.back().quantity += take.quantity;
    else
      out.push_back({take.place.offer, take.place.warehouse, take.quantity});
  }
  return out;
}

// What can be had of an offer by one request, over all of its rows.
struct Supply {
  Demand demand;
  std::vector<SlotRow> rows;
  std::int64_t available() const {
    std::int64_t sum = demand.backorder;
    for (const SlotRow& row : rows) sum += row.sellable();
    return rows.empty() ? 0 : std::max<std::int64_t>(sum, 0);
  }
};

std::vector<Shortage> shortages(const std::vector<Supply>& supplies) {
  std::vector<Shortage> out;
  for (const Supply& supply : supplies)
    if (supply.available() < supply.demand.quantity)
      out.push_back({supply.demand.offer, supply.demand.quantity, supply.available()});
  return out;
}

// What the rows of `warehouse` (0: of all) have above zero.
std::int64_t above_zero(const Supply& supply, WarehouseId warehouse) {
  std::int64_t sum = 0;
  for (const SlotRow& row : supply.rows)
    if (!warehouse || row.place.warehouse == warehouse) sum += std::max<std::int64_t>(row.sellable(), 0);
  return sum;
}

// Fewest parcels first: one warehouse that has everything, else from each in turn. What is sold beyond the stock is
// owed by the first row.
void take_from(const Supply& supply, WarehouseId only, std::vector<Take>& takes) {
  std::int64_t left = supply.demand.quantity;
  std::vector<Take> mine;
  for (const SlotRow& row : supply.rows) {
    if (only && row.place.warehouse != only) continue;
    const std::int64_t part = std::clamp<std::int64_t>(row.sellable(), 0, left);
    if (part > 0 || mine.empty()) mine.push_back({row.place, part, 0});
    left -= part;
  }
  KONTOR_ASSERT(!mine.empty());
  if (left > 0) {
    const SlotRow& first = *std::find_if(supply.rows.begin(), supply.rows.end(),
                                         [&](const SlotRow& row) { return row.place == mine.front().place; });
    mine.front().quantity += left;
    mine.front().room = std::max<std::int64_t>(mine.front().quantity - first.sellable(), 0);
  }
  for (Take& one : mine)
    if (one.quantity > 0) takes.push_back(one);
}

std::vector<Take> plan(const std::vector<Supply>& supplies, const std::vector<WarehouseId>& warehouses) {
  WarehouseId only;
  for (const WarehouseId candidate : warehouses) {
    const bool has_all = std::all_of(supplies.begin(), supplies.end(), [&](const Supply& supply) {
      return above_zero(supply, candidate) >= supply.demand.quantity;
    });
    if (has_all) {
      only = candidate;
      break;
    }
  }
  std::vector<Take> takes;
  for (const Supply& supply : supplies) take_from(supply, only, takes);
  return takes;
}

Result<std::vector<Supply>> supplies_of(db::Tx& tx, const std::vector<Demand>& demands) {
  std::vector<Supply> out;
  out.reserve(demands.size());
  for (const Demand& demand : demands) {
    TRY(auto rows, sql::slots(tx, demand.offer));
    out.push_back({demand, std::move(rows)});
  }
  return out;
}

Result<std::vector<Allotment>> same_and_held(db::Tx& tx, CheckoutId key, const std::vector<Demand>& demands) {
  TRY(const auto rows, sql::reservation(tx, key));
  std::vector<Allotment> out;
  std::map<OfferId, std::int64_t> held;
  for (const ReservationRow& row : rows) {
    if (row.state != ReservationState::kReserved && row.state != ReservationState::kConfirmed)
      return fail(Errc::kConflict, "inventory.reservation_gone", "The reservation was given back before.");
    held[row.place.offer] += row.quantity;
    out.push_back({row.place.offer, row.place.warehouse, row.quantity});
  }
  const bool same =
      held.size() == demands.size() && std::all_of(demands.begin(), demands.end(), [&](const Demand& demand) {
        const auto found = held.find(demand.offer);
        return found != held.end() && found->second == demand.quantity;
      });
  if (!same) return fail(Errc::kConflict, "inventory.key_reused", "The key holds other lines.");
  return out;
}

std::vector<StockLine> stock_lines(std::span<const ReservationRow> rows) {
  std::vector<StockLine> out;
  for (const ReservationRow& row : rows) {
    if (row.quantity == 0) continue;
    if (!out.empty() && out.back().offer_id == row.place.offer)
      out.back().quantity += row.quantity;
    else
      out.push_back({row.place.offer, row.quantity});
  }
  return out;
}

// The whole of one reservation, once its rows are chosen. `fresh` is false when the key has rows already: nothing was
// done.
struct Outcome {
  bool fresh = true;
  bool short_of_stock = false;
  std::vector<StockLow> low = {};  // rows that came to their threshold by this
};
Result<Outcome> take_all(db::Tx& tx, CheckoutId key, const std::vector<Take>& takes, Time now) {
  const std::string reference = key.text();
  Outcome outcome;
  std::int64_t line = 0;
  for (const Take& wish : takes) {
    ++line;
    TRY(const bool noted,
        sql::note_reservation(tx, key,
                              {line, wish.place, wish.quantity, ReservationState::kReserved, 0, wish.customer}));
    if (!noted) return Outcome{false, false};
    TRY(const auto left,
        sql::take(tx, wish.place, {wish.quantity, wish.room}, Cause{MovementKind::kReserved, "", reference, now}));
    if (!left) return Outcome{true, true};
    if (is_low(left->sellable, left->low_stock_at) && !is_low(left->sellable + wish.quantity, left->low_stock_at))
      outcome.low.push_back({wish.place.offer, wish.place.warehouse, left->sellable, left->low_stock_at});
  }
  return outcome;
}

// A row more for each offer with a limit; most have none.
Result<void> count_purchases(db::Tx& tx, CustomerId customer, const std::vector<Demand>& demands) {
  for (const Demand& demand : demands) {
    if (demand.purchase_limit == 0) continue;
    TRY(const bool within, sql::buy(tx, customer, demand));
    if (within) continue;
    TRY(const auto bought, sql::bought(tx, customer, demand.offer));
    return fail(over_purchase_limit({demand.offer, demand.purchase_limit, bought, demand.quantity}));
  }
  return {};
}

void name_buyer(std::vector<Take>& takes, CustomerId customer, const std::vector<Demand>& demands) {
  for (Take& take : takes)
    for (const Demand& demand : demands)
      if (demand.offer == take.place.offer && demand.purchase_limit > 0) take.customer = customer;
}

Result<void> say_reserved(db::Tx& tx, CheckoutId key, const std::vector<Demand>& demands, Time now) {
  StockReserved event{key, {}};
  event.lines.reserve(demands.size());
  for (const Demand& demand : demands) event.lines.push_back({demand.offer, demand.quantity});
  return services::emit(tx, event, key.text(), now);
}

}  // namespace

Error out_of_stock(std::span<const Shortage> lines) {
  Error error;
  error.code = Errc::kOutOfStock;
  error.reason = "inventory.out_of_stock";
  error.detail =
      "There is not enough left of " + std::to_string(lines.size()) + (lines.size() == 1 ? " offer." : " offers.");
  error.members = "\"lines\":" + json::print(std::vector<Shortage>(lines.begin(), lines.end()));
  return error;
}

Error over_purchase_limit(const OverLimit& line) {
  Error error;
  error.code = Errc::kPurchaseLimit;
  error.reason = "inventory.purchase_limit";
  error.detail = "At most " + std::to_string(line.limit) + " of it go to one buyer, who has " +
                 std::to_string(line.bought) + " already.";
  error.members = "\"lines\":" + json::print(std::vector<OverLimit>{line});
  return error;
}

Result<std::vector<Allotment>> Inventory::reserve(db::Tx& tx, const ReserveRequest& request, Time now) {
  KONTOR_ASSERT(request.key && !request.lines.empty());
  const std::vector<Demand> demands = summed(request.lines);
  TRY(const auto warehouses, sql::active_warehouses(tx));
  std::vector<Take> takes;
  const bool plain = warehouses.size() == 1 && std::all_of(demands.begin(), demands.end(),
                                                           [](const Demand& demand) { return demand.backorder == 0; });
  if (plain || bugs_.drop_stock_guard) {
    // One warehouse and nothing beyond the stock: there is nothing to choose, and the guard alone decides.
    const std::int64_t room = bugs_.drop_stock_guard ? kNoFloor : 0;
    const WarehouseId warehouse = warehouses.empty() ? kMainWarehouse : warehouses.front();
    for (const Demand& demand : demands) takes.push_back({{demand.offer, warehouse, 0}, demand.quantity, room});
  } else {
    TRY(const auto held, sql::reservation(tx, request.key));
    if (!held.empty()) return same_and_held(tx, request.key, demands);
    TRY(const auto supplies, supplies_of(tx, demands));
    if (const auto missing = shortages(supplies); !missing.empty()) return fail(out_of_stock(missing));
    takes = plan(supplies, warehouses);
  }
  const bool limited =
      std::any_of(demands.begin(), demands.end(), [](const Demand& demand) { return demand.purchase_limit > 0; });
  if (limited) {
    KONTOR_ASSERT(request.customer);
    name_buyer(takes, request.customer, demands);
  }
  TRY(const auto outcome, take_all(tx, request.key, takes, now));
  if (!outcome.fresh) return same_and_held(tx, request.key, demands);
  if (outcome.short_of_stock) return fail(short_of(tx, demands, request.key));
  if (limited) TRY_DO(count_purchases(tx, request.customer, demands));
  TRY_DO(say_reserved(tx, request.key, demands, now));
  for (const StockLow& low : outcome.low) TRY_DO(services::emit(tx, low, low.offer_id.text(), now));
  return allotments(takes);
}

Error Inventory::short_of(db::Tx& tx, std::span<const Demand> demands, CheckoutId key) {
  auto supplies = supplies_of(tx, {demands.begin(), demands.end()});
  if (!supplies) return supplies.error();
  auto mine = sql::reservation(tx, key);
  if (!mine) return mine.error();
  // What this request took before it failed comes back with its Error: it counts as available. The row that failed is
  // noted as reserved and was not taken; it is the last one.
  if (!mine->empty()) mine->pop_back();
  for (const ReservationRow& row : *mine)
    for (Supply& supply : *supplies)
      for (SlotRow& slot : supply.rows)
        if (slot.place == row.place) slot.reserved -= row.quantity;
  return out_of_stock(shortages(*supplies));
}

Result<std::vector<Result<std::vector<Allotment>>>> Inventory::reserve_many(db::Tx& tx,
                                                                            std::span<const ReserveRequest> requests,
                                                                            Time now) {
  std::vector<Result<std::vector<Allotment>>> out;
  out.reserve(requests.size());
  for (const ReserveRequest& request : requests) {
    Result<std::vector<Allotment>> one;
    auto attempted = tx.attempt([&]() -> Result<void> {
      one = reserve(tx, request, now);
      if (!one) return fail(one.error());
      return {};
    });
    if (!attempted) {
      const Errc code = attempted.error().code;
      if (code != Errc::kOutOfStock && code != Errc::kConflict && code != Errc::kPurchaseLimit)
        return fail(std::move(attempted.error()));
      one = fail(std::move(attempted.error()));
    }
    out.push_back(std::move(one));
  }
  return out;
}

Result<void> Inventory::confirm(db::Tx& tx, CheckoutId key, Time now) {
  TRY(const auto rows, sql::settle_reservation(tx, key, ReservationState::kConfirmed));
  if (rows.empty()) {
    TRY(const auto held, sql::reservation(tx, key));
    if (held.empty() || held.front().state != ReservationState::kConfirmed)
      return fail(Errc::kConflict, "inventory.reservation_gone", "There is no reservation to confirm.");
    return {};
  }
  const std::string reference = key.text();
  for (const ReservationRow& row : rows) {
    TRY(const bool moved, sql::move(tx, row.place, Delta{.reserved = -row.quantity, .allocated = row.quantity},
                                    Cause{MovementKind::kConfirmed, "", reference, now}));
    KONTOR_ASSERT(moved);  // what a reservation holds is in `reserved`
  }
  return {};
}

Result<void> Inventory::give_back(db::Tx& tx, CheckoutId key, ReservationState to, Time now) {
  TRY(const auto rows, sql::settle_reservation(tx, key, to));
  if (rows.empty()) {
    TRY(const bool tombstone, sql::note_reservation(tx, key, {1, {}, 0, to, 0}));
    if (tombstone) return {};
    TRY(const auto held, sql::reservation(tx, key));
    if (held.empty() || held.front().state == ReservationState::kConfirmed)
      return fail(Errc::kConflict, "inventory.reservation_confirmed", "What is sold is cancelled, not released.");
    return {};
  }
  const std::string reference = key.text();
  const auto kind = to == ReservationState::kExpired ? MovementKind::kExpired : MovementKind::kReleased;
  Crossings crossings;
  for (const ReservationRow& row : rows) {
    TRY_DO(crossings.look(tx, row.place.offer));
    TRY(const bool moved, sql::move(tx, row.place, Delta{.reserved = -row.quantity}, Cause{kind, "", reference, now}));
    KONTOR_ASSERT(moved);
    if (row.customer) TRY_DO(sql::give_back(tx, row.customer, row.place.offer, row.quantity));
  }
  TRY_DO(crossings.say(tx, now));
  return services::emit(tx, StockReleased{key, stock_lines(rows)}, reference, now);
}

Result<void> Inventory::release(db::Tx& tx, CheckoutId key, Time now) {
  return give_back(tx, key, ReservationState::kReleased, now);
}

Result<void> Inventory::expire(db::Tx& tx, CheckoutId key, Time now) {
  return give_back(tx, key, ReservationState::kExpired, now);
}

Result<void> Inventory::deallocate(db::Tx& tx, CheckoutId key, std::span<const Allotment> units,
                                   const std::string& reference, Time now) {
  TRY(const bool fresh, sql::note_effect(tx, reference, MovementKind::kDeallocated, now));
  if (!fresh) return {};
  TRY(auto rows, sql::reservation(tx, key));
  std::vector<ReservationRow> given;
  for (const Allotment& unit : units) {
    std::int64_t left = unit.quantity;
    for (ReservationRow& row : rows) {
      if (row.place.offer != unit.offer || row.place.warehouse != unit.warehouse) continue;
      const std::int64_t part = std::min(left, row.quantity - row.returned);
      if (part <= 0) continue;
      TRY(const bool noted, sql::note_returned(tx, key, row.line, part));
      if (!noted) break;
      row.returned += part;
      left -= part;
      given.push_back({row.line, row.place, part, row.state, 0, row.customer});
    }
    if (left > 0)
      return fail(Errc::kConflict, "inventory.not_allocated", "The checkout does not hold so many units there.");
  }
  std::sort(given.begin(), given.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  Crossings crossings;
  for (const ReservationRow& row : given) {
    TRY_DO(crossings.look(tx, row.place.offer));
    TRY(const bool moved, sql::move(tx, row.place, Delta{.allocated = -row.quantity},
                                    Cause{MovementKind::kDeallocated, "", reference, now}));
    if (!moved) return fail(Errc::kConflict, "inventory.not_allocated", "The units have left already.");
    if (row.customer) TRY_DO(sql::give_back(tx, row.customer, row.place.offer, row.quantity));
  }
  if (given.empty()) return {};
  TRY_DO(crossings.say(tx, now));
  return services::emit(tx, StockReleased{key, stock_lines(given)}, key.text(), now);
}

Result<void> Inventory::ship(db::Tx& tx, std::span<const Allotment> units, const std::string& reference, Time now) {
  TRY(const bool fresh, sql::note_effect(tx, reference, MovementKind::kShipped, now));
  if (!fresh) return {};
  std::vector<Allotment> sorted(units.begin(), units.end());
  std::sort(sorted.begin(), sorted.end(), [](const Allotment& a, const Allotment& b) {
    return std::pair(a.offer, a.warehouse) < std::pair(b.offer, b.warehouse);
  });
  for (const Allotment& unit : sorted) {
    std::int64_t left = unit.quantity;
    TRY(const auto rows, sql::slots_at(tx, unit.offer, unit.warehouse));
    for (const SlotRow& row : rows) {
      const std::int64_t part = std::min({left, row.allocated, row.on_hand});
      if (part <= 0) continue;
      TRY(const bool moved, sql::move(tx, row.place, Delta{.on_hand = -part, .allocated = -part},
                                      Cause{MovementKind::kShipped, "", reference, now}));
      if (!moved) break;
      left -= part;
    }
    if (left > 0)
      return fail(Errc::kConflict, "inventory.not_on_hand",
                  "The warehouse does not have all the units of " + unit.offer.text() + ".");
  }
  return {};
}

}  // namespace kontor::inventory
