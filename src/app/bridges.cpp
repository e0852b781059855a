#include "app/bridges.h"

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
  if (!account) return std::optional<notifications::LeftCart>();
  TRY(const auto view, carts_.view({customer, false}));
  if (view.items.empty()) return std::optional<notifications::LeftCart>();
  // A mail may be passed on: its link does not open the cart for ever.
  const Time until = std::min(view.expires_at, clock_.now().plus_ms(7 * kDayMs));
  notifications::LeftCart out{account->email, account->name, view.version, {}, view.expires_at, {}};
  for (const auto& item : view.items) out.items.push_back({item.offer_id, item.title, item.quantity, item.unit_price});
  out.url = public_url_ + "/cart/recover?token=" + carts_.recovery_token(customer, until);
  return std::optional(std::move(out));
}

Result<bool> CatalogLookup::exists(OfferId offer) {
  TRY(const auto found, catalog_.offers(std::span(&offer, 1)));
  return !found.empty();
}

Result<std::optional<OfferId>> CatalogLookup::find(std::string_view sku, std::string_view external_id) {
  if (!sku.empty()) {
    const std::string skus[] = {std::string(sku)};
    TRY(const auto found, catalog_.offers_by_sku(skus));
    return found.size() == 1 ? std::optional<OfferId>(found[0].id) : std::nullopt;
  }
  catalog::ProductFilter filter;
  filter.external_id = std::string(external_id);
  filter.limit = 1;
  TRY(const auto found, catalog_.find_products(filter));
  if (found.empty() || found[0].offers.size() != 1) return std::optional<OfferId>{};
  return std::optional<OfferId>(found[0].offers[0].id);
}

Result<std::optional<notifications::Unplaced>> UnplacedPurchases::unplaced(CheckoutId checkout) {
  TRY(auto found, unplaced_.find(checkout));
  if (!found) return std::optional<notifications::Unplaced>();
  return std::optional(
      notifications::Unplaced{std::move(found->email), std::move(found->name), std::move(found->lines)});
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
  if (out.size() >= wanted || !state->product.category) return out;
  showcase::ListingQuery query;
  query.categories = {state->product.category};
  query.in_stock = true;
  query.currency = (*gone)->price.currency();
  query.limit = most + 1;
  query.with_facets = false;
  TRY(const auto neighbours, showcase_.listing(query));
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
