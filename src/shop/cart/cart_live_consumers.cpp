#include "runtime/json.h"
#include "shop/cart/cart_live.h"
#include "shop/inventory/events.h"

namespace kontor::cart {

services::Consumer taken_consumer(CartsLive& carts, showcase::Showcase& showcase) {
  services::Consumer consumer;
  consumer.name = "cart.live";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(inventory::StockReserved::kName)};
  consumer.handle = [&carts, &showcase](const LoggedEvent& event) -> Result<void> {
    if (!carts.watches_any()) return {};
    TRY(const auto told, json::read<inventory::StockReserved>(event.body));
    std::vector<OfferId> offers;
    for (const auto& line : told.lines) offers.push_back(line.offer_id);
    const auto watched = carts.watched(offers);
    if (!watched.empty()) showcase.stock_changed(watched);
    return {};
  };
  return consumer;
}

}  // namespace kontor::cart
