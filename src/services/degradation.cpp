#include "services/degradation.h"

#include "base/assert.h"
#include "runtime/json.h"
#include "services/settings.h"

namespace kontor::services {
namespace {

constexpr std::string_view kSetting = "degradation.by_hand";

struct KeptByHand {
  std::int64_t level = 0;
  std::string reason;
  std::optional<Time> until;
  std::string by;
  Time at;
  static constexpr auto fields() {
    return described(Field("level", &KeptByHand::level, ""), Field("reason", &KeptByHand::reason, ""),
                     Field("until", &KeptByHand::until, ""), Field("by", &KeptByHand::by, ""),
                     Field("at", &KeptByHand::at, ""));
  }
};
struct Kept {
  Nullable<KeptByHand> by_hand;
  static constexpr auto fields() { return described(Field("by_hand", &Kept::by_hand, "")); }
};

Result<std::optional<Degradation::ByHand>> read_kept(const std::optional<std::string>& text) {
  if (!text) return std::optional<Degradation::ByHand>();
  TRY(auto kept, json::read<Kept>(*text));
  if (!kept.by_hand) return std::optional<Degradation::ByHand>();
  auto& from = *kept.by_hand;
  if (from.level < 0 || from.level > kMostLevel)
    return fail(Errc::kInternal, "degradation.bad_setting", "The level that was set by hand is none.");
  return std::optional<Degradation::ByHand>(
      {static_cast<int>(from.level), std::move(from.reason), from.until, std::move(from.by), from.at});
}

std::string kept_text(const std::optional<Degradation::ByHand>& by_hand) {
  Kept kept;
  if (by_hand)
    kept.by_hand.emplace(KeptByHand{by_hand->level, by_hand->reason, by_hand->until, by_hand->by, by_hand->at});
  return json::print(kept);
}

}  // namespace

const std::array<DegradationLevel, kMostLevel> kDegradationLevels{{
    {"Extras rest",
     {"No recommendations, related products or alternatives", "No facets of attributes beside listings",
      "No reminders of carts; pictures of imports, looking for drift and learning about fraud wait",
      "Open pages of carts hear of changes once a second instead of at once"}},
    {"Pages are kept longer",
     {"Product pages may be 10 s behind the stock, and browsers keep them for half an hour",
      "Listing pages may be 5 minutes old", "Spelling is not corrected in searches",
      "Imports, exports and walks over the whole store are refused or wait"}},
    {"Listings are plain",
     {"No reviews on listings", "No facets beside listings", "Listing pages may be 10 minutes old",
      "Product pages may be 30 s behind the stock"}},
    {"Product pages are static",
     {"Product pages stay as they are for a minute, whatever changes",
      "Searching by words is refused where no answer is at hand",
      "Listing pages may be an hour old",
      {}}},
}};

Degradation::Degradation(db::Store& store, Clock& clock, Settings settings)
    : store_(store), clock_(clock), settings_(std::move(settings)), by_load_(settings_.by_load), since_(clock.now()) {}

Degradation::State Degradation::state() const {
  const std::lock_guard lock(mutex_);
  return {level(), cause_, since_, by_load_.level(), by_hand_, load_};
}

std::optional<Degradation::Change> Degradation::settle(Time now) {
  if (by_hand_ && by_hand_->until && *by_hand_->until <= now) by_hand_.reset();
  const Change change{level(), by_hand_ ? by_hand_->level : by_load_.level(), by_hand_ ? Cause::kHand : Cause::kLoad,
                      load_.value_or(Load{}), by_hand_ ? by_hand_->reason : std::string()};
  const bool differs = change.to != change.from || change.cause != cause_;
  if (!differs) return std::nullopt;
  cause_ = change.cause;
  since_ = now;
  level_.store(change.to, std::memory_order_relaxed);
  return change;
}

void Degradation::tell(const std::optional<Change>& change) const {
  if (change && settings_.changed) settings_.changed(*change);
}

void Degradation::measured(const Load& load) {
  const Time now = clock_.now();
  std::optional<Change> change;
  {
    const std::lock_guard lock(mutex_);
    load_ = load;
    by_load_.step(now, load);
    change = settle(now);
  }
  tell(change);
}

Result<void> Degradation::refresh() {
  std::uint64_t set_before = 0;
  {
    const std::lock_guard lock(mutex_);
    set_before = set_here_;
  }
  std::optional<std::string> text;
  TRY_DO(store_.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(text, services::Settings::get(tx, kSetting));
    return {};
  }));
  TRY(auto by_hand, read_kept(text));
  std::optional<Change> change;
  {
    const std::lock_guard lock(mutex_);
    if (set_before == set_here_) by_hand_ = std::move(by_hand);
    change = settle(clock_.now());
  }
  tell(change);
  return {};
}

Result<void> Degradation::set_by_hand(const std::optional<ByHand>& by_hand, const Beside& beside) {
  KONTOR_ASSERT(!by_hand || (by_hand->level >= 0 && by_hand->level <= kMostLevel));
  const Time now = clock_.now();
  const std::string text = kept_text(by_hand);
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(services::Settings::set(tx, kSetting, text, now));
    return beside(tx);
  }));
  std::optional<Change> change;
  {
    const std::lock_guard lock(mutex_);
    ++set_here_;
    by_hand_ = by_hand;
    change = settle(now);
  }
  tell(change);
  return {};
}

}  // namespace kontor::services
