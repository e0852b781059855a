// How staff make, change, begin, end and graduate experiments: each in one transaction with its event, and read anew
// right after.
#include <algorithm>
#include <set>

#include "base/assert.h"
#include "services/outbox.h"
#include "shop/experiments/events.h"
#include "shop/experiments/experiments.h"
#include "shop/experiments/experiments_store.h"
#include "shop/experiments/experiments_table.h"

namespace kontor::experiments {
namespace {

constexpr std::size_t kMostExperiments = 500, kMostRunning = 8;
constexpr std::size_t kLongestName = 30, kLongestConfiguration = 20'000;
constexpr std::int64_t kFollowedMs = 30 * kDayMs;  // after the end: then its visitors are forgotten

tl::unexpected<Error> no_such(const std::string& key) {
  return fail(Errc::kNotFound, "experiments.no_such_experiment", "There is no experiment '" + key + "'.");
}
tl::unexpected<Error> fixed(std::string detail) {
  return fail(Errc::kConflict, "experiments.fixed", std::move(detail));
}

bool same(const Arm& a, const Arm& b) {
  return a.name == b.name && a.weight == b.weight && a.configuration.text == b.configuration.text;
}

// What may change while it runs: those who take part get the same as before.
bool only_share_differs(const Definition& a, const Definition& b) {
  return a.subject == b.subject && std::equal(a.arms.begin(), a.arms.end(), b.arms.begin(), b.arms.end(), same);
}

Result<void> subject_is_free(const std::vector<Kept>& all, const Definition& wanted) {
  std::size_t running = 0;
  for (const Kept& one : all) {
    if (one.state != State::kRunning) continue;
    ++running;
    if (one.definition.subject == wanted.subject)
      return fail(Errc::kConflict, "experiments.subject_busy",
                  "'" + one.definition.key + "' runs on " + wanted.subject + "; end it first.");
  }
  if (running >= kMostRunning)
    return fail(Errc::kConflict, "experiments.too_many",
                "At most " + std::to_string(kMostRunning) + " experiments run at a time.");
  return {};
}

Error refused(State from, State to) {
  return transition_refused(kExperimentTable, from, to, "experiments.invalid_transition");
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Result<void> Experiments::check(const Definition& definition) const {
  Error error{Errc::kInvalid, "experiments.bad_experiment", {}, {}, {}, 0};
  std::set<std::string, std::less<>> names;
  const auto subject = subjects_.find(definition.subject);
  for (std::size_t i = 0; i < definition.arms.size(); ++i) {
    const Arm& arm = definition.arms[i];
    const std::string at = "/arms/" + std::to_string(i);
    if (arm.name == kControl)
      error.fields.push_back({at + "/name", "reserved", "The control needs no arm: it is whoever takes no part."});
    else if (!names.insert(arm.name).second)
      error.fields.push_back({at + "/name", "repeated", "Another arm is called so, too."});
    if (arm.configuration.text.size() > kLongestConfiguration)
      error.fields.push_back({at + "/configuration", "too_long", "It has at most 20,000 bytes."});
    else if (subject != subjects_.end() && subject->second.check)
      if (const auto sound = subject->second.check(arm.configuration); !sound) {
        for (const auto& field : sound.error().fields)
          error.fields.push_back({at + "/configuration" + field.field, field.code, field.message});
        if (sound.error().fields.empty())
          error.fields.push_back({at + "/configuration", "bad_configuration", sound.error().detail});
      }
  }
  if (error.fields.empty()) return {};
  error.detail = error.fields.front().message;
  return fail(std::move(error));
}

Result<std::vector<Kept>> Experiments::list() {
  std::vector<Kept> all;
  TRY_DO(parts_.store.look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(all, store::all(tx));
    return {};
  }));
  return all;
}

Result<Kept> Experiments::find(const std::string& key) {
  std::optional<Kept> found;
  TRY_DO(parts_.store.look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::find(tx, key));
    return {};
  }));
  if (!found) return no_such(key);
  return std::move(*found);
}

Result<void> Experiments::reload() {
  const std::int64_t began = table_.begin();
  TRY(const auto all, list());
  table_.put(std::make_shared<const Table>(compile(all)), began);
  if (told_) told_();
  return {};
}

Result<Kept> Experiments::add(const Definition& definition, const db::Function& also) {
  TRY_DO(check(definition));
  const Time now = parts_.clock.now();
  Kept kept;
  kept.id = parts_.ids.next<ExperimentId>(now, 0);
  kept.definition = definition;
  kept.created_at = now;
  TRY_DO(parts_.store.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto all, store::all(tx));
    for (const Kept& one : all)
      if (one.definition.key == definition.key)
        return fail(Errc::kConflict, "experiments.exists", "There is an experiment '" + definition.key + "' already.");
    if (all.size() >= kMostExperiments)
      return fail(Errc::kConflict, "experiments.too_many",
                  "There are " + std::to_string(kMostExperiments) + " experiments; remove drafts.");
    TRY_DO(store::insert(tx, kept));
    if (also) TRY_DO(also(tx));
    return {};
  }));
  return kept;
}

// Reads, changes and saves it, and tells of it; a change that answers false changes nothing.
Result<Kept> Experiments::write(const std::string& key, const std::function<Result<bool>(db::Tx&, Kept&)>& change,
                                const db::Function& also) {
  Kept kept;
  bool changed = false;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(auto found, store::find(tx, key));
    if (!found) return no_such(key);
    kept = std::move(*found);
    TRY(changed, change(tx, kept));
    if (!changed) return {};
    ++kept.version;
    TRY_DO(store::update(tx, kept));
    if (also) TRY_DO(also(tx));
    return services::emit(tx, ExperimentChanged{key, std::string(name_of(kept.state))}, key, now);
  }));
  if (changed) static_cast<void>(reload());  // it stands; a store that is away now is asked again with the event
  return kept;
}

Result<Kept> Experiments::change(const Definition& definition, const services::IfMatch& if_match,
                                 const db::Function& also) {
  TRY_DO(check(definition));
  return write(
      definition.key,
      [&](db::Tx&, Kept& kept) -> Result<bool> {
        if (!if_match.allows(kept.version))
          return fail(Errc::kVersionConflict, "experiments.version_conflict",
                      "It has been changed meanwhile: its version is " + std::to_string(kept.version) + ".");
        if (kept.state == State::kEnded) return fixed("The experiment has ended.");
        if (kept.state == State::kRunning && !only_share_differs(kept.definition, definition))
          return fixed("It runs: only its share and its description may change.");
        kept.share_changed = kept.share_changed || (kept.state == State::kRunning &&
                                                    kept.definition.share_percent != definition.share_percent);
        kept.definition = definition;
        return true;
      },
      also);
}

Result<void> Experiments::remove(const std::string& key, const db::Function& also) {
  return parts_.store.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, store::find(tx, key));
    if (!found) return no_such(key);
    if (found->state != State::kDraft) return fixed("Only drafts can be removed.");
    TRY_DO(store::remove(tx, key));
    return also ? also(tx) : Result<void>();
  });
}

Result<Kept> Experiments::start(const std::string& key, const db::Function& also) {
  const Time now = parts_.clock.now();
  return write(
      key,
      [&](db::Tx& tx, Kept& kept) -> Result<bool> {
        if (kept.state == State::kRunning) return false;
        if (kExperimentTable.find(kept.state, Trigger::kStart) == nullptr)
          return fail(refused(kept.state, State::kRunning));
        TRY(const auto all, store::all(tx));
        TRY_DO(subject_is_free(all, kept.definition));
        kept.state = State::kRunning;
        kept.started_at = now;
        return true;
      },
      also);
}

Result<Kept> Experiments::end(const std::string& key, const db::Function& also) {
  const Time now = parts_.clock.now();
  return write(
      key,
      [&](db::Tx&, Kept& kept) -> Result<bool> {
        if (kept.state == State::kEnded) return false;
        if (kExperimentTable.find(kept.state, Trigger::kEnd) == nullptr)
          return fail(refused(kept.state, State::kEnded));
        kept.state = State::kEnded;
        kept.ended_at = now;
        return true;
      },
      also);
}

Result<Kept> Experiments::graduate(const std::string& key, const std::string& arm, const db::Function& also) {
  const Time now = parts_.clock.now();
  return write(
      key,
      [&](db::Tx& tx, Kept& kept) -> Result<bool> {
        const auto& arms = kept.definition.arms;
        const auto found = std::find_if(arms.begin(), arms.end(), [&](const Arm& one) { return one.name == arm; });
        if (found == arms.end())
          return invalid("experiments.no_such_arm", "/arm", "unknown_value",
                         "The experiment has no arm '" + arm + "'.");
        if (kept.winner == arm) return false;
        if (kept.winner)
          return fail(Errc::kConflict, "experiments.graduated", "'" + *kept.winner + "' has graduated already.");
        if (kExperimentTable.find(kept.state, Trigger::kGraduate) == nullptr)
          return fail(refused(kept.state, State::kEnded));
        kept.state = State::kEnded;
        kept.ended_at = kept.ended_at.value_or(now);
        kept.winner = arm;
        const auto subject = subjects_.find(kept.definition.subject);
        if (subject != subjects_.end() && subject->second.graduated)
          TRY_DO(subject->second.graduated(tx, found->configuration));
        return true;
      },
      also);
}

Result<int> Experiments::prune(int limit) {
  TRY(const auto all, list());
  const Time last = parts_.clock.now().plus_ms(-kFollowedMs);
  for (const Kept& one : all) {
    if (one.state != State::kEnded || one.forgotten || *one.ended_at > last) continue;
    if (!one.results) {
      TRY(const auto figures, results(one));
      TRY_DO(write(one.definition.key,
                   [&](db::Tx&, Kept& kept) -> Result<bool> {
                     if (kept.results) return false;
                     kept.results = figures;
                     return true;
                   },
                   {}));
    }
    std::int64_t gone = 0;
    TRY_DO(parts_.store.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
      TRY(gone, store::forget(tx, one.id, limit));
      return {};
    }));
    if (gone > 0) return static_cast<int>(gone);
    TRY_DO(write(one.definition.key,
                 [](db::Tx&, Kept& kept) -> Result<bool> {
                   kept.forgotten = true;
                   return true;
                 },
                 {}));
  }
  return 0;
}

}  // namespace kontor::experiments
