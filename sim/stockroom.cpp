#include "sim/stockroom.h"

#include "shop/inventory/stockroom.h"

namespace kontor::sim {
namespace {

using inventory::kMainWarehouse;

StockAct draw(StockroomMemory& memory, const std::vector<OfferId>& offers) {
  StockAct act;
  act.reference = "act " + std::to_string(memory.number++);
  act.offer = offers[static_cast<std::size_t>(memory.luck.below(static_cast<std::int64_t>(offers.size())))];
  act.quantity = 1 + memory.luck.below(2);
  act.delivery = memory.luck.chance(30);
  const bool outwards = memory.luck.chance(60);
  act.from = outwards ? kMainWarehouse : memory.other;
  act.to = outwards ? memory.other : kMainWarehouse;
  return act;
}

Result<void> perform(Process& process, const StockAct& act) {
  inventory::Stockroom room(process.shop().inventory);
  const Time now = process.world().clock.now();
  return process.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    if (act.delivery) {
      TRY_DO(room.receive(tx, {act.offer, act.to, act.quantity, "delivered", act.reference}, now));
    } else {
      TRY_DO(room.transfer(tx, {act.offer, act.from, act.to, act.quantity, {}, "carried", act.reference}, now));
    }
    return {};
  });
}

}  // namespace

void move_goods(Process& process) {
  World& world = process.world();
  StockroomMemory& memory = world.stockroom;
  while (memory.left > 0) {
    runtime::sleep_for(1 + memory.luck.below(300));
    if (!memory.act) memory.act = draw(memory, world.offers);
    const auto done = perform(process, *memory.act);
    const bool refused = !done && (done.error().code == Errc::kConflict || done.error().code == Errc::kNotFound);
    world.trace.reached(done ? std::string("stockroom: ") + (memory.act->delivery ? "delivered" : "carried")
                             : "stockroom: " + done.error().reason);
    if (!done && !refused) continue;
    if (done && memory.act->delivery) memory.delivered[memory.act->offer] += memory.act->quantity;
    memory.act.reset();
    --memory.left;
  }
}

}  // namespace kontor::sim
