#include "shop/inventory/levels.h"

#include "shop/inventory/stockroom.h"
#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

struct Watched : TestShop {
  void change(std::optional<std::int64_t> low_stock_at, std::optional<std::int64_t> on_hand = {}) {
    REQUIRE(write([&](db::Tx& tx) -> Result<void> {
              StockChange wish;
              wish.offer = kTea;
              wish.warehouse = kMainWarehouse;
              wish.low_stock_at = low_stock_at;
              wish.on_hand = on_hand;
              TRY_DO(inventory.change(tx, wish, now));
              return {};
            }).has_value());
  }
  int low() { return events("stock.low"); }
  int back() { return events("stock.back_in_stock"); }
};

TEST_CASE("a row that comes to its threshold is said once, and again only after it was above") {
  Watched shop;
  shop.stock(kTea, 10);
  shop.change(3);
  CHECK(shop.row(kTea).low_stock_at == 3);
  REQUIRE(shop.reserve(key(1), {{kTea, 6, 0}}).has_value());
  CHECK(shop.low() == 0);
  REQUIRE(shop.reserve(key(2), {{kTea, 1, 0}}).has_value());
  CHECK(shop.low() == 1);
  REQUIRE(shop.reserve(key(3), {{kTea, 1, 0}}).has_value());
  REQUIRE(shop.confirm(key(2)).has_value());
  CHECK(shop.low() == 1);
  REQUIRE(shop.release(key(1)).has_value());
  CHECK(shop.low() == 1);
  shop.stock(kTea, 4);  // counted: two are promised
  CHECK(shop.low() == 2);
  shop.change(0);
  shop.stock(kTea, 3);
  CHECK(shop.low() == 2);
  shop.change(5);  // what is left is below the new threshold
  CHECK(shop.low() == 3);
  shop.change(5);
  CHECK(shop.low() == 3);
  shop.check();
}

TEST_CASE("what is undone is not said") {
  Watched shop;
  shop.stock(kTea, 4);
  shop.change(3);
  CHECK_FALSE(shop.reserve(key(1), {{kTea, 2, 0}, {kCup, 1, 0}}).has_value());
  CHECK(shop.low() == 0);
}

TEST_CASE("an offer is back when nothing was left anywhere and now there is") {
  Watched shop;
  const auto east = shop.add_warehouse("east");
  shop.stock(kTea, 2);
  CHECK(shop.back() == 0);  // new is not back
  REQUIRE(shop.reserve(key(1), {{kTea, 2, 0}}).has_value());
  shop.stock(kTea, 1, east);
  CHECK(shop.back() == 1);
  REQUIRE(shop.release(key(1)).has_value());  // it was there all the time, elsewhere
  CHECK(shop.back() == 1);
  REQUIRE(shop.reserve(key(2), {{kTea, 3, 0}}).has_value());
  REQUIRE(shop.write([&](db::Tx& tx) -> Result<void> {
                TRY_DO(Stockroom(shop.inventory).receive(tx, {kTea, east, 2, "truck", ""}, shop.now));
                return {};
              })
              .has_value());
  CHECK(shop.back() == 2);
  REQUIRE(shop.reserve(key(3), {{kTea, 2, 0}}).has_value());
  REQUIRE(shop.confirm(key(3)).has_value());
  CHECK(shop.back() == 2);
  REQUIRE(shop.deallocate(key(3), {{{kTea, east, 2}}}, "cancel").has_value());
  CHECK(shop.back() == 3);
  REQUIRE(shop.deallocate(key(3), {{{kTea, east, 2}}}, "cancel").has_value());
  CHECK(shop.back() == 3);
  shop.check();
}

TEST_CASE("what pays a backorder off is not back in stock") {
  Watched shop;
  shop.stock(kTea, 1);
  REQUIRE(shop.reserve(key(1), {{kTea, 4, 5}}).has_value());
  shop.stock(kTea, 4);
  CHECK(shop.back() == 0);
  shop.stock(kTea, 5);
  CHECK(shop.back() == 1);
}

}  // namespace
}  // namespace kontor::inventory
