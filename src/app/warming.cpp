#include "app/warming.h"

#include <unordered_set>

#include "runtime/monotonic.h"

namespace kontor::app {
namespace {

constexpr std::int64_t kAfterStartMs = 300;  // whoever waits for the first answer has it by then
constexpr std::int64_t kTurnUs = 1500, kRestMs = 10, kBusyRestMs = 500;
constexpr int kDays = 30;

runtime::Counter& warmed(runtime::Metrics& metrics, const char* what) {
  return metrics.counter("kontor_warmed_total", "Answers and pages of products made ahead after the start",
                         {{"what", what}});
}

}  // namespace

Warming::Warming(const Parts& parts, const WarmingSettings& settings)
    : parts_(parts),
      settings_(settings),
      answers_(warmed(parts.metrics, "answers")),
      pages_(warmed(parts.metrics, "pages")) {}

bool Warming::rest(const std::atomic<bool>& stopping, std::int64_t ms) {
  if (!stopping.load()) bell_.wait_for(ms);
  return !stopping.load();
}

// Long reads of the embedded store, which run on the asking thread: not on a loop.
Result<void> Warming::read(const std::function<Result<void>()>& look) {
  if (parts_.workers == nullptr || parts_.store.engine() != "sqlite") return look();
  Result<void> outcome;
  TRY_DO(parts_.workers->run([&] { outcome = look(); }));
  return outcome;
}

Result<std::vector<ProductId>> Warming::most_wanted() {
  using Sort = telemetry::ProductSort;
  using Seen = std::int64_t telemetry::Popularity::*;
  constexpr std::pair<Sort, Seen> kBy[] = {{Sort::kUnits, &telemetry::Popularity::units},
                                           {Sort::kCarts, &telemetry::Popularity::carts},
                                           {Sort::kClicks, &telemetry::Popularity::clicks},
                                           {Sort::kViews, &telemetry::Popularity::views}};
  const int most = static_cast<int>(settings_.products);
  std::vector<ProductId> wanted, all;
  std::unordered_set<ProductId> named;
  const auto name = [&](ProductId id) {
    if (wanted.size() < settings_.products && named.insert(id).second) wanted.push_back(id);
  };
  TRY_DO(read([&]() -> Result<void> {
    for (const auto& [sort, seen] : kBy) {
      TRY(const auto products, parts_.telemetry.products(kDays, sort, most));
      for (const auto& product : products)
        if (product.*seen > 0) name(product.product);
    }
    TRY(all, parts_.catalog.ids_after({}, most + 1));
    return {};
  }));
  if (all.size() <= settings_.products)
    for (const ProductId id : all) name(id);
  return wanted;
}

Result<void> Warming::run(const std::atomic<bool>& stopping) {
  if (settings_.products == 0 || !rest(stopping, kAfterStartMs)) return {};
  const Time began = parts_.clock.now();
  TRY(const auto wanted, most_wanted());
  bool answers = true, pages = make_page_ != nullptr;
  std::size_t looked_at = 0;
  std::int64_t turn = runtime::monotonic_micros();
  for (const ProductId id : wanted) {
    if (!answers && !pages) break;
    if (parts_.clock.now().ms - began.ms > settings_.within_ms) break;
    if (answers) {
      TRY(answers, parts_.showcase.warm(id));
      answers_.add(answers ? 1 : 0);
    }
    if (pages) {
      TRY(pages, make_page_(id));
      pages_.add(pages ? 1 : 0);
    }
    ++looked_at;
    runtime::yield();
    const bool busy = !parts_.degradation.keeps_house();
    if (!busy && runtime::monotonic_micros() - turn < kTurnUs) continue;
    if (!rest(stopping, busy ? kBusyRestMs : kRestMs)) return {};
    turn = runtime::monotonic_micros();
  }
  parts_.log.info("the products that are wanted most are warm",
                  {{"products", static_cast<std::int64_t>(looked_at)}, {"ms", parts_.clock.now().ms - began.ms}});
  return {};
}

}  // namespace kontor::app
