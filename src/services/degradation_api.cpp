#include "services/degradation_api.h"

#include "base/card_number.h"

namespace kontor::services {
namespace {

constexpr std::int64_t kLongestMs = 30 * kDayMs;
constexpr int kRetryAfterS = 30;

struct ByHandView {
  std::int64_t level = 0;
  std::string reason;
  Nullable<Time> until;
  std::string by;
  Time at;
  static constexpr auto fields() {
    return described(Field("level", &ByHandView::level, "The level that was set"),
                     Field("reason", &ByHandView::reason, "Why, for colleagues"),
                     Field("until", &ByHandView::until, "When it goes back to the load by itself; null: never"),
                     Field("by", &ByHandView::by, "Who set it"), Field("at", &ByHandView::at, "When"));
  }
};

struct MeasuredView {
  std::int64_t delay_us = 0, requests = 0;
  static constexpr auto fields() {
    return described(
        Field("delay_us", &MeasuredView::delay_us, "How long what is ready to run waits on the busiest event loop"),
        Field("requests", &MeasuredView::requests, "At work or waiting on the event loop that has most"));
  }
};

struct LevelView {
  std::int64_t level = 0;
  std::string title;
  std::vector<std::string> effects;
  std::int64_t delay_ms = 0, requests = 0;
  static constexpr auto fields() {
    return described(Field("level", &LevelView::level, "1 to 4"), Field("title", &LevelView::title, "In short"),
                     Field("effects", &LevelView::effects, "What is different, beside the levels before"),
                     Field("delay_ms", &LevelView::delay_ms, "From this delay on the load calls for it"),
                     Field("requests", &LevelView::requests, "Or from so many requests at work"));
  }
};

struct DegradationView {
  std::int64_t level = 0;
  Degradation::Cause cause = Degradation::Cause::kLoad;
  Time since;
  std::int64_t by_load = 0;
  Nullable<ByHandView> by_hand;
  Nullable<MeasuredView> measured;
  bool follows_load = true;
  std::int64_t rise_after_ms = 0, fall_after_ms = 0, fall_percent = 0;
  std::vector<LevelView> levels;
  static constexpr auto fields() {
    using View = DegradationView;
    return described(
        Field("level", &View::level, "0: everything is on"), Field("cause", &View::cause, "load, or hand"),
        Field("since", &View::since, "When this process came to it"),
        Field("by_load", &View::by_load, "What the load of this process alone would make it"),
        Field("by_hand", &View::by_hand, "What was set by hand, for all processes; null: nothing"),
        Field("measured", &View::measured, "This process's last measurement"),
        Field("follows_load", &View::follows_load, "false: only what is set by hand counts"),
        Field("rise_after_ms", &View::rise_after_ms, "So long a threshold is exceeded before the level rises"),
        Field("fall_after_ms", &View::fall_after_ms, "So long all is calm before it falls, by one"),
        Field("fall_percent", &View::fall_percent, "Calm is below so many percent of the level's thresholds"),
        Field("levels", &View::levels, "What they mean and when they come"));
  }
};

struct SetLevel {
  Nullable<std::int64_t> level;
  std::optional<std::string> reason;
  std::optional<Time> until;
  static constexpr auto fields() {
    return described(Field("level", &SetLevel::level, "0 to 4; null gives it back to the load", Range{0, kMostLevel}),
                     Field("reason", &SetLevel::reason, "Why, for colleagues; needed with a level", Length{1, 500},
                           Format{"text without card numbers", free_of_card_numbers}),
                     Field("until", &SetLevel::until, "When it goes back to the load by itself, within 30 days"));
  }
};

std::vector<LevelView> levels_of(const LoadThresholds& thresholds) {
  std::vector<LevelView> views;
  for (std::size_t i = 0; i < kDegradationLevels.size(); ++i) {
    const auto& level = kDegradationLevels[i];
    auto& view = views.emplace_back(LevelView{static_cast<std::int64_t>(i) + 1,
                                              std::string(level.title),
                                              {},
                                              thresholds.delay_ms[i],
                                              thresholds.requests[i]});
    for (const auto effect : level.effects)
      if (!effect.empty()) view.effects.emplace_back(effect);
  }
  return views;
}

DegradationView view_of(const Degradation& degradation) {
  const auto state = degradation.state();
  const auto& thresholds = degradation.thresholds();
  DegradationView view;
  view.level = state.level;
  view.cause = state.cause;
  view.since = state.since;
  view.by_load = state.by_load;
  if (const auto& set = state.by_hand) {
    view.by_hand.emplace(ByHandView{set->level, set->reason, {}, set->by, set->at});
    if (set->until) view.by_hand->until.emplace(*set->until);
  }
  if (state.load) view.measured.emplace(MeasuredView{state.load->delay_us, state.load->requests});
  view.follows_load = thresholds.follows_load;
  view.rise_after_ms = thresholds.rise_after_ms;
  view.fall_after_ms = thresholds.fall_after_ms;
  view.fall_percent = LoadThresholds::kFallPercent;
  view.levels = levels_of(thresholds);
  return view;
}

Result<void> check(const SetLevel& in, Time now) {
  constexpr std::string_view kInvalidReason = "request.invalid";
  if (!in.level && (in.reason || in.until))
    return invalid(kInvalidReason, in.reason ? "/reason" : "/until", "not_needed",
                   "Without a level there is nothing to give a reason or an end for.");
  if (in.level && !in.reason)
    return invalid(kInvalidReason, "/reason", "required", "Say why, for colleagues who find it set.");
  if (in.until && (*in.until <= now || *in.until > now.plus_ms(kLongestMs)))
    return invalid(kInvalidReason, "/until", "out_of_range", "It must be ahead, and within 30 days.");
  return {};
}

Result<DegradationView> set_level(const DegradationApi& parts, const http::Call& call, const SetLevel& in) {
  TRY(const auto who, parts.shoppers.require_role(call, Role::kAdmin));
  const Time now = parts.clock.now();
  TRY_DO(check(in, now));
  std::optional<Degradation::ByHand> by_hand;
  if (in.level) by_hand = Degradation::ByHand{static_cast<int>(*in.level), *in.reason, in.until, who.caller(), now};
  std::string detail = "{\"level\":" + (in.level ? std::to_string(*in.level) : "null");
  if (in.until) detail += ",\"until\":\"" + to_rfc3339(*in.until) + "\"";
  const auto entry = parts.audit.entry(who.caller(), "degradation.set", "degradation", detail + "}");
  TRY_DO(parts.degradation.set_by_hand(by_hand, [&](db::Tx& tx) { return Audit::record(tx, entry); }));
  return view_of(parts.degradation);
}

}  // namespace

void add_degradation_api(http::Router& router, const DegradationApi& parts) {
  router.get<http::None, DegradationView>(
      "/admin/degradation",
      {"How far the shop does without its extras, and why", {"services.sign_in", "services.role_needed"}, 200, "admin"},
      [parts](http::Call& call, http::None) -> Result<DegradationView> {
        TRY_DO(parts.shoppers.require_staff(call.request));
        return view_of(parts.degradation);
      });
  router.put<SetLevel, DegradationView>(
      "/admin/degradation",
      {"Sets the level by hand for all processes, or gives it back to the load",
       {"services.role_needed"},
       200,
       "admin"},
      [parts](http::Call& call, const SetLevel& in) { return set_level(parts, call, in); });
}

http::Endpoint with_rests(http::Endpoint endpoint, const Degradation& degradation, IsOn is_on) {
  endpoint.about.reasons.push_back("degradation.rests");
  endpoint.handle = [inner = std::move(endpoint.handle), &degradation, is_on = std::move(is_on)](http::Call& call) {
    if (is_on(degradation, call)) return inner(call);
    Error error{Errc::kUnavailable,
                "degradation.rests",
                "The shop is very busy, and this waits until it is calmer. Try again in a while.",
                {},
                {},
                kRetryAfterS};
    return http::problem(error, call.request.request_id);
  };
  return endpoint;
}

}  // namespace kontor::services
