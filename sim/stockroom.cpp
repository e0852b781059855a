#include "sim/stockroom.h"

#include <algorithm>
#include <array>

#include "shop/inventory/stockroom.h"

namespace kontor::sim {
namespace {

using inventory::kMainWarehouse;
using Kind = StockAct::Kind;

// Hands in the database, where there is something to sell: what nobody has counted is no promise yet.
constexpr std::array<db::Query, 2> kTampering{{
    {"sim.more_promised", db::Home::kStock,
     "UPDATE inventory_stock SET promised = promised + 1 WHERE offer_id = $1 AND slot = 0 AND warehouse_id = $2 "
     "AND on_hand - promised - safety_stock > 0"},
    {"sim.less_on_hand", db::Home::kStock,
     "UPDATE inventory_stock SET on_hand = on_hand - 1 WHERE offer_id = $1 AND slot = 0 AND warehouse_id = $2 "
     "AND on_hand - promised - safety_stock > 0"},
}};

Kind draw_kind(StockroomMemory& memory, const Scenario& scenario) {
  if (scenario.tampers && memory.luck.chance(40)) return Kind::kTamper;
  if (scenario.oversells && memory.luck.chance(50)) return Kind::kCount;
  if (scenario.spreads && memory.luck.chance(50)) return Kind::kSpread;
  return scenario.one_house || memory.luck.chance(30) ? Kind::kDeliver : Kind::kCarry;
}

StockAct draw(StockroomMemory& memory, const World& world) {
  const auto& offers = world.offers;
  StockAct act;
  act.reference = "act " + std::to_string(memory.number++);
  act.offer = offers[static_cast<std::size_t>(memory.luck.below(static_cast<std::int64_t>(offers.size())))];
  act.quantity = 1 + memory.luck.below(2);
  act.kind = draw_kind(memory, world.scenario);
  const bool outwards = memory.luck.chance(60);
  act.from = outwards ? kMainWarehouse : memory.other;
  act.to = outwards ? memory.other : kMainWarehouse;
  if (act.kind == Kind::kSpread) act.quantity = 1 + memory.luck.below(4);
  return act;
}

// Fewer are there than was thought. Repeated after a lost answer, even fewer: the movements say how many.
Result<void> count_less(Process& process, const StockAct& act, Time now) {
  auto& inventory = process.shop().inventory;
  TRY(const auto rows, inventory.rows(act.offer));
  std::int64_t counted = 0;
  for (const auto& row : rows)
    if (row.warehouse == act.from) counted = std::max<std::int64_t>(row.on_hand - act.quantity, 0);
  return process.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(inventory::Stockroom(inventory).count(tx, {act.offer, act.from, counted, "counted"}, now));
    return {};
  });
}

Result<void> perform(Process& process, const StockAct& act, std::size_t tampering) {
  auto& inventory = process.shop().inventory;
  inventory::Stockroom room(inventory);
  const Time now = process.world().clock.now();
  if (act.kind == Kind::kCount) return count_less(process, act, now);
  const auto written = process.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    switch (act.kind) {
      case Kind::kDeliver:
        TRY_DO(room.receive(tx, {act.offer, act.to, act.quantity, "delivered", act.reference}, now));
        break;
      case Kind::kCarry:
        TRY_DO(room.transfer(tx, {act.offer, act.from, act.to, act.quantity, {}, "carried", act.reference}, now));
        break;
      case Kind::kSpread:
        TRY_DO(room.spread(tx, act.offer, act.from, act.quantity, now));
        break;
      case Kind::kTamper:
        TRY_DO(tx.run(kTampering[tampering], act.offer, act.from));
        break;
      case Kind::kCount:
        break;
    }
    return {};
  });
  TRY_DO(written);
  if (act.kind == Kind::kSpread) return inventory.refresh_spread();
  if (act.kind != Kind::kTamper) return {};
  TRY(const auto report, process.shop().reconciliation.repair());
  const auto left = static_cast<std::int64_t>(report.rows.size()) - report.repaired();
  if (report.repaired() > 0) process.world().trace.reached("stockroom: drift repaired");
  return left == 0 ? Result<void>() : Result<void>(fail(Errc::kUnavailable, "sim.drifts_still"));
}

std::string_view word_of(Kind kind) {
  constexpr std::array<std::string_view, 5> kWords{"carried", "delivered", "spread", "tampered with", "counted"};
  return kWords[static_cast<std::size_t>(kind)];
}

void act_once(Process& process) {
  World& world = process.world();
  StockroomMemory& memory = world.stockroom;
  if (!memory.act) memory.act = draw(memory, world);
  const auto done = perform(process, *memory.act, static_cast<std::size_t>(memory.luck.below(kTampering.size())));
  const bool refused = !done && (done.error().code == Errc::kConflict || done.error().code == Errc::kNotFound);
  world.trace.reached("stockroom: " + (done ? std::string(word_of(memory.act->kind)) : done.error().reason));
  if (!done && done.error().code == Errc::kInternal)
    world.problem("in the stockroom: " + done.error().reason + ": " + done.error().detail);
  if (!done && !refused) return;
  if (done && memory.act->kind == Kind::kDeliver) memory.delivered[memory.act->offer] += memory.act->quantity;
  memory.act.reset();
  --memory.left;
}

// In the end what is owed comes in: what was sold beyond the stock, and what buyers wait for.
void deliver_what_is_owed(Process& process) {
  World& world = process.world();
  const auto waiting = process.shop().shortages.unsettled({}, 100);
  const auto rows = process.shop().inventory.rows_after({}, {}, 500);
  if (!waiting || !rows) return;
  for (const auto& row : *rows) {
    const std::int64_t owed = row.reserved + row.allocated - row.on_hand;
    const bool waited_for = std::any_of(waiting->begin(), waiting->end(), [&](const auto& one) {
      return one.offer == row.offer && one.warehouse == row.warehouse && one.state == checkout::ShortageState::kWaiting;
    });
    if (owed <= 0 || (world.scenario.backorder == 0 && !waited_for)) continue;
    StockAct act;
    act.kind = Kind::kDeliver;
    act.offer = row.offer;
    act.to = act.from = row.warehouse;
    act.quantity = owed;
    act.reference = "owed " + std::to_string(world.stockroom.number++);
    world.stockroom.act = act;
    world.stockroom.left = 1;
    return;
  }
}

}  // namespace

void move_goods(Process& process) {
  World& world = process.world();
  StockroomMemory& memory = world.stockroom;
  const bool owes = world.scenario.oversells || world.scenario.backorder > 0;
  while (memory.left > 0 || owes) {
    runtime::sleep_for(1 + memory.luck.below(memory.left > 0 ? 300 : 2000));
    if (memory.left > 0)
      act_once(process);
    else
      deliver_what_is_owed(process);
  }
}

void answer_letters(Process& process) {
  World& world = process.world();
  Luck& luck = world.stockroom.letters;
  for (;;) {
    runtime::sleep_for(1 + luck.below(3000));
    const auto open = process.shop().shortages.unsettled({}, 100);
    if (!open || open->empty()) continue;
    const auto& one = (*open)[static_cast<std::size_t>(luck.below(static_cast<std::int64_t>(open->size())))];
    world.trace.reached("shortage: " + std::string(name_of(one.state)));
    if (luck.chance(60)) continue;
    const bool waits = luck.chance(50);
    const auto decided = process.shop().shortages.decide(
        one.order, one.offer, waits ? checkout::ShortageDecision::kWait : checkout::ShortageDecision::kCancel,
        {"customer"});
    world.trace.reached(decided ? (waits ? "shortage: waits" : "shortage: cancels")
                                : "shortage: " + decided.error().reason);
    if (!decided && decided.error().code == Errc::kInternal)
      world.problem("a decision ended in " + decided.error().reason + ": " + decided.error().detail);
  }
}

}  // namespace kontor::sim
