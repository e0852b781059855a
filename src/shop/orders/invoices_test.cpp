#include "shop/orders/invoices.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/support/each_store.h"
#include "tests/support/shop_world.h"

namespace kontor::orders {
namespace {

using testing::ShopWorld;

std::vector<Order> bought(ShopWorld& world, int count) {
  const auto tea = world.offer(450, 1000);
  const auto ada = world.guest();
  for (int i = 0; i < count; ++i) {
    world.put(ada, tea, 2);
    REQUIRE(world.buy(ada, "k" + std::to_string(i)));
  }
  return world.orders_of(ada);
}

TEST_CASE("invoices are numbered without gaps, whoever asks for them at once") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    const auto orders = bought(world, 40);
    REQUIRE(orders.size() == 40);
    Invoices& invoices = world.shop->invoices;
    // Four ask for every order's invoice, each in an order of its own; every tenth write fails after its number.
    std::atomic<int> failed{0};
    const auto ask = [&](std::size_t who) {
      for (std::size_t i = 0; i < orders.size(); ++i) {
        const auto& order = orders[(i * (2 * who + 1) + who * 11) % orders.size()];
        if (i % 10 == who) {
          const auto undone = store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
            TRY_DO(invoices.issue(tx, order.id, 0, Time{1'767'600'000'000}));
            return fail(Errc::kConflict, "test.undone");
          });
          if (!undone) failed.fetch_add(1);
        }
        for (auto found = invoices.of(order); !found; found = invoices.of(order))
          if (found.error().code == Errc::kNotFound) return;
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t who = 0; who < 4; ++who) threads.emplace_back(ask, who);
    for (auto& thread : threads) thread.join();
    CHECK(failed.load() == 16);
    std::set<std::string> numbers;
    for (const auto& order : orders) {
      const auto found = invoices.of(order);
      REQUIRE(found);
      REQUIRE(found->size() == 1);
      numbers.insert(found->front().number);
    }
    REQUIRE(numbers.size() == 40);
    const std::string year = to_rfc3339(world.test.clock.now()).substr(0, 4);
    CHECK(*numbers.begin() == year + "-000001");
    CHECK(*numbers.rbegin() == year + "-000040");
    services::CheckReport report;
    REQUIRE(invoices.check(report));
    CHECK(report.ok());
  });
}

TEST_CASE("each cancellation is a credit note, and a new year begins at 1") {
  ShopWorld world;
  auto orders = bought(world, 2);
  Invoices& invoices = world.shop->invoices;
  const auto first = invoices.of(orders[0]);
  REQUIRE(first);
  CancelOrder one;
  one.lines = {{{}, orders[0].document.lines[0].offer_id, 1}};
  one.reason = "<b>too many</b>";
  REQUIRE(world.shop->checkouts.cancel_order(orders[0].id, "customer", one));
  const auto order = **world.shop->orders.find(orders[0].id);
  const auto both = invoices.of(order);
  REQUIRE(both);
  REQUIRE(both->size() == 2);
  CHECK(both->front().number == first->front().number);
  CHECK(both->back().number.ends_with("-000002"));
  CHECK(both->back().part == 1);
  const std::string html = invoice_html(order, *both, {"Kontor & Co", {}});
  CHECK(html.find("Credit note " + both->back().number) != std::string::npos);
  CHECK(html.find("&lt;b&gt;too many") != std::string::npos);
  CHECK(html.find("Kontor &amp; Co") != std::string::npos);
  CHECK(html.find("$4.50") != std::string::npos);
  world.test.clock.advance_ms(370 * kDayMs);
  const auto next = invoices.of(orders[1]);
  REQUIRE(next);
  CHECK(next->front().number.ends_with("-000001"));
  CHECK(next->front().number != first->front().number);
  services::CheckReport report;
  REQUIRE(invoices.check(report));
  CHECK(report.ok());
}

}  // namespace
}  // namespace kontor::orders
