#include "shop/cart/cart_cache.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "runtime/json.h"
#include "shop/cart/cart_store.h"
#include "tests/support/cart_shop.h"
#include "tests/support/counting_store.h"
#include "tests/support/each_store.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

const Owner kAda{CustomerId{7001}, true}, kBob{CustomerId{7002}, true}, kEve{CustomerId{7700}, false};

// An embedded store that passes for a server: somebody else may change its carts.
struct Server : testing::CountingStore {
  using CountingStore::CountingStore;
  std::string_view engine() const override { return "postgresql"; }
};

void on_each_kind(const std::function<void(db::Store&)>& body) {
  testing::on_each_store({cart_migrations(), inventory_migrations(), services_migrations()}, body);
  INFO("a server in name");
  TestStore test{cart_migrations(), inventory_migrations(), services_migrations()};
  Server server(test.store());
  body(server);
}

std::string text_of(const std::optional<CartContents>& cart) {
  if (!cart) return "none";
  std::string out = std::to_string(cart->version) + " claimed " +
                    std::to_string(cart->claimed_by.value_or(CheckoutId{}).value) + " bought " +
                    std::to_string(cart->bought_by.value_or(CheckoutId{}).value) + " " +
                    std::to_string(cart->bought_version);
  for (const std::string& coupon : cart->coupons) out += " " + coupon;
  for (const CartLine& line : cart->lines)
    out += "; " + line.id.text() + " " + std::to_string(line.quantity) + line.note + line.gift_message;
  return out;
}

// Looks twice, so that the second look may be a copy, and compares with what the store says.
void same(CopyingShop& shop, Carts& carts, const Owner& owner) {
  for (int look = 0; look < 2; ++look) {
    const auto shown = carts.view(owner), stored = shop.plain.view(owner);
    REQUIRE((shown && stored));
    REQUIRE(json::print(*shown) == json::print(*stored));
    const auto contents = carts.contents(owner.customer), row = shop.plain.contents(owner.customer);
    REQUIRE((contents && row));
    REQUIRE(text_of(*contents) == text_of(*row));
  }
}

// What a checkout does with a cart in its own transaction.
Result<void> in_checkout(CopyingShop& shop, Carts& carts, const Owner& owner,
                         const std::function<Result<void>(db::Tx&, Writing&)>& does) {
  Writing writing = carts.writing(owner.customer);
  return shop.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return does(tx, writing); });
}

TEST_CASE("a cart that was looked at is shown from memory, until it is changed") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    Carts& carts = shop.carts;
    REQUIRE(carts.add(kAda, {kTea, {}, 2}));
    CHECK(carts.view(kAda)->item_count == 2);
    CHECK(carts.cache_stats().hits == 0);
    CHECK(carts.view(kAda)->item_count == 2);
    CHECK(carts.contents(kAda.customer).value()->lines.size() == 1);
    CHECK(carts.cache_stats().hits == 2);
    CHECK(carts.cache_stats().entries == 1);
    CHECK(carts.view(kBob)->items.empty());
    CHECK(carts.view(kBob)->items.empty());
    CHECK(carts.cache_stats().hits == (shop.alone() ? 3 : 2));  // that there is none is held where nobody else makes it
    REQUIRE(carts.add(kAda, {kTea, {}, 1}));
    CHECK(carts.view(kAda)->item_count == 3);
    shop.source.cards[kTea].price = Money::minor(500, kUsd);  // a copy is of the row; prices are today's
    CHECK(carts.view(kAda)->total.amount_minor() == 1500);
  });
}

TEST_CASE("every change of a cart is seen by the next look") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    Carts& carts = shop.carts;
    const auto changed = [&](const auto& result) {
      REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().reason));
      for (const Owner& owner : {kAda, kEve}) same(shop, carts, owner);
    };
    const ItemRef tea = by(kTeaProduct);
    same(shop, carts, kAda);
    changed(carts.add(kAda, {kTea, {}, 2}));
    changed(carts.add(kAda, {kCup, {}, 1}));
    changed(carts.set_quantity(kAda, tea, 5));
    changed(carts.set_quantity(kAda, tea, 3));
    changed(carts.set_words(kAda, tea, {"a note", true, "for Bob"}));
    changed(carts.choose_currency(kAda, kUsd));
    changed(carts.save_for_later(kAda, tea));
    changed(carts.move_to_cart(kAda, by(carts.view(kAda)->saved_for_later.at(0).id)));
    changed(carts.remove(kAda, by(kCupProduct)));
    changed(carts.add(kEve, {kCup, {}, 3}));
    changed(carts.add(kAda, {kCup, {}, 3}));
    changed(carts.merge(kEve, kAda));
    changed(carts.dismiss_messages(kEve));
    changed(carts.recover(kAda, kEve.customer));
    changed(carts.clear(kAda));
    CHECK(carts.cache_stats().hits > 0);
  });
}

TEST_CASE("claims, what is bought, and what the sweep does are seen by the next look") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    Carts& carts = shop.carts;
    const auto does = [&](const std::function<Result<void>(db::Tx&, Writing&)>& act) {
      same(shop, carts, kEve);
      REQUIRE(in_checkout(shop, carts, kEve, act));
      same(shop, carts, kEve);
    };
    CheckoutId checkout = kCheckout;
    const auto claim = [&] {
      const auto version = shop.plain.view(kEve)->version;
      does([&](db::Tx& tx, Writing& cart) { return carts.claim(tx, cart, version, checkout); });
    };
    const auto buy = [&] { does([&](db::Tx& tx, Writing& cart) { return carts.bought(tx, cart, checkout); }); };
    const auto sweep = [&] {
      same(shop, carts, kEve);
      REQUIRE(carts.sweep_expired());
      same(shop, carts, kEve);
    };
    REQUIRE(carts.add(kEve, {kTea, {}, 2}));
    claim();
    CHECK(carts.contents(kEve.customer).value()->claimed_by == kCheckout);
    does([&](db::Tx& tx, Writing& cart) { return carts.unclaim(tx, cart, kCheckout); });
    CHECK_FALSE(carts.contents(kEve.customer).value()->claimed_by.has_value());
    claim();
    buy();
    CHECK(carts.view(kEve)->items.empty());
    REQUIRE(carts.add(kEve, {kTea, {}, 2}));
    checkout = CheckoutId{kCheckout.value + 1};
    claim();
    REQUIRE(carts.set_words(kEve, by(kTeaProduct), {"a note", {}, {}}));
    REQUIRE(carts.add(kEve, {kTea, {}, 3}));
    buy();  // the rest stays, by its other statement
    CHECK(carts.view(kEve)->item_count == 3);
    shop.source.cards[kTea].buyable = false;
    sweep();  // notes that it told so
    shop.source.cards[kTea].buyable = true;
    shop.clock.advance_ms(2 * kDayMs);
    sweep();  // notes that it reminded
    shop.clock.advance_ms(100 * kDayMs);
    CHECK(carts.view(kEve)->items.empty());  // over by the clock, though its row and a copy are there
    same(shop, carts, kEve);
    sweep();
    CHECK_FALSE(carts.contents(kEve.customer)->has_value());
    REQUIRE(carts.add(kEve, {kCup, {}, 1}));  // made anew, it counts from 1 again
    same(shop, carts, kEve);
  });
}

TEST_CASE("on a server the documents come only when they are not the held ones") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    const auto asks = [&](const CartCache::Pointer& held) {
      CartCache::Pointer out;
      REQUIRE(store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
        TRY(out, sql::find_unless_held(tx, kEve.customer, held));
        return {};
      }));
      return out;
    };
    CHECK(asks(nullptr) == nullptr);
    REQUIRE(shop.carts.add(kEve, {kTea, {}, 2}));
    auto held = asks(nullptr);
    REQUIRE(held);
    const auto unchanged = [&] { return asks(held) == held; };
    CHECK(unchanged());
    const auto changes = [&](const Result<void>& done) {
      REQUIRE(done);
      CHECK_FALSE(unchanged());
      held = asks(held);
      CHECK(unchanged());
    };
    // What raises no version.
    changes(in_checkout(shop, shop.carts, kEve, [&](db::Tx& tx, Writing& cart) {
      return shop.carts.claim(tx, cart, held->version, kCheckout);
    }));
    changes(in_checkout(shop, shop.carts, kEve,
                        [&](db::Tx& tx, Writing& cart) { return shop.carts.unclaim(tx, cart, kCheckout); }));
    shop.source.cards[kTea].buyable = false;
    changes(shop.carts.sweep_expired().map([](int) {}));
    CHECK(held->lines.at(0).told_removed);
    REQUIRE(shop.carts.clear(kEve));
    CHECK(asks(held)->lines.empty());
  });
}

TEST_CASE("while a cart is being written the store is asked, and afterwards there is no copy, whatever came of it") {
  TestStore test{cart_migrations(), inventory_migrations(), services_migrations()};
  testing::CountingStore store(test.store());
  CopyingShop shop(store);
  REQUIRE(shop.carts.add(kAda, {kTea, {}, 2}));
  REQUIRE(shop.carts.view(kAda));
  store.counts();
  const auto statements = [&] {
    REQUIRE(shop.carts.view(kAda));
    return store.counts()["cart.find"];
  };
  CHECK(statements() == 0);
  {
    Writing outer = shop.carts.writing(kAda.customer);
    CHECK(statements() == 1);
    {
      Writing moved = std::move(outer);
      Writing second = shop.carts.writing(kAda.customer);
      CHECK(statements() == 1);
    }
    CHECK(statements() == 1);  // all are over: loaded anew
  }
  CHECK(statements() == 0);
  const services::IfMatch stale{true, {77}};
  CHECK(shop.carts.clear(kAda, stale).error().code == Errc::kVersionConflict);
  store.counts();
  CHECK(statements() == 1);
  try {
    Writing thrown = shop.carts.writing(kAda.customer);
    throw 1;
  } catch (int) {
  }
  CHECK(statements() == 1);
  CHECK(statements() == 0);
}

TEST_CASE("memory is bounded, and without any the store is asked each time") {
  TestStore test{cart_migrations(), inventory_migrations(), services_migrations()};
  constexpr std::size_t kBytes = 64 << 10;
  CopyingShop shop(test.store(), kBytes);
  for (std::int64_t customer = 1; customer <= 200; ++customer)
    REQUIRE(shop.carts.add({CustomerId{customer}, true}, {kTea, {}, 1}));
  for (std::int64_t customer = 1; customer <= 3000; ++customer) REQUIRE(shop.carts.view({CustomerId{customer}, true}));
  const auto stats = shop.carts.cache_stats();
  CHECK(stats.weight <= kBytes + 64);
  CHECK(stats.evicted > 0);
  CHECK(stats.entries > 0);

  for (int look = 0; look < 2; ++look) REQUIRE(shop.plain.view({CustomerId{1}, true}));
  CHECK(shop.plain.cache_stats().entries == 0);
  CHECK(shop.plain.cache_stats().hits == 0);
}

TEST_CASE("the planted bug shows what was there before") {
  TestStore test{cart_migrations(), inventory_migrations(), services_migrations()};
  CopyingShop shop(test.store());
  shop.carts.plant({true});
  CHECK(shop.carts.view(kAda)->items.empty());
  REQUIRE(shop.carts.add(kAda, {kTea, {}, 2}));
  CHECK(shop.carts.view(kAda)->items.empty());
  CHECK(shop.plain.view(kAda)->items.size() == 1);
}

TEST_CASE("two devices change a cart while others look: nobody sees less than what was acknowledged before") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    std::atomic<std::int64_t> acknowledged{0};
    std::atomic<int> behind{0}, failed{0}, at_work{2};
    const auto device = [&] {
      for (int i = 0; i < 40; ++i) {
        const auto added = shop.carts.add(kAda, {kTea, {}, 1});
        if (!added) {
          ++failed;
          continue;
        }
        auto last = acknowledged.load();
        while (last < added->version && !acknowledged.compare_exchange_weak(last, added->version)) {
        }
      }
      --at_work;
    };
    const auto looker = [&] {
      do {
        const auto least = acknowledged.load();
        const auto seen = shop.carts.view(kAda);
        if (!seen)
          ++failed;
        else if (seen->version < least || seen->item_count != seen->version)
          ++behind;
      } while (at_work.load() > 0);
    };
    std::thread threads[] = {std::thread(device), std::thread(device), std::thread(looker), std::thread(looker)};
    for (std::thread& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(behind == 0);
    CHECK(shop.carts.view(kAda)->item_count == 80);
  });
}

// One change drawn by luck, by either process where there may be two; what is refused changes nothing.
class Lucky {
 public:
  Lucky(CopyingShop& shop, std::uint64_t seed) : shop_(shop), luck_(seed) {}

  void change() {
    Carts& carts = shop_.alone() || any(0, 1) == 0 ? shop_.carts : shop_.others;
    const Owner owner = anybody();
    const ItemRef ref{{}, offer(), {}};
    switch (any(0, 13)) {
      case 0:
      case 1:
      case 2:
        return drop(carts.add(owner, {offer(), {}, any(1, 4)}));
      case 3:
        return drop(carts.set_quantity(owner, ref, any(0, 4)));
      case 4:
        return drop(carts.remove(owner, ref));
      case 5:
        return drop(carts.save_for_later(owner, ref));
      case 6:
        return drop(carts.move_to_cart(owner, ref));
      case 7:
        return drop(carts.set_words(owner, ref, {"note " + std::to_string(any(1, 9)), any(0, 1) == 0, {}}));
      case 8:
        return drop(carts.merge(owner, anybody()));
      case 9:
        return drop(any(0, 2) == 0 ? carts.clear(owner) : carts.dismiss_messages(owner));
      case 10:
        return drop(carts.sweep_expired(2));
      case 11:
        shop_.source.cards[offer()].buyable = any(0, 2) > 0;
        return shop_.clock.advance_ms(any(0, 3) == 0 ? any(0, 5 * kDayMs) : any(0, 1000));
      default:
        return check_out(carts, owner);
    }
  }

 private:
  std::int64_t any(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(luck_);
  }
  OfferId offer() {
    const OfferId offers[] = {kTea, kCup, kShirtM};
    return offers[any(0, 2)];
  }
  Owner anybody() {
    const Owner owners[] = {kAda, kBob, kEve};
    return owners[any(0, 2)];
  }
  template <class T>
  static void drop(const Result<T>&) {}
  void check_out(Carts& carts, const Owner& owner) {
    const auto version = shop_.plain.view(owner)->version;
    const CheckoutId checkout = any(0, 1) == 0 ? kCheckout : kOtherCheckout;
    const auto act = any(0, 3);
    drop(in_checkout(shop_, carts, owner, [&](db::Tx& tx, Writing& cart) -> Result<void> {
      if (act == 0) return carts.unclaim(tx, cart, checkout);
      return act == 1 ? carts.bought(tx, cart, checkout) : carts.claim(tx, cart, version, checkout);
    }));
  }

  CopyingShop& shop_;
  std::mt19937_64 luck_;
};

TEST_CASE("random changes of several carts by several devices: copies show what the store says after each") {
  on_each_kind([](db::Store& store) {
    CopyingShop shop(store);
    Lucky lucky(shop, 11);
    for (int step = 0; step < 300; ++step) {
      CAPTURE(step);
      lucky.change();
      for (const Owner& owner : {kAda, kBob, kEve}) {
        same(shop, shop.carts, owner);
        if (!shop.alone()) same(shop, shop.others, owner);
      }
    }
    CHECK(shop.carts.cache_stats().hits > 500);
  });
}

}  // namespace
}  // namespace kontor::cart
