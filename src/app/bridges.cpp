#include "app/bridges.h"

#include <algorithm>
#include <set>

namespace kontor::app {

Result<std::vector<checkout::OfferFacts>> StorePrices::offers(std::span<const OfferId> ids) {
  TRY(auto found, catalog_.sale_facts(ids));
  std::vector<checkout::OfferFacts> facts;
  facts.reserve(found.size());
  for (catalog::SaleFacts& one : found)
    facts.push_back({one.offer, one.product, std::move(one.title), std::move(one.sku), one.price, one.purchase_limit,
                     one.backorder, one.buyable, std::move(one.goods), one.min_quantity, one.quantity_step});
  return facts;
}

Result<promotions::Shopper> PromotionShoppers::shopper(CustomerId customer, Asked asked, Time now) {
  promotions::Shopper out;
  if (asked.account) {
    TRY(const auto account, accounts_.find(customer));
    if (account) {
      out.member = account->member_until && now < *account->member_until;
      out.segments = account->segments;
    }
  }
  if (!asked.orders) return out;
  orders::ListQuery query;
  query.customer = customer;
  query.limit = 1;
  TRY(const auto earlier, orders_.list(query));
  out.first_order = earlier.empty();
  return out;
}

Result<std::vector<OfferId>> ShowcaseOffers::not_sold(std::span<const OfferId> offers) {
  TRY(const auto found, catalog_.sale_facts(offers));
  std::set<OfferId> sold;
  for (const auto& one : found)
    if (one.buyable) sold.insert(one.offer);
  std::vector<OfferId> out;
  for (const OfferId offer : offers)
    if (!sold.contains(offer)) out.push_back(offer);
  return out;
}

Result<std::optional<notifications::LeftCart>> CustomerCarts::left_cart(CustomerId customer) {
  TRY(const auto account, accounts_.find(customer));
  if (!account || !account->cart_mails) return std::optional<notifications::LeftCart>();
  TRY(const auto view, carts_.view({customer, false}));
  if (view.items.empty()) return std::optional<notifications::LeftCart>();
  // A mail may be passed on: its link does not open the cart for ever.
  const Time until = std::min(view.expires_at, clock_.now().plus_ms(7 * kDayMs));
  notifications::LeftCart out{account->email, account->name, view.version, {}, view.expires_at, {}, {}};
  for (const auto& item : view.items) out.items.push_back({item.offer_id, item.title, item.quantity, item.unit_price});
  out.url = public_url_ + "/cart/recover?token=" + carts_.recovery_token(customer, until);
  out.stop = public_url_ + "/cart/mails/stop?token=" + stops_.seal_numbers<1>({customer.value});
  return std::optional(std::move(out));
}

std::optional<CustomerId> CustomerCarts::stops(std::string_view token) const {
  const auto numbers = stops_.open_numbers<1>(token);
  return numbers ? std::optional(CustomerId{numbers->front()}) : std::nullopt;
}

Result<void> CustomerCarts::stop(CustomerId customer) {
  accounts::CustomerChange wish;
  wish.cart_mails = false;
  const auto changed = accounts_.change(customer, wish);
  if (!changed && changed.error().code != Errc::kNotFound) return fail(changed.error());
  return {};
}

class OperatorRates::ByTable : public showcase::Converter {
 public:
  ByTable(std::shared_ptr<const ExchangeTable> table, const Parts& parts) : table_(std::move(table)), parts_(parts) {}

  Result<Money> convert(Money amount, Currency to) const override { return kontor::convert(*table_, amount, to); }

  Result<showcase::ConvertedView> rate(Currency from, Currency to) const override {
    TRY_DO(convert(Money::minor(1, from), to));  // says which of them is missing
    const auto nano = static_cast<__int128>(*table_->nano(to)) * *table_->nano(table_->base) / *table_->nano(from);
    return showcase::ConvertedView{from, print_rate(static_cast<std::int64_t>(nano)), table_->as_of};
  }

  std::vector<Currency> currencies() const override {
    std::vector<Currency> out{table_->base};
    for (const ExchangeRate& rate : table_->rates) out.push_back(rate.currency);
    std::sort(out.begin(), out.end());
    return out;
  }

  Result<std::map<OfferId, Money>> listed(std::span<const OfferId> offers, Currency to) const override {
    std::map<OfferId, Money> out;
    if (!parts_.lists.any_in(to, parts_.clock.now())) return out;
    TRY(const auto prices, parts_.lists.of({}, to, offers, parts_.clock.now()));
    for (std::size_t i = 0; i < prices.size(); ++i)
      if (prices[i]) out.emplace(offers[i], *prices[i]);
    return out;
  }

  Result<std::map<ProductId, Money>> listed(std::span<const ProductId> products, Currency to) const override {
    std::map<ProductId, Money> out;
    if (products.empty() || !parts_.lists.any_in(to, parts_.clock.now())) return out;
    TRY(const auto offers, parts_.catalog.offers_of(products));
    std::vector<OfferId> ids;
    for (const auto& offer : offers)
      if (offer.active) ids.push_back(offer.id);
    TRY(const auto prices, listed(ids, to));
    for (const auto& offer : offers) {
      const auto own = prices.find(offer.id);
      if (own == prices.end()) continue;
      const auto [place, fresh] = out.try_emplace(offer.product, own->second);
      if (!fresh) place->second = std::min(place->second, own->second);
    }
    return out;
  }

 private:
  std::shared_ptr<const ExchangeTable> table_;
  Parts parts_;
};

std::shared_ptr<const showcase::Converter> OperatorRates::converter() const {
  auto table = parts_.rates.table();
  return table ? std::make_shared<const ByTable>(std::move(table), parts_) : nullptr;
}

Result<bool> CatalogLookup::exists(OfferId offer) {
  TRY(const auto found, catalog_.offers(std::span(&offer, 1)));
  return !found.empty();
}

Result<CatalogLookup::BySku> CatalogLookup::find(std::span<const std::string> skus) {
  TRY(const auto offers, catalog_.offers_by_sku(skus));
  BySku found;
  for (const auto& offer : offers) {
    Found& one = found[offer.sku];
    if (one.offer == offer.id) continue;
    one.several = one.several || one.offer.has_value();
    one.offer = offer.id;
  }
  for (auto& [sku, one] : found)
    if (one.several) one.offer.reset();
  return found;
}

Result<CatalogLookup::Found> CatalogLookup::find_only(std::string_view external_id) {
  catalog::ProductFilter filter;
  filter.external_id = std::string(external_id);
  filter.limit = 1;
  TRY(const auto found, catalog_.find_products(filter));
  if (found.empty() || found[0].offers.empty()) return Found{};
  if (found[0].offers.size() > 1) return Found{{}, true};
  return Found{found[0].offers[0].id, false};
}

Result<std::optional<notifications::Unplaced>> UnplacedPurchases::unplaced(CheckoutId checkout) {
  TRY(auto found, unplaced_.find(checkout));
  if (!found) return std::optional<notifications::Unplaced>();
  return std::optional(
      notifications::Unplaced{std::move(found->email), std::move(found->name), std::move(found->lines)});
}

Result<std::optional<notifications::NewGiftCard>> UnsentGiftCards::unsent(std::string_view credit_id) {
  const auto id = credit::CreditId::parse(credit_id);
  if (!id) return std::optional<notifications::NewGiftCard>();
  TRY(auto found, credits_.unsent(*id));
  if (!found || found->account.email.empty()) return std::optional<notifications::NewGiftCard>();
  return std::optional(notifications::NewGiftCard{found->account.email, std::move(found->code), found->account.issued,
                                                  found->account.expires});
}

Result<void> UnsentGiftCards::sent(std::string_view credit_id) {
  const auto id = credit::CreditId::parse(credit_id);
  return id ? credits_.sent(*id) : Result<void>();
}

Result<void> ShowcaseAlternatives::of_product(ProductId product, OfferId but, std::size_t most,
                                              std::vector<orders::Alternative>& out) {
  TRY(const auto state, showcase_.state(product));
  for (const auto& offer : state.product.offers) {
    if (out.size() >= most) break;
    if (offer.id == but) continue;
    TRY(const auto card, showcase_.offer_card(offer.id));
    if (!card->buyable || card->sellable <= 0) continue;
    out.push_back({product, offer.id, card->title + (card->variant.empty() ? "" : ", " + card->variant), card->price,
                   public_url_ + "/p/" + card->slug});
  }
  return {};
}

Result<std::vector<orders::Alternative>> ShowcaseAlternatives::alternatives(OfferId offer, int most) {
  std::vector<orders::Alternative> out;
  const auto wanted = static_cast<std::size_t>(most);
  const auto gone = showcase_.offer_card(offer);
  if (!gone && gone.error().code == Errc::kNotFound) return out;
  if (!gone) return fail(gone.error());
  const auto state = showcase_.state((*gone)->product);
  if (!state && state.error().code == Errc::kNotFound) return out;
  if (!state) return fail(state.error());
  TRY_DO(of_product((*gone)->product, offer, wanted, out));
  if (out.size() >= wanted || !state->product.category || !search_) return out;
  search::ListingQuery query;
  query.index.categories = {state->product.category};
  query.index.in_stock = true;
  query.index.currency = (*gone)->price.currency();
  query.index.limit = most + 1;
  query.index.with_facets = false;
  TRY(const auto neighbours, search_->listing(query));
  for (const auto& card : neighbours.items) {
    if (out.size() >= wanted) break;
    if (card.id == (*gone)->product) continue;
    TRY(const auto featured, showcase_.featured_offer(card.id));
    out.push_back({card.id, featured, card.title, card.price, public_url_ + "/p/" + card.slug});
  }
  return out;
}

Result<std::vector<PaymentId>> OrderPayments::payments_of(OrderId id) {
  TRY(const auto order, orders_.find(id));
  if (!order) return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  std::vector<PaymentId> payments;
  for (const auto& payment : order->document.payments) payments.push_back(payment.id);
  return payments;
}

void SandboxWebhooks::deliver(const WebhookCall& call) {
  // One that could not be taken is no loss: the sweeper asks the gateway anyway.
  static_cast<void>(webhooks_.take("sandbox", call));
}

}  // namespace kontor::app
