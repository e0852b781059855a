#include "services/event_pages.h"

#include <algorithm>
#include <utility>

#include "runtime/fiber.h"

namespace kontor::services {
namespace {

constexpr std::size_t kPagesKept = 16;  // as many events as that; those who catch up are that far apart at most

}  // namespace

// What one consumer reads while others come to want the same.
struct EventPages::Reading {
  std::string stream;
  std::int64_t after = 0;
  std::uint64_t number = 0;
  bool went_well = false;
  std::vector<runtime::Parker*> waiting;
};

struct EventPages::UnderWay {
  std::vector<std::shared_ptr<Reading>>& all;
  std::shared_ptr<Reading> reading;
  UnderWay(std::vector<std::shared_ptr<Reading>>& readings, Reading&& begun)
      : all(readings), reading(std::make_shared<Reading>(std::move(begun))) {
    all.push_back(reading);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() {
    std::erase(all, reading);
    for (runtime::Parker* one : reading->waiting) one->wake();
  }
};

// The end of somebody's read that would bring what follows `after`; null when there is none.
std::shared_ptr<EventPages::Reading> EventPages::wait_for_another(const std::string& stream, std::int64_t after) {
  const auto found = std::find_if(readings_.begin(), readings_.end(), [&](const auto& one) {
    return one->stream == stream && one->after <= after && after < one->after + limit_after(one->after);
  });
  if (found == readings_.end()) return nullptr;
  std::shared_ptr<Reading> reading = *found;
  runtime::Parker parker;
  reading->waiting.push_back(&parker);
  struct Leave {
    Reading& reading;
    runtime::Parker* parker;
    ~Leave() { std::erase(reading.waiting, parker); }
  };
  const Leave leave{*reading, &parker};
  parker.wait();
  return reading;
}

// The page that begins at or before `after`, where it goes beyond it.
EventPages::Rest EventPages::kept(const std::string& stream, std::int64_t after) const {
  auto at = pages_.upper_bound({stream, after});
  if (at == pages_.begin() || (--at)->first.first != stream || at->second->back().position <= after) return {};
  const auto& events = *at->second;
  const auto first =
      std::upper_bound(events.begin(), events.end(), after,
                       [](std::int64_t position, const auto& event) { return position < event.position; });
  return {at->second, static_cast<std::size_t>(first - events.begin())};
}

void EventPages::keep(const std::string& stream, std::int64_t after, const Events& events) {
  if (events->empty()) return;
  const auto [at, is_new] = pages_.emplace(Place{stream, after}, events);
  if (is_new)
    oldest_.emplace_back(stream, after);
  else  // somebody saw the log when it was shorter
    events_ -= std::exchange(at->second, events)->size();
  events_ += events->size();
  while (events_ > kPagesKept * static_cast<std::size_t>(page_) && oldest_.size() > 1) {
    const auto gone = pages_.find(oldest_.front());
    events_ -= gone->second->size();
    pages_.erase(gone);
    oldest_.pop_front();
  }
}

void EventPages::clear() {
  pages_.clear();
  oldest_.clear();
  events_ = 0;
}

// Full pages end where positions are multiples of their size, so that those who begin apart soon read the same ones.
std::int64_t EventPages::limit_after(std::int64_t after) const { return page_ - after % page_; }

Result<EventPages::Rest> EventPages::read(const std::string& stream, std::int64_t after) {
  const std::uint64_t begun_before = begun_;
  for (bool all_seen = false;;) {
    if (Rest rest = kept(stream, after); all_seen || rest.page != nullptr) return rest;
    const auto another = wait_for_another(stream, after);
    if (another == nullptr || !another->went_well) break;
    all_seen = another->number > begun_before;  // what began before may have missed what the caller knows of
  }
  const UnderWay mine(readings_, {stream, after, ++begun_, false, {}});
  TRY(auto read, log_.read(stream, after, static_cast<int>(limit_after(after))));
  mine.reading->went_well = true;
  auto events = std::make_shared<const std::vector<LoggedEvent>>(std::move(read));
  keep(stream, after, events);
  return Rest{std::move(events), 0};
}

}  // namespace kontor::services
