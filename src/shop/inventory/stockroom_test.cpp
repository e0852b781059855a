#include "shop/inventory/stockroom.h"

#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

struct Room : TestShop {
  Stockroom room{inventory};
  WarehouseId east = add_warehouse("east");

  Result<Transferred> transfer(std::int64_t quantity, const std::string& reference = "",
                               std::optional<Time> arrives = {}) {
    Transferred out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, room.transfer(tx, {kTea, kMainWarehouse, east, quantity, arrives, "balance", reference}, now));
      return {};
    }));
    return out;
  }
  Result<ShelfRow> receive(std::int64_t quantity, const std::string& reference = "") {
    ShelfRow out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, room.receive(tx, {kTea, east, quantity, "truck", reference}, now));
      return {};
    }));
    return out;
  }
  Result<Counted> count(std::int64_t counted) {
    Counted out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, room.count(tx, {kTea, kMainWarehouse, counted, "inventory"}, now));
      return {};
    }));
    return out;
  }
};

TEST_CASE("a transfer is two movements and changes no sum") {
  Room shop;
  shop.stock(kTea, 10);
  const auto done = shop.transfer(4);
  REQUIRE(done.has_value());
  CHECK(done->from.on_hand == 6);
  CHECK(done->to.on_hand == 4);
  CHECK(shop.sellable(kTea) == 10);
  const auto left = shop.inventory.movements(kTea, kMainWarehouse, 0, 1);
  CHECK(left->front().kind == MovementKind::kTransferredOut);
  CHECK(left->front().on_hand == -4);
  const auto came = shop.inventory.movements(kTea, shop.east, 0, 1);
  CHECK(came->front().kind == MovementKind::kTransferredIn);
  CHECK(came->front().reason == "balance");
  shop.check();
}

TEST_CASE("what is promised stays where it is, and nothing moves by half") {
  Room shop;
  shop.stock(kTea, 10);
  REQUIRE(shop.reserve(key(1), {{kTea, 7, 0}}).has_value());
  CHECK(shop.transfer(4).error().reason == "inventory.below_promised");
  CHECK(shop.row(kTea, shop.east).on_hand == 0);
  REQUIRE(shop.transfer(3).has_value());
  CHECK(shop.sellable(kTea) == 3);
  const auto back = shop.write([&](db::Tx& tx) -> Result<void> {
    TRY_DO(shop.room.transfer(tx, {kTea, shop.east, kMainWarehouse, 1, {}, "back", ""}, shop.now));
    return {};
  });
  REQUIRE(back.has_value());
  CHECK(shop.row(kTea).on_hand == 8);
  CHECK(shop.transfer(0 + 1).has_value());
  CHECK(shop.transfer(1).error().reason == "inventory.below_promised");
  shop.check();
}

TEST_CASE("a transfer to where the goods are, of goods that are not, to nowhere") {
  Room shop;
  CHECK(shop.transfer(1).error().reason == "inventory.no_such_stock");
  shop.stock(kTea, 1);
  const auto to = [&](WarehouseId warehouse) {
    return shop
        .write([&](db::Tx& tx) -> Result<void> {
          TRY_DO(shop.room.transfer(tx, {kTea, kMainWarehouse, warehouse, 1, {}, "x", ""}, shop.now));
          return {};
        })
        .error()
        .reason;
  };
  CHECK(to(kMainWarehouse) == "inventory.same_warehouse");
  CHECK(to(WarehouseId{77}) == "inventory.no_such_warehouse");
  shop.check();
}

TEST_CASE("under a reference a transfer and a delivery happen once") {
  Room shop;
  shop.stock(kTea, 10);
  for (int i = 0; i < 2; ++i) {
    const auto done = shop.transfer(4, "note 7");
    REQUIRE(done.has_value());
    CHECK(done->to.on_hand == 4);
  }
  REQUIRE(shop.transfer(1, "note 8").has_value());
  for (int i = 0; i < 2; ++i) REQUIRE(shop.receive(5, "note 7").has_value());
  CHECK(shop.row(kTea).on_hand == 5);
  CHECK(shop.row(kTea, shop.east).on_hand == 10);
  shop.check();
}

TEST_CASE("goods under way are incoming with a date, and not for sale until they are received") {
  Room shop;
  shop.stock(kTea, 10);
  const Time friday = shop.now.plus_ms(4 * kDayMs);
  const auto sent = shop.transfer(6, "", friday);
  REQUIRE(sent.has_value());
  CHECK(sent->to.on_hand == 0);
  CHECK(sent->to.incoming == 6);
  CHECK(sent->to.incoming_at == friday);
  CHECK(shop.sellable(kTea) == 4);
  auto row = shop.receive(2);
  CHECK(row->on_hand == 2);
  CHECK(row->incoming == 4);
  CHECK(row->incoming_at == friday);
  row = shop.receive(5);  // one more than was said
  CHECK(row->on_hand == 7);
  CHECK(row->incoming == 0);
  CHECK_FALSE(row->incoming_at.has_value());
  CHECK(shop.sellable(kTea) == 11);
  shop.check();
}

TEST_CASE("a count becomes a movement of the difference; nothing when there is none") {
  Room shop;
  shop.stock(kTea, 10);
  REQUIRE(shop.reserve(key(1), {{kTea, 4, 0}}).has_value());
  auto counted = shop.count(8);
  REQUIRE(counted.has_value());
  CHECK(counted->believed == 10);
  CHECK(counted->difference() == -2);
  CHECK(shop.sellable(kTea) == 4);
  const auto before = shop.inventory.movements(kTea, kMainWarehouse, 0, 100)->size();
  counted = shop.count(8);
  CHECK(counted->difference() == 0);
  CHECK(shop.inventory.movements(kTea, kMainWarehouse, 0, 100)->size() == before);
  REQUIRE(shop.count(3).has_value());
  CHECK(shop.events("stock.oversold_externally") == 1);
  shop.check();
}

TEST_CASE("a warehouse has a place and a load") {
  Room shop;
  REQUIRE(shop.write([&](db::Tx& tx) -> Result<void> {
                WarehouseChange change;
                change.country = "US";
                change.postal_code = "98101";
                change.daily_capacity = 500;
                TRY_DO(shop.inventory.change_warehouse(tx, shop.east, change));
                return {};
              })
              .has_value());
  const auto all = shop.inventory.warehouses();
  CHECK(all->back().country == "US");
  CHECK(all->back().postal_code == "98101");
  CHECK(all->back().daily_capacity == 500);
  CHECK(all->back().name == "east");
  shop.stock(kTea, 5);
  shop.stock(kCup, 5);
  REQUIRE(shop.reserve(key(1), {{kTea, 2, 0}, {kCup, 1, 0}}).has_value());
  CHECK(shop.inventory.load(kMainWarehouse) == 3);
  REQUIRE(shop.confirm(key(1)).has_value());
  CHECK(shop.inventory.load(kMainWarehouse) == 3);
  CHECK(shop.inventory.load(shop.east) == 0);
}

}  // namespace
}  // namespace kontor::inventory
