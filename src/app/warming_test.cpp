#include "app/warming.h"

#include <doctest/doctest.h>

#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

struct WarmingWorld {
  testing::WholeShop whole;
  std::atomic<bool> stopping{false};

  WarmingWorld() { whole.open(); }
  Shop& shop() { return *whole.shop; }
  Warming::Parts parts() {
    return {shop().world.store, shop().world.clock,         whole.metrics,   whole.lines,       nullptr,
            shop().catalog,     shop().behaviour.telemetry, shop().showcase, shop().degradation};
  }
  ProductId sells(const std::string& name) {
    catalog::Draft draft;
    draft.product.external_id = draft.product.title = name;
    catalog::Offer wanted;
    wanted.seller = SellerId{1};
    wanted.sku = name;
    wanted.price = Money::minor(450, *Currency::parse("USD"));
    draft.product.offers = {wanted};
    const auto saved = shop().catalog.save({&draft, 1});
    REQUIRE(saved);
    return saved->at(0).product;
  }
  void seen(ProductId product, telemetry::Kind kind, int times) {
    for (int i = 0; i < times; ++i)
      shop().behaviour.telemetry.observe({kind, {telemetry::Consent::kGiven, false, 1}, product});
    REQUIRE(shop().behaviour.telemetry.drain());
  }
  Result<void> run(Warming& warming) {
    Result<void> done;
    runtime::Loop loop;
    loop.spawn([&] {
      done = warming.run(stopping);
      loop.stop();
    });
    loop.run();
    return done;
  }
};

TEST_CASE("what is wanted most comes first; the rest only where all of it fits") {
  WarmingWorld w;
  std::vector<ProductId> products;
  for (int i = 0; i < 6; ++i) products.push_back(w.sells("thing-" + std::to_string(i)));
  w.seen(products[4], telemetry::Kind::kView, 9);
  w.seen(products[1], telemetry::Kind::kView, 3);
  w.seen(products[2], telemetry::Kind::kCart, 1);
  const auto wanted = [&](std::size_t most) {
    Warming warming(w.parts(), {most, kMinuteMs});
    const auto found = warming.most_wanted();
    REQUIRE(found);
    return *found;
  };
  const std::vector<ProductId> first{products[2], products[4], products[1]};
  CHECK(wanted(5) == first);
  CHECK(wanted(2) == std::vector<ProductId>{products[2], products[4]});
  const auto all = wanted(6);
  CHECK(all.size() == 6);
  CHECK(std::vector<ProductId>(all.begin(), all.begin() + 3) == first);
}

TEST_CASE("answers and pages are made ahead, and what fails leaves the shop as it is") {
  WarmingWorld w;
  std::vector<ProductId> products;
  for (int i = 0; i < 20; ++i) products.push_back(w.sells("thing-" + std::to_string(i)));
  std::size_t pages = 0;
  Warming warming(w.parts(), {100, kMinuteMs});
  warming.set_pages([&](ProductId) -> Result<bool> { return ++pages <= 7; });  // then there is no room
  REQUIRE(w.run(warming));
  for (const ProductId id : products) CHECK(w.shop().showcase.ready_at_hand(id) != nullptr);
  CHECK(pages == 8);
  CHECK(w.whole.metrics.text().find("kontor_warmed_total{what=\"answers\"} 20") != std::string::npos);
  CHECK(w.whole.metrics.text().find("kontor_warmed_total{what=\"pages\"} 7") != std::string::npos);

  Warming failing(w.parts(), {100, kMinuteMs});
  failing.set_pages([&](ProductId) -> Result<bool> { return fail(Errc::kUnavailable, "db.away"); });
  CHECK(w.run(failing).error().reason == "db.away");
}

TEST_CASE("it is bounded in time, and does nothing where it is switched off or the shop stops") {
  WarmingWorld w;
  for (int i = 0; i < 20; ++i) w.sells("thing-" + std::to_string(i));
  int pages = 0;
  Warming late(w.parts(), {100, 1000});
  late.set_pages([&](ProductId) -> Result<bool> {
    w.whole.small.test.clock.advance_ms(600);
    return ++pages > 0;
  });
  REQUIRE(w.run(late));
  CHECK(pages == 2);
  Warming off(w.parts(), {0, kMinuteMs});
  off.set_pages([&](ProductId) -> Result<bool> { return ++pages > 0; });
  REQUIRE(w.run(off));
  w.stopping.store(true);
  Warming stopped(w.parts(), {100, kMinuteMs});
  stopped.set_pages([&](ProductId) -> Result<bool> { return ++pages > 0; });
  REQUIRE(w.run(stopped));
  CHECK(pages == 2);
}

}  // namespace
}  // namespace kontor::app
