#include "shop/inventory/inventory_consumers.h"

#include "runtime/json.h"
#include "shop/inventory/events.h"
#include "shop/inventory/spread.h"

namespace kontor::inventory {
namespace {

Result<void> take(Inventory& inventory, const LoggedEvent& event) {
  if (event.name == StockReleased::kName) {
    TRY(const auto told, json::read<StockReleased>(event.body));
    for (const auto& line : told.lines) inventory.sold_out().forget(line.offer_id);
  } else if (event.name == StockLevelChanged::kName) {
    TRY(const auto told, json::read<StockLevelChanged>(event.body));
    for (const auto& level : told.levels) inventory.sold_out().forget(level.offer_id);
  } else {
    TRY(const auto told, json::read<StockSpread>(event.body));
    inventory.spread().learn(told.offer_id, told.warehouse_id, {told.slots, told.reach});
    inventory.sold_out().forget(told.offer_id);
  }
  return {};
}

}  // namespace

services::Consumer memory_consumer(Inventory& inventory) {
  services::Consumer consumer;
  consumer.name = "inventory.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(StockReleased::kName), std::string(StockLevelChanged::kName),
                      std::string(StockSpread::kName)};
  consumer.handle = [&inventory](const LoggedEvent& event) { return take(inventory, event); };
  return consumer;
}

}  // namespace kontor::inventory
