// The table of currency rates over HTTP, for finance.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/consumers.h"
#include "services/shopper.h"
#include "shop/pricing/currency_rates.h"

namespace kontor::pricing {

struct CurrencyRatesApi {
  CurrencyRates& rates;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};

void add_currency_rates_routes(http::Router& router, const CurrencyRatesApi& api);
services::Consumer memory_consumer(CurrencyRates& rates);

}  // namespace kontor::pricing
