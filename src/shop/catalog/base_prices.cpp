#include "shop/catalog/base_prices.h"

#include <algorithm>
#include <map>

#include "base/assert.h"
#include "services/outbox.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/events.h"
#include "shop/catalog/sales_store.h"

namespace kontor::catalog {
namespace {

using Sets = std::vector<std::vector<db::Param>>;

Error refusal(std::string_view reason, std::string words) {
  return Error{reason == "catalog.no_such_offer" ? Errc::kNotFound : Errc::kInvalid,
               std::string(reason),
               std::move(words),
               {},
               {},
               0};
}

bool is_amount(Money money) { return money.amount_minor() >= 0 && money.amount_minor() <= kMaxAmountMinor; }

std::optional<Error> why_not(const BasePrice& wish, const Offer* offer) {
  if (offer == nullptr) return refusal("catalog.no_such_offer", "There is no such offer.");
  const std::string most = "A price lies between 0 and " + std::to_string(kMaxAmountMinor) + ".";
  if (!is_amount(wish.price) || (wish.list_price && !is_amount(*wish.list_price)))
    return refusal("catalog.invalid_price", most);
  if (wish.list_price && wish.list_price->currency() != wish.price.currency())
    return refusal("catalog.invalid_price", "The list price is in the price's currency.");
  if (wish.price.currency() != offer->price.currency())
    return refusal("catalog.other_currency",
                   "The offer is sold in " + std::string(offer->price.currency().code()) + ".");
  return std::nullopt;
}

class Setting {
 public:
  Setting(db::Tx& tx, std::span<const BasePrice> wishes, Time now) : tx_(tx), wishes_(wishes), now_(now) {}

  Result<std::vector<BasePrices::Outcome>> run() {
    std::vector<OfferId> ids;
    for (const BasePrice& wish : wishes_) ids.push_back(wish.offer);
    TRY(const std::vector<Offer> offers, store::offers(tx_, ids));
    for (const Offer& offer : offers) offers_.emplace(offer.id, offer);
    std::map<OfferId, std::size_t> last;
    for (std::size_t at = 0; at < wishes_.size(); ++at) last[wishes_[at].offer] = at;
    std::vector<BasePrices::Outcome> outcomes(wishes_.size());
    for (std::size_t at = 0; at < wishes_.size(); ++at) {
      const auto found = offers_.find(wishes_[at].offer);
      outcomes[at].refused = why_not(wishes_[at], found == offers_.end() ? nullptr : &found->second);
      if (!outcomes[at].refused && last[wishes_[at].offer] == at)
        outcomes[at].changed = decide(found->second, wishes_[at]);
    }
    TRY_DO(write());
    return outcomes;
  }

  const std::vector<ProductId>& products() const { return products_; }

 private:
  bool decide(const Offer& before, const BasePrice& wish) {
    Offer offer = before;
    offer.price = wish.price;
    if (wish.list_price) offer.list_price = wish.list_price;
    if (offer.list_price && *offer.list_price == offer.price) offer.list_price.reset();
    if (offer.price == before.price && offer.list_price == before.list_price) return false;
    rows_.push_back({offer.id, offer.price.amount_minor(),
                     offer.list_price ? db::Param(offer.list_price->amount_minor()) : db::Param(db::Null{})});
    products_.push_back(offer.product);
    if (offer.now() == before.now()) {
      quiet_.push_back(offer.product);
      return true;
    }
    prices_.push_back({offer.id, offer.now(), before.now()});
    facts_.push_back(
        services::fact(OfferPriceChanged{offer.id, offer.product, offer.now(), before.now()}, offer.id.text()));
    return true;
  }

  Result<void> write() {
    if (rows_.empty()) return {};
    for (auto* ids : {&products_, &quiet_}) {
      std::sort(ids->begin(), ids->end());
      ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
    }
    TRY_DO(store::set_base_prices(tx_, rows_));
    TRY_DO(store::note_prices(tx_, prices_, now_));
    TRY_DO(store::list_prices(tx_, products_));
    TRY_DO(store::touch_products(tx_, products_, now_));
    TRY_DO(store::tell_quiet(tx_, quiet_, facts_));
    return services::emit_all(tx_, facts_, now_);
  }

  db::Tx& tx_;
  std::span<const BasePrice> wishes_;
  Time now_;
  std::map<OfferId, Offer> offers_;
  Sets rows_;
  std::vector<store::PriceChange> prices_;
  std::vector<ProductId> products_, quiet_;
  std::vector<services::Fact> facts_;
};

}  // namespace

Result<std::vector<BasePrices::Outcome>> BasePrices::set(std::span<const BasePrice> wishes, const Beside& beside) {
  KONTOR_ASSERT(wishes.size() <= kMostAtOnce);
  const Time now = clock_.now();
  std::vector<Outcome> outcomes;
  std::vector<ProductId> changed;
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    Setting setting(tx, wishes, now);
    TRY(outcomes, setting.run());
    changed = setting.products();
    return beside ? beside(tx, now, outcomes) : Result<void>{};
  }));
  if (told_ && !changed.empty()) told_(changed);
  return outcomes;
}

}  // namespace kontor::catalog
