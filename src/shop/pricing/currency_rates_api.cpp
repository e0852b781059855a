#include "shop/pricing/currency_rates_api.h"

namespace kontor::pricing {
void add_currency_rates_routes(http::Router& router, const CurrencyRatesApi& api) {
  using http::Call, http::None;
  router.get<None, ExchangeTableText>(
      "/admin/currency-rates", {"The table of rates", {"pricing.no_rates"}, 200, "admin"},
      [api](Call& call, None) -> Result<ExchangeTableText> {
        TRY_DO(api.shoppers.require_role(call, services::Role::kFinance));
        const auto table = api.rates.table();
        if (!table) return fail(Errc::kNotFound, "pricing.no_rates", "No table of rates was brought yet.");
        return text_of(*table);
      });
  router.put<ExchangeTableText, ExchangeTableText>(
      "/admin/currency-rates",
      {"Brings a table of rates, instead of the one before", {"pricing.wrong_rates"}, 200, "admin"},
      [api](Call& call, const ExchangeTableText& in) -> Result<ExchangeTableText> {
        TRY(const auto who, api.shoppers.require_role(call, services::Role::kFinance));
        const ExchangeTable table = table_of(in);
        const auto entry = api.audit.entry(who.caller(), "pricing.rates_change", std::string(in.base.code()));
        TRY_DO(api.rates.put(table, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
        return text_of(table);
      });
}

}  // namespace kontor::pricing
