#include "app/events_check.h"

#include <unordered_map>

namespace kontor::app {
namespace {

// Orders placed earlier may have outlived their events.
Result<Time> remembered_since(EventLog& events, Shop& shop) {
  for (const auto& place : shop.world.store.places()) {
    if (place.home != db::Home::kCustomer) continue;
    TRY(const auto forgotten, events.forgotten(place.name));
    return forgotten.before;
  }
  return Time{};
}

}  // namespace

Result<void> check_events(EventLog& events, Shop& shop, services::CheckReport& report) {
  std::unordered_map<std::string, int> placed;
  for (const std::string& stream : events.streams()) {
    std::int64_t position = 0;
    while (true) {
      TRY_DO(events.relay());
      TRY(const auto some, events.read(stream, position, 1000));
      if (some.empty()) break;
      for (const LoggedEvent& event : some) {
        if (event.position <= position)
          report.fail("events.positions_grow",
                      stream + ": " + std::to_string(event.position) + " follows " + std::to_string(position));
        position = event.position;
        if (!json::parse(event.body))
          report.fail("events.bodies_are_json", stream + " " + std::to_string(event.position));
        if (event.name == "order.placed") ++placed[event.subject];
      }
      report.looked_at("events", static_cast<std::int64_t>(some.size()));
    }
  }
  TRY(const Time remembered, remembered_since(events, shop));
  TRY_DO(shop.orders.each([&](const orders::Order& order) {
    const auto found = placed.find(order.id.text());
    const int times = found == placed.end() ? 0 : found->second;
    if (times == 0 && order.created < remembered) return;  // told long ago, and pruned since
    if (times != 1) report.fail("events.one_placed_per_order", order.id.text() + " has " + std::to_string(times));
    if (found != placed.end()) placed.erase(found);
  }));
  for (const auto& [order, times] : placed) report.fail("events.placed_orders_exist", order);
  TRY(const auto letters, shop.consumers.dead_letters(100));
  for (const auto& letter : letters) {
    // A mail server's no to an address is in nobody's power here: worth a look, and no fault of the store.
    const bool refused_mail =
        letter.reason.starts_with("messenger.refused") || letter.reason.starts_with("messenger.bad_address");
    report.looked_at("dead_letters", 1);
    if (refused_mail) continue;
    report.fail("events.nothing_parked",
                letter.consumer + " could not take " + letter.name + " of " + letter.subject + ": " + letter.reason);
  }
  return {};
}

}  // namespace kontor::app
