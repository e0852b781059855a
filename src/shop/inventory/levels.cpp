#include "shop/inventory/levels.h"

#include <algorithm>
#include <map>

#include "services/outbox.h"
#include "shop/inventory/events.h"

namespace kontor::inventory {
namespace {

constexpr std::size_t kLevelsPerEvent = 100;

std::int64_t sellable_of(const std::vector<SlotRow>& rows) {
  std::int64_t sum = 0;
  for (const SlotRow& row : rows) sum += row.sellable();
  return sum;
}

// A warehouse's slots are one shelf to those who want to hear.
struct Shelf {
  std::int64_t sellable = 0;
  std::int64_t low_stock_at = 0;
  bool low() const { return is_low(sellable, low_stock_at); }
};
std::map<WarehouseId, Shelf> shelves_of(const std::vector<SlotRow>& rows) {
  std::map<WarehouseId, Shelf> out;
  for (const SlotRow& row : rows) {
    Shelf& shelf = out[row.place.warehouse];
    shelf.sellable += row.sellable();
    shelf.low_stock_at = std::max(shelf.low_stock_at, row.low_stock_at);
  }
  return out;
}

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

Result<void> say_oversold(db::Tx& tx, const ShelfRow& row, Time now) {
  if (row.on_hand >= row.promised) return {};
  const StockOversoldExternally event{row.offer, row.warehouse, row.on_hand, row.promised};
  return services::emit(tx, event, row.offer.text(), now);
}

Result<void> Crossings::look(db::Tx& tx, OfferId offer) {
  sold_out_.forget(offer);
  if (!looks_.empty() && looks_.back().offer == offer) return {};
  TRY(auto rows, sql::slots(tx, {&offer, 1}));
  looks_.push_back({offer, std::move(rows)});
  return {};
}

Result<void> Crossings::say(db::Tx& tx, Time now) {
  std::vector<services::Fact> facts;
  for (const Look& before : looks_) {
    TRY(const auto after, sql::slots(tx, {&before.offer, 1}));
    auto shelves = shelves_of(before.rows);
    for (const auto& [warehouse, shelf] : shelves_of(after))
      if (shelf.low() && !shelves[warehouse].low())
        facts.push_back(
            services::fact(StockLow{before.offer, warehouse, shelf.sellable, shelf.low_stock_at}, before.offer.text()));
    const std::int64_t sellable = sellable_of(after);
    if (!before.rows.empty() && sellable_of(before.rows) <= 0 && sellable > 0)
      facts.push_back(services::fact(StockBackInStock{before.offer, sellable}, before.offer.text()));
  }
  looks_.clear();
  return services::emit_all(tx, facts, now);
}

}  // namespace kontor::inventory
