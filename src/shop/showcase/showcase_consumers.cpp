#include "shop/showcase/showcase_consumers.h"

#include <algorithm>
#include <iterator>

#include "shop/catalog/events.h"
#include "shop/inventory/events.h"

namespace kontor::showcase {
namespace {

template <class Event>
Result<void> note_lines(Showcase& showcase, const LoggedEvent& event) {
  TRY(const Event told, json::read<Event>(event.body));
  std::vector<OfferId> offers;
  for (const auto& line : told.lines) offers.push_back(line.offer_id);
  showcase.stock_changed(offers);
  return {};
}

// Of an offer that has plenty left everything reads as before. A rush would otherwise look at all that it sells.
Result<void> note_reserved(Showcase& showcase, const LoggedEvent& event) {
  TRY(const auto told, json::read<inventory::StockReserved>(event.body));
  std::vector<OfferId> offers;
  const bool buffered = showcase.settings().sale_buffer_percent > 0;  // pages show less than is left
  for (const auto& line : told.lines)
    if (!line.left || *line.left <= kLowStock || buffered) offers.push_back(line.offer_id);
  if (!offers.empty()) showcase.stock_changed(offers);
  return {};
}

constexpr std::string_view kHandled[] = {catalog::ProductCreated::kName,  catalog::ProductChanged::kName,
                                         catalog::ProductDeleted::kName,  catalog::OfferPriceChanged::kName,
                                         catalog::CategoryChanged::kName, inventory::StockReserved::kName,
                                         inventory::StockReleased::kName, inventory::StockLevelChanged::kName};

Result<void> take(Showcase& showcase, const LoggedEvent& event) {
  if (event.name == inventory::StockReserved::kName) return note_reserved(showcase, event);
  if (event.name == inventory::StockReleased::kName) return note_lines<inventory::StockReleased>(showcase, event);
  if (event.name == inventory::StockLevelChanged::kName) {
    TRY(const auto told, json::read<inventory::StockLevelChanged>(event.body));
    std::vector<OfferId> offers;
    for (const auto& level : told.levels) offers.push_back(level.offer_id);
    showcase.stock_changed(offers);
    return {};
  }
  if (event.name == catalog::CategoryChanged::kName) {
    showcase.categories_changed();
    return {};
  }
  if (const auto product = ProductId::parse(event.subject)) {
    showcase.product_changed(*product);
  } else if (event.name == catalog::OfferPriceChanged::kName) {
    TRY(const auto told, json::read<catalog::OfferPriceChanged>(event.body));
    showcase.prices_changed(told.product);
  }
  return {};
}

}  // namespace

Result<void> take_event(Showcase& showcase, const LoggedEvent& event) {
  if (std::find(std::begin(kHandled), std::end(kHandled), event.name) == std::end(kHandled)) return {};
  return take(showcase, event);
}

void add_showcase_consumers(services::ConsumerRunner& runner, Showcase& showcase) {
  services::Consumer consumer;
  consumer.name = "showcase.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  for (const std::string_view name : kHandled) consumer.handles.emplace_back(name);
  consumer.handle = [&showcase](const LoggedEvent& event) -> Result<void> {
    TRY_DO(take(showcase, event));
    showcase.followed_to(event.stream, event.position);
    return {};
  };
  runner.add(std::move(consumer));
}

}  // namespace kontor::showcase
