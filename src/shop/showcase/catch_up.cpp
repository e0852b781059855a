#include "shop/showcase/catch_up.h"

#include "runtime/fiber.h"
#include "runtime/json.h"
#include "shop/showcase/showcase.h"
#include "shop/showcase/showcase_consumers.h"

namespace kontor::showcase {
namespace {

constexpr std::string_view kSetting = "showcase.followed", kBuffer = "showcase.sale_buffer";
// A walk over a million products costs about as much as this many events.
constexpr std::int64_t kMostReplayed = 100'000;
constexpr int kBatch = 500;

}  // namespace

Result<CatchUp::Positions> CatchUp::remembered() {
  TRY(const auto text, settings_.get(kSetting));
  if (!text) return Positions{};
  return json::read<Positions>(*text);
}

Result<int> CatchUp::run() {
  TRY(Positions from, remembered());
  Positions heads;
  std::int64_t behind = 0;
  bool known = true;
  for (const auto& stream : log_.streams()) {
    TRY(heads[stream], log_.head(stream));
    const auto place = from.find(stream);
    known = known && place != from.end() && place->second <= heads[stream];
    if (known) behind += heads[stream] - place->second;
  }
  // What is listed as in stock was worked out with the buffer of then.
  const std::string buffer = std::to_string(showcase_.settings().sale_buffer_percent);
  TRY(const auto buffer_then, settings_.get(kBuffer));
  known = known && buffer_then.value_or("0") == buffer;
  if (known && behind == 0) return 0;
  int done = 0;
  if (known && behind <= kMostReplayed) {
    TRY(const auto replayed, replay(std::move(from), heads));
    known = replayed.has_value();
    done = replayed.value_or(0);
  }
  if (!known || behind > kMostReplayed) {
    TRY(done, showcase_.reconcile());
  }
  if (buffer_then.value_or("0") != buffer) TRY_DO(settings_.set(kBuffer, buffer));
  TRY_DO(settings_.set(kSetting, json::print(heads)));
  return done;
}

// Nullopt when some of the events are gone: the log is pruned after its time.
Result<std::optional<int>> CatchUp::replay(Positions from, const Positions& heads) {
  int taken = 0;
  for (const auto& [stream, head] : heads) {
    std::int64_t& at = from[stream];
    while (at < head) {
      TRY(const auto events, log_.read(stream, at, kBatch));
      if (events.empty() || events.front().position != at + 1) return std::optional<int>{};
      for (const auto& event : events) TRY_DO(take_event(showcase_, event));
      taken += static_cast<int>(events.size());
      at = events.back().position;
      TRY_DO(showcase_.refresh_stock());
      if (runtime::on_fiber()) runtime::yield();
    }
  }
  return std::optional<int>(taken);
}

Result<void> CatchUp::remember() {
  const Positions followed = showcase_.followed();
  if (followed.empty()) return {};
  TRY(Positions noted, remembered());
  Positions now = noted;
  for (const auto& [stream, position] : followed)
    if (position > now[stream]) now[stream] = position;
  if (now == noted) return {};
  return settings_.set(kSetting, json::print(now));
}

}  // namespace kontor::showcase
