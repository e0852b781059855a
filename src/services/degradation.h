// How far the shop does without its extras, so that buying goes on: level 0 (everything) to 4. The level follows the
// load of this process (load_level.h), or is set by hand, which holds for all replicas and over restarts until it is
// given back or its time is over. Whoever has an extra asks here, by name, whether it is on: one relaxed read. What a
// level means is told by one table (kDegradationLevels). Owns the setting degradation.by_hand. docs/degradation.md.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/load_level.h"

namespace kontor::services {

struct DegradationLevel {
  std::string_view title;
  std::array<std::string_view, 4> effects;  // sentences, beside those of all levels before; "" fills up
};
// Level 1 first.
extern const std::array<DegradationLevel, kMostLevel> kDegradationLevels;

class Degradation {
 public:
  enum class Cause { kLoad, kHand };
  struct ByHand {
    int level = 0;
    std::string reason;
    std::optional<Time> until;
    std::string by;  // Shopper::caller()
    Time at;
  };
  struct Change {
    int from = 0, to = 0;
    Cause cause = Cause::kLoad;
    Load load;
    std::string reason;  // of what was set by hand
  };
  struct State {
    int level = 0;
    Cause cause = Cause::kLoad;
    Time since;
    int by_load = 0;  // what the load alone would make it
    std::optional<ByHand> by_hand;
    std::optional<Load> load;  // as last measured; none before serving
  };
  struct Settings {
    LoadThresholds by_load;
    std::function<void(const Change&)> changed = {};  // told of each change of this process; any thread; may be empty
  };
  Degradation(db::Store& store, Clock& clock, Settings settings);

  int level() const { return level_.load(std::memory_order_relaxed); }
  State state() const;
  const LoadThresholds& thresholds() const { return settings_.by_load; }

  // A measurement of this process, some four a second; whoever makes none stays at level 0 unless it is set by hand.
  void measured(const Load& load);
  // Reads what holds by hand: once a second, and at start.
  Result<void> refresh();
  using Beside = std::function<Result<void>(db::Tx&)>;
  // nullopt gives it back to the load. At once here, within a second on other replicas. `beside` is written in the same
  // transaction.
  Result<void> set_by_hand(const std::optional<ByHand>& by_hand, const Beside& beside);

  // Level 1.
  bool recommends() const { return level() < 1; }             // recommendations, related products, alternatives
  bool narrows_by_attributes() const { return level() < 1; }  // counts of attributes' values beside listings
  bool keeps_house() const { return level() < 1; }            // sweeps, reminders and jobs that can wait for days
  // Level 2.
  bool keeps_pages_longer() const { return level() >= 2; }
  bool corrects_spelling() const { return level() < 2; }
  bool moves_bulk() const { return level() < 2; }  // imports, exports, walks over the whole store
  bool tells_visitors() const { return level() >= 2; }
  // Level 3.
  bool rates_in_listings() const { return level() < 3; }  // reviews' stars and counts on cards
  bool shows_facets() const { return level() < 3; }
  // Level 4.
  bool has_static_products() const { return level() >= 4; }
  bool answers_search() const { return level() < 4; }  // by words, as far as no answer is at hand

  // How long a product's ready bytes may stay once its stock reads differently, or anything of it changed.
  std::int64_t stale_stock_ms() const { return of_level({0, 0, 10, 30, 60}) * kSecondMs; }
  std::int64_t stale_product_ms() const { return of_level({0, 0, 0, 0, 60}) * kSecondMs; }
  // Rests between two rounds of telling open pages, and of looking at stock that moved.
  std::int64_t live_rest_ms() const { return of_level({20, 1000, 2000, 5000, 10'000}); }
  std::int64_t stock_rest_ms() const { return of_level({20, 20, 200, 1000, 2000}); }

 private:
  std::int64_t of_level(const std::array<std::int64_t, kMostLevel + 1>& each) const {
    return each[static_cast<std::size_t>(level())];
  }
  // With the mutex held; what has changed, if anything.
  std::optional<Change> settle(Time now);
  void tell(const std::optional<Change>& change) const;

  db::Store& store_;
  Clock& clock_;
  const Settings settings_;
  std::atomic<int> level_{0};
  mutable std::mutex mutex_;  // of all below
  LoadLevel by_load_;
  std::optional<ByHand> by_hand_;
  std::optional<Load> load_;
  Cause cause_ = Cause::kLoad;
  Time since_;
  std::uint64_t set_here_ = 0;  // counts, so that an older reading does not undo what was just set
};

constexpr auto enum_names(Degradation::Cause) {
  return std::array{EnumName<Degradation::Cause>{Degradation::Cause::kLoad, "load"},
                    EnumName<Degradation::Cause>{Degradation::Cause::kHand, "hand"}};
}

}  // namespace kontor::services
