#include "shop/pricing/currency_rates.h"

#include <doctest/doctest.h>

#include "tests/support/dollars.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> pricing_migrations();
}  // namespace kontor

namespace kontor::pricing {
namespace {

using testing::kUsd;

const Currency kEur = *Currency::parse("EUR"), kJpy = *Currency::parse("JPY"), kKwd = *Currency::parse("KWD");

ExchangeTable table() {
  return {
      kUsd, Time{5}, {{kEur, *parse_rate("0.9215")}, {kJpy, *parse_rate("151.37")}, {kKwd, *parse_rate("0.30715")}}};
}

TEST_CASE("currency rates: a table takes the place of the one before, and what is wrong with it is named") {
  testing::on_each_store({services_migrations(), pricing_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    CurrencyRates rates(store, clock);
    REQUIRE(rates.reload().has_value());
    CHECK(rates.table() == nullptr);
    REQUIRE(rates.put(table(), {}).has_value());
    CHECK(rates.table()->nano(kJpy) == 151'370'000'000);
    REQUIRE(rates.put({kEur, Time{9}, {{kUsd, 1'080'000'000}}}, {}).has_value());
    CurrencyRates other(store, clock);
    REQUIRE(other.reload().has_value());
    CHECK(other.table()->base == kEur);
    CHECK(other.table()->as_of == Time{9});
    CHECK(!other.table()->nano(kJpy).has_value());
    const auto refused = rates.put({kUsd, clock.now().plus_ms(1), {{kUsd, 1}, {kEur, 1}, {kEur, 1}}}, {});
    REQUIRE(!refused.has_value());
    std::string words;
    for (const auto& field : refused.error().fields) words += field.field + " " + field.code + "; ";
    CHECK(words == "/as_of future; /rates/0/currency duplicate; /rates/2/currency duplicate; ");
    CHECK(rates.put({kUsd, Time{1}, {}}, {}).error().fields.at(0).code == "too_short");
  });
}

}  // namespace
}  // namespace kontor::pricing
