#include "ports/webhook_signature.h"

#include <sodium.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "base/text.h"

namespace kontor {
namespace {

constexpr std::size_t kMostMarks = 8;  // in one signature

using Mark = std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES>;

Mark mark_of(std::string_view secret, std::string_view seconds, std::string_view body) {
  KONTOR_ASSERT(sodium_init() >= 0);
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  crypto_auth_hmacsha256_state state;
  Mark mark;
  crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(seconds), seconds.size());
  crypto_auth_hmacsha256_update(&state, bytes("."), 1);
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  crypto_auth_hmacsha256_final(&state, mark.data());
  return mark;
}

struct Signature {
  std::string_view seconds;
  std::vector<std::string_view> marks;  // v1, in hexadecimal
};

// Members that are not known (v0 …) are left aside, as gateways add them.
std::optional<Signature> read_signature(std::string_view text) {
  Signature out;
  for (std::string_view part : split(text, ',')) {
    part = trim(part);
    if (part.starts_with("t=")) {
      if (!out.seconds.empty()) return std::nullopt;
      out.seconds = part.substr(2);
    } else if (part.starts_with("v1=") && out.marks.size() < kMostMarks) {
      out.marks.push_back(part.substr(3));
    }
  }
  if (out.seconds.empty() || out.seconds.size() > 12 || out.marks.empty()) return std::nullopt;
  return out;
}

// Every secret is tried with every mark, each in constant time.
bool signed_by_one(const Signature& signature, std::string_view body, std::span<const std::string> secrets) {
  bool found = false;
  for (const std::string& secret : secrets) {
    const std::string right = to_hex(mark_of(secret, signature.seconds, body));
    for (const auto mark : signature.marks)
      found |= mark.size() == right.size() && sodium_memcmp(mark.data(), right.data(), right.size()) == 0;
  }
  return found;
}

}  // namespace

std::string sign_webhook(std::string_view secret, Time at, std::string_view body) {
  const std::string seconds = std::to_string(at.ms / 1000);
  return "t=" + seconds + ",v1=" + to_hex(mark_of(secret, seconds, body));
}

Result<void> check_webhook(std::string_view text, std::string_view body, std::span<const std::string> secrets,
                           Time now) {
  const auto signature = read_signature(text);
  std::int64_t seconds = 0;
  if (signature) {
    const auto* const end = signature->seconds.data() + signature->seconds.size();
    const auto [at, error] = std::from_chars(signature->seconds.data(), end, seconds);
    if (error != std::errc() || at != end || seconds < 0) seconds = -1;
  }
  if (!signature || seconds < 0)
    return fail(Errc::kUnauthorised, "payments.webhook_unsigned",
                "A webhook carries its signature: t=SECONDS,v1=HMAC-SHA256 of 'SECONDS.BODY' in hexadecimal.");
  if (!signed_by_one(*signature, body, secrets))
    return fail(Errc::kUnauthorised, "payments.webhook_forged",
                "The signature is not of this body under a secret that the shop shares with the gateway.");
  const std::int64_t age_ms = now.ms - seconds * 1000;
  if (age_ms > kWebhookWindowMs)
    return fail(Errc::kUnauthorised, "payments.webhook_too_old",
                "The webhook was signed more than five minutes ago; deliver it again with a new signature.");
  if (age_ms < -kWebhookWindowMs)
    return fail(Errc::kUnauthorised, "payments.webhook_from_the_future",
                "The webhook was signed more than five minutes from now; one of the two clocks is wrong.");
  return {};
}

}  // namespace kontor
