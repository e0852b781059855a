#include "shop/checkout/shortages.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/checkout/events.h"
#include "shop/checkout/journal.h"
#include "shop/checkout/shortages_store.h"

namespace kontor::checkout {
namespace {

constexpr std::int64_t kAgainMs = 10 * kMinuteMs;  // after a cancellation that did not go

std::vector<Shortage> shortages_of(const db::Rows& rows) {
  std::vector<Shortage> out;
  for (const auto row : rows)
    out.push_back({row.id<OrderId>(0), row.id<OfferId>(1), row.id<WarehouseId>(2), row.i64(3),
                   static_cast<ShortageState>(row.i64(4)), row.time(5), row.time(6)});
  return out;
}

// Of the offer, in parcels from the warehouse that nobody has closed: what is in a box is there.
std::int64_t waiting_units(const orders::Order& order, OfferId offer, WarehouseId warehouse) {
  if (order.state == orders::OrderState::kCancelled) return 0;
  std::int64_t units = 0;
  for (const auto& shipment : order.document.shipments) {
    const bool open =
        shipment.status == orders::ShipmentState::kPending || shipment.status == orders::ShipmentState::kPicked;
    if (!open || shipment.warehouse_id != warehouse) continue;
    for (const auto& item : shipment.items)
      if (item.offer_id == offer) units += item.quantity;
  }
  return units;
}

Result<bool> move(db::Tx& tx, const Shortage& shortage, ShortageTrigger on) {
  const auto* row = kShortageTable.find(shortage.state, on);
  KONTOR_ASSERT(row != nullptr);
  TRY(const auto moved,
      tx.run(kMoveShortage, shortage.order, shortage.offer, shortage.warehouse, shortage.state, row->to));
  return moved == 1;
}

Result<void> tell_decided(db::Tx& tx, const Shortage& shortage, ShortageState to, const std::string& by, Time now) {
  const OrderShortageDecided event{shortage.order, shortage.offer, shortage.warehouse, std::string(name_of(to)), by};
  return services::emit(tx, event, shortage.order.text(), now);
}

tl::unexpected<Error> nothing_missing() {
  return fail(Errc::kConflict, "checkout.nothing_missing", "Nothing of the order is missing that could be decided on.");
}

}  // namespace

// The key of its stock is the checkout's own id, but for the few that had to reserve again.
Result<std::optional<orders::Order>> Shortages::order_of(CheckoutId reservation) {
  OrderId id;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    id = {};
    TRY(const auto journal, find(tx, reservation));
    if (journal && journal->reservation == reservation) id = journal->order;
    if (journal) return {};
    TRY(const auto rows, tx.ask(kReservedAgain, reservation));
    if (!rows.empty()) id = rows.front().id<OrderId>(0);
    return {};
  }));
  if (!id) return std::optional<orders::Order>{};
  return parts_.orders.find(id);
}

// The newest first. Units that a checkout still holds are newer than any order: it is decided when they are one.
Result<std::vector<Shortages::Victim>> Shortages::victims(OfferId offer, WarehouseId warehouse, std::int64_t missing) {
  std::vector<Victim> out;
  if (missing <= 0) return out;
  TRY_DO(shortfall_.newest_first(offer, warehouse, [&](const inventory::Holder& holder) -> Result<bool> {
    if (!holder.sold) {
      missing -= holder.quantity;
      return missing > 0;
    }
    TRY(const auto order, order_of(holder.key));
    if (!order) return true;
    const std::int64_t units = std::min(waiting_units(*order, offer, warehouse), missing);
    if (units > 0) out.push_back({order->id, units});
    missing -= units;
    return missing > 0;
  }));
  return out;
}

// What was read before the transaction is looked at again where it could have become another.
Result<void> Shortages::open(db::Tx& tx, const Shortage& shortage) {
  TRY(const auto order, parts_.orders.load(tx, shortage.order));
  const auto units = std::min(waiting_units(order, shortage.offer, shortage.warehouse), shortage.quantity);
  if (units == 0) return {};
  TRY(const auto opened, tx.run(kOpenShortage, shortage.order, shortage.offer, shortage.warehouse, units,
                                shortage.decide_by, shortage.since));
  if (opened == 0) {
    TRY_DO(tx.run(kSetShortage, shortage.order, shortage.offer, shortage.warehouse, units));
    return {};
  }
  const OrderUnitsMissing event{shortage.order, shortage.offer, shortage.warehouse, units, shortage.decide_by};
  return services::emit(tx, event, shortage.order.text(), shortage.since);
}

Result<void> Shortages::write(OfferId offer, WarehouseId warehouse, bool missing, const std::vector<Victim>& victims) {
  const Time now = parts_.clock.now();
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShortagesAt, offer, warehouse));
    for (const Shortage& known : shortages_of(rows)) {
      const bool still = std::any_of(victims.begin(), victims.end(),
                                     [&](const Victim& victim) { return victim.order == known.order; });
      if (still) continue;
      TRY(const bool moved, move(tx, known, ShortageTrigger::kThereAgain));
      if (moved) TRY_DO(services::emit(tx, OrderUnitsFound{known.order, offer, warehouse}, known.order.text(), now));
    }
    for (const Victim& victim : victims)
      TRY_DO(open(tx, {victim.order, offer, warehouse, victim.quantity, ShortageState::kOpen,
                       now.plus_ms(settings_.decide_ms), now}));
    TRY_DO(missing ? tx.run(kNoteOversold, offer, warehouse, now) : tx.run(kForgetOversold, offer, warehouse));
    return {};
  });
}

Result<void> Shortages::oversold(OfferId offer, WarehouseId warehouse) {
  const OfferId offers[] = {offer};
  TRY(const auto facts, parts_.prices.offers(offers));
  TRY(const auto missing, shortfall_.missing(offer, warehouse, facts.empty() ? 0 : facts.front().backorder));
  TRY(const auto without, victims(offer, warehouse, missing));
  return write(offer, warehouse, missing > 0, without);
}

Result<std::vector<Shortage>> Shortages::of_order(OrderId order) {
  std::vector<Shortage> out;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShortagesOfOrder, order));
    out = shortages_of(rows);
    return {};
  }));
  return out;
}

Result<std::vector<Shortage>> Shortages::unsettled(const std::optional<Shortage>& after, int limit) {
  const Shortage last = after.value_or(Shortage{});
  std::vector<Shortage> out;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShortagesAfter, last.order, last.offer, last.warehouse, limit));
    out = shortages_of(rows);
    return {};
  }));
  return out;
}

Result<void> Shortages::wait(const Shortage& shortage, const Decider& decider) {
  if (shortage.state == ShortageState::kWaiting) return {};
  const auto also = decider.also ? decider.also(shortage) : db::Function();
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const bool moved, move(tx, shortage, ShortageTrigger::kWait));
    if (!moved) return nothing_missing();
    if (also) TRY_DO(also(tx));
    return tell_decided(tx, shortage, ShortageState::kWaiting, decider.by, parts_.clock.now());
  });
}

// The row falls in the transaction that cancels the units; the money follows as after any cancellation.
Result<void> Shortages::cancel(const Shortage& shortage, const Decider& decider) {
  const auto also = decider.also ? decider.also(shortage) : db::Function();
  orders::CancelOrder wish;
  wish.lines = {{{}, shortage.offer, shortage.quantity}};
  wish.reason = "It is not there after all.";
  wish.from = shortage.warehouse;
  TRY_DO(
      checkouts_.cancel_order(shortage.order, decider.by, wish, [&](db::Tx& tx, const orders::Order&) -> Result<void> {
        TRY(const bool moved, move(tx, shortage, ShortageTrigger::kCancel));
        if (!moved) return nothing_missing();
        if (also) TRY_DO(also(tx));
        return tell_decided(tx, shortage, ShortageState::kCancelled, decider.by, parts_.clock.now());
      }));
  return {};
}

Result<std::vector<Shortage>> Shortages::decide(OrderId order, std::optional<OfferId> offer, ShortageDecision decision,
                                                const Decider& decider) {
  const auto meant = [&](const Shortage& one) {
    return one.state < ShortageState::kCancelled && (!offer || one.offer == *offer);
  };
  TRY(const auto before, of_order(order));
  for (const Shortage& one : before)
    if (meant(one)) TRY_DO(oversold(one.offer, one.warehouse));
  TRY(const auto now, of_order(order));
  if (std::none_of(now.begin(), now.end(), meant)) return nothing_missing();
  for (const Shortage& one : now) {
    if (!meant(one)) continue;
    TRY_DO(decision == ShortageDecision::kWait ? wait(one, decider) : cancel(one, decider));
    if (decision == ShortageDecision::kCancel) TRY_DO(oversold(one.offer, one.warehouse));
  }
  return of_order(order);
}

Result<bool> Shortages::anything() {
  bool any = false;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto places, tx.ask(kOversold, 1));
    TRY(const auto due, tx.ask(kShortagesDue, parts_.clock.now(), 1));
    any = !places.empty() || !due.empty();
    return {};
  }));
  return any;
}

Result<int> Shortages::sweep(int limit) {
  std::vector<std::pair<OfferId, WarehouseId>> places;
  std::vector<Shortage> due;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    places.clear();
    TRY(const auto rows, tx.ask(kOversold, limit));
    for (const auto row : rows) places.emplace_back(row.id<OfferId>(0), row.id<WarehouseId>(1));
    return {};
  }));
  for (const auto& [offer, warehouse] : places) TRY_DO(oversold(offer, warehouse));
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kShortagesDue, parts_.clock.now(), limit));
    due = shortages_of(rows);
    return {};
  }));
  for (const Shortage& one : due) {
    if (cancel(one, {"system"})) {
      TRY_DO(oversold(one.offer, one.warehouse));
      continue;
    }
    // Packed meanwhile, or only promised money that is not given back in parts: staff see it in the list.
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPostponeShortage, one.order, one.offer, one.warehouse, parts_.clock.now().plus_ms(kAgainMs)));
      return {};
    }));
  }
  return static_cast<int>(places.size() + due.size());
}

}  // namespace kontor::checkout
