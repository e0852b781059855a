// The states of an order and of its shipments, and the only ways in which an order moves. An order shows the least
// advanced of its shipments; it can be cancelled until one of them is packed.
#pragma once
#include "base/state_table.h"

namespace kontor::orders {

enum class OrderState {
  kPending = 0,
  kConfirmed = 1,
  kProcessing = 2,
  kPacked = 3,
  kShipped = 4,
  kDelivered = 5,
  kCancelled = 6,
  kPaymentFailed = 7
};
constexpr auto enum_names(OrderState) {
  using S = OrderState;
  return std::array{EnumName<S>{S::kPending, "pending"},       EnumName<S>{S::kConfirmed, "confirmed"},
                    EnumName<S>{S::kProcessing, "processing"}, EnumName<S>{S::kPacked, "packed"},
                    EnumName<S>{S::kShipped, "shipped"},       EnumName<S>{S::kDelivered, "delivered"},
                    EnumName<S>{S::kCancelled, "cancelled"},   EnumName<S>{S::kPaymentFailed, "payment_failed"}};
}

enum class OrderTrigger { kPaid, kPaymentFailed, kCancel, kPicking, kPacked, kShipped, kDelivered };

inline constexpr auto kOrderTable = state_table<OrderState, OrderTrigger>({
    {OrderState::kPending, OrderTrigger::kPaid, OrderState::kConfirmed, "order.confirmed"},
    {OrderState::kPending, OrderTrigger::kPaymentFailed, OrderState::kPaymentFailed, "order.payment_failed"},
    {OrderState::kPending, OrderTrigger::kCancel, OrderState::kCancelled, "order.cancelled"},
    {OrderState::kConfirmed, OrderTrigger::kPaid, OrderState::kConfirmed, ""},  // gateways repeat themselves
    {OrderState::kConfirmed, OrderTrigger::kCancel, OrderState::kCancelled, "order.cancelled"},
    {OrderState::kConfirmed, OrderTrigger::kPicking, OrderState::kProcessing, "order.status_changed"},
    {OrderState::kProcessing, OrderTrigger::kPicking, OrderState::kProcessing, ""},  // the second shipment
    {OrderState::kProcessing, OrderTrigger::kCancel, OrderState::kCancelled, "order.cancelled"},
    {OrderState::kProcessing, OrderTrigger::kPacked, OrderState::kPacked, "order.status_changed"},
    {OrderState::kPacked, OrderTrigger::kShipped, OrderState::kShipped, "order.status_changed"},
    {OrderState::kShipped, OrderTrigger::kDelivered, OrderState::kDelivered, "order.status_changed"},
    {OrderState::kCancelled, OrderTrigger::kCancel, OrderState::kCancelled, ""},
});
static_assert(kOrderTable.deterministic() && kOrderTable.emits_on_every_move());
static_assert(!kOrderTable.leads(OrderState::kPacked, OrderState::kCancelled), "what is packed is not cancelled");
static_assert(kOrderTable.leads(OrderState::kConfirmed, OrderState::kCancelled) &&
              kOrderTable.leads(OrderState::kProcessing, OrderState::kCancelled));

// A shipment's states; the ways between them belong to fulfilment (fulfilment_state.h).
enum class ShipmentState {
  kPending = 0,
  kPicked = 1,
  kPacked = 2,
  kShipped = 3,
  kDelivered = 4,
  kCancelled = 5,
  kLost = 6,
  kReturnedToSender = 7
};
constexpr auto enum_names(ShipmentState) {
  using S = ShipmentState;
  return std::array{EnumName<S>{S::kPending, "pending"},     EnumName<S>{S::kPicked, "picked"},
                    EnumName<S>{S::kPacked, "packed"},       EnumName<S>{S::kShipped, "shipped"},
                    EnumName<S>{S::kDelivered, "delivered"}, EnumName<S>{S::kCancelled, "cancelled"},
                    EnumName<S>{S::kLost, "lost"},           EnumName<S>{S::kReturnedToSender, "returned_to_sender"}};
}

}  // namespace kontor::orders
