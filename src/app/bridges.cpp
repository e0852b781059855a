#include "app/bridges.h"

namespace kontor::app {

Result<std::vector<checkout::OfferFacts>> StorePrices::offers(std::span<const OfferId> ids) {
  TRY(const auto found, catalog_.offers(ids));
  std::vector<checkout::OfferFacts> facts;
  facts.reserve(found.size());
  for (const catalog::Offer& offer : found) {
    const auto card = showcase_.offer_card(offer.id);
    if (!card) {
      if (card.error().code == Errc::kNotFound) continue;
      return fail(card.error());
    }
    facts.push_back({offer.id, offer.product, (*card)->title, offer.sku, offer.price, offer.purchase_limit,
                     offer.backorder, offer.active && (*card)->buyable});
  }
  return facts;
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
