// Copies of carts in memory while carts are bought: a purchase claims a cart, lets it go or empties it in transactions
// of the checkout, and may be cut off at any step by what is thrown through it; the process lives on.
#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

using testing::Died;
using testing::ShopWorld;

cart::Carts::Settings holding_copies() {
  cart::Carts::Settings settings;
  settings.cache_bytes = 1 << 20;
  return settings;
}

std::string text_of(const std::optional<cart::CartContents>& cart) {
  if (!cart) return "none";
  std::string out = std::to_string(cart->version) + " claimed " +
                    std::to_string(cart->claimed_by.value_or(CheckoutId{}).value) + " bought " +
                    std::to_string(cart->bought_by.value_or(CheckoutId{}).value);
  for (const auto& coupon : cart->coupons) out += " " + coupon;
  for (const auto& line : cart->lines) out += "; " + line.id.text() + " " + std::to_string(line.quantity);
  return out;
}

// All that changes carts goes by `carts`; those of the world behind it ask the store each time.
struct CopyingWorld : ShopWorld {
  explicit CopyingWorld(bool apart) : ShopWorld(apart) {
    tea = offer(450, 5);
    ada = guest();
    REQUIRE(carts.add({ada, true}, {tea, {}, 2}));
  }
  Result<Answer> buys(const std::string& key, const std::string& payment) {
    look();
    return checkouts.buy(purchase(ada, key, payment));
  }
  // Twice, so that the second look may be a copy.
  void look() {
    for (int i = 0; i < 2; ++i) {
      const auto seen = carts.contents(ada), stored = shop->carts.contents(ada);
      REQUIRE((seen && stored));
      CHECK(text_of(*seen) == text_of(*stored));
    }
  }
  void sweep() {
    test.clock.advance_ms(kMinuteMs);
    look();
    static_cast<void>(checkouts.sweep(10));
    look();
  }

  cart::Carts carts{{store, test.clock, test.ids, shelf, shop->inventory, pricing, &promotions, nullptr, &shop->cache},
                    holding_copies()};
  Checkouts checkouts{{store, carts, shelf, pricing, shipping, shop->inventory, shop->payments, shop->orders,
                       test.clock, test.ids, &shop->risk, &shop->saved_cards, &promotions, &shop->credits},
                      {}};
  OfferId tea;
  CustomerId ada;
};

TEST_CASE("whatever becomes of a purchase, the cart is shown as it is in the store") {
  for (const bool apart : {false, true})
    for (const char* token : {"tok_approve", "tok_decline", "tok_timeout", "tok_timeout_uncharged", "tok_step_up"}) {
      CAPTURE(apart);
      CAPTURE(token);
      CopyingWorld world(apart);
      const auto answer = world.buys("k1", token);
      world.look();
      if (answer && answer->status == 202)
        static_cast<void>(world.checkouts.complete(world.ada, answer->checkout, "r"));
      world.look();
      for (int i = 0; i < 40; ++i) world.sweep();
      REQUIRE(world.carts.add({world.ada, true}, {world.tea, {}, 1}));
      world.look();
      CHECK(world.carts.cache_stats().hits > 40);
    }
}

TEST_CASE("a coupon that is put on or taken off is seen by the next look") {
  CopyingWorld world(false);
  const auto nothing = [](db::Tx&) { return Result<void>(); };
  promotions::Promotion wish;
  wish.name = wish.label = "A fifth";
  wish.type = "percentage";
  wish.parameters.text = R"({"basis_points":2000})";
  wish.needs_coupon = true;
  const auto made = world.promotions.create(wish, nothing);
  REQUIRE(made.has_value());
  const std::string codes[] = {"FIFTH"};
  REQUIRE(world.promotions.add_coupons(made->promotion.id, codes, 0, nothing).has_value());
  world.look();
  REQUIRE(world.carts.add_coupon({world.ada, true}, "fifth"));
  world.look();
  CHECK(world.carts.contents(world.ada).value()->coupons.size() == 1);
  REQUIRE(world.carts.remove_coupon({world.ada, true}, "fifth"));
  world.look();
}

TEST_CASE("units that are gone: the cart is let go, and its copy with it") {
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    CopyingWorld world(apart);
    world.stock(world.tea, 1);
    CHECK(world.buys("k1", "tok_approve").error().code == Errc::kOutOfStock);
    world.look();
    CHECK_FALSE(world.carts.contents(world.ada).value()->claimed_by.has_value());
  }
}

TEST_CASE("a purchase that is cut off at any step leaves no copy of what was before") {
  for (const bool apart : {false, true})
    for (const bool after : {false, true})
      for (const char* token : {"tok_approve", "tok_decline", "tok_timeout"})
        for (int step = 0;; ++step) {
          REQUIRE(step < 40);
          CAPTURE(apart);
          CAPTURE(after);
          CAPTURE(token);
          CAPTURE(step);
          CopyingWorld world(apart);
          world.look();
          world.scissors.arm(step, after);
          bool died = false;
          try {
            static_cast<void>(world.buys("k1", token));
          } catch (const Died&) {
            died = true;
          }
          world.scissors.disarm();
          world.look();
          if (!died) break;
          for (int i = 0; i < 40; ++i) world.sweep();
        }
}

}  // namespace
}  // namespace kontor::checkout
