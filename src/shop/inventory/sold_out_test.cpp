#include "shop/inventory/sold_out.h"

#include "tests/support/shop_world.h"
#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

using testing::ShopWorld;

struct Front {
  testing::FakeClock clock;
  SoldOut memory{clock, 1000};

  void refused(const std::vector<Demand>& lines, std::int64_t available) {
    std::vector<Shortage> missing;
    for (const Demand& line : lines) missing.push_back({line.offer, line.quantity, available});
    memory.remember(lines, out_of_stock(missing), memory.look());
  }
};

TEST_CASE("sold out: what was refused is refused again in the same words, and only that") {
  Front front;
  CHECK_FALSE(front.memory.refusal(std::vector<Demand>{{kTea, 5}}));
  front.refused({{kTea, 5}}, 3);
  const auto again = front.memory.refusal(std::vector<Demand>{{kTea, 5}});
  REQUIRE(again);
  const Shortage shortage{kTea, 5, 3};
  const Error store = out_of_stock({&shortage, 1});
  CHECK(again->code == store.code);
  CHECK(again->reason == store.reason);
  CHECK(again->detail == store.detail);
  CHECK(again->members == store.members);
  CHECK(front.memory.refusal(std::vector<Demand>{{kTea, 2}, {kCup, 1}, {kTea, 2}}));  // four together
  CHECK_FALSE(front.memory.refusal(std::vector<Demand>{{kTea, 3}}));
  CHECK_FALSE(front.memory.refusal(std::vector<Demand>{{kCup, 5}}));
  CHECK_FALSE(front.memory.refusal(std::vector<Demand>{{kTea, 5, 9}}));  // may be owed by now
}

TEST_CASE("sold out: it forgets after its time, with a clock set back, and when something comes back") {
  Front front;
  const std::vector<Demand> one{{kTea, 1}};
  front.refused(one, 0);
  front.clock.advance_ms(999);
  CHECK(front.memory.refusal(one));
  front.clock.advance_ms(1);
  CHECK_FALSE(front.memory.refusal(one));
  CHECK_FALSE(front.memory.remembers());

  front.refused(one, 0);
  front.clock.advance_ms(-5000);
  CHECK_FALSE(front.memory.refusal(one));

  front.refused(one, 0);
  front.memory.forget(kCup);
  CHECK(front.memory.refusal(one));
  front.memory.forget(kTea);
  CHECK_FALSE(front.memory.refusal(one));

  // It came back between the store's look and its answer.
  const auto look = front.memory.look();
  front.memory.forget(kTea);
  const Shortage shortage{kTea, 1, 0};
  front.memory.remember(one, out_of_stock({&shortage, 1}), look);
  CHECK_FALSE(front.memory.refusal(one));
}

// Counts the writes.
class Counting : public db::Store {
 public:
  explicit Counting(db::Store& store) : store_(store) {}
  Result<void> write(db::Homes homes, const db::Function& function) override {
    ++writes;
    return store_.write(homes, function);
  }
  Result<void> read(db::Homes homes, const db::Function& function) override { return store_.read(homes, function); }
  bool together(db::Homes homes) const override { return store_.together(homes); }
  std::vector<Place> places() const override { return store_.places(); }
  std::string_view engine() const override { return store_.engine(); }
  int writes = 0;

 private:
  db::Store& store_;
};

TEST_CASE("sold out: a rush on what is gone writes nothing, and ends when a buyer gives up") {
  testing::TestStore test(ShopWorld::migrations());
  Counting store(test.store());
  ShopWorld world(store);
  const auto tea = world.offer(450, 2);
  const auto ada = world.guest(), bob = world.guest();
  world.put(ada, tea, 2);
  world.put(bob, tea, 2);
  REQUIRE(world.buy(ada, "k1"));
  const auto first = world.buy(bob, "k2");
  REQUIRE_FALSE(first);
  CHECK(first.error().reason == "inventory.out_of_stock");
  const int before = store.writes;
  for (int i = 0; i < 20; ++i) {
    const auto again = world.buy(bob, "k2");
    REQUIRE_FALSE(again);
    CHECK(again.error().members == first.error().members);
  }
  CHECK(store.writes == before);
  REQUIRE(world.shop->checkouts.cancel_order(world.orders_of(ada).front().id, "customer"));
  CHECK(world.buy(bob, "k2"));  // at once: the units came back
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::inventory
