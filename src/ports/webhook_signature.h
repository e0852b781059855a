// How a webhook shows whom it comes from: "t=1700000000,v1=HEX", where HEX is the HMAC-SHA256 of "1700000000.BODY"
// under a secret that both sides have. The moment is signed with the body, so an old call cannot be sent again as a new
// one.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace kontor {

// How far a webhook's moment may lie from ours, either way: clocks differ, and queues take a while.
inline constexpr std::int64_t kWebhookWindowMs = 5 * kMinuteMs;
// Shorter secrets could be guessed.
inline constexpr std::size_t kWebhookSecretBytes = 16;

std::string sign_webhook(std::string_view secret, Time at, std::string_view body);

// Whether one of `secrets` has signed these bytes, lately. Several, so that a secret can be exchanged while calls are
// on their way; a call may carry several v1 for the same reason. All kUnauthorised: "payments.webhook_unsigned" (no
// signature, or none that can be read), "payments.webhook_forged", "payments.webhook_too_old",
// "payments.webhook_from_the_future". The time is judged last: nobody learns our clock without a secret.
Result<void> check_webhook(std::string_view signature, std::string_view body, std::span<const std::string> secrets,
                           Time now);

}  // namespace kontor
