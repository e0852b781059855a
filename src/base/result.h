// Errors are values: `Result<T>` holds a T or an Error. One Error type serves every module; one table maps Errc to
// HTTP. Exceptions are for bugs (AssertionFailed) and exhausted memory only.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace kontor {

// The kinds of failure a caller can act upon. The HTTP status and the problem document's `code` follow from it
// (error_info()).
enum class Errc {
  kInvalid,             // 422 invalid: one or more members are wrong; `fields` names them all
  kUnknownField,        // 422 unknown_field
  kMalformed,           // 400 malformed_json
  kBadRequest,          // 400 bad_request
  kBadCursor,           // 400 bad_cursor
  kUnauthorised,        // 401 unauthorized
  kForbidden,           // 403 forbidden
  kNotFound,            // 404 not_found
  kMethodNotAllowed,    // 405 method_not_allowed
  kConflict,            // 409 conflict
  kOutOfStock,          // 409 out_of_stock
  kPriceChanged,        // 409 price_changed
  kInvalidTransition,   // 409 invalid_transition
  kNotCancellable,      // 409 not_cancellable
  kAmbiguousItem,       // 409 ambiguous_item
  kInProgress,          // 409 in_progress
  kVersionConflict,     // 412 version_conflict
  kTooLarge,            // 413 too_large
  kUnsupportedMedia,    // 415 unsupported_media_type
  kPaymentDeclined,     // 402 payment_declined
  kPurchaseLimit,       // 403 purchase_limit
  kRejectedByRisk,      // 403 rejected_by_risk_check
  kKeyReused,           // 422 idempotency_key_reused
  kCartEmpty,           // 422 cart_empty
  kRateLimited,         // 429 rate_limited
  kTimeout,             // 504 timeout: the outcome is unknown
  kUnavailable,         // 503 unavailable: a store or an engine is not reachable
  kGatewayUnavailable,  // 503 gateway_unavailable
  kFull,                // 507 storage_full
  kInternal,            // 500 internal
};

// One wrong member: `field` is a JSON pointer ("/items/0/quantity") or "?limit" for a query parameter,
// `code` a stable word (required, out_of_range, wrong_type, too_long, unknown_field, not_nullable, bad_format …).
struct FieldError {
  std::string field;
  std::string code;
  std::string message;
};

struct Error {
  Errc code = Errc::kInternal;
  std::string reason = {};              // "module.word", finer than the code; literal in the source
  std::string detail = {};              // one sentence for a person: what was wrong, where, what would be right
  std::vector<FieldError> fields = {};  // for kInvalid and kUnknownField
  std::string members = {};  // further members of the problem document, JSON without braces: "\"lines\":[…]"
  int retry_after_s = 0;     // Retry-After, when above 0
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string_view reason, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::string(reason), std::move(detail), {}, {}, 0});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// 422 with one wrong member.
inline tl::unexpected<Error> invalid(std::string_view reason, std::string field, std::string code,
                                     std::string message) {
  Error error{Errc::kInvalid, std::string(reason), message, {}, {}, 0};
  error.fields.push_back({std::move(field), std::move(code), std::move(message)});
  return tl::unexpected<Error>(std::move(error));
}

struct ErrorInfo {
  int status;              // HTTP
  std::string_view code;   // the problem document's `code`
  std::string_view title;  // the problem document's `title`
};
ErrorInfo error_info(Errc code);

}  // namespace kontor

#define KONTOR_CONCAT2(a, b) a##b
#define KONTOR_CONCAT(a, b) KONTOR_CONCAT2(a, b)

// TRY(const auto row, store.find(id)): binds the value, or returns the Error from the enclosing function.
#define TRY(declaration, ...) KONTOR_TRY(KONTOR_CONCAT(try_result_, __COUNTER__), declaration, __VA_ARGS__)
#define KONTOR_TRY(temporary, declaration, ...)                                         \
  auto temporary = (__VA_ARGS__);                                                       \
  if (!temporary) return tl::unexpected<::kontor::Error>(std::move(temporary.error())); \
  declaration = std::move(*temporary)

// TRY_DO(store.remove(id)): returns the Error from the enclosing function; a value is dropped.
#define TRY_DO(...) KONTOR_TRY_DO(KONTOR_CONCAT(try_done_, __COUNTER__), __VA_ARGS__)
#define KONTOR_TRY_DO(temporary, ...)                                       \
  do {                                                                      \
    if (auto temporary = (__VA_ARGS__); !temporary)                         \
      return tl::unexpected<::kontor::Error>(std::move(temporary.error())); \
  } while (false)
