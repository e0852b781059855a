#include "shop/showcase/converting.h"

#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

Result<void> change(Money& money, const Converter& by, Currency to) {
  TRY(money, by.convert(money, to));
  return {};
}

Result<void> change(std::optional<Money>& money, const Converter& by, Currency to) {
  return money ? change(*money, by, to) : Result<void>{};
}

// What a list says stands alone: it is no reduction of anything.
void take_listed(Money& price, std::optional<Money>& list_price, Money listed) {
  price = listed;
  list_price.reset();
}

// Every price of it.
Result<void> convert(ProductDetail& detail, const Converter& by, Currency to) {
  if (detail.offers.empty()) return {};
  TRY(detail.converted, by.rate(detail.offers.front().price.currency(), to));
  std::vector<OfferId> ids;
  for (const DetailOffer& offer : detail.offers) ids.push_back(offer.id);
  TRY(const auto listed, by.listed(ids, to));
  std::optional<Money> shown;  // of the offer that the product's price is of
  for (DetailOffer& offer : detail.offers) {
    const bool is_shown = detail.price && offer.price == *detail.price;
    TRY_DO(change(offer.price, by, to));
    TRY_DO(change(offer.list_price, by, to));
    TRY_DO(change(offer.lowest_price_30d, by, to));
    const auto own = listed.find(offer.id);
    if (own == listed.end()) continue;
    take_listed(offer.price, offer.list_price, own->second);
    offer.lowest_price_30d.reset();
    offer.price_valid_until.reset();
    if (is_shown) shown = own->second;
  }
  if (detail.price) TRY_DO(change(*detail.price, by, to));
  TRY_DO(change(detail.list_price, by, to));
  TRY_DO(change(detail.lowest_price_30d, by, to));
  if (!shown) return {};
  take_listed(*detail.price, detail.list_price, *shown);
  detail.lowest_price_30d.reset();
  return {};
}

}  // namespace

Result<ProductDetail> detail_in(Showcase& showcase, const ConverterSource* rates, const ProductState& state,
                                Currency currency) {
  TRY(const auto sellers, showcase.sellers());
  auto detail = detail_of(state, currency, sellers);
  const Currency shop = showcase.settings().currency;
  if (!detail.offers.empty() || currency == shop || rates == nullptr) return detail;
  const auto table = rates->converter();
  if (!table) return detail;
  detail = detail_of(state, shop, sellers);
  TRY_DO(convert(detail, *table, currency));
  return detail;
}

}  // namespace kontor::showcase
