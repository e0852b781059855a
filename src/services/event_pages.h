// What the consumers of one loop read of the event log: each piece of it once, and kept for those who come later. The
// log only grows, so a piece that was read stays right; consumers that take what a piece still has for them soon stand
// at the same places. Loop thread only.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ports/event_log.h"

namespace kontor::services {

class EventPages {
 public:
  // `page`: how many events are read at once, at most.
  EventPages(EventLog& log, int page) : log_(log), page_(page) {}

  using Events = std::shared_ptr<const std::vector<LoggedEvent>>;
  struct Rest {
    Events page;  // may be null when there is nothing
    std::size_t from = 0;
    std::span<const LoggedEvent> events() const {
      return page == nullptr ? std::span<const LoggedEvent>() : std::span(*page).subspan(from);
    }
  };
  // Some of what follows `after`, in order; nothing only where there was nothing when it was called. The Error is the
  // log's.
  Result<Rest> read(const std::string& stream, std::int64_t after);
  void clear();

 private:
  struct Reading;
  struct UnderWay;
  Rest kept(const std::string& stream, std::int64_t after) const;
  std::shared_ptr<Reading> wait_for_another(const std::string& stream, std::int64_t after);
  std::int64_t limit_after(std::int64_t after) const;
  void keep(const std::string& stream, std::int64_t after, const Events& events);

  using Place = std::pair<std::string, std::int64_t>;  // stream, and the position after which a page begins
  EventLog& log_;
  int page_;
  std::map<Place, Events> pages_;
  std::deque<Place> oldest_;                        // first
  std::size_t events_ = 0;                          // in pages_
  std::vector<std::shared_ptr<Reading>> readings_;  // under way
  std::uint64_t begun_ = 0;                         // readings so far
};

}  // namespace kontor::services
