// How far an experiment is.
#pragma once
#include "base/state_table.h"

namespace kontor::experiments {

enum class State { kDraft = 0, kRunning = 1, kEnded = 2 };
constexpr auto enum_names(State) {
  return std::array{EnumName<State>{State::kDraft, "draft"}, EnumName<State>{State::kRunning, "running"},
                    EnumName<State>{State::kEnded, "ended"}};
}

enum class Trigger { kStart, kEnd, kGraduate };

inline constexpr auto kExperimentTable = state_table<State, Trigger>({
    {State::kDraft, Trigger::kStart, State::kRunning, "experiments.changed"},
    {State::kRunning, Trigger::kEnd, State::kEnded, "experiments.changed"},
    {State::kRunning, Trigger::kGraduate, State::kEnded, "experiments.changed"},
    {State::kEnded, Trigger::kGraduate, State::kEnded, "experiments.changed"},
});
static_assert(kExperimentTable.deterministic() && kExperimentTable.emits_on_every_move());

}  // namespace kontor::experiments
