#include "ports/webhook_signature.h"

#include <doctest/doctest.h>

#include <array>

namespace kontor {
namespace {

constexpr Time kNow{1'700'000'000'000};
const std::array<std::string, 1> kSecrets{"a secret of the gateway"};

std::string refusal(std::string_view signature, std::string_view body, Time now = kNow,
                    std::span<const std::string> secrets = kSecrets) {
  const auto checked = check_webhook(signature, body, secrets, now);
  return checked ? "" : checked.error().reason;
}

TEST_CASE("a signature is the HMAC that other programs make") {
  // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac 'a secret of the gateway'
  CHECK(sign_webhook(kSecrets[0], kNow, R"({"id":"evt_1"})") ==
        "t=1700000000,v1=709070f210f9541182ac5cda41b5ae9d1de66125b412aabac4a4bf858602f5cd");
  CHECK(refusal(sign_webhook(kSecrets[0], kNow, "body"), "body") == "");
}

TEST_CASE("whoever does not have the secret, or changes a byte, is found out") {
  const auto good = sign_webhook(kSecrets[0], kNow, "body");
  CHECK(refusal(sign_webhook("another secret, as long", kNow, "body"), "body") == "payments.webhook_forged");
  CHECK(refusal(good, "bodY") == "payments.webhook_forged");
  CHECK(refusal(good, "") == "payments.webhook_forged");
  CHECK(refusal("t=1700000001" + good.substr(12), "body") == "payments.webhook_forged");
  CHECK(refusal("t=1700000000,v1=", "body") == "payments.webhook_forged");
  CHECK(refusal(good.substr(0, good.size() - 1), "body") == "payments.webhook_forged");
  CHECK(refusal(good, "body", kNow, {}) == "payments.webhook_forged");
  for (const auto* nothing :
       {"", "v1=00", "t=1700000000", "t=,v1=00", "t=1,t=2,v1=00", "garbage", "t=99999999999999,v1=0"})
    CHECK(refusal(nothing, "body") == "payments.webhook_unsigned");
  for (const auto* no_moment : {"t=-1,v1=00", "t=1e9,v1=00", "t= 1,v1=00"})
    CHECK(refusal(no_moment, "body") == "payments.webhook_unsigned");
}

TEST_CASE("an old call is not taken again, nor one of a time to come") {
  const auto good = sign_webhook(kSecrets[0], kNow, "body");
  CHECK(refusal(good, "body", kNow.plus_ms(kWebhookWindowMs)) == "");
  CHECK(refusal(good, "body", kNow.plus_ms(kWebhookWindowMs + 1)) == "payments.webhook_too_old");
  CHECK(refusal(good, "body", kNow.plus_ms(-kWebhookWindowMs)) == "");
  CHECK(refusal(good, "body", kNow.plus_ms(-kWebhookWindowMs - 1)) == "payments.webhook_from_the_future");
}

TEST_CASE("secrets are exchanged while calls are on their way") {
  const std::array<std::string, 2> both{"the new secret, 24 bytes", kSecrets[0]};
  const std::array<std::string, 1> fresh{both[0]};
  const auto old_call = sign_webhook(kSecrets[0], kNow, "body");
  const auto new_call = sign_webhook(both[0], kNow, "body");
  CHECK(refusal(old_call, "body", kNow, both) == "");
  CHECK(refusal(new_call, "body", kNow, both) == "");
  CHECK(refusal(old_call, "body", kNow, fresh) == "payments.webhook_forged");
  // The gateway may sign with both at once, too.
  CHECK(refusal(old_call + "," + new_call.substr(new_call.find("v1=")), "body", kNow, fresh) == "");
}

}  // namespace
}  // namespace kontor
