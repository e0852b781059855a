#include "shop/notifications/notifications.h"

#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "services/consumers.h"
#include "services/leases.h"
#include "shop/checkout/unplaced.h"
#include "shop/notifications/notifications_consumers.h"
#include "tests/support/each_store.h"
#include "tests/support/outgoing.h"
#include "tests/support/shop_world.h"

namespace kontor::notifications {
namespace {

using testing::Outgoing;
using testing::ShopWorld;

TEST_CASE(
    "a buyer hears of the order, of its parcel, of its end; to the address of the order, with nothing personal in "
    "events") {
  ShopWorld world;
  Outgoing messenger;
  Notifications notifications(world.shop->orders, messenger, "Kontor");
  log_outbox::OutboxLog log(world.test.store());
  services::Leases leases(world.test.store(), world.test.clock, "test");
  services::ConsumerRunner runner(world.test.store(), log, leases, world.test.clock, {});
  runner.add(mail_consumer(notifications));
  REQUIRE(runner.prepare());
  const auto tea = world.offer(450, 20, "Green tea");
  const auto ada = world.guest();
  world.put(ada, tea, 3);
  REQUIRE(world.buy(ada, "k1"));
  REQUIRE(runner.run_until_quiet());
  REQUIRE(messenger.sent.size() == 1);
  const auto order = world.orders_of(ada).front();
  CHECK(messenger.sent[0].to == "ada@example.com");
  CHECK(messenger.sent[0].subject == "Your order " + order.number() + " is confirmed");
  CHECK(messenger.sent[0].text.find("3 x Green tea") != std::string::npos);
  CHECK(messenger.sent[0].text.find("$13.50") != std::string::npos);
  const auto shipment = order.document.shipments[0].id;
  using fulfilment::ShipmentTrigger;
  REQUIRE(world.shop->fulfilment.move(shipment, ShipmentTrigger::kPick, {}));
  REQUIRE(world.shop->fulfilment.move(shipment, ShipmentTrigger::kPack, {}));
  REQUIRE(world.shop->fulfilment.move(shipment, ShipmentTrigger::kShip, {"post", "T-1", "staff"}));
  REQUIRE(runner.run_until_quiet());
  REQUIRE(messenger.sent.size() == 2);
  CHECK(messenger.sent[1].text.find("post T-1") != std::string::npos);
  world.put(ada, tea, 1);
  REQUIRE(world.buy(ada, "k2"));
  REQUIRE(world.shop->checkouts.cancel_order(world.orders_of(ada).front().id, "customer"));
  REQUIRE(runner.run_until_quiet());
  CHECK(messenger.sent.size() == 5);  // confirmed, cancelled, refunded
  world.put(ada, tea, 3);
  REQUIRE(world.buy(ada, "k3"));
  orders::CancelOrder two;
  two.lines = {{{}, tea, 2}};
  REQUIRE(world.shop->checkouts.cancel_order(world.orders_of(ada).front().id, "customer", two));
  REQUIRE(runner.run_until_quiet());
  REQUIRE(messenger.sent.size() == 8);  // confirmed, a part cancelled, refunded
  CHECK(messenger.sent[6].subject.starts_with("A part of your order"));
  CHECK(messenger.sent[6].text.find("1 x Green tea") != std::string::npos);
  CHECK(messenger.sent[6].text.find("$4.50") != std::string::npos);
  for (std::size_t i = 0; i < messenger.sent.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK(messenger.sent[i].key != messenger.sent[j].key);
  for (const auto& stream : log.streams()) {
    const auto events = log.read(stream, 0, 1000);
    REQUIRE(events);
    for (const auto& event : *events) CHECK(event.body.find('@') == std::string::npos);
  }
}

struct FromJournal : UnplacedSource {
  explicit FromJournal(db::Store& store) : journal(store) {}
  Result<std::optional<Unplaced>> unplaced(CheckoutId checkout) override {
    TRY(const auto found, journal.find(checkout));
    return found ? std::optional(Unplaced{found->email, found->name, found->lines}) : std::nullopt;
  }
  Result<void> told(CheckoutId checkout) override { return journal.told(checkout); }
  checkout::Unplaced journal;
};

TEST_CASE("who was told to wait hears that it came to nothing, once, and is forgotten then; on each store") {
  testing::on_each_store(ShopWorld::migrations(), [](db::Store& store) {
    ShopWorld world(store);
    Outgoing messenger;
    Notifications notifications(world.shop->orders, messenger, "Kontor");
    FromJournal source(store);
    notifications.set_unplaced(&source);
    log_outbox::OutboxLog log(store);
    services::Leases leases(store, world.test.clock, "test");
    services::ConsumerRunner runner(store, log, leases, world.test.clock, {});
    runner.add(mail_consumer(notifications));
    REQUIRE(runner.prepare());
    const auto tea = world.offer(450, 20, "Green tea");
    const auto ada = world.guest();
    world.put(ada, tea, 3);
    const auto waits = world.buy(ada, "k1", "tok_step_up");
    REQUIRE(waits);
    REQUIRE(waits->status == 202);
    world.settle();
    REQUIRE(runner.run_until_quiet());
    REQUIRE(messenger.sent.size() == 1);
    CHECK(messenger.sent[0].to == "ada@example.com");
    CHECK(messenger.sent[0].subject == "Your purchase was not completed");
    CHECK(messenger.sent[0].text.find("3 x Green tea") != std::string::npos);
    CHECK(messenger.sent[0].text.find("not confirmed at your bank in time") != std::string::npos);
    CHECK_FALSE(source.journal.find(waits->checkout)->has_value());
    REQUIRE(notifications.tell_not_completed(waits->checkout, "checkout.expired", "again"));
    CHECK(messenger.sent.size() == 1);
    CHECK(world.check() == "");
  });
}

TEST_CASE("an order that is gone, or without an address, gets no mail") {
  ShopWorld world;
  Outgoing messenger;
  Notifications notifications(world.shop->orders, messenger, "Kontor");
  CHECK(notifications.tell(Occasion::kConfirmed, OrderId{5}, "k"));
  CHECK(messenger.sent.empty());
}

}  // namespace
}  // namespace kontor::notifications
