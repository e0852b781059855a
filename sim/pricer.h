// A merchandiser who changes base prices, plans and cancels sales and brings rates of another currency while shoppers
// buy; and what they remember of it: for each offer the states that its prices may have been in, each with the moments
// between which it began; and the same of the rates. By that an order is judged: it was charged what a quote or an
// expected total said, or prices that one moment of its purchase had, by rates that one had.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "shop/catalog/sales.h"
#include "shop/catalog/timetable.h"
#include "shop/orders/orders.h"
#include "sim/luck.h"

namespace kontor::sim {

class Process;

struct PriceState {
  std::int64_t base = 0;
  std::map<SaleId, catalog::SaleSpan> sales;
};
// Begun not before `earliest`, and not after `latest`.
struct PriceStep {
  Time earliest, latest;
  PriceState state;
};
struct PriceAct {
  enum class Kind { kBase, kSale, kCancel, kRates } kind = Kind::kBase;
  OfferId offer;
  std::int64_t minor = 0;  // of kRates: so much of the other currency are 10^9 of this one
  std::optional<Time> from;
  Time to;
  std::string label;  // of a sale: finds it again
  SaleId sale;        // to be cancelled
  Time begun;
};
// A table that begins as above; 0: there is none.
struct RateStep {
  Time earliest, latest;
  std::int64_t nano = 0;
};
struct PricerMemory {
  int left = 0;
  int number = 0;
  std::optional<PriceAct> act;  // begun, and not known to be done
  std::map<OfferId, std::vector<PriceStep>> steps;
  std::vector<RateStep> rates = {{}};
  Luck luck{0};
};

// One attempt to buy: from then on, and what was agreed before.
struct BuyingBegun {
  Time at;
  std::optional<Money> expected;
  std::optional<QuoteId> quote;
  std::optional<Currency> currency;  // another than the goods'
};
// That which rates are brought for.
Currency other_currency();

// On a fiber, until all acts are done.
void change_prices(Process& process);
// Once all has settled.
void check_prices(Process& process, const std::vector<orders::Order>& all);

}  // namespace kontor::sim
