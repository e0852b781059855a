#include "base/result.h"

#include "base/assert.h"

namespace kontor {

ErrorInfo error_info(Errc code) {
  switch (code) {
    case Errc::kInvalid:
      return {422, "invalid", "Some members are not valid"};
    case Errc::kUnknownField:
      return {422, "unknown_field", "A member or parameter is not known here"};
    case Errc::kMalformed:
      return {400, "malformed_json", "The body is not valid JSON"};
    case Errc::kBadRequest:
      return {400, "bad_request", "The request cannot be understood"};
    case Errc::kBadCursor:
      return {400, "bad_cursor", "The cursor does not belong to this list"};
    case Errc::kUnauthorised:
      return {401, "unauthorized", "A token is needed"};
    case Errc::kForbidden:
      return {403, "forbidden", "This token may not do that"};
    case Errc::kNotFound:
      return {404, "not_found", "There is no such thing"};
    case Errc::kMethodNotAllowed:
      return {405, "method_not_allowed", "This address does not take that method"};
    case Errc::kConflict:
      return {409, "conflict", "The request does not fit the present state"};
    case Errc::kOutOfStock:
      return {409, "out_of_stock", "Not enough in stock"};
    case Errc::kPriceChanged:
      return {409, "price_changed", "The total is no longer what was expected"};
    case Errc::kInvalidTransition:
      return {409, "invalid_transition", "That step does not follow from the present state"};
    case Errc::kNotCancellable:
      return {409, "not_cancellable", "It is too late to cancel"};
    case Errc::kAmbiguousItem:
      return {409, "ambiguous_item", "Several lines match"};
    case Errc::kInProgress:
      return {409, "in_progress", "The same request is still running"};
    case Errc::kVersionConflict:
      return {412, "version_conflict", "It was changed in the meantime"};
    case Errc::kTooLarge:
      return {413, "too_large", "The body is too large"};
    case Errc::kUnsupportedMedia:
      return {415, "unsupported_media_type", "That media type is not understood here"};
    case Errc::kPaymentDeclined:
      return {402, "payment_declined", "The payment was declined"};
    case Errc::kPurchaseLimit:
      return {403, "purchase_limit", "More than one buyer may have"};
    case Errc::kRejectedByRisk:
      return {403, "rejected_by_risk_check", "The payment was refused by a risk check"};
    case Errc::kKeyReused:
      return {422, "idempotency_key_reused", "The idempotency key was used for another request"};
    case Errc::kCartEmpty:
      return {422, "cart_empty", "The cart is empty"};
    case Errc::kRateLimited:
      return {429, "rate_limited", "Too many requests"};
    case Errc::kTimeout:
      return {504, "timeout", "No answer in time; the outcome is not known"};
    case Errc::kUnavailable:
      return {503, "unavailable", "A part that is needed is not reachable"};
    case Errc::kGatewayUnavailable:
      return {503, "gateway_unavailable", "The payment gateway is not reachable"};
    case Errc::kFull:
      return {507, "storage_full", "The store has no room left"};
    case Errc::kInternal:
      return {500, "internal", "Something went wrong here"};
  }
  KONTOR_ASSERT(!"unknown Errc");
}

}  // namespace kontor
