// What becomes of a purchase that staff look at.
#pragma once
#include "base/state_table.h"

namespace kontor::risk {

enum class ReviewState { kOpen = 0, kApproved = 1, kRejected = 2, kExpired = 3 };
constexpr auto enum_names(ReviewState) {
  using S = ReviewState;
  return std::array{EnumName<S>{S::kOpen, "open"}, EnumName<S>{S::kApproved, "approved"},
                    EnumName<S>{S::kRejected, "rejected"}, EnumName<S>{S::kExpired, "expired"}};
}

enum class ReviewTrigger { kApprove, kReject, kRunOut };

inline constexpr auto kReviewTable = state_table<ReviewState, ReviewTrigger>({
    {ReviewState::kOpen, ReviewTrigger::kApprove, ReviewState::kApproved, "risk.review_decided"},
    {ReviewState::kOpen, ReviewTrigger::kReject, ReviewState::kRejected, "risk.review_decided"},
    {ReviewState::kOpen, ReviewTrigger::kRunOut, ReviewState::kExpired, "risk.review_decided"},
});
static_assert(kReviewTable.deterministic() && kReviewTable.emits_on_every_move());

}  // namespace kontor::risk
