// The states of a payment and the only ways between them. A gateway repeats itself, so what is already so may be heard
// again.
#pragma once
#include "base/state_table.h"

namespace kontor::payments {

enum class PaymentState {
  kCreated = 0,
  kAuthorised = 1,
  kCaptured = 2,
  kPartiallyRefunded = 3,
  kRefunded = 4,
  kRequiresAction = 5,
  kDeclined = 6,
  kVoided = 7,
  kUnknown = 8,
  kCapturing = 9  // it will be taken, and the gateway has not said yet that it is
};
constexpr auto enum_names(PaymentState) {
  using S = PaymentState;
  return std::array{EnumName<S>{S::kCreated, "created"},   EnumName<S>{S::kAuthorised, "authorised"},
                    EnumName<S>{S::kCaptured, "captured"}, EnumName<S>{S::kPartiallyRefunded, "partially_refunded"},
                    EnumName<S>{S::kRefunded, "refunded"}, EnumName<S>{S::kRequiresAction, "requires_action"},
                    EnumName<S>{S::kDeclined, "declined"}, EnumName<S>{S::kVoided, "voided"},
                    EnumName<S>{S::kUnknown, "unknown"},   EnumName<S>{S::kCapturing, "capturing"}};
}

enum class PaymentTrigger {
  kAuthorise,
  kBeginCapture,
  kCapture,
  kDecline,
  kAskBuyer,
  kTimeOut,
  kVoid,
  kRefundPart,
  kRefundAll
};

inline constexpr auto kPaymentTable = state_table<PaymentState, PaymentTrigger>({
    {PaymentState::kCreated, PaymentTrigger::kAuthorise, PaymentState::kAuthorised, "payment.authorised"},
    {PaymentState::kCreated, PaymentTrigger::kCapture, PaymentState::kCaptured, "payment.captured"},
    {PaymentState::kCreated, PaymentTrigger::kDecline, PaymentState::kDeclined, "payment.declined"},
    {PaymentState::kCreated, PaymentTrigger::kAskBuyer, PaymentState::kRequiresAction, "payment.requires_action"},
    {PaymentState::kCreated, PaymentTrigger::kTimeOut, PaymentState::kUnknown, "payment.unknown"},
    {PaymentState::kCreated, PaymentTrigger::kVoid, PaymentState::kVoided, "payment.voided"},
    {PaymentState::kRequiresAction, PaymentTrigger::kAuthorise, PaymentState::kAuthorised, "payment.authorised"},
    {PaymentState::kRequiresAction, PaymentTrigger::kCapture, PaymentState::kCaptured, "payment.captured"},
    {PaymentState::kRequiresAction, PaymentTrigger::kDecline, PaymentState::kDeclined, "payment.declined"},
    {PaymentState::kRequiresAction, PaymentTrigger::kVoid, PaymentState::kVoided, "payment.voided"},
    {PaymentState::kUnknown, PaymentTrigger::kAuthorise, PaymentState::kAuthorised, "payment.authorised"},
    {PaymentState::kUnknown, PaymentTrigger::kCapture, PaymentState::kCaptured, "payment.captured"},
    {PaymentState::kUnknown, PaymentTrigger::kDecline, PaymentState::kDeclined, "payment.declined"},
    {PaymentState::kUnknown, PaymentTrigger::kVoid, PaymentState::kVoided, "payment.voided"},
    {PaymentState::kAuthorised, PaymentTrigger::kBeginCapture, PaymentState::kCapturing, "payment.capturing"},
    {PaymentState::kCapturing, PaymentTrigger::kCapture, PaymentState::kCaptured, "payment.captured"},
    {PaymentState::kCapturing, PaymentTrigger::kVoid, PaymentState::kVoided, "payment.voided"},
    {PaymentState::kAuthorised, PaymentTrigger::kVoid, PaymentState::kVoided, "payment.voided"},
    {PaymentState::kCaptured, PaymentTrigger::kCapture, PaymentState::kCaptured, ""},
    {PaymentState::kCaptured, PaymentTrigger::kRefundPart, PaymentState::kPartiallyRefunded, "payment.refunded"},
    {PaymentState::kCaptured, PaymentTrigger::kRefundAll, PaymentState::kRefunded, "payment.refunded"},
    {PaymentState::kPartiallyRefunded, PaymentTrigger::kRefundPart, PaymentState::kPartiallyRefunded,
     "payment.refunded"},
    {PaymentState::kPartiallyRefunded, PaymentTrigger::kRefundAll, PaymentState::kRefunded, "payment.refunded"},
    {PaymentState::kRefunded, PaymentTrigger::kRefundAll, PaymentState::kRefunded, ""},
    {PaymentState::kVoided, PaymentTrigger::kVoid, PaymentState::kVoided, ""},
});
static_assert(kPaymentTable.deterministic() && kPaymentTable.emits_on_every_move());
static_assert(!kPaymentTable.leads(PaymentState::kDeclined, PaymentState::kCaptured),
              "a declined attempt stays declined");
static_assert(!kPaymentTable.leads(PaymentState::kRefunded, PaymentState::kCaptured),
              "money given back is not taken again");

}  // namespace kontor::payments
