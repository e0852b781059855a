// The small faces that modules ask for and other modules fulfil: nobody but the wiring knows both sides.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "shop/accounts/accounts.h"
#include "shop/cart/cart.h"
#include "shop/catalog/catalog.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/unplaced.h"
#include "shop/inventory/inventory_api.h"
#include "shop/notifications/notifications.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments_api.h"
#include "shop/payments/webhooks.h"
#include "shop/promotions/promotions.h"
#include "shop/showcase/showcase.h"

namespace kontor::app {

// Carts look offers up in the showcase: memory speed, seconds old.
class ShowcaseOffers : public cart::OfferSource {
 public:
  ShowcaseOffers(showcase::Showcase& showcase, catalog::Catalog& catalog) : showcase_(showcase), catalog_(catalog) {}
  Result<std::shared_ptr<const showcase::OfferCard>> offer_card(OfferId offer) override {
    return showcase_.offer_card(offer);
  }
  std::optional<std::shared_ptr<const showcase::OfferCard>> card_at_hand(OfferId offer) override {
    return showcase_.card_at_hand(offer);
  }
  Result<OfferId> featured_offer(ProductId product) override { return showcase_.featured_offer(product); }
  // One statement instead of a card each: the sweep asks for what lies in hundreds of carts.
  Result<std::vector<OfferId>> not_sold(std::span<const OfferId> offers) override;

 private:
  showcase::Showcase& showcase_;
  catalog::Catalog& catalog_;
};

// Checkout goes by what the store says, not by what memory remembers.
class StorePrices : public checkout::PriceSource {
 public:
  explicit StorePrices(catalog::Catalog& catalog) : catalog_(catalog) {}
  Result<std::vector<checkout::OfferFacts>> offers(std::span<const OfferId> ids) override;

 private:
  catalog::Catalog& catalog_;
};

// What promotions ask of a customer: accounts know members and segments, orders whether there was one.
class PromotionShoppers : public promotions::ShopperSource {
 public:
  PromotionShoppers(accounts::Accounts& accounts, orders::Orders& orders) : accounts_(accounts), orders_(orders) {}
  Result<promotions::Shopper> shopper(CustomerId customer, Asked asked, Time now) override;

 private:
  accounts::Accounts& accounts_;
  orders::Orders& orders_;
};

class CatalogLookup : public inventory::OfferLookup {
 public:
  explicit CatalogLookup(catalog::Catalog& catalog) : catalog_(catalog) {}
  Result<bool> exists(OfferId offer) override;
  Result<std::optional<OfferId>> find(std::string_view sku, std::string_view external_id) override;

 private:
  catalog::Catalog& catalog_;
};

// Other offers of the same product, then what is in stock in its category.
class ShowcaseAlternatives : public orders::AlternativeSource {
 public:
  ShowcaseAlternatives(showcase::Showcase& showcase, std::string public_url)
      : showcase_(showcase), public_url_(std::move(public_url)) {}
  Result<std::vector<orders::Alternative>> alternatives(OfferId offer, int most) override;

 private:
  Result<void> of_product(ProductId product, OfferId but, std::size_t most, std::vector<orders::Alternative>& out);

  showcase::Showcase& showcase_;
  const std::string public_url_;
};

// Mails about purchases that came to nothing, by what their journals still know.
class UnplacedPurchases : public notifications::UnplacedSource {
 public:
  explicit UnplacedPurchases(db::Store& store) : unplaced_(store) {}
  Result<std::optional<notifications::Unplaced>> unplaced(CheckoutId checkout) override;
  Result<void> told(CheckoutId checkout) override { return unplaced_.told(checkout); }

 private:
  checkout::Unplaced unplaced_;
};

// Mails about carts: who has an account has an address.
class CustomerCarts : public notifications::CartSource {
 public:
  CustomerCarts(cart::Carts& carts, accounts::Accounts& accounts, Clock& clock, std::string public_url)
      : carts_(carts), accounts_(accounts), clock_(clock), public_url_(std::move(public_url)) {}
  Result<std::optional<notifications::LeftCart>> left_cart(CustomerId customer) override;

 private:
  cart::Carts& carts_;
  accounts::Accounts& accounts_;
  Clock& clock_;
  const std::string public_url_;
};

class OrderPayments : public payments::PaymentsOfOrders {
 public:
  explicit OrderPayments(orders::Orders& orders) : orders_(orders) {}
  Result<std::vector<PaymentId>> payments_of(OrderId order) override;

 private:
  orders::Orders& orders_;
};

// The sandbox gateway's webhooks come in where everybody's do.
class SandboxWebhooks : public gateway_sandbox::WebhookSink {
 public:
  explicit SandboxWebhooks(payments::Webhooks& webhooks) : webhooks_(webhooks) {}
  void deliver(const WebhookCall& call) override;

 private:
  payments::Webhooks& webhooks_;
};

}  // namespace kontor::app
