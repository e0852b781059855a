// Who waits for a slow gateway waits alone.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "runtime/fiber.h"
#include "tests/support/shop_world.h"

namespace kontor::checkout {
namespace {

TEST_CASE("twenty buyers whose cards are slow hold nobody else up") {
  constexpr int kSlow = 20;
  testing::ShopWorld world;
  const auto tea = world.offer(450, kSlow + 1);
  std::vector<std::unique_ptr<runtime::Parker>> held;
  world.gateway.on_each_charge = [&](const ChargeRequest& request) {
    if (request.token != "tok_slow") return;
    held.push_back(std::make_unique<runtime::Parker>());
    held.back()->wait();
  };
  std::vector<CustomerId> buyers;
  for (int i = 0; i <= kSlow; ++i) {
    buyers.push_back(world.guest());
    world.put(buyers.back(), tea, 1);
  }
  int bought = 0;
  runtime::Loop loop;
  for (int i = 0; i < kSlow; ++i)
    loop.spawn([&, i] {
      const auto answer = world.buy(buyers[static_cast<std::size_t>(i)], "k", "tok_slow");
      CHECK((answer && answer->status == 201));
      if (++bought == kSlow) loop.stop();
    });
  loop.spawn([&] {
    while (held.size() < kSlow) runtime::yield();
    const auto answer = world.buy(buyers.back(), "k");
    CHECK((answer && answer->status == 201));
    CHECK(bought == 0);
    CHECK(world.stock_of(tea).reserved == kSlow);
    for (const auto& parker : held) parker->wake();
  });
  loop.run();
  CHECK(bought == kSlow);
  CHECK(world.stock_of(tea).allocated == kSlow + 1);
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::checkout
