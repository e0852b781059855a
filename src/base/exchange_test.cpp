#include "base/exchange.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/test_store.h"

namespace kontor {
namespace {

const Currency kUsd, kEur = *Currency::parse("EUR"), kJpy = *Currency::parse("JPY"), kKwd = *Currency::parse("KWD");

ExchangeTable table() {
  return {
      kUsd, Time{5}, {{kEur, *parse_rate("0.9215")}, {kJpy, *parse_rate("151.37")}, {kKwd, *parse_rate("0.30715")}}};
}

TEST_CASE("exchange: a rate is a text with up to nine digits after the point, and nothing else") {
  for (const char* text : {"1", "0.9215", "151.37", "0.000000001", "9999999.999999999"}) {
    REQUIRE(parse_rate(text).has_value());
    CHECK(print_rate(*parse_rate(text)) == text);
  }
  for (const char* text : {"", "0", "0.0", ".5", "5.", "-1", "+1", "1e3", "1,5", "0.0000000001", "12345678", " 1"})
    CHECK(!parse_rate(text).has_value());
}

TEST_CASE("exchange: amounts are rounded once, half away from zero, to the units of the currency") {
  const ExchangeTable rates = table();
  const auto minor = [&](std::int64_t amount, Currency from, Currency to) {
    return convert(rates, Money::minor(amount, from), to).value().amount_minor();
  };
  CHECK(minor(1000, kUsd, kEur) == 922);   // 9.215
  CHECK(minor(1000, kUsd, kJpy) == 1514);  // 1513.7
  CHECK(minor(1000, kUsd, kKwd) == 3072);  // 3.0715
  CHECK(minor(1000, kJpy, kKwd) == 2029);  // 2.02913…
  CHECK(minor(922, kEur, kUsd) == 1001);   // 10.0054…
  CHECK(minor(0, kUsd, kJpy) == 0);
  CHECK(minor(7, kUsd, kUsd) == 7);
  CHECK(convert(rates, Money::minor(1, *Currency::parse("CHF")), kUsd).error().reason == "pricing.no_rate");
  CHECK(convert(rates, Money::minor(1, kUsd), *Currency::parse("CHF")).error().reason == "pricing.no_rate");
  CHECK(convert(rates, Money::minor(kMaxAmountMinor, kUsd), kJpy).error().reason == "pricing.total_too_large");
  testing::SeededRandom luck;
  const Currency all[] = {kUsd, kEur, kJpy, kKwd};
  for (int i = 0; i < 2000; ++i) {
    const auto amount = static_cast<std::int64_t>(luck.number() % 100'000'000);
    const Currency from = all[luck.number() % 4], to = all[luck.number() % 4];
    const double exact = static_cast<double>(amount) / std::pow(10, from.exponent()) * std::pow(10, to.exponent()) *
                         static_cast<double>(*rates.nano(to)) / static_cast<double>(*rates.nano(from));
    CHECK(std::abs(static_cast<double>(minor(amount, from, to)) - exact) <= 0.5001);
  }
}

TEST_CASE("exchange: a purchase knows which rates it used, and those alone convert it again") {
  const Exchange exchange(std::make_shared<const ExchangeTable>(table()));
  CHECK_FALSE(exchange.used().has_value());
  CHECK(exchange.convert(Money::minor(5, *Currency::parse("CHF")), *Currency::parse("CHF")).has_value());
  CHECK_FALSE(exchange.used().has_value());
  CHECK_FALSE(exchange.convert(Money::minor(5, kUsd), *Currency::parse("CHF")).has_value());
  CHECK_FALSE(exchange.used().has_value());
  const auto euros = exchange.convert(Money::minor(1000, kUsd), kEur).value();
  const auto dinars = exchange.convert(Money::minor(1000, kJpy), kKwd).value();
  const auto used = exchange.used();
  REQUIRE(used.has_value());
  CHECK(used->rates.size() == 3);
  const Exchange again(std::make_shared<const ExchangeTable>(table_of(text_of(*used))));
  CHECK(again.convert(Money::minor(1000, kUsd), kEur).value() == euros);
  CHECK(again.convert(Money::minor(1000, kJpy), kKwd).value() == dinars);
  CHECK_FALSE(Exchange().convert(Money::minor(1, kUsd), kEur).has_value());
}

TEST_CASE("exchange: an amount that is given in the currency counts before one that can be converted") {
  const Exchange exchange(std::make_shared<const ExchangeTable>(table()));
  const Money both[] = {Money::minor(1000, kUsd), Money::minor(700, kEur)};
  CHECK(amount_in(both, kEur, &exchange) == Money::minor(700, kEur));
  CHECK(amount_in(both, kJpy, &exchange) == Money::minor(1514, kJpy));
  CHECK_FALSE(amount_in(both, kJpy, nullptr).has_value());
  CHECK_FALSE(amount_in(both, *Currency::parse("CHF"), &exchange).has_value());
  CHECK_FALSE(amount_in({}, kEur, &exchange).has_value());
}

}  // namespace
}  // namespace kontor
