#include "shop/pricing/currency_rates.h"

#include <algorithm>
#include <deque>

#include "services/outbox.h"
#include "shop/pricing/events.h"

namespace kontor::pricing {
namespace {

using db::Home;

constexpr std::size_t kMostRates = 200;
constexpr db::Query kRates{"pricing.rates", Home::kCatalog,
                           "SELECT currency, base, rate_nano, as_of FROM pricing_rates ORDER BY currency"};
constexpr db::Query kDropRates{"pricing.drop_rates", Home::kCatalog, "DELETE FROM pricing_rates"};
constexpr db::Query kInsertRate{"pricing.insert_rate", Home::kCatalog,
                                "INSERT INTO pricing_rates (currency, base, rate_nano, as_of) VALUES ($1, $2, $3, $4)"};

}  // namespace

Result<void> CurrencyRates::put(const ExchangeTable& table, const Beside& beside) {
  std::vector<FieldError> wrong;
  const Time now = clock_.now();
  if (table.rates.empty() || table.rates.size() > kMostRates)
    wrong.push_back({"/rates", table.rates.empty() ? "too_short" : "too_long", "A table has 1 to 200 rates."});
  if (table.as_of > now) wrong.push_back({"/as_of", "future", "The day of the rates lies ahead."});
  for (std::size_t i = 0; i < table.rates.size(); ++i) {
    const std::string at = "/rates/" + std::to_string(i);
    const ExchangeRate& rate = table.rates[i];
    const bool twice = std::any_of(table.rates.begin(), table.rates.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const ExchangeRate& other) { return other.currency == rate.currency; });
    if (twice || rate.currency == table.base)
      wrong.push_back({at + "/currency", "duplicate", "A currency has one rate, and the base none."});
  }
  if (!wrong.empty()) {
    const std::string words = wrong.front().message;
    return fail(Error{Errc::kInvalid, "pricing.wrong_rates", words, std::move(wrong), {}, 0});
  }
  TRY_DO(store_.write(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    std::vector<std::vector<db::Param>> sets;
    for (const ExchangeRate& rate : table.rates) sets.push_back({rate.currency, table.base, rate.nano, table.as_of});
    TRY_DO(tx.run(kDropRates));
    TRY_DO(tx.run_each(kInsertRate, sets));
    TRY_DO(services::emit(tx, RatesChanged{table.base}, table.base.code(), now));
    return beside ? beside(tx) : Result<void>{};
  }));
  return reload();
}

Result<void> CurrencyRates::reload() {
  const std::int64_t began = held_.begin();
  std::shared_ptr<ExchangeTable> made;
  TRY_DO(store_.look(Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    made.reset();
    TRY(const auto rows, tx.ask(kRates));
    if (rows.empty()) return {};
    made = std::make_shared<ExchangeTable>();
    for (const auto& row : rows) {
      const auto currency = Currency::parse(row.text(0)), base = Currency::parse(row.text(1));
      KONTOR_ASSERT(currency.has_value() && base.has_value());
      made->base = *base;
      made->as_of = row.time(3);
      made->rates.push_back({*currency, row.i64(2)});
    }
    return {};
  }));
  held_.put(std::move(made), began);
  if (told_) told_();
  return {};
}

}  // namespace kontor::pricing
