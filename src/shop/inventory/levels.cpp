#include "shop/inventory/levels.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/inventory/events.h"

namespace kontor::inventory {
namespace {

constexpr std::size_t kLevelsPerEvent = 100;

}  // namespace

Result<void> say_levels(db::Tx& tx, std::vector<OfferId> offers, Time now) {
  std::sort(offers.begin(), offers.end());
  offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
  std::vector<services::Fact> facts;
  for (std::size_t at = 0; at < offers.size(); at += kLevelsPerEvent) {
    StockLevelChanged event;
    for (std::size_t i = at; i < std::min(at + kLevelsPerEvent, offers.size()); ++i) {
      TRY(const auto figure, sql::figure(tx, offers[i]));
      if (figure) event.levels.push_back({offers[i], figure->sellable, figure->on_hand});
    }
    facts.push_back(services::fact(event, offers[at].text()));
  }
  return services::emit_all(tx, facts, now);
}

Result<void> say_oversold(db::Tx& tx, const StockRow& row, Time now) {
  if (row.on_hand >= row.reserved + row.allocated) return {};
  const StockOversoldExternally event{row.offer, row.warehouse, row.on_hand, row.reserved + row.allocated};
  return services::emit(tx, event, row.offer.text(), now);
}

}  // namespace kontor::inventory
