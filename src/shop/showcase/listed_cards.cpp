// Cards of listings: kept by product and currency, read for a whole page at once where they are not at hand.
#include <algorithm>
#include <unordered_map>

#include "services/languages.h"
#include "shop/showcase/in_groups.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kNotKept = runtime::LoadingCache<CardKey, Card>::kNotKept;
constexpr db::Query kCards{"showcase.cards", db::Home::kCatalog, R"sql(
  SELECT l.product_id, l.external_id, l.slug, l.title, l.brand, l.image, l.price_min, l.list_price, l.rating_milli,
         l.review_count, COALESCE(a.status, 0), l.titles
    FROM catalog_v_listing l LEFT JOIN showcase_availability a ON a.product_id = l.product_id
   WHERE l.currency = $51 AND l.product_id IN ()sql" KONTOR_SHOWCASE_IN50 ")"};

Card card_of(const db::Rows::Row& row, Currency currency) {
  Card card;
  card.id = row.id<ProductId>(0);
  if (!row.text(1).empty()) card.external_id = row.str(1);
  card.slug = row.str(2);
  card.title = row.str(3);
  card.brand = row.str(4);
  if (!row.text(5).empty()) card.image = row.str(5);
  card.price = Money::minor(row.i64(6), currency);
  if (const auto list = row.opt_i64(7)) card.list_price = Money::minor(*list, currency);
  card.avg_rating = static_cast<double>(row.i64(8)) / 1000;
  card.review_count = row.i64(9);
  card.availability.status = static_cast<Availability>(row.i64(10));
  card.titles = catalog::read_titles(row.text(11));
  return card;
}

std::size_t weight_of_card(const Card& card) {
  std::size_t titles = 0;
  for (const auto& [locale, title] : card.titles) titles += 64 + locale.size() + title.size();
  return titles + sizeof(Card) + 64 + card.slug.size() + card.title.size() + card.brand.size() +
         (card.image ? card.image->size() : 0) + (card.external_id ? card.external_id->size() : 0);
}

const catalog::Offer* cheapest_in(std::span<const catalog::Offer* const> offers, Currency currency) {
  const catalog::Offer* cheapest = nullptr;
  for (const catalog::Offer* offer : offers)
    if (offer->active && offer->price.currency() == currency && (cheapest == nullptr || offer->now() < cheapest->now()))
      cheapest = offer;
  return cheapest;
}

}  // namespace

void translate(Card& card, std::span<const std::string> wished, std::string_view own) {
  if (card.titles.empty()) return;
  auto titles = std::exchange(card.titles, {});
  std::vector<std::string_view> there;
  for (const auto& [locale, title] : titles) there.emplace_back(locale);
  const auto place = services::choose_language(wished, there, own);
  if (!place) return;
  card.title = std::move(titles[*place].second);
  card.locale = std::move(titles[*place].first);
}

Result<std::unordered_map<ProductId, Showcase::CardPointer>> Showcase::read_cards(std::span<const ProductId> products,
                                                                                  Currency currency) {
  std::unordered_map<ProductId, CardPointer> found;
  const std::string code(currency.code());
  // A page of them is read where it is asked for: a look at twenty rows costs less than the way to another thread.
  const db::Function read = [&](db::Tx& tx) -> Result<void> {
    found.clear();
    for (std::size_t at = 0; at < products.size(); at += kGroup) {
      std::vector<db::Param> params;
      for (std::size_t i = 0; i < kGroup; ++i) params.emplace_back(products[std::min(at + i, products.size() - 1)]);
      params.emplace_back(code);
      TRY(const db::Rows rows, tx.ask_params(kCards, params));
      for (const auto& row : rows) {
        auto card = std::make_shared<const Card>(card_of(row, currency));
        found[card->id] = std::move(card);
      }
    }
    return {};
  };
  TRY_DO(products.size() <= kGroup ? store_.read(db::Home::kCatalog, read) : read_catalog(read));
  return found;
}

Result<std::vector<Showcase::CardPointer>> Showcase::cards(std::span<const ProductId> products, Currency currency) {
  std::vector<CardPointer> cards(products.size());
  std::vector<ProductId> missing;
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (auto held = listed_cards_.peek({products[i], currency}))
      cards[i] = std::move(*held);
    else
      missing.push_back(products[i]);
  }
  if (missing.empty()) return cards;
  {
    const std::lock_guard lock(mutex_);
    listed_currencies_.insert(currency);  // before anything is read: drop_listed() must know where to look
  }
  const std::uint64_t before = generation_.load();
  TRY(auto read, read_cards(missing, currency));
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (cards[i]) continue;
    const auto load = [&]() -> Result<runtime::LoadingCache<CardKey, Card>::Loaded> {
      // What was read for all may be older than a change that this load would have been told of.
      if (generation_.load() != before) {
        TRY(auto again, read_cards(std::span(&products[i], 1), currency));
        read[products[i]] = again[products[i]];
      }
      const CardPointer& card = read[products[i]];
      return runtime::LoadingCache<CardKey, Card>::Loaded{card, card ? weight_of_card(*card) : kNotKept};
    };
    TRY(cards[i], listed_cards_.get({products[i], currency}, load));
  }
  return cards;
}

Result<void> Showcase::read_catalog(const db::Function& function) {
  if (settings_.workers == nullptr || store_.engine() != "sqlite") return store_.read(db::Home::kCatalog, function);
  Result<void> outcome;
  TRY_DO(settings_.workers->run([&] { outcome = store_.read(db::Home::kCatalog, function); }));
  return outcome;
}

std::set<Currency> Showcase::listed_currencies() const {
  const std::lock_guard lock(mutex_);
  return listed_currencies_;
}

// Their stock was looked at and is `now`; a card that says so stays.
void Showcase::tell_listed(std::span<const ProductId> products, const std::function<Availability(ProductId)>& now) {
  bool any = false;
  for (const Currency currency : listed_currencies())
    for (const ProductId id : products)
      any |= listed_cards_.drop_unless({id, currency}, [&](const CardPointer& card) {
        return card == nullptr || card->availability.status == now(id);
      });
  if (any) generation_.fetch_add(1);
  if (follower_ != nullptr) follower_->stock_changed(products);
}

void Showcase::drop_listed(ProductId id) {
  for (const Currency currency : listed_currencies()) listed_cards_.drop({id, currency});
}

// Cards at hand get the prices of now; `offers` are all that some products have. What has none in a currency any more
// is asked for again.
void Showcase::renew_listed(std::span<const catalog::Offer> offers) {
  std::unordered_map<ProductId, std::vector<const catalog::Offer*>> by_product;
  for (const catalog::Offer& offer : offers) by_product[offer.product].push_back(&offer);
  for (const Currency currency : listed_currencies()) {
    for (const auto& [id, theirs] : by_product) {
      const CardKey key{id, currency};
      const auto held = listed_cards_.look(key);
      const catalog::Offer* const cheapest = cheapest_in(theirs, currency);
      if (!held || *held == nullptr || cheapest == nullptr) {
        listed_cards_.drop(key);
        continue;
      }
      if ((*held)->price == cheapest->now() && (*held)->list_price == cheapest->compared()) continue;
      auto fresh = std::make_shared<Card>(**held);
      fresh->price = cheapest->now();
      fresh->list_price = cheapest->compared();
      const std::size_t weight = weight_of_card(*fresh);
      listed_cards_.put_if_same(key, *held, std::move(fresh), weight);
      generation_.fetch_add(1);
    }
  }
}

}  // namespace kontor::showcase
