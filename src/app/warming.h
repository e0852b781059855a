// After a start nothing is at hand, and those products are asked for first that are asked for most. So their answers
// and pages are made ahead, behind the requests: on one fiber, in short turns with rests between, not while the shop is
// busy, and only as far as there is room and time.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "runtime/fiber.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "services/bell.h"
#include "services/degradation.h"
#include "shop/catalog/catalog.h"
#include "shop/showcase/showcase.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::app {

struct WarmingSettings {
  std::size_t products = 0;  // the most; 0: none
  std::int64_t within_ms = kMinuteMs;
};

class Warming {
 public:
  struct Parts {  // not owned; they outlive the Warming
    db::Store& store;
    Clock& clock;
    runtime::Metrics& metrics;
    runtime::Log& log;
    runtime::Workers* workers;  // may be null
    catalog::Catalog& catalog;
    telemetry::Telemetry& telemetry;
    showcase::Showcase& showcase;
    const services::Degradation& degradation;
  };
  Warming(const Parts& parts, const WarmingSettings& settings);

  // Makes a product's page; false: there is no room left. Before run(); without it there are answers alone.
  void set_pages(std::function<Result<bool>(ProductId)> make) { make_page_ = std::move(make); }

  // On a fiber, until it is done, its time is over, or `stopping` and end_wait(). An Error leaves the rest cold.
  Result<void> run(const std::atomic<bool>& stopping);
  void end_wait() { bell_.ring(); }

  // What sold most in the last 30 days first, then what was put in carts, clicked and looked at most; and where the
  // shop has no more products than fit, all others after them.
  Result<std::vector<ProductId>> most_wanted();

 private:
  Result<void> read(const std::function<Result<void>()>& look);
  bool rest(const std::atomic<bool>& stopping, std::int64_t ms);

  const Parts parts_;
  const WarmingSettings settings_;
  runtime::Counter &answers_, &pages_;
  std::function<Result<bool>(ProductId)> make_page_;
  services::Bell bell_;
};

}  // namespace kontor::app
