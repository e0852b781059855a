#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

const CustomerId kAda{501}, kBob{502};

struct Limited : TestShop {
  Result<std::vector<Allotment>> buy(CheckoutId id, CustomerId customer, std::int64_t quantity,
                                     std::int64_t limit = 3) {
    std::vector<Allotment> out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, inventory.reserve(tx, {id, {{kTea, quantity, 0, limit}}, customer}, now));
      return {};
    }));
    return out;
  }
  std::int64_t bought(CustomerId customer) { return *inventory.bought(customer, kTea); }
};

TEST_CASE("one customer holds no more of an offer than its limit, all purchases together") {
  Limited shop;
  shop.stock(kTea, 20);
  REQUIRE(shop.buy(key(1), kAda, 2).has_value());
  REQUIRE(shop.buy(key(1), kAda, 2).has_value());  // the same purchase again
  CHECK(shop.bought(kAda) == 2);
  const auto refused = shop.buy(key(2), kAda, 2);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kPurchaseLimit);
  CHECK(refused.error().reason == "inventory.purchase_limit");
  CHECK(refused.error().members ==
        "\"lines\":[{\"offer_id\":\"" + kTea.text() + "\",\"limit\":3,\"bought\":2,\"requested\":2}]");
  CHECK(shop.row(kTea).reserved == 2);  // the refusal took nothing
  CHECK(shop.buy(key(3), kBob, 4).error().code == Errc::kPurchaseLimit);
  REQUIRE(shop.buy(key(4), kBob, 3).has_value());
  REQUIRE(shop.buy(key(5), kAda, 1).has_value());
  REQUIRE(shop.confirm(key(1)).has_value());
  CHECK(shop.buy(key(6), kAda, 1).error().code == Errc::kPurchaseLimit);
  shop.check();
}

TEST_CASE("what comes back may be bought again: released, or cancelled in part, once") {
  Limited shop;
  shop.stock(kTea, 20);
  const auto got = shop.buy(key(1), kAda, 3);
  REQUIRE(got.has_value());
  REQUIRE(shop.release(key(1)).has_value());
  REQUIRE(shop.release(key(1)).has_value());
  CHECK(shop.bought(kAda) == 0);
  REQUIRE(shop.buy(key(2), kAda, 3).has_value());
  REQUIRE(shop.confirm(key(2)).has_value());
  for (int i = 0; i < 2; ++i) REQUIRE(shop.deallocate(key(2), {{{kTea, kMainWarehouse, 1}}}, "cancel 1").has_value());
  CHECK(shop.bought(kAda) == 2);
  REQUIRE(shop.ship({{{kTea, kMainWarehouse, 2}}}, "shp_1").has_value());
  CHECK(shop.bought(kAda) == 2);
  shop.check();
}

TEST_CASE("a limit counts over warehouses, and one that came later counts from then on") {
  Limited shop;
  const auto east = shop.add_warehouse("east");
  shop.stock(kTea, 2);
  shop.stock(kTea, 2, east);
  REQUIRE(shop.buy(key(1), kAda, 3).has_value());
  CHECK(shop.bought(kAda) == 3);
  REQUIRE(shop.release(key(1)).has_value());
  CHECK(shop.bought(kAda) == 0);
  REQUIRE(shop.buy(key(2), kAda, 1, 0).has_value());
  CHECK(shop.bought(kAda) == 0);
  REQUIRE(shop.buy(key(3), kAda, 3).has_value());
  shop.check();
}

TEST_CASE("many purchases of one customer at once: not one more than the limit") {
  Limited shop;
  shop.stock(kTea, 1000);
  std::atomic<int> got{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i)
        if (shop.buy(key(100 * t + i), kAda, 1, 5).has_value()) ++got;
    });
  for (auto& thread : threads) thread.join();
  CHECK(got == 5);
  CHECK(shop.bought(kAda) == 5);
  CHECK(shop.row(kTea).reserved == 5);
  shop.check();
}

}  // namespace
}  // namespace kontor::inventory
