// A whole small shop for tests of the buying modules: real carts, stock, payments, orders, fulfilment and checkout on a
// real store, with the sandbox gateway behind the seams of seams.h. `restart()` makes the process anew on the same
// store.
#pragma once
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/cache_memory/memory_cache.h"
#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "services/check_report.h"
#include "shop/cart/cart.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/repricing.h"
#include "shop/credit/house_gateway.h"
#include "shop/fulfilment/fulfilment.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/invoices.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/pricing/pricing.h"
#include "shop/pricing/promotion_stage.h"
#include "shop/promotions/promotions.h"
#include "tests/support/offer_shelf.h"
#include "tests/support/seams.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> promotions_migrations();
std::span<const db::Migration> cart_migrations();
std::span<const db::Migration> payments_migrations();
std::span<const db::Migration> orders_migrations();
std::span<const db::Migration> risk_migrations();
std::span<const db::Migration> fulfilment_migrations();
std::span<const db::Migration> checkout_migrations();
std::span<const db::Migration> credit_migrations();
std::span<const db::Migration> accounts_migrations();
}  // namespace kontor

namespace kontor::testing {

// What a process holds; made again after it died.
struct ShopProcess {
  ShopProcess(db::Store& store, PaymentGateway& gateway, OfferShelf& shelf, TestStore& test,
              const pricing::Pricing& prices, shipping::Shipping& shipping, promotions::Promotions& promotions)
      : cache(test.clock, 1 << 20),
        inventory(store, test.clock, test.ids),
        carts({store, test.clock, test.ids, shelf, inventory, prices, &promotions, nullptr, &cache}, {}),
        credits({store, orders, test.clock, test.ids, test.random, &cache}, {}),
        house(credits, gateway),
        payments(store, house, test.clock),
        saved_cards(store, house, test.clock, test.ids),
        orders(store, test.clock),
        invoices(store, orders, test.clock),
        fulfilment(store, orders, inventory, test.clock),
        risk(store, test.clock, nullptr),
        checkouts({store, carts, shelf, prices, shipping, inventory, payments, orders, test.clock, test.ids, &risk,
                   &saved_cards, &promotions, &credits},
                  {}) {
    orders.set_desk(&fulfilment);
    orders.set_repricing(checkout::repricing());
  }
  cache_memory::MemoryCache cache;
  inventory::Inventory inventory;
  cart::Carts carts;
  credit::Credits credits;
  credit::HouseGateway house;
  payments::Payments payments;
  payments::SavedCards saved_cards;
  orders::Orders orders;
  orders::Invoices invoices;
  fulfilment::Fulfilment fulfilment;
  risk::Risk risk;
  checkout::Checkouts checkouts;
};

inline gateway_sandbox::Options instant_gateway(const std::string& folder = {}) {
  gateway_sandbox::Options options;
  options.folder = folder;
  options.timeout_ms = 0;
  options.slow_ms = 0;
  return options;
}

class ShopWorld {
 public:
  explicit ShopWorld(bool apart = false) : ShopWorld(nullptr, apart) {}
  // On a store that somebody else opened and migrated.
  explicit ShopWorld(db::Store& elsewhere) : ShopWorld(&elsewhere, false) {}
  static std::initializer_list<std::span<const db::Migration>> migrations() {
    static const std::initializer_list<std::span<const db::Migration>> kAll = {
        services_migrations(), inventory_migrations(), promotions_migrations(), cart_migrations(),
        payments_migrations(), orders_migrations(),    risk_migrations(),       fulfilment_migrations(),
        checkout_migrations(), accounts_migrations(),  credit_migrations()};
    return kAll;
  }
  void restart() {
    promotions.changed();
    shop = std::make_unique<ShopProcess>(store, gateway, shelf, test, pricing, shipping, promotions);
  }

  OfferId offer(std::int64_t price, std::int64_t on_hand, const std::string& title = "Green tea") {
    checkout::OfferFacts facts;
    facts.offer = test.ids.next<OfferId>(test.clock.now(), 0);
    facts.product = test.ids.next<ProductId>(test.clock.now(), 0);
    facts.title = title;
    facts.sku = "SKU-" + std::to_string(++skus_);
    facts.price = usd(price);
    shelf.all[facts.offer] = facts;
    stock(facts.offer, on_hand);
    return facts.offer;
  }
  void stock(OfferId offer, std::int64_t on_hand) {
    const auto set = store.write(db::Home::kStock, [&](db::Tx& tx) {
      return shop->inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, on_hand}, "test", test.clock.now());
    });
    if (!set) std::abort();
  }
  CustomerId guest() { return test.ids.next<CustomerId>(test.clock.now(), 3); }
  void put(CustomerId customer, OfferId offer, std::int64_t quantity) {
    if (!shop->carts.add({customer, true}, {offer, ProductId{}, quantity})) std::abort();
  }
  static Money usd(std::int64_t minor) { return Money::minor(minor, Currency()); }

  checkout::Purchase purchase(CustomerId customer, const std::string& key, const std::string& token = "tok_approve") {
    checkout::Purchase purchase;
    purchase.customer = customer;
    purchase.key = key;
    purchase.fingerprint = "same body";
    purchase.request_id = "00000000000000aa";
    purchase.body.email = "ada@example.com";
    orders::Address address;
    address.name = "Ada";
    address.line1 = "1 Main St";
    address.city = "Springfield";
    address.postal_code = "62701";
    address.country = "US";
    purchase.body.shipping_address = address;
    checkout::PaymentBody payment;
    payment.token = token;
    purchase.body.payments = std::vector{payment};
    return purchase;
  }
  Result<checkout::Answer> buy(CustomerId customer, const std::string& key, const std::string& token = "tok_approve") {
    return shop->checkouts.buy(purchase(customer, key, token));
  }
  // Lets time pass until nothing is open, as the sweeper of a running shop would.
  void settle() {
    for (int i = 0; i < 40; ++i) {
      test.clock.advance_ms(kMinuteMs);
      (void)shop->checkouts.sweep(100);
      (void)shop->fulfilment.sweep(100);
    }
  }
  inventory::StockRow stock_of(OfferId offer) {
    const auto rows = shop->inventory.rows(offer);
    if (!rows || rows->size() != 1) std::abort();
    return rows->front();
  }
  std::size_t lines_in_cart(CustomerId customer) {
    const auto contents = shop->carts.contents(customer);
    return contents && *contents ? (*contents)->lines.size() : 0;
  }
  std::vector<orders::Order> orders_of(CustomerId customer) {
    orders::ListQuery query;
    query.customer = customer;
    query.limit = 100;
    return shop->orders.list(query).value();
  }
  // Money that the gateway holds and has not given back.
  std::int64_t money_held() {
    std::int64_t held = 0;
    const auto charges = sandbox->all_charges();
    for (const auto& [key, charge] : *charges)
      if (charge.state == ChargeState::kCaptured) held += charge.amount.amount_minor() - charge.refunded.amount_minor();
    return held;
  }
  // Every invariant of every module; the first findings as text, "" when all hold.
  std::string check() {
    services::CheckReport report;
    std::string text;
    const auto note = [&](Result<void> done) {
      if (!done) text += done.error().reason + "; ";
    };
    note(shop->inventory.check(report));
    note(promotions.check(report));
    note(shop->orders.check(report));
    note(shop->fulfilment.check(report));
    note(shop->checkouts.check(report));
    for (const auto& [invariant, finding] : report.findings())
      text += invariant + ": " + finding.details.front() + "; ";
    return text;
  }

  TestStore test;  // the store, or only clock, luck and ids
  Scissors scissors;
  SeamStore store;
  std::unique_ptr<gateway_sandbox::SandboxGateway> sandbox;
  SeamGateway gateway;
  OfferShelf shelf;
  promotions::Promotions promotions;
  pricing::PromotionStage promotion_stage;
  shipping::Shipping shipping{nullptr, test.clock};  // a new store's zone, unless a test holds others
  pricing::ShippingStage shipping_stage{shipping};
  pricing::FreeShippingStage free_shipping;
  tax::Taxes tax{nullptr, test.clock, test.ids};
  pricing::TaxStage tax_stage{tax};
  pricing::Pricing pricing;
  std::unique_ptr<ShopProcess> shop;

 private:
  ShopWorld(db::Store* elsewhere, bool apart)
      : test(elsewhere == nullptr ? migrations() : std::initializer_list<std::span<const db::Migration>>{}),
        store(elsewhere == nullptr ? test.store() : *elsewhere, scissors, apart),
        sandbox(std::move(*gateway_sandbox::SandboxGateway::open(instant_gateway(), test.clock))),
        gateway(*sandbox, scissors),
        promotions({store, test.clock, test.ids, test.random}),
        promotion_stage(promotions),
        pricing({&promotion_stage, &shipping_stage, &free_shipping, &tax_stage}) {
    restart();
  }
  int skus_ = 0;
};

}  // namespace kontor::testing
