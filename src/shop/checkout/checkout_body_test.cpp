#include "shop/checkout/checkout_body.h"

#include "base/card_number.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace kontor::checkout {
namespace {

const char kGood[] =
    R"({"email":"ada@example.com","shipping_address":{"name":"Ada","line1":"1 Main St","city":"Springfield",
  "postal_code":"62701","country":"US"},"payments":[{"method":"card","token":"tok_approve"}]})";

Result<CheckoutBody> body_of(const std::string& text, Purpose purpose = Purpose::kBuy, bool guest = true,
                             bool has_key = true) {
  TRY(const auto document, json::parse(text));
  return read_body(document, purpose, guest, has_key);
}
std::vector<std::string> wrong_with(const std::string& text, Purpose purpose = Purpose::kBuy, bool has_key = true) {
  const auto body = body_of(text, purpose, true, has_key);
  std::vector<std::string> found;
  if (!body)
    for (const auto& field : body.error().fields) found.push_back(field.field + " " + field.code);
  std::sort(found.begin(), found.end());
  return found;
}
std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
using Found = std::vector<std::string>;

TEST_CASE("a good body is read") {
  const auto body = body_of(kGood);
  REQUIRE(body);
  CHECK(body->email == "ada@example.com");
  CHECK(body->payments->at(0).token == "tok_approve");
  CHECK(body_of("{}", Purpose::kQuote));
}

TEST_CASE("everything wrong is said at once") {
  CHECK(wrong_with("{}", Purpose::kBuy, false) ==
        Found{"/email required", "/idempotency_key required", "/payments required", "/shipping_address required"});
  const auto two = with(with(kGood, "ada@example.com", "nonsense"), "\"US\"", "\"USA\"");
  CHECK(wrong_with(two).size() == 2);
  CHECK(wrong_with(with(kGood, R"([{"method":"card","token":"tok_approve"}])", "[]")).size() == 1);
  CHECK(wrong_with(with(kGood, R"("token":"tok_approve")", R"("amount":{"amount":0,"currency":"USD"})")) ==
        Found{"/payments/0/amount out_of_range", "/payments/0/token required"});
  CHECK(wrong_with(with(kGood, R"("method":"card")", R"("method":"cash")")).size() == 1);
  CHECK(wrong_with(with(kGood, "{\"email\"", "{\"payment_method_id\":\"pm_0000000000001\",\"email\"")) ==
        Found{"/payment_method_id ambiguous"});
}

TEST_CASE("an unknown member alone has its own code") {
  const auto body = body_of(with(kGood, "{\"email\"", "{\"price\":1,\"email\""));
  REQUIRE_FALSE(body);
  CHECK(body.error().code == Errc::kUnknownField);
}

TEST_CASE("customers whose e-mail is known need not give one") {
  const auto without = with(kGood, R"("email":"ada@example.com",)", "");
  CHECK(body_of(without, Purpose::kBuy, false));
  CHECK(wrong_with(without) == Found{"/email required"});
}

TEST_CASE("card numbers are found wherever they stand, other digits are not") {
  CHECK(holds_card_number("4111111111111111"));
  CHECK(holds_card_number("card 4111 1111 1111 1111 please"));
  CHECK(holds_card_number("3782-822463-10005"));
  CHECK_FALSE(holds_card_number("4111111111111112"));
  CHECK_FALSE(holds_card_number("411111111111"));
  CHECK_FALSE(holds_card_number("62701 and 10 more"));
  CHECK_FALSE(holds_card_number(""));
  CHECK(wrong_with(with(kGood, "tok_approve", "4111111111111111")) == Found{"/payments/0/token card_number"});
  CHECK(wrong_with(with(kGood, "1 Main St", "4111 1111 1111 1111")) == Found{"/shipping_address/line1 card_number"});
  CHECK(wrong_with(with(kGood, "{\"email\"", "{\"device\":{\"n\":4111111111111111},\"email\"")) ==
        Found{"/device/n card_number"});
  CHECK(body_of(with(kGood, "{\"email\"", "{\"idempotency_key\":\"4111111111111111\",\"email\"")));
}

TEST_CASE("e-mail addresses") {
  for (const char* good : {"a@b.c", "ada.lovelace+shop@example.co.uk", "jürgen@müller.de"}) CHECK(is_email(good));
  for (const char* bad :
       {"", "@", "a@", "@b", "a b@c.d", "a@b@c", "a@.b", "a@b.", "a@b..c", ".a@b.c", "a@b\r\nBcc: x@y.z", "<a@b.c>"})
    CHECK_FALSE(is_email(bad));
}

TEST_CASE("bodies are compared after parsing, without the key") {
  const auto print = [](const std::string& text) { return fingerprint_of(*json::parse(text)); };
  CHECK(print(R"({"a":1,"b":{"c":2,"d":3}})") == print(R"( {"b" : {"d":3,"c":2}, "a":1, "idempotency_key":"k"} )"));
  CHECK(print(R"({"a":1})") != print(R"({"a":2})"));
  CHECK(print(R"({"a":[1,2]})") != print(R"({"a":[2,1]})"));
}

}  // namespace
}  // namespace kontor::checkout
