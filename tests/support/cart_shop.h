// A shop of four offers for the tests of carts: a real store, real stock, and cards in a map as a test wants them.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "shop/cart/cart.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> cart_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

namespace kontor::cart::testing_shop {

using testing::TestStore;

inline const Currency kUsd = *Currency::parse("USD");
inline const Currency kEur = *Currency::parse("EUR");
inline const OfferId kTea{101}, kCup{102}, kShirtM{103}, kShirtL{104}, kGone{199};
inline const ProductId kTeaProduct{11}, kCupProduct{12}, kShirtProduct{13};
inline const CheckoutId kCheckout{501}, kOtherCheckout{502};
inline const Owner kEve{CustomerId{7700}, false}, kBob{CustomerId{7800}, false};

// Cards in a map, as a test wants them.
class Cards : public OfferSource {
 public:
  Result<std::shared_ptr<const showcase::OfferCard>> offer_card(OfferId offer) override {
    const auto found = cards.find(offer);
    if (found == cards.end()) return fail(Errc::kNotFound, "catalog.no_such_offer");
    return std::make_shared<const showcase::OfferCard>(found->second);
  }
  std::optional<std::shared_ptr<const showcase::OfferCard>> card_at_hand(OfferId offer) override {
    if (forgotten.contains(offer)) return std::nullopt;
    const auto found = offer_card(offer);
    return found ? *found : nullptr;
  }
  Result<OfferId> featured_offer(ProductId product) override {
    for (const auto& [id, card] : cards)
      if (card.product == product) return id;
    return fail(Errc::kNotFound, "catalog.no_such_product");
  }
  std::map<OfferId, showcase::OfferCard> cards;
  std::set<OfferId> forgotten;
};

struct Shop {
  TestStore test{cart_migrations(), inventory_migrations(), services_migrations()};
  inventory::Inventory inventory{test.store(), test.clock, test.ids};
  Cards source;
  pricing::Pricing pricing{{}};
  Carts carts{{test.store(), test.clock, test.ids, source, inventory, pricing}, {}};
  Owner ada{CustomerId{7001}, true};

  Shop() {
    offer(kTea, kTeaProduct, "Green tea", 450, 20);
    offer(kCup, kCupProduct, "Cup", 1200, 500);
    offer(kShirtM, kShirtProduct, "Shirt", 2000, 5);
    offer(kShirtL, kShirtProduct, "Shirt", 2100, 5);
    source.cards[kCup].purchase_limit = 3;
  }
  void offer(OfferId id, ProductId product, const std::string& title, std::int64_t price, std::int64_t on_hand) {
    auto& card = source.cards[id];
    card.offer = id;
    card.product = product;
    card.title = title;
    card.price = Money::minor(price, kUsd);
    stock(id, on_hand);
  }
  void stock(OfferId id, std::int64_t on_hand) {
    source.cards[id].sellable = on_hand;
    REQUIRE(
        test.store()
            .write(
                db::Home::kStock,
                [&](db::Tx& tx) {
                  return inventory.set_on_hand(tx, {id, inventory::kMainWarehouse, on_hand}, "test", test.clock.now());
                })
            .has_value());
  }
  Result<CartView> add(OfferId id, std::int64_t quantity) { return carts.add(ada, {id, {}, quantity}); }
  CartView view() {
    auto seen = carts.view(ada);
    REQUIRE(seen.has_value());
    return *seen;
  }
  Result<void> write(const db::Function& fn) { return test.store().write(db::Home::kCustomer, fn); }
  Result<void> claim(std::int64_t version, CheckoutId by) {
    auto cart = carts.writing(ada.customer);
    return write([&](db::Tx& tx) { return carts.claim(tx, cart, version, by); });
  }
  Result<void> unclaim(CheckoutId by) {
    auto cart = carts.writing(ada.customer);
    return write([&](db::Tx& tx) { return carts.unclaim(tx, cart, by); });
  }
  Result<void> bought(CheckoutId by) {
    auto cart = carts.writing(ada.customer);
    return write([&](db::Tx& tx) { return carts.bought(tx, cart, by); });
  }
  CartContents contents() {
    auto found = carts.contents(ada.customer);
    REQUIRE((found.has_value() && found->has_value()));
    return **found;
  }
};

// The same goods on a store that somebody else opened, and three services of carts: two that hold copies, each as a
// process of its own would, and one that asks each time. On an embedded store only `carts` may change any.
struct CopyingShop {
  explicit CopyingShop(db::Store& opened, std::size_t bytes = 1 << 20)
      : store(opened), carts(parts(), holding(bytes)), others(parts(), holding(bytes)), plain(parts(), {}) {
    sells(kTea, kTeaProduct, 450, 20'000);
    sells(kCup, kCupProduct, 1200, 20'000);
    sells(kShirtM, kShirtProduct, 2000, 5);
    source.cards[kCup].purchase_limit = 3;
  }
  static Carts::Settings holding(std::size_t bytes) {
    Carts::Settings settings;
    settings.cache_bytes = bytes;
    return settings;
  }
  void sells(OfferId id, ProductId product, std::int64_t price, std::int64_t on_hand) {
    auto& card = source.cards[id];
    card.offer = id;
    card.product = product;
    card.title = id.text();
    card.price = Money::minor(price, kUsd);
    card.sellable = on_hand;
    const inventory::StockSetting count{id, inventory::kMainWarehouse, on_hand};
    REQUIRE(store.write(db::Home::kStock,
                        [&](db::Tx& tx) { return inventory.set_on_hand(tx, count, "test", clock.now()); }));
  }
  bool alone() const { return store.engine() == "sqlite"; }

  db::Store& store;
  testing::FakeClock clock;
  IdSource ids{7};
  Cards source;
  inventory::Inventory inventory{store, clock, ids};
  pricing::Pricing pricing{{}};
  Carts carts, others, plain;

 private:
  Carts::Parts parts() { return {store, clock, ids, source, inventory, pricing}; }
};

// Why it was refused; "" when it was not.
template <class T>
std::string reason(const Result<T>& result) {
  return result ? "" : std::string(result.error().reason);
}

inline ItemRef by(CartItemId id) { return {id, {}, {}}; }
inline ItemRef by(ProductId id) { return {{}, {}, id}; }

}  // namespace kontor::cart::testing_shop
