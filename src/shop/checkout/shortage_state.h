// What becomes of units that an order was promised and that are not there.
#pragma once
#include "base/state_table.h"

namespace kontor::checkout {

enum class ShortageState { kOpen = 0, kWaiting = 1, kCancelled = 2, kSettled = 3 };
constexpr auto enum_names(ShortageState) {
  using S = ShortageState;
  return std::array{EnumName<S>{S::kOpen, "open"}, EnumName<S>{S::kWaiting, "waiting"},
                    EnumName<S>{S::kCancelled, "cancelled"}, EnumName<S>{S::kSettled, "settled"}};
}

enum class ShortageTrigger { kWait, kCancel, kThereAgain, kMissingAgain };

inline constexpr auto kShortageTable = state_table<ShortageState, ShortageTrigger>({
    {ShortageState::kOpen, ShortageTrigger::kWait, ShortageState::kWaiting, "order.shortage_decided"},
    {ShortageState::kOpen, ShortageTrigger::kCancel, ShortageState::kCancelled, "order.shortage_decided"},
    {ShortageState::kWaiting, ShortageTrigger::kCancel, ShortageState::kCancelled, "order.shortage_decided"},
    {ShortageState::kOpen, ShortageTrigger::kThereAgain, ShortageState::kSettled, "order.units_found"},
    {ShortageState::kWaiting, ShortageTrigger::kThereAgain, ShortageState::kSettled, "order.units_found"},
    {ShortageState::kCancelled, ShortageTrigger::kMissingAgain, ShortageState::kOpen, "order.units_missing"},
    {ShortageState::kSettled, ShortageTrigger::kMissingAgain, ShortageState::kOpen, "order.units_missing"},
});
static_assert(kShortageTable.deterministic() && kShortageTable.emits_on_every_move());
static_assert(!kShortageTable.leads(ShortageState::kCancelled, ShortageState::kWaiting),
              "what is cancelled is not waited for");

}  // namespace kontor::checkout
