#include "shop/cart/cart_claims.h"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/cart_shop.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

constexpr std::int64_t kTenMinutes = 10 * kMinuteMs;

// Shirts are few, and set aside for ten minutes.
struct Sale : Shop {
  CartClaims claims{test.store(), test.clock, test.ids, inventory};
  Carts carts{{test.store(), test.clock, test.ids, source, inventory, pricing, nullptr, &claims}, {}};

  Sale() { REQUIRE(claims.set_rule(kShirtM, 10, {})); }
  Result<CartView> adds(const Owner& owner, OfferId offer, std::int64_t quantity) {
    return carts.add(owner, {offer, {}, quantity});
  }
  std::int64_t sellable(OfferId offer) {
    const auto figures = inventory.figures(std::span(&offer, 1));
    REQUIRE(figures);
    return figures->at(0).sellable;
  }
  std::int64_t held(const Owner& owner) {
    std::int64_t units = 0;
    const auto found = claims.of(owner.customer);
    REQUIRE(found);
    for (const CartClaim& claim : *found) units += claim.quantity;
    return units;
  }
  // What a checkout does in its transaction.
  Result<void> reserves(const Owner& owner, CheckoutId key, std::int64_t quantity) {
    return test.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      const OfferId offers[] = {kShirtM};
      TRY_DO(carts.give_claims(tx, owner.customer, offers, test.clock.now()));
      TRY_DO(inventory.reserve(tx, {key, {{kShirtM, quantity, 0, 0}}, owner.customer}, test.clock.now()));
      return {};
    });
  }
  Result<void> gives_up(const Owner& owner, CheckoutId key) {
    return test.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      const OfferId offers[] = {kShirtM};
      TRY_DO(inventory.release(tx, key, test.clock.now()));
      return carts.take_claims_back(tx, owner.customer, offers, test.clock.now());
    });
  }
};

TEST_CASE("what is put in the cart is set aside: nobody else gets it, and the cart says until when") {
  Sale shop;
  const auto seen = shop.adds(kEve, kShirtM, 4);
  REQUIRE(seen);
  CHECK(seen->items[0].reserved_until == shop.test.clock.now().plus_ms(kTenMinutes));
  CHECK(shop.sellable(kShirtM) == 1);
  CHECK(reason(shop.adds(shop.ada, kShirtM, 2)) == "inventory.out_of_stock");
  CHECK(shop.carts.view(shop.ada)->items.empty());
  CHECK(shop.adds(shop.ada, kShirtM, 1).has_value());
  CHECK(shop.sellable(kShirtM) == 0);
  shop.source.cards[kShirtM].sellable = 0;  // as pages see it by now
  const auto own = shop.carts.view(kEve);
  CHECK(own->items[0].availability == Availability::kInStock);
  CHECK(own->messages.empty());
  // Other offers are as ever.
  CHECK(!shop.adds(kEve, kTea, 2)->items[1].reserved_until);
  CHECK(shop.sellable(kTea) == 20);
}

TEST_CASE("a claim follows its line, and its end stays where it was") {
  Sale shop;
  const auto line = shop.adds(kEve, kShirtM, 1)->items[0].id;
  const Time end = shop.test.clock.now().plus_ms(kTenMinutes);
  shop.test.clock.advance_ms(kMinuteMs);
  CHECK(shop.carts.set_quantity(kEve, by(line), 4)->items[0].reserved_until == end);
  CHECK(shop.sellable(kShirtM) == 1);
  CHECK(reason(shop.carts.set_quantity(kEve, by(line), 6)) == "inventory.out_of_stock");
  CHECK(shop.held(kEve) == 4);  // what was held before is held still
  CHECK(shop.carts.set_quantity(kEve, by(line), 2)->items[0].reserved_until == end);
  CHECK(shop.sellable(kShirtM) == 3);
  REQUIRE(shop.carts.save_for_later(kEve, by(line)));
  CHECK(shop.held(kEve) == 0);
  CHECK(shop.sellable(kShirtM) == 5);
  CHECK(shop.carts.move_to_cart(kEve, by(line))->items[0].reserved_until);
  REQUIRE(shop.carts.remove(kEve, by(line)));
  REQUIRE(shop.adds(kEve, kShirtM, 5));
  REQUIRE(shop.carts.clear(kEve));
  CHECK(shop.sellable(kShirtM) == 5);
}

TEST_CASE("what the cart refuses is not claimed") {
  Sale shop;
  shop.source.cards[kShirtM].purchase_limit = 2;
  CHECK(reason(shop.adds(kEve, kShirtM, 3)) == "cart.purchase_limit");
  REQUIRE(shop.adds(kEve, kShirtM, 1));
  CHECK(reason(shop.carts.add(kEve, {kShirtM, {}, 1}, {true, {77}})) == "cart.version_conflict");
  CHECK(shop.held(kEve) == 1);
  CHECK(shop.sellable(kShirtM) == 4);
}

TEST_CASE("a claim ends: its units are everybody's, the cart says so, and may claim anew") {
  Sale shop;
  const auto line = shop.adds(kEve, kShirtM, 5)->items[0].id;
  shop.test.clock.advance_ms(kTenMinutes - 1);
  CHECK(shop.claims.expire(100) == 0);
  shop.test.clock.advance_ms(1);
  const auto seen = shop.carts.view(kEve);  // judged when it is read, not when it is swept
  CHECK(!seen->items[0].reserved_until);
  CHECK(seen->messages.at(0).code == "not_reserved");
  std::vector<CustomerId> told;
  shop.claims.on_end([&](CustomerId customer) { told.push_back(customer); });
  CHECK(shop.claims.expire(100) == 1);
  CHECK(shop.claims.expire(100) == 0);
  CHECK(told == std::vector{kEve.customer});
  CHECK(shop.sellable(kShirtM) == 5);
  CHECK(shop.carts.set_quantity(kEve, by(line), 5)->items[0].reserved_until);
  CHECK(shop.sellable(kShirtM) == 0);
}

TEST_CASE("a checkout takes the claim along in its transaction, and gives it back when it comes to nothing") {
  Sale shop;
  REQUIRE(shop.adds(kEve, kShirtM, 5));
  CHECK(reason(shop.reserves(shop.ada, kOtherCheckout, 1)) == "inventory.out_of_stock");
  CHECK(reason(shop.reserves(kEve, kCheckout, 6)) == "inventory.out_of_stock");
  CHECK(shop.held(kEve) == 5);  // the refusal changed nothing
  REQUIRE(shop.reserves(kEve, CheckoutId{503}, 5));
  CHECK(shop.sellable(kShirtM) == 0);
  REQUIRE(shop.gives_up(kEve, CheckoutId{503}));
  CHECK(shop.sellable(kShirtM) == 0);
  CHECK(shop.carts.view(kEve)->items[0].reserved_until);
  // A line that is lowered while a checkout has the units claims none beside them.
  REQUIRE(shop.reserves(kEve, CheckoutId{505}, 3));
  REQUIRE(shop.claims.lower(kEve.customer, kShirtM, 2));
  CHECK(shop.sellable(kShirtM) == 2);
  REQUIRE(shop.gives_up(kEve, CheckoutId{505}));
  CHECK(shop.sellable(kShirtM) == 3);
  REQUIRE(shop.claims.hold(kEve.customer, kShirtM, 5));
  // Once more, and this time its end comes before the checkout gives up.
  REQUIRE(shop.reserves(kEve, CheckoutId{504}, 5));
  shop.test.clock.advance_ms(kTenMinutes);
  CHECK(shop.claims.expire(100) == 1);  // the row alone: a checkout has the units
  CHECK(shop.sellable(kShirtM) == 0);
  REQUIRE(shop.gives_up(kEve, CheckoutId{504}));
  CHECK(shop.sellable(kShirtM) == 5);
}

TEST_CASE("who signs in keeps what the guest had set aside") {
  Sale shop;
  REQUIRE(shop.adds(shop.ada, kShirtM, 3));
  REQUIRE(shop.adds(kEve, kShirtM, 1));
  for (int i = 0; i < 2; ++i) REQUIRE(shop.claims.take_over(kEve.customer, shop.ada.customer));
  CHECK(shop.held(shop.ada) == 0);
  CHECK(shop.held(kEve) == 1);
  CHECK(shop.sellable(kShirtM) == 4);
  REQUIRE(shop.carts.merge(kEve, shop.ada));  // of both the higher quantity, claimed as far as there are units
  CHECK(shop.held(kEve) == 3);
  CHECK(shop.sellable(kShirtM) == 2);
}

TEST_CASE("a rule that is taken away ends no claim; without one nothing is claimed") {
  Sale shop;
  REQUIRE(shop.adds(kEve, kShirtM, 2));
  REQUIRE(shop.claims.remove_rule(kShirtM, {}));
  REQUIRE(shop.claims.remove_rule(kShirtM, {}));
  CHECK(shop.held(kEve) == 2);
  REQUIRE(shop.adds(shop.ada, kShirtM, 3));
  CHECK(shop.held(shop.ada) == 0);
  CHECK(shop.sellable(kShirtM) == 3);
  shop.test.clock.advance_ms(kTenMinutes);
  CHECK(shop.claims.expire(100) == 1);
  CHECK(shop.sellable(kShirtM) == 5);
  CHECK(shop.claims.load_rules()->empty());
}

TEST_CASE("five shirts, forty who want one at once on four threads: five have it") {
  Sale shop;
  std::atomic<int> got{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto added = shop.adds({CustomerId{8000 + t * 10 + i}, true}, kShirtM, 1);
        if (added) got.fetch_add(1);
        if (reason(added) == "inventory.out_of_stock") refused.fetch_add(1);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(got.load() == 5);
  CHECK(refused.load() == 35);
  CHECK(shop.sellable(kShirtM) == 0);
}

}  // namespace
}  // namespace kontor::cart
