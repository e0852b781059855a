#include "services/events_api.h"

#include <charconv>
#include <map>

#include "base/text.h"
#include "services/cursor.h"

namespace kontor::services {
namespace {

struct EventsQuery {
  std::string after;
  std::int64_t limit = kListLimitDefault;

  static constexpr auto fields() {
    return described(
        Field("after", &EventsQuery::after, "next_after of the call before; absent: from the beginning", Default{}),
        Field("limit", &EventsQuery::limit, "How many", kListLimit, Default{}));
  }
};

Result<std::map<std::string, std::int64_t>> positions_of(EventLog& log, std::string_view after) {
  std::map<std::string, std::int64_t> positions;
  for (const auto& stream : log.streams()) positions[stream] = 0;
  if (after.empty()) return positions;
  for (const auto part : split(after, '~')) {
    const auto dot = part.rfind('.');
    const auto found =
        dot == std::string_view::npos ? positions.end() : positions.find(std::string(part.substr(0, dot)));
    const char* end = part.data() + part.size();
    std::int64_t position = -1;
    if (found != positions.end()) {
      const auto parsed = std::from_chars(part.data() + dot + 1, end, position);
      if (parsed.ptr != end || parsed.ec != std::errc()) position = -1;
    }
    if (position < 0)
      return fail(Errc::kBadCursor, "request.bad_cursor",
                  "'after' is not one that this list gave; start again without it.");
    found->second = position;
  }
  return positions;
}

}  // namespace

Result<EventPage> events_after(EventLog& log, std::string_view after, int limit) {
  TRY(auto positions, positions_of(log, after));
  for (const auto& [stream, position] : positions) {
    if (position == 0) continue;  // from the beginning, whatever that is by now
    TRY(const auto forgotten, log.forgotten(stream));
    if (position < forgotten.through)
      return fail(Errc::kConflict, "events.forgotten",
                  "The log has forgotten events after " + stream + "." + std::to_string(position) +
                      "; read the state you follow anew, and the log without 'after'.");
  }
  std::vector<std::vector<LoggedEvent>> streams;
  for (const auto& [stream, position] : positions) {
    TRY(auto events, log.read(stream, position, limit));
    streams.push_back(std::move(events));
  }
  // Merged by time for readers' comfort; within a stream the order is the stream's.
  EventPage page;
  std::vector<std::size_t> at(streams.size(), 0);
  while (page.items.size() < static_cast<std::size_t>(limit)) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < streams.size(); ++i)
      if (at[i] < streams[i].size() && (!first || streams[i][at[i]].at < streams[*first][at[*first]].at)) first = i;
    if (!first) break;
    auto& event = streams[*first][at[*first]++];
    positions[event.stream] = event.position;
    page.items.push_back({event.stream + "." + std::to_string(event.position), std::move(event.name),
                          std::move(event.subject), event.at, json::Raw{std::move(event.body)}});
  }
  for (const auto& [stream, position] : positions)
    page.next_after += (page.next_after.empty() ? "" : "~") + stream + "." + std::to_string(position);
  return page;
}

void add_events_api(http::Router& router, EventLog& log, const Shoppers& shoppers) {
  router.get<EventsQuery, EventPage>(
      "/admin/events",
      {"What became true, in order",
       {"services.sign_in", "services.role_needed", "request.bad_cursor", "events.forgotten"},
       200,
       "admin"},
      [&](http::Call& call, EventsQuery query) -> Result<EventPage> {
        TRY_DO(shoppers.require_role(call, Role::kAdmin));
        return events_after(log, query.after, static_cast<int>(query.limit));
      });
}

}  // namespace kontor::services
