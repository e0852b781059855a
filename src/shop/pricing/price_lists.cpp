#include "shop/pricing/price_lists.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "services/outbox.h"
#include "shop/pricing/events.h"
#include "shop/pricing/price_lists_store.h"

namespace kontor::pricing {
namespace {

constexpr std::size_t kPortion = 500;  // prices in one write function
constexpr std::size_t kMostErrors = 100;

Error no_such_list(const std::string& code) {
  return Error{Errc::kNotFound, "pricing.no_such_list", "There is no price list '" + code + "'.", {}, {}, 0};
}

Result<void> check_version(const std::optional<PriceList>& found, const services::IfMatch& if_match) {
  if (!if_match.given || if_match.allows(found ? found->version : 0)) return {};
  return fail(Errc::kVersionConflict, "pricing.version_conflict",
              found ? "The list has been changed meanwhile: its version is " + std::to_string(found->version) + "."
                    : "There is no such list.");
}

void check_list(const PriceList& list, std::vector<FieldError>& wrong) {
  if (list.code.empty() || list.code.size() > 40 || slugify(list.code) != list.code)
    wrong.push_back({"/code", "bad_format", "A code has up to 40 small letters, digits and '-'."});
  if (list.segments.size() > 50) wrong.push_back({"/segments", "too_long", "At most 50 segments."});
  for (std::size_t i = 0; i < list.segments.size(); ++i)
    if (list.segments[i].empty() || list.segments[i].size() > 40)
      wrong.push_back({"/segments/" + std::to_string(i), "bad_format", "A segment has 1 to 40 characters."});
  if (list.starts && list.ends && *list.ends <= *list.starts)
    wrong.push_back({"/ends_at", "before_start", "A list ends after it starts."});
  if (list.priority < -1000 || list.priority > 1000)
    wrong.push_back({"/priority", "out_of_range", "A priority lies between -1000 and 1000."});
}

Result<void> refuse_if_any(std::string_view reason, std::vector<FieldError> wrong) {
  if (wrong.empty()) return {};
  const std::string words = wrong.front().message;
  return fail(Error{Errc::kInvalid, std::string(reason), words, std::move(wrong), {}, 0});
}

bool meet(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& one) {
    return std::find(others.begin(), others.end(), one) != others.end();
  });
}

}  // namespace

// Who it is, is asked only where a list of this currency is on that asks for segments.
Result<std::vector<const PriceList*>> PriceLists::applying(const Lists& all, CustomerId customer, Currency currency,
                                                           Time now) {
  std::vector<const PriceList*> found;
  bool asks = false;
  for (const PriceList& list : all) {
    if (list.currency != currency || !list.applies_at(now)) continue;
    found.push_back(&list);
    asks = asks || !list.segments.empty();
  }
  if (!asks) return found;
  promotions::Shopper who;
  if (shoppers_ != nullptr && customer) {
    TRY(who, shoppers_->shopper(customer, {true, false}, now));
  }
  std::erase_if(found,
                [&](const PriceList* list) { return !list->segments.empty() && !meet(list->segments, who.segments); });
  return found;
}

Result<std::vector<std::optional<Money>>> PriceLists::of(CustomerId customer, Currency currency,
                                                         std::span<const OfferId> offers, Time now) {
  std::vector<std::optional<Money>> out;
  const auto all = held_.get();
  if (!all || all->empty() || offers.empty()) return out;
  TRY(const auto lists, applying(*all, customer, currency, now));
  if (lists.empty()) return out;
  std::unordered_map<OfferId, std::pair<std::int64_t, std::int64_t>> best;  // priority, price
  for (std::size_t at = 0; at < offers.size(); at += store::kMostOffers) {
    const auto some = offers.subspan(at, std::min(store::kMostOffers, offers.size() - at));
    std::vector<store::Found> found;
    TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(found, store::prices_of(tx, some));
      return {};
    }));
    for (const auto& one : found) {
      const auto list = std::find_if(lists.begin(), lists.end(), [&](const auto* l) { return l->code == one.code; });
      if (list == lists.end()) continue;
      const std::pair<std::int64_t, std::int64_t> rank{-(*list)->priority, one.minor};
      const auto [place, fresh] = best.try_emplace(one.offer, rank);
      if (!fresh) place->second = std::min(place->second, rank);
    }
  }
  if (best.empty()) return out;
  for (const OfferId offer : offers) {
    const auto found = best.find(offer);
    out.push_back(found == best.end() ? std::nullopt
                                      : std::optional<Money>(Money::minor(found->second.second, currency)));
  }
  return out;
}

bool PriceLists::any_in(Currency currency, Time now) const {
  const auto all = held_.get();
  return all && std::any_of(all->begin(), all->end(),
                            [&](const PriceList& list) { return list.currency == currency && list.applies_at(now); });
}

Result<std::vector<PriceList>> PriceLists::lists() {
  std::vector<PriceList> found;
  TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::lists(tx));
    return {};
  }));
  return found;
}

Result<PriceList> PriceLists::find(const std::string& code) {
  std::optional<PriceList> found;
  TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::list(tx, code));
    return {};
  }));
  if (!found) return fail(no_such_list(code));
  return std::move(*found);
}

Result<PriceList> PriceLists::put(PriceList wish, const services::IfMatch& if_match, const Beside& beside) {
  std::vector<FieldError> wrong;
  check_list(wish, wrong);
  TRY_DO(refuse_if_any("pricing.wrong_list", std::move(wrong)));
  const Time now = clock_.now();
  PriceList kept;
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    kept = wish;
    TRY(const auto all, store::lists(tx));
    TRY(const auto found, store::list(tx, wish.code));
    TRY_DO(check_version(found, if_match));
    if (!found && all.size() >= kMostLists)
      return fail(Errc::kConflict, "pricing.too_many_lists",
                  "There are " + std::to_string(kMostLists) + " price lists; remove some.");
    if (found && found->currency != wish.currency) {
      TRY(const bool priced, store::has_prices(tx, wish.code));
      if (priced)
        return invalid("pricing.wrong_list", "/currency", "currency_mismatch",
                       "The list has prices in " + std::string(found->currency.code()) + ".");
    }
    kept.version = found ? found->version + 1 : 1;
    kept.created = found ? found->created : now;
    kept.updated = now;
    TRY_DO(store::save_list(tx, kept));
    TRY_DO(services::emit(tx, PriceListChanged{wish.code}, wish.code, now));
    return beside ? beside(tx) : Result<void>{};
  }));
  TRY_DO(reload());
  return kept;
}

Result<void> PriceLists::remove(const std::string& code, const services::IfMatch& if_match, const Beside& beside) {
  const Time now = clock_.now();
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, store::list(tx, code));
    if (!found) return {};
    TRY_DO(check_version(found, if_match));
    TRY_DO(store::remove_list(tx, code));
    TRY_DO(services::emit(tx, PriceListChanged{code}, code, now));
    return beside ? beside(tx) : Result<void>{};
  }));
  return reload();
}

Result<void> PriceLists::put_prices(const std::string& code, std::span<const ListPrice> prices, const Beside& beside) {
  TRY(const PriceList list, find(code));
  std::vector<FieldError> wrong;
  std::vector<OfferId> offers;
  for (const ListPrice& one : prices) offers.push_back(one.offer);
  TRY(const auto known, catalog_.offers(offers));
  std::unordered_set<OfferId> there, named;
  for (const auto& offer : known) there.insert(offer.id);
  for (std::size_t i = 0; i < prices.size() && wrong.size() < kMostErrors; ++i) {
    const std::string at = "/" + std::to_string(i);
    const auto& [offer, price] = prices[i];
    if (!there.contains(offer)) wrong.push_back({at + "/offer_id", "unknown_value", "There is no such offer."});
    if (!named.insert(offer).second) wrong.push_back({at + "/offer_id", "duplicate", "The offer is named twice."});
    if (price.currency() != list.currency)
      wrong.push_back(
          {at + "/price/currency", "currency_mismatch", "The list is in " + std::string(list.currency.code()) + "."});
    if (price.amount_minor() < 0 || price.amount_minor() > kMaxAmountMinor)
      wrong.push_back({at + "/price/amount", "out_of_range", "A price is not negative."});
  }
  TRY_DO(refuse_if_any("pricing.wrong_prices", std::move(wrong)));
  for (std::size_t at = 0; at < prices.size(); at += kPortion) {
    const auto some = prices.subspan(at, std::min(kPortion, prices.size() - at));
    TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto found, store::list(tx, code));
      if (!found) return fail(no_such_list(code));  // removed meanwhile
      TRY_DO(store::save_prices(tx, code, some));
      return at == 0 && beside ? beside(tx) : Result<void>{};
    }));
  }
  return {};
}

Result<void> PriceLists::remove_price(const std::string& code, OfferId offer, const Beside& beside) {
  return store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(store::remove_price(tx, code, offer));
    return beside ? beside(tx) : Result<void>{};
  });
}

Result<std::vector<ListPrice>> PriceLists::prices(const std::string& code, OfferId after, int limit) {
  std::vector<ListPrice> found;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto list, store::list(tx, code));
    if (!list) return fail(no_such_list(code));
    TRY(found, store::prices(tx, *list, after, limit));
    return {};
  }));
  return found;
}

Result<void> PriceLists::reload() {
  const std::int64_t began = held_.begin();
  TRY(auto all, lists());
  held_.put(std::make_shared<const Lists>(std::move(all)), began);
  return {};
}

}  // namespace kontor::pricing
