// The small faces that modules ask for and other modules fulfil: nobody but the wiring knows both sides.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "services/signer.h"
#include "shop/accounts/accounts.h"
#include "shop/cart/cart.h"
#include "shop/catalog/catalog.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/unplaced.h"
#include "shop/credit/credit.h"
#include "shop/inventory/inventory_api.h"
#include "shop/notifications/notifications.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments_api.h"
#include "shop/payments/webhooks.h"
#include "shop/pricing/currency_rates.h"
#include "shop/pricing/price_lists.h"
#include "shop/promotions/promotions.h"
#include "shop/search/search.h"
#include "shop/showcase/converting.h"
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

// Showcase converts by the operator's table of rates.
class OperatorRates : public showcase::ConverterSource {
 public:
  OperatorRates(pricing::CurrencyRates& rates, pricing::PriceLists& lists, catalog::Catalog& catalog, Clock& clock)
      : parts_{rates, lists, catalog, clock} {}
  std::shared_ptr<const showcase::Converter> converter() const override;
  void on_change(std::function<void()> told) override { parts_.rates.on_change(std::move(told)); }

 private:
  struct Parts {
    pricing::CurrencyRates& rates;
    pricing::PriceLists& lists;
    catalog::Catalog& catalog;
    Clock& clock;
  };
  class ByTable;

  Parts parts_;
};

class CatalogLookup : public inventory::OfferLookup {
 public:
  explicit CatalogLookup(catalog::Catalog& catalog) : catalog_(catalog) {}
  Result<bool> exists(OfferId offer) override;
  Result<BySku> find(std::span<const std::string> skus) override;
  Result<Found> find_only(std::string_view external_id) override;

 private:
  catalog::Catalog& catalog_;
};

// Other offers of the same product, then what is in stock in its category.
class ShowcaseAlternatives : public orders::AlternativeSource {
 public:
  // Without a search, the category is left out.
  ShowcaseAlternatives(showcase::Showcase& showcase, std::optional<search::Search>& search, std::string public_url)
      : showcase_(showcase), search_(search), public_url_(std::move(public_url)) {}
  Result<std::vector<orders::Alternative>> alternatives(OfferId offer, int most) override;

 private:
  Result<void> of_product(ProductId product, OfferId but, std::size_t most, std::vector<orders::Alternative>& out);

  showcase::Showcase& showcase_;
  std::optional<search::Search>& search_;
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

// Mails about carts: who has an account has an address. Each carries a signed link that ends them.
class CustomerCarts : public notifications::CartSource {
 public:
  CustomerCarts(cart::Carts& carts, accounts::Accounts& accounts, Clock& clock, std::string public_url,
                const std::string& secret)
      : carts_(carts),
        accounts_(accounts),
        clock_(clock),
        public_url_(std::move(public_url)),
        stops_(secret, "cart_mails_stop") {}
  Result<std::optional<notifications::LeftCart>> left_cart(CustomerId customer) override;
  // Whose mails the link ends; nothing for a link of somebody else's making.
  std::optional<CustomerId> stops(std::string_view token) const;
  // Repeatable; a customer who is gone is nothing to do.
  Result<void> stop(CustomerId customer);

 private:
  cart::Carts& carts_;
  accounts::Accounts& accounts_;
  Clock& clock_;
  const std::string public_url_;
  const services::Signer stops_;
};

// Mails with the codes of gift cards, which are kept until then and no longer.
class UnsentGiftCards : public notifications::GiftCardSource {
 public:
  explicit UnsentGiftCards(credit::Credits& credits) : credits_(credits) {}
  Result<std::optional<notifications::NewGiftCard>> unsent(std::string_view credit_id) override;
  Result<void> sent(std::string_view credit_id) override;

 private:
  credit::Credits& credits_;
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
