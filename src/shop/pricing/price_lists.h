// Prices for some customers: lists by segment and currency, for a while or for good. The lists are few, and each
// process keeps them; their prices lie in the store, by offer, and are looked up for the lines of a cart in one
// statement, and only while a list may apply. Owns pricing_lists and pricing_list_prices, in the home `catalog`.
// Of the lists that apply the highest priority that has a price for the offer counts, of equal ones the lowest price.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "ports/db.h"
#include "services/if_match.h"
#include "services/snapshot.h"
#include "shop/pricing/pricing.h"

namespace kontor::pricing {

struct PriceList {
  std::string code;
  Currency currency;
  std::vector<std::string> segments;  // empty: everybody
  std::optional<Time> starts, ends;
  std::int64_t priority = 0;
  std::int64_t version = 1;
  Time created, updated;

  bool applies_at(Time now) const { return (!starts || *starts <= now) && (!ends || now < *ends); }
};

struct ListPrice {
  OfferId offer;
  Money price;
};

class PriceLists : public OwnPrices {
 public:
  static constexpr std::size_t kMostLists = 1000;
  static constexpr std::size_t kMostPrices = 5000;  // in one request
  using Beside = std::function<Result<void>(db::Tx&)>;

  // `shoppers` may be null: then nobody is in a segment.
  PriceLists(db::Store& store, Clock& clock, catalog::Catalog& catalog, promotions::ShopperSource* shoppers)
      : store_(store), clock_(clock), catalog_(catalog), shoppers_(shoppers) {}

  Result<std::vector<std::optional<Money>>> of(CustomerId customer, Currency currency, std::span<const OfferId> offers,
                                               Time now) override;
  bool any_in(Currency currency, Time now) const override;

  Result<std::vector<PriceList>> lists();  // by code
  // kNotFound "pricing.no_such_list".
  Result<PriceList> find(const std::string& code);
  // Makes it or says it anew; its prices stay. kInvalid "pricing.wrong_list", also for another currency than its
  // prices have; kVersionConflict "pricing.version_conflict".
  Result<PriceList> put(PriceList wish, const services::IfMatch& if_match, const Beside& beside);
  // With its prices. Repeating it is harmless.
  Result<void> remove(const std::string& code, const services::IfMatch& if_match, const Beside& beside);
  // Sets these prices and leaves the others; all or nothing is checked, then it goes on in portions, and repeating it
  // is harmless. kInvalid "pricing.wrong_prices" names each wrong one, fields as `/0/offer_id`.
  Result<void> put_prices(const std::string& code, std::span<const ListPrice> prices, const Beside& beside);
  Result<void> remove_price(const std::string& code, OfferId offer, const Beside& beside);
  // By offer.
  Result<std::vector<ListPrice>> prices(const std::string& code, OfferId after, int limit);

  // Takes the lists from the store anew; at start, and when one changed.
  Result<void> reload();

 private:
  using Lists = std::vector<PriceList>;
  Result<std::vector<const PriceList*>> applying(const Lists& all, CustomerId customer, Currency currency, Time now);

  db::Store& store_;
  Clock& clock_;
  catalog::Catalog& catalog_;
  promotions::ShopperSource* shoppers_;
  services::Snapshot<Lists> held_;
};

}  // namespace kontor::pricing
