#include "shop/pricing/currency_rates_api.h"
#include "shop/pricing/events.h"
#include "shop/pricing/price_lists_api.h"

namespace kontor::pricing {

services::Consumer memory_consumer(PriceLists& lists) {
  services::Consumer consumer;
  consumer.name = "pricing.memory";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(PriceListChanged::kName)};
  consumer.handle = [&lists](const LoggedEvent&) { return lists.reload(); };
  return consumer;
}

services::Consumer memory_consumer(CurrencyRates& rates) {
  services::Consumer consumer;
  consumer.name = "pricing.rates";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(RatesChanged::kName)};
  consumer.handle = [&rates](const LoggedEvent&) { return rates.reload(); };
  return consumer;
}

}  // namespace kontor::pricing
