// The states of a gift card or a customer's credit, and of what a payment took of one. A gateway is repeated, so what
// is already so may be heard again.
#pragma once
#include "base/state_table.h"

namespace kontor::credit {

enum class CreditState { kActive = 1, kDisabled = 2, kWithdrawn = 3 };
constexpr auto enum_names(CreditState) {
  using S = CreditState;
  return std::array{EnumName<S>{S::kActive, "active"}, EnumName<S>{S::kDisabled, "disabled"},
                    EnumName<S>{S::kWithdrawn, "withdrawn"}};
}
enum class CreditTrigger { kDisable, kWithdraw };

inline constexpr auto kCreditTable = state_table<CreditState, CreditTrigger>({
    {CreditState::kActive, CreditTrigger::kDisable, CreditState::kDisabled, "credit.disabled"},
    {CreditState::kDisabled, CreditTrigger::kDisable, CreditState::kDisabled, ""},
    {CreditState::kActive, CreditTrigger::kWithdraw, CreditState::kWithdrawn, "credit.withdrawn"},
    {CreditState::kDisabled, CreditTrigger::kWithdraw, CreditState::kWithdrawn, "credit.withdrawn"},
});
static_assert(kCreditTable.deterministic() && kCreditTable.emits_on_every_move());

enum class TakenState { kHeld = 1, kTaken = 2, kDeclined = 3, kGivenUp = 4, kGivenBack = 5 };

}  // namespace kontor::credit
