// GET /admin/events?after=&limit=: the event log, for other programs that keep up with the shop by asking.
#pragma once
#include "ports/event_log.h"
#include "runtime/http.h"
#include "services/shopper.h"

namespace kontor::services {

struct EventView {
  std::string id;  // stream and position, "shop.42": the same for ever
  std::string name;
  std::string subject;
  Time at;
  json::Raw data;

  static constexpr auto fields() {
    return described(Field("id", &EventView::id, "Stream and position; tells a repetition"),
                     Field("name", &EventView::name, "What became true, such as order.placed"),
                     Field("subject", &EventView::subject, "The id it is about"),
                     Field("at", &EventView::at, "When it became true"),
                     Field("data", &EventView::data, "Ids and figures; members depend on the name"));
  }
};

struct EventPage {
  std::vector<EventView> items;
  std::string next_after;

  static constexpr auto fields() {
    return described(Field("items", &EventPage::items, "The events, in the order of their stream"),
                     Field("next_after", &EventPage::next_after, "For ?after= of the next call, now or later"));
  }
};

// The events after `after` ("shop.42~catalog.7"; a stream not named is read from its beginning), at most `limit`.
// kBadCursor "request.bad_cursor" for any other text; kConflict "events.forgotten" when the log has been pruned beyond.
Result<EventPage> events_after(EventLog& log, std::string_view after, int limit);

// Role admin.
void add_events_api(http::Router& router, EventLog& log, const Shoppers& shoppers);

}  // namespace kontor::services
