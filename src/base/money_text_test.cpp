#include "base/money_text.h"

#include <doctest/doctest.h>

using namespace kontor;

namespace {

std::int64_t minor(std::string_view text, std::string_view currency, AmountStyle style = {}) {
  const auto money = parse_amount(text, *Currency::parse(currency), style);
  return money ? money->amount_minor() : -1;
}

}  // namespace

TEST_CASE("amount texts: exact, with the digits that ISO 4217 gives the currency") {
  CHECK(minor("29.99", "USD") == 2999);
  CHECK(minor("29.9", "USD") == 2990);
  CHECK(minor("29", "USD") == 2900);
  CHECK(minor("29.", "USD") == 2900);
  CHECK(minor(".5", "USD") == 50);
  CHECK(minor(" 0.07 ", "USD") == 7);
  CHECK(minor("19.9900", "USD") == 1999);
  CHECK(minor("100.00", "JPY") == 100);
  CHECK(minor("1.234", "KWD") == 1234);
  CHECK(minor("70368744177.65", "USD") == 7036874417765);  // a double would lose nothing here, but the next would
  CHECK(minor("9007199254740.993", "KWD") == -1);          // beyond the most that an amount may be
  CHECK(minor("999999999999.999", "KWD") == 999999999999999);
}

TEST_CASE("amount texts: what is not plainly an amount is refused") {
  for (const char* text : {"", ".", "-1", "+1", "$5", "5 USD", "1e3", "1,5", "1.2.3", "29.999", "0x10", "١٢", "1 000",
                           "9999999999999999999999999", "NaN", "1,299.00"})
    CHECK_MESSAGE(minor(text, "USD") == -1, text);
  CHECK(minor("100.5", "JPY") == -1);
}

TEST_CASE("amount texts: decimal commas and groups of three where they are asked for") {
  CHECK(minor("1299,5", "EUR", {',', '\0'}) == 129950);
  CHECK(minor("1.299,50", "EUR", {',', '.'}) == 129950);
  CHECK(minor("1,299,000.05", "USD", {'.', ','}) == 129900005);
  CHECK(minor("1299.05", "USD", {'.', ','}) == 129905);
  for (const char* text : {"1,29.00", ",299.00", "1,2999.00", "12,34,567", "1,299,00", "1.299"})
    CHECK_MESSAGE(minor(text, "USD", {'.', ','}) == -1, text);
}

TEST_CASE("amount texts: written and read back") {
  for (const char* code : {"USD", "JPY", "KWD", "CLF"})
    for (const std::int64_t amount : {0ll, 1ll, 9ll, 10ll, 99ll, 100ll, 12345ll, 1'000'000'000'000'000ll}) {
      const Money money = Money::minor(amount, *Currency::parse(code));
      CHECK(parse_amount(amount_text(money), money.currency()) == money);
    }
}
