// Setting units aside for a checkout, and what becomes of them: confirmed, released, cancelled, shipped.
#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "services/outbox.h"
#include "shop/inventory/events.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/inventory_store.h"
#include "shop/inventory/levels.h"
#include "shop/inventory/sourcing_plan.h"
#include "shop/inventory/spread.h"

namespace kontor::inventory {
namespace {

constexpr std::int64_t kNoFloor = std::int64_t{1} << 53;  // far below any stock: the guard that guards nothing
constexpr int kMostChoices = 3;
constexpr std::string_view kOvertaken = "inventory.overtaken";

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

Way way_from(WarehouseId warehouse, std::span<const Source> sources) {
  for (const Source& source : sources)
    if (source.id == warehouse) return source.way;
  return {};  // closed since it was promised
}

std::vector<Allotment> allotments(const std::vector<Take>& takes, std::span<const Source> sources) {
  std::vector<Allotment> out;
  out.reserve(takes.size());
  for (const Take& take : takes) {
    if (out.empty() || out.back().offer != take.place.offer || out.back().warehouse != take.place.warehouse)
      out.push_back({take.place.offer, take.place.warehouse, 0, way_from(take.place.warehouse, sources), {}});
    out.back().quantity += take.quantity;
    if (take.there) out.back().there = take.there;
  }
  return out;
}

// A checkout's own number among those of a hot offer.
std::int64_t draw_of(CheckoutId key) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(key.value) * 0x9E3779B97F4A7C15ull) >> 33);
}

// Slots of a warehouse stand together: each checkout begins at another.
void begin_elsewhere(std::vector<SlotRow>& rows, std::int64_t draw) {
  for (auto from = rows.begin(); from != rows.end();) {
    const auto to = std::find_if(from, rows.end(),
                                 [&](const SlotRow& row) { return row.place.warehouse != from->place.warehouse; });
    std::rotate(from, from + draw % (to - from), to);
    from = to;
  }
}

// In one statement for up to sixteen offers; the demands are in the order of offers, and so are the rows.
Result<std::vector<Supply>> supplies_of(db::Tx& tx, std::span<const Demand> demands, CheckoutId key) {
  std::vector<OfferId> offers;
  std::vector<Supply> out;
  offers.reserve(demands.size());
  out.reserve(demands.size());
  for (const Demand& demand : demands) offers.push_back(demand.offer);
  TRY(auto rows, sql::slots(tx, offers));
  auto row = rows.begin();
  for (const Demand& demand : demands) {
    Supply& supply = out.emplace_back(Supply{demand, {}});
    for (; row != rows.end() && row->place.offer == demand.offer; ++row) supply.rows.push_back(*row);
    begin_elsewhere(supply.rows, draw_of(key));
  }
  KONTOR_ASSERT(row == rows.end());
  return out;
}

// A request made ready: its lines summed, and where they may come from.
struct WantedReservation {
  const ReserveRequest& request;
  std::vector<Demand> demands;
  std::vector<Source> sources;
};

Result<std::vector<Allotment>> same_and_held(db::Tx& tx, const WantedReservation& wanted) {
  const auto& demands = wanted.demands;
  TRY(const auto rows, sql::reservation(tx, wanted.request.key));
  std::vector<Allotment> out;
  std::map<OfferId, std::int64_t> held;
  for (const ReservationRow& row : rows) {
    if (row.state != ReservationState::kReserved && row.state != ReservationState::kConfirmed)
      return fail(Errc::kConflict, "inventory.reservation_gone", "The reservation was given back before.");
    held[row.place.offer] += row.quantity;
    out.push_back({row.place.offer, row.place.warehouse, row.quantity, way_from(row.place.warehouse, wanted.sources)});
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
  std::vector<Taking> taken = {};  // what was taken, also where it is not all
  // What offers have left in all, where that is known: the row that was taken from is their only one, or all were read.
  std::vector<std::pair<OfferId, std::int64_t>> left = {};
};
// All that the round takes of the same offer in the same warehouse.
std::int64_t of_shelf(const Take& take, std::span<const Taking> round) {
  std::int64_t sum = 0;
  for (const Taking& one : round)
    if (one.place.offer == take.place.offer && one.place.warehouse == take.place.warehouse) sum += one.quantity;
  return sum;
}

// What the warehouse will have left to sell once the round is taken: of one slot among several, that says little.
Result<std::int64_t> shelf_after(db::Tx& tx, const Take& take, const Left& left, std::span<const Taking> round) {
  if (!take.one_of_many) return left.sellable;
  TRY(const auto rows, sql::slots_at(tx, take.place.offer, take.place.warehouse));
  std::int64_t sum = 0;
  for (const SlotRow& row : rows) sum += row.sellable();
  return sum - of_shelf(take, round);
}

bool names(std::span<const Taking> takings, const Place& place) {
  return std::any_of(takings.begin(), takings.end(), [&](const auto& taking) { return taking.place == place; });
}

Result<void> note_low(db::Tx& tx, const Take& wish, const Left& left, std::span<const Taking> round, Outcome& outcome) {
  if (!is_low(left.sellable, left.low_stock_at)) return {};
  TRY(const auto shelf, shelf_after(tx, wish, left, round));
  const bool told = std::any_of(outcome.low.begin(), outcome.low.end(), [&](const StockLow& one) {
    return one.offer_id == wish.place.offer && one.warehouse_id == wish.place.warehouse;
  });
  if (!told && is_low(shelf, left.low_stock_at) && !is_low(shelf + of_shelf(wish, round), left.low_stock_at))
    outcome.low.push_back({wish.place.offer, wish.place.warehouse, shelf, left.low_stock_at});
  return {};
}

using Telling = std::function<Result<void>(const Outcome&)>;

std::vector<ReservationRow> notes_of(const std::vector<Take>& takes) {
  std::vector<ReservationRow> notes;
  notes.reserve(takes.size());
  for (const Take& wish : takes)
    notes.push_back({static_cast<std::int64_t>(notes.size()) + 1, wish.place, wish.quantity,
                     ReservationState::kReserved, 0, wish.customer});
  return notes;
}

// False: a repetition. It is told by its first line, and writes nothing: it may come to other lines than the first
// time.
Result<bool> note(db::Tx& tx, const ReserveRequest& request, const std::vector<Take>& takes) {
  const auto notes = notes_of(takes);
  if (request.fresh) {
    TRY_DO(sql::note_fresh(tx, request.key, notes));
    return true;
  }
  TRY(const bool fresh, sql::note_reservation(tx, request.key, std::span(notes).first(1)));
  if (!fresh) return false;
  TRY(const bool rest, sql::note_reservation(tx, request.key, std::span(notes).subspan(1)));
  KONTOR_ASSERT(rest);
  TRY_DO(sql::hold(tx, request.key));
  return true;
}

// All rows at once; one that is named twice begins another round, which sees what the first has taken. Once it is known
// that all can be had it is told, so that what is told goes with the last change.
Result<Outcome> take_all(db::Tx& tx, const ReserveRequest& request, const std::vector<Take>& takes, Time now,
                         const Telling& tell) {
  const std::string reference = request.key.text();
  const Cause cause{MovementKind::kReserved, "", reference, now};
  Outcome outcome;
  TRY(outcome.fresh, note(tx, request, takes));
  if (!outcome.fresh) return outcome;
  for (std::size_t from = 0; from < takes.size();) {
    std::vector<Taking> round;
    for (std::size_t at = from; at < takes.size() && !names(round, takes[at].place); ++at)
      round.push_back({takes[at].place, takes[at].quantity, takes[at].room});
    TRY(const auto looked, sql::look_each(tx, round, cause));
    outcome.short_of_stock = !looked.has_value();
    if (outcome.short_of_stock) return outcome;
    for (std::size_t i = 0; i < round.size(); ++i) {
      TRY_DO(note_low(tx, takes[from + i], looked->left[i], round, outcome));
      outcome.left.emplace_back(round[i].place.offer, looked->left[i].sellable);
    }
    from += round.size();
    if (from == takes.size()) TRY_DO(tell(outcome));
    TRY(const auto taken, sql::take_each(tx, round, *looked));
    for (std::size_t i = 0; i < round.size(); ++i) {
      if (taken[i]) outcome.taken.push_back(round[i]);
      outcome.short_of_stock = outcome.short_of_stock || !taken[i];
    }
    if (outcome.short_of_stock) return outcome;
  }
  return outcome;
}

// A row more for each offer with a limit; most have none. After the stock rows, as everybody takes them.
Result<void> count_purchases(db::Tx& tx, const WantedReservation& wanted) {
  for (const Demand& demand : wanted.demands) {
    if (demand.purchase_limit == 0) continue;
    TRY(const bool within, sql::buy(tx, wanted.request.customer, demand));
    if (within) continue;
    TRY(const auto bought, sql::bought(tx, wanted.request.customer, demand.offer));
    return fail(over_purchase_limit({demand.offer, demand.purchase_limit, bought, demand.quantity}));
  }
  return {};
}

void name_buyer(std::vector<Take>& takes, const WantedReservation& wanted) {
  for (Take& take : takes)
    for (const Demand& demand : wanted.demands)
      if (demand.offer == take.place.offer && demand.purchase_limit > 0) take.customer = wanted.request.customer;
}

using Leftovers = std::vector<std::pair<OfferId, std::int64_t>>;

Result<void> tell_reserved(db::Tx& tx, const WantedReservation& wanted, const Outcome& outcome, const Leftovers& left,
                           Time now) {
  StockReserved event{wanted.request.key, {}};
  event.lines.reserve(wanted.demands.size());
  for (const Demand& demand : wanted.demands) event.lines.push_back({demand.offer, demand.quantity, {}});
  for (auto& line : event.lines)
    for (const auto& [offer, sellable] : left)
      if (offer == line.offer_id) line.left = sellable;
  TRY_DO(services::emit(tx, event, wanted.request.key.text(), now));
  for (const StockLow& one : outcome.low) TRY_DO(services::emit(tx, one, one.offer_id.text(), now));
  return {};
}

Error nothing_to_confirm() {
  return Error{Errc::kConflict, "inventory.reservation_gone", "There is no reservation to confirm.", {}, {}, 0};
}

Error overtaken() {
  return Error{Errc::kUnavailable, std::string(kOvertaken), "Others were quicker; please try again.", {}, {}, 1};
}

// What the request took before it failed comes back with its Error: it counts as available.
Error short_of(db::Tx& tx, const WantedReservation& wanted, const std::vector<Taking>& taken, Spread& spread) {
  auto supplies = supplies_of(tx, wanted.demands, wanted.request.key);
  if (!supplies) return supplies.error();
  for (const Taking& one : taken)
    for (Supply& supply : *supplies)
      for (SlotRow& slot : supply.rows)
        if (slot.place == one.place) slot.promised -= one.quantity;
  const auto missing = shortages(*supplies);
  if (!missing.empty()) return out_of_stock(missing);
  // It lies in slots that this process has not heard of yet.
  for (const Supply& supply : *supplies)
    for (const SlotRow& slot : supply.rows)
      if (slot.place.slot > 0) {
        const auto known = spread.of(supply.demand.offer, slot.place.warehouse);
        spread.learn(supply.demand.offer, slot.place.warehouse,
                     {known.slots, std::max(known.reach, slot.place.slot + 1)});
      }
  return overtaken();
}

// One warehouse and nothing beyond the stock: there is nothing to choose, and the guard alone decides.
Result<std::vector<Allotment>> reserve_plainly(db::Tx& tx, const WantedReservation& wanted, Spread& spread,
                                               std::int64_t room, Time now) {
  const WarehouseId warehouse = wanted.sources.empty() ? kMainWarehouse : wanted.sources.front().id;
  std::vector<Take> takes;
  takes.reserve(wanted.demands.size());
  for (const Demand& demand : wanted.demands) takes.push_back({{demand.offer, warehouse, 0}, demand.quantity, room});
  name_buyer(takes, wanted);
  const auto tell = [&](const Outcome& outcome) { return tell_reserved(tx, wanted, outcome, outcome.left, now); };
  TRY(const auto outcome, take_all(tx, wanted.request, takes, now, tell));
  if (!outcome.fresh) return same_and_held(tx, wanted);
  if (outcome.short_of_stock) return fail(short_of(tx, wanted, outcome.taken, spread));
  TRY_DO(count_purchases(tx, wanted));
  return allotments(takes, wanted.sources);
}

// The choice reads what is there, the guarded statements decide. Where one refuses although all warehouses together
// have enough, somebody was quicker between the two: it is chosen again from what there is by then.
// After the demands are taken from them.
std::vector<std::pair<OfferId, std::int64_t>> left_of(std::span<const Supply> supplies) {
  std::vector<std::pair<OfferId, std::int64_t>> out;
  for (const Supply& supply : supplies) {
    std::int64_t sellable = -supply.demand.quantity;
    for (const SlotRow& row : supply.rows) sellable += row.sellable();
    out.emplace_back(supply.demand.offer, sellable);
  }
  return out;
}

Result<std::vector<Allotment>> reserve_by_choice(db::Tx& tx, const WantedReservation& wanted, Preference preference,
                                                 Time now) {
  for (int left = kMostChoices;; --left) {
    TRY(const auto supplies, supplies_of(tx, wanted.demands, wanted.request.key));
    if (const auto missing = shortages(supplies); !missing.empty()) {
      // A repetition may lack what it holds itself.
      TRY(const auto held, sql::reservation(tx, wanted.request.key));
      if (!held.empty()) return same_and_held(tx, wanted);
      return fail(out_of_stock(missing));
    }
    auto takes = plan(supplies, wanted.sources, preference);
    name_buyer(takes, wanted);
    Outcome outcome;
    const auto tell = [&](const Outcome& all) { return tell_reserved(tx, wanted, all, left_of(supplies), now); };
    const auto tried = tx.attempt([&]() -> Result<void> {
      TRY(outcome, take_all(tx, wanted.request, takes, now, tell));
      if (!outcome.short_of_stock) return {};
      return fail(overtaken());
    });
    if (!tried && tried.error().reason == kOvertaken && left > 1) continue;
    if (!tried) return fail(tried.error());
    if (!outcome.fresh) return same_and_held(tx, wanted);
    TRY_DO(count_purchases(tx, wanted));
    return allotments(takes, wanted.sources);
  }
}

// The widest of the offers; 1 nearly always.
std::int64_t reach_of(const WantedReservation& wanted, const Spread& spread) {
  if (wanted.sources.size() != 1) return 1;
  std::int64_t reach = 1;
  for (const Demand& demand : wanted.demands)
    reach = std::max(reach, spread.of(demand.offer, wanted.sources.front().id).reach);
  return reach;
}

// One warehouse whose rows are spread. A slot is tried without a look at the others, since to look is to be in the way
// of all who sell from them; only when no slot has the whole line it is chosen from all of them together.
Result<std::vector<Allotment>> reserve_from_slots(db::Tx& tx, const WantedReservation& wanted, const Spread& spread,
                                                  Preference preference, Time now) {
  const WarehouseId warehouse = wanted.sources.front().id;
  const std::int64_t reach = reach_of(wanted, spread), draw = draw_of(wanted.request.key);
  for (std::int64_t turn = 0; turn < reach; ++turn) {
    std::vector<Take> takes;
    for (const Demand& demand : wanted.demands) {
      const Slots slots = spread.of(demand.offer, warehouse);
      const std::int64_t slot = turn < slots.slots || turn >= slots.reach ? (draw + turn) % slots.slots : turn;
      takes.push_back({{demand.offer, warehouse, slot}, demand.quantity, 0, {}, slots.reach > 1});
    }
    name_buyer(takes, wanted);
    Outcome outcome;
    const auto tell = [&](const Outcome& all) { return tell_reserved(tx, wanted, all, {}, now); };
    const auto tried = tx.attempt([&]() -> Result<void> {
      TRY(outcome, take_all(tx, wanted.request, takes, now, tell));
      return outcome.short_of_stock ? Result<void>(fail(overtaken())) : Result<void>();
    });
    if (!tried && tried.error().reason != kOvertaken) return fail(tried.error());
    if (!tried) continue;
    if (!outcome.fresh) return same_and_held(tx, wanted);
    TRY_DO(count_purchases(tx, wanted));
    return allotments(takes, wanted.sources);
  }
  return reserve_by_choice(tx, wanted, preference, now);
}

// What cannot be had comes from where the rest does: a quote says when it would be there, the checkout what is missing.
void owe_missing(std::vector<Supply>& supplies, const std::vector<Source>& sources) {
  for (Supply& supply : supplies) {
    if (supply.rows.empty())
      for (const Source& source : sources) supply.rows.emplace_back().place = {supply.demand.offer, source.id, 0};
    supply.demand.backorder += std::max<std::int64_t>(supply.demand.quantity - supply.available(), 0);
  }
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

Result<std::vector<Source>> Inventory::sources(db::Tx& tx, const Destination& to) const {
  TRY(const auto warehouses, sql::active_warehouses(tx));
  std::vector<Source> out;
  out.reserve(warehouses.size());
  for (const Warehouse& warehouse : warehouses)
    out.push_back({warehouse.id, way_between(warehouse, to, settings_.transit), loads_.percent_of(warehouse)});
  return out;
}

Result<std::vector<Allotment>> Inventory::reserve(db::Tx& tx, const ReserveRequest& request, Time now) {
  KONTOR_ASSERT(request.key && !request.lines.empty());
  WantedReservation wanted{request, bugs_.lines_not_summed ? request.lines : summed(request.lines), {}};
  for (const Demand& demand : wanted.demands) KONTOR_ASSERT(demand.purchase_limit == 0 || request.customer);
  TRY(wanted.sources, sources(tx, request.to));
  const bool plain =
      wanted.sources.size() <= 1 && std::all_of(wanted.demands.begin(), wanted.demands.end(),
                                                [](const Demand& demand) { return demand.backorder == 0; });
  const Preference preference = request.preference.value_or(settings_.preference);
  if (plain && !bugs_.drop_stock_guard && reach_of(wanted, *spread_) > 1)
    return reserve_from_slots(tx, wanted, *spread_, preference, now);
  if (plain || bugs_.drop_stock_guard)
    return reserve_plainly(tx, wanted, *spread_, bugs_.drop_stock_guard ? kNoFloor : 0, now);
  if (wanted.sources.empty()) return fail(short_of(tx, wanted, {}, *spread_));
  return reserve_by_choice(tx, wanted, preference, now);
}

Result<std::vector<Allotment>> Inventory::preview(const ReserveRequest& request) {
  KONTOR_ASSERT(!request.lines.empty());
  const WantedReservation wanted{request, summed(request.lines), {}};
  std::vector<Allotment> out;
  TRY_DO(store_.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto from, sources(tx, request.to));
    const bool owes = std::any_of(wanted.demands.begin(), wanted.demands.end(),
                                  [](const Demand& demand) { return demand.backorder > 0; });
    if (from.size() <= 1 && (from.empty() || !owes)) {
      const Source only = from.empty() ? Source{kMainWarehouse, {}, 0} : from.front();
      for (const Demand& demand : wanted.demands) out.push_back({demand.offer, only.id, demand.quantity, only.way});
      return {};
    }
    TRY(auto supplies, supplies_of(tx, wanted.demands, wanted.request.key));
    owe_missing(supplies, from);
    out = allotments(plan(supplies, from, request.preference.value_or(settings_.preference)), from);
    return {};
  }));
  return out;
}

Result<void> Inventory::confirm(db::Tx& tx, CheckoutId key) {
  TRY(const bool confirmed, sql::confirm_reservation(tx, key));
  if (confirmed) return {};
  TRY(const auto held, sql::reservation(tx, key));
  const bool before = !held.empty() && held.front().state == ReservationState::kConfirmed;
  if (before || bugs_.confirm_after_expiry) return {};
  return fail(nothing_to_confirm());
}

Result<void> Inventory::confirm_once(db::Tx& tx, CheckoutId key) {
  const auto settled = [](std::int64_t rows) -> Result<void> {
    if (rows > 0) return {};
    return fail(nothing_to_confirm());
  };
  return sql::confirm_later(tx, key, bugs_.confirm_after_expiry ? nullptr : +settled);
}

Result<void> Inventory::give_back(db::Tx& tx, CheckoutId key, ReservationState to, Time now) {
  TRY(auto rows, sql::take_back(tx, key, to));
  if (rows.empty()) {
    TRY(const bool tombstone, sql::note_reservation(tx, key, std::array{ReservationRow{1, {}, 0, to, 0}}));
    if (tombstone) return {};
    TRY(const auto held, sql::reservation(tx, key));
    if (held.empty() || held.front().state == ReservationState::kConfirmed)
      return fail(Errc::kConflict, "inventory.reservation_confirmed", "What is sold is cancelled, not released.");
    if (!bugs_.release_twice) return {};
    rows = held;
  }
  const std::string reference = key.text();
  const auto kind = to == ReservationState::kExpired ? MovementKind::kExpired : MovementKind::kReleased;
  Crossings crossings(sold_out_);
  for (const ReservationRow& row : rows) {
    TRY_DO(crossings.look(tx, row.place.offer));
    TRY(const bool moved, sql::move(tx, row.place, Delta{.promised = -row.quantity}, Cause{kind, "", reference, now}));
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
      if (row.state != ReservationState::kConfirmed) continue;
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
  Crossings crossings(sold_out_);
  for (const ReservationRow& row : given) {
    TRY_DO(crossings.look(tx, row.place.offer));
    TRY(const bool moved, sql::move(tx, row.place, Delta{.promised = -row.quantity},
                                    Cause{MovementKind::kDeallocated, "", reference, now}));
    if (!moved) return fail(Errc::kConflict, "inventory.not_allocated", "The units have left already.");
    if (row.customer) TRY_DO(sql::give_back(tx, row.customer, row.place.offer, row.quantity));
  }
  if (given.empty()) return {};
  TRY_DO(crossings.say(tx, now));
  return services::emit(tx, StockReleased{key, stock_lines(given)}, key.text(), now);
}

}  // namespace kontor::inventory
