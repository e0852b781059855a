#include "shop/telemetry/telemetry.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/rings.h"
#include "shop/telemetry/tallies.h"
#include "shop/telemetry/telemetry_store.h"

namespace kontor::telemetry {
namespace {

constexpr std::size_t kSmallPlaces = 16'384, kTextPlaces = 2'048;  // of a thread
constexpr std::size_t kMostAtOnce = 200'000;                       // taken out by one drain
constexpr std::size_t kLongestTyped = 112;                         // bytes of words, before they are folded
constexpr std::size_t kChunk = 500;                                // rows a write

runtime::Counter& counter(runtime::Metrics& metrics, std::string_view outcome) {
  return metrics.counter("kontor_behaviour_total",
                         "Views, clicks, carts and searches: counted; no_room: dropped; bot, refused: not looked at",
                         {{"outcome", std::string(outcome)}});
}

}  // namespace

// What waits to be summed up: without words, and with.
struct Telemetry::Small {
  std::int64_t product = 0;
  Kind kind = Kind::kView;
  bool claimed = false;
};
struct Telemetry::Text {
  std::int64_t product = 0;
  std::uint64_t visitor = 0;
  std::int32_t results = 0, position = 0;
  Kind kind = Kind::kSearch;
  bool claimed = false;
  std::uint8_t typed = 0, arm = 0;  // bytes of `texts`, one after the other
  std::array<char, kLongestTyped + kLongestArm> texts;
};
struct Telemetry::Queues {
  runtime::Rings<Small> small{kSmallPlaces};
  runtime::Rings<Text> text{kTextPlaces};
};

Telemetry::Telemetry(db::Store& store, Clock& clock, runtime::Metrics& metrics, Settings settings)
    : store_(store),
      clock_(clock),
      settings_(std::move(settings)),
      taken_(counter(metrics, "counted")),
      dropped_(counter(metrics, "no_room")),
      bots_(counter(metrics, "bot")),
      refused_(counter(metrics, "refused")),
      queues_(std::make_unique<Queues>()),
      tallies_(std::make_unique<Tallies>()) {}

Telemetry::~Telemetry() = default;

void Telemetry::observe(const Observation& what) {
  if (what.visit.bot) return bots_.add();
  if (what.visit.consent == Consent::kRefused) return refused_.add();
  const bool given = what.visit.consent == Consent::kGiven;
  using Pushed = runtime::Rings<Small>::Pushed;
  bool pushed = false, half = false;
  if (what.kind != Kind::kSearch && what.query.empty() && what.arm.empty() && what.position == 0) {
    const auto done = queues_->small.push({what.product.value, what.kind, what.claimed});
    pushed = done != Pushed::kNo;
    half = done == Pushed::kHalfFull;
  } else {
    Text text;
    text.product = what.product.value;
    text.visitor = given ? what.visit.visitor : 0;
    text.results = static_cast<std::int32_t>(std::clamp<std::int64_t>(what.results, 0, INT32_MAX));
    text.position = static_cast<std::int32_t>(std::clamp<std::int64_t>(what.position, 0, INT32_MAX));
    text.kind = what.kind;
    text.claimed = what.claimed;
    // Longer words are no search that anybody repeats; they are counted without.
    if ((given || settings_.keeps_words) && what.query.size() <= kLongestTyped) {
      text.typed = static_cast<std::uint8_t>(what.query.size());
      what.query.copy(text.texts.data(), what.query.size());
    }
    if (what.arm.size() <= kLongestArm) {
      text.arm = static_cast<std::uint8_t>(what.arm.size());
      what.arm.copy(text.texts.data() + text.typed, what.arm.size());
    }
    const auto done = queues_->text.push(text);
    pushed = done != runtime::Rings<Text>::Pushed::kNo;
    half = done == runtime::Rings<Text>::Pushed::kHalfFull;
  }
  if (!pushed) return dropped_.add();
  const bool first = !woken_.load(std::memory_order_relaxed) && !woken_.exchange(true);
  if ((first || half) && settings_.wake) settings_.wake();
}

void Telemetry::gather() {
  woken_.store(false);  // before: what comes meanwhile wakes again
  std::int64_t taken = 0, dropped = 0;
  const auto count = [&](const Observation& what) { ++(tallies_->count(what) ? taken : dropped); };
  queues_->small.drain(kMostAtOnce, [&](const Small& one) {
    count({one.kind, {}, ProductId{one.product}, {}, 0, 0, {}, one.claimed});
  });
  queues_->text.drain(kMostAtOnce, [&](const Text& one) {
    const std::string_view texts(one.texts.data(), one.texts.size());
    count({one.kind,
           {Consent::kGiven, false, one.visitor},
           ProductId{one.product},
           texts.substr(0, one.typed),
           one.results,
           one.position,
           texts.substr(one.typed, one.arm),
           one.claimed});
  });
  taken_.add(taken);
  dropped_.add(dropped);
}

// What clients claim to have seen becomes what was seen, as far as there is such a thing.
Result<void> Telemetry::look_up_claimed() {
  auto& claimed = tallies_->claimed;
  std::vector<ProductId> asked;
  const auto settle = [&]() -> Result<void> {
    std::vector<ProductId> known = asked;
    if (settings_.known) {
      TRY(known, settings_.known(asked));
    }
    for (const ProductId id : known) {
      const auto found = claimed.find(id.value);
      if (found == claimed.end()) continue;
      ProductTally& all = tallies_->products[id.value];
      all.views += found->second.views;
      all.clicks += found->second.clicks;
      all.carts += found->second.carts;
      claimed.erase(found);
    }
    for (const ProductId id : asked) claimed.erase(id.value);
    asked.clear();
    return {};
  };
  while (!claimed.empty()) {
    for (const auto& [id, tally] : claimed) {
      asked.push_back(ProductId{id});
      if (asked.size() == kChunk) break;
    }
    TRY_DO(settle());
  }
  return {};
}

Result<int> Telemetry::write_tallies() {
  const std::int64_t day = tallies_->day;
  int rows = 0;
  // A chunk goes from the tallies once it is written; where that is not known, it is rather lost than counted twice.
  const auto write = [&](auto& all, const auto& row, const db::Query& query) -> Result<void> {
    while (!all.empty()) {
      std::vector<std::vector<db::Param>> sets;
      auto end = all.begin();
      for (; end != all.end() && sets.size() < kChunk; ++end) sets.push_back(row(*end));
      const auto done = store_.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
        TRY_DO(tx.run_each(query, sets));
        return {};
      });
      if (!done && done.error().reason != "db.outcome_unknown") return done;
      rows += static_cast<int>(sets.size());
      all.erase(all.begin(), end);
    }
    return {};
  };
  TRY_DO(write(
      tallies_->products,
      [day](const auto& one) {
        const auto& [id, tally] = one;
        return std::vector<db::Param>{id, day, tally.views, tally.clicks, tally.carts};
      },
      store::kAddToProduct));
  TRY_DO(write(
      tallies_->queries,
      [day](const auto& one) {
        const auto& [query, tally] = one;
        const auto& f = tally.figures;
        return std::vector<db::Param>{query,    day,      tally.words, f.searches,    f.zero_results,
                                      f.clicks, f.placed, f.positions, tally.visitors};
      },
      full_day_.load() ? store::kAddToKnownQuery : store::kAddToQuery));
  TRY_DO(write(
      tallies_->arms,
      [day](const auto& one) {
        const auto& [arm, f] = one;
        return std::vector<db::Param>{arm, day, f.searches, f.zero_results, f.clicks, f.placed, f.positions};
      },
      store::kAddToArm));
  const DayFigures& t = tallies_->totals;
  if (t.views + t.clicks + t.carts + t.searches + t.listings > 0) {
    TRY_DO(store_.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(store::kAddToDay, day, t.views, t.clicks, t.carts, t.searches, t.zero_results, t.listings));
      return {};
    }));
    ++rows;
  }
  tallies_->totals = {};
  return rows;
}

Result<int> Telemetry::drain() {
  KONTOR_ASSERT(!draining_.exchange(true));
  struct Done {
    std::atomic<bool>& flag;
    ~Done() { flag.store(false); }
  } done{draining_};
  int rows = 0;
  const std::int64_t day = today();
  if (tallies_->day != day) {
    if (!tallies_->empty()) {  // of yesterday; the store was away
      TRY(rows, write_tallies());
    }
    tallies_->day = day;
    full_day_.store(false);
  }
  gather();
  if (tallies_->empty()) return rows;
  TRY_DO(look_up_claimed());
  TRY(const int more, write_tallies());
  return rows + more;
}

}  // namespace kontor::telemetry
