// The states of a checkout and the only ways between them. A checkout whose row still has a `next_at` is not settled:
// its saga has something left to do (ask the gateway, give money or stock back, confirm), by this process or the next
// one.
#pragma once
#include "base/assert.h"
#include "base/state_table.h"

namespace kontor::checkout {

enum class CheckoutState {
  kCreated = 0,
  kInventoryReserved = 1,
  kPaymentPending = 2,
  kPaymentUnknown = 3,
  kPaymentFailed = 4,
  kInventoryReleased = 5,
  kCompleted = 6,
  kExpired = 7,
  kCancelled = 8
};
constexpr auto enum_names(CheckoutState) {
  using S = CheckoutState;
  return std::array{EnumName<S>{S::kCreated, "created"},
                    EnumName<S>{S::kInventoryReserved, "inventory_reserved"},
                    EnumName<S>{S::kPaymentPending, "payment_pending"},
                    EnumName<S>{S::kPaymentUnknown, "payment_unknown"},
                    EnumName<S>{S::kPaymentFailed, "payment_failed"},
                    EnumName<S>{S::kInventoryReleased, "inventory_released"},
                    EnumName<S>{S::kCompleted, "completed"},
                    EnumName<S>{S::kExpired, "expired"},
                    EnumName<S>{S::kCancelled, "cancelled"}};
}

enum class CheckoutTrigger {
  kReserved,
  kOutOfStock,
  kChargeBegun,
  kPaid,
  kTimedOut,
  kRefused,
  kReleased,
  kRanOut,
  kCancel
};

inline constexpr auto kCheckoutTable = state_table<CheckoutState, CheckoutTrigger>({
    {CheckoutState::kCreated, CheckoutTrigger::kReserved, CheckoutState::kInventoryReserved, ""},
    {CheckoutState::kCreated, CheckoutTrigger::kOutOfStock, CheckoutState::kInventoryReleased, ""},
    {CheckoutState::kCreated, CheckoutTrigger::kRefused, CheckoutState::kInventoryReleased, ""},  // nothing set aside
    {CheckoutState::kCreated, CheckoutTrigger::kRanOut, CheckoutState::kExpired, ""},
    {CheckoutState::kInventoryReserved, CheckoutTrigger::kChargeBegun, CheckoutState::kPaymentPending, ""},
    {CheckoutState::kInventoryReserved, CheckoutTrigger::kRanOut, CheckoutState::kExpired, ""},
    {CheckoutState::kPaymentPending, CheckoutTrigger::kPaid, CheckoutState::kCompleted, "order.placed"},
    {CheckoutState::kPaymentPending, CheckoutTrigger::kTimedOut, CheckoutState::kPaymentUnknown, ""},
    {CheckoutState::kPaymentPending, CheckoutTrigger::kRefused, CheckoutState::kPaymentFailed, ""},
    {CheckoutState::kPaymentPending, CheckoutTrigger::kRanOut, CheckoutState::kExpired, ""},
    {CheckoutState::kPaymentPending, CheckoutTrigger::kCancel, CheckoutState::kCancelled, ""},
    {CheckoutState::kPaymentUnknown, CheckoutTrigger::kPaid, CheckoutState::kCompleted, "order.placed"},
    {CheckoutState::kPaymentUnknown, CheckoutTrigger::kTimedOut, CheckoutState::kPaymentUnknown, ""},
    {CheckoutState::kPaymentUnknown, CheckoutTrigger::kRefused, CheckoutState::kPaymentFailed, ""},
    {CheckoutState::kPaymentUnknown, CheckoutTrigger::kRanOut, CheckoutState::kExpired, ""},
    {CheckoutState::kPaymentUnknown, CheckoutTrigger::kCancel, CheckoutState::kCancelled, ""},
    {CheckoutState::kPaymentFailed, CheckoutTrigger::kReleased, CheckoutState::kInventoryReleased, ""},
    {CheckoutState::kExpired, CheckoutTrigger::kPaid, CheckoutState::kCompleted,
     "order.placed"},  // the money came late: reserved again
    {CheckoutState::kExpired, CheckoutTrigger::kReleased, CheckoutState::kExpired, ""},
    {CheckoutState::kCancelled, CheckoutTrigger::kCancel, CheckoutState::kCancelled, ""},
    {CheckoutState::kCancelled, CheckoutTrigger::kReleased, CheckoutState::kCancelled, ""},
});
static_assert(kCheckoutTable.deterministic());
static_assert(!kCheckoutTable.leads(CheckoutState::kPaymentFailed, CheckoutState::kCompleted),
              "what is being undone is not completed");
static_assert(!kCheckoutTable.leads(CheckoutState::kCancelled, CheckoutState::kCompleted));
static_assert(kCheckoutTable.find(CheckoutState::kCompleted, CheckoutTrigger::kCancel) == nullptr,
              "an order is cancelled, not its checkout");

// The state that follows; a pair that is not in the table is a bug of the saga.
constexpr CheckoutState after(CheckoutState from, CheckoutTrigger on) {
  const auto* row = kCheckoutTable.find(from, on);
  KONTOR_ASSERT(row != nullptr);
  return row->to;
}

}  // namespace kontor::checkout
