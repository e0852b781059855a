#include "base/money.h"

#include <doctest/doctest.h>

#include <limits>
#include <random>

namespace kontor {
namespace {

Money usd(std::int64_t minor) { return Money::minor(minor, *Currency::parse("USD")); }

std::vector<std::int64_t> amounts(const std::vector<Money>& parts) {
  std::vector<std::int64_t> out;
  for (const auto part : parts) out.push_back(part.amount_minor());
  return out;
}

}  // namespace

TEST_CASE("a currency is on the ISO 4217 list, in capitals, and knows its digits") {
  CHECK(Currency::parse("USD")->exponent() == 2);
  CHECK(Currency::parse("JPY")->exponent() == 0);
  CHECK(Currency::parse("KWD")->exponent() == 3);
  CHECK(Currency::parse("CLF")->exponent() == 4);
  for (const auto* bad : {"", "US", "usd", "USDX", "XXX", "XAU", "ZZZ", "U$D", "\xff\xff\xff"})
    CHECK_FALSE(Currency::parse(bad));
  CHECK(Currency::parse("EUR")->code() == "EUR");
}

TEST_CASE("a portion rounds half away from zero") {
  CHECK(usd(5).portion({1000}) == usd(1));    // 0.5
  CHECK(usd(-5).portion({1000}) == usd(-1));  // -0.5
  CHECK(usd(4).portion({1000}) == usd(0));
  CHECK(usd(15).portion({1000}) == usd(2));  // 1.5
  CHECK(usd(14).portion({1000}) == usd(1));
  CHECK(usd(1999).portion({825}) == usd(165));   // 164.9175
  CHECK(usd(100).portion({-1250}) == usd(-13));  // -12.5
  CHECK(usd(kMaxAmountMinor).portion({10'000}) == usd(kMaxAmountMinor));
}

TEST_CASE("the parts of a split add up, and leftover units go to the first parts that weigh anything") {
  CHECK(amounts(usd(100).split(std::vector<std::int64_t>{1, 1, 1})) == std::vector<std::int64_t>{34, 33, 33});
  CHECK(amounts(usd(-100).split(std::vector<std::int64_t>{1, 1, 1})) == std::vector<std::int64_t>{-34, -33, -33});
  CHECK(amounts(usd(2).split(std::vector<std::int64_t>{0, 1, 1, 1})) == std::vector<std::int64_t>{0, 1, 1, 0});
  CHECK(amounts(usd(0).split(std::vector<std::int64_t>{5})) == std::vector<std::int64_t>{0});
  std::mt19937_64 luck(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int64_t> weights(1 + luck() % 9);
    for (auto& weight : weights)
      weight = static_cast<std::int64_t>(luck() % (round % 2 == 0 ? 4 : 1'000'000'000'000'000));
    weights[luck() % weights.size()] += 1;
    const auto whole = usd(static_cast<std::int64_t>(luck() % 2'000'000'000'000'000) - kMaxAmountMinor);
    Money sum = usd(0);
    const auto parts = whole.split(weights);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sum = sum + parts[i];
      if (weights[i] == 0) CHECK(parts[i] == usd(0));
    }
    CHECK(sum == whole);
  }
}

TEST_CASE("mixing currencies, overflow and weightless splits are bugs") {
  const AssertionsThrow throws;
  const Money euro = Money::minor(1, *Currency::parse("EUR"));
  CHECK_THROWS_AS(usd(1) + euro, AssertionFailed);
  CHECK_THROWS_AS(usd(1) - euro, AssertionFailed);
  CHECK_THROWS_AS(usd(std::numeric_limits<std::int64_t>::max()) + usd(1), AssertionFailed);
  CHECK_THROWS_AS(usd(std::numeric_limits<std::int64_t>::min()) - usd(1), AssertionFailed);
  CHECK_THROWS_AS(usd(kMaxAmountMinor) * kMaxAmountMinor, AssertionFailed);
  CHECK_THROWS_AS(usd(1).split(std::vector<std::int64_t>{0, 0}), AssertionFailed);
  CHECK_THROWS_AS(usd(1).split(std::vector<std::int64_t>{2, -1}), AssertionFailed);
}

TEST_CASE("an amount as text has the digits of its currency") {
  CHECK(usd(2999).text() == "29.99 USD");
  CHECK(usd(-5).text() == "-0.05 USD");
  CHECK(usd(0).text() == "0.00 USD");
  CHECK(Money::minor(500, *Currency::parse("JPY")).text() == "500 JPY");
  CHECK(Money::minor(1234, *Currency::parse("KWD")).text() == "1.234 KWD");
  CHECK(usd(std::numeric_limits<std::int64_t>::min()).text() == "-92233720368547758.08 USD");
}

}  // namespace kontor
