#include "shop/orders/orders.h"

#include <doctest/doctest.h>

#include "runtime/json.h"
#include "shop/orders/order_number.h"
#include "tests/support/dollars.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> orders_migrations();
}  // namespace kontor

namespace kontor::orders {
namespace {

using testing::usd;

struct World {
  testing::TestStore test{services_migrations(), orders_migrations()};
  Orders orders{test.store(), test.clock};

  Order make(CustomerId customer, std::size_t shipments = 1) {
    const Time now = test.clock.now();
    Order order;
    order.id = test.ids.next<OrderId>(now, customer.bucket());
    order.customer = customer;
    order.checkout = order.reservation = test.ids.next<CheckoutId>(now, 0);
    order.email = "Ada@Example.com";
    order.created = order.updated = now;
    auto& document = order.document;
    const OfferId offer{77};
    document.lines.push_back({OrderLineId{1}, offer, ProductId{5}, "Green tea", "TEA",
                              static_cast<std::int64_t>(shipments), usd(450), usd(0), usd(0),
                              usd(450 * static_cast<std::int64_t>(shipments))});
    document.totals.subtotal = document.totals.total = document.lines[0].line_total;
    document.totals.shipping = document.totals.tax = usd(0);
    for (std::size_t i = 0; i < shipments; ++i) {
      OrderShipment shipment;
      shipment.id = test.ids.next<ShipmentId>(now, 0);
      shipment.warehouse_id = WarehouseId{static_cast<std::int64_t>(i) + 1};
      shipment.items.push_back({offer, 1});
      document.shipments.push_back(shipment);
    }
    document.payments.push_back({test.ids.next<PaymentId>(now, 0), "card", "captured", document.totals.total, usd(0)});
    document.timeline.push_back({order.state, now, "system"});
    document.shipping_address = {"Ada",        "1 Main St", std::nullopt, "Springfield",
                                 std::nullopt, "62701",     "US",         std::nullopt};
    return order;
  }
  Order place(CustomerId customer, std::size_t shipments = 1) {
    const auto order = make(customer, shipments);
    REQUIRE(write([&](db::Tx& tx) { return orders.place(tx, order, json::print(order.document)); }));
    return order;
  }
  Result<void> write(const db::Function& function) { return test.store().write(db::Home::kCustomer, function); }
  Result<void> ship(const Order& order, std::size_t which, ShipmentState to) {
    return write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(orders.shipment_changed(tx, order.id, {order.document.shipments[which].id, to, {}, {}}, "staff"));
      return {};
    });
  }
  OrderState state_of(const Order& order) { return (*orders.find(order.id))->state; }
  std::string check() {
    services::CheckReport report;
    REQUIRE(orders.check(report));
    return report.ok() ? "" : report.findings().begin()->first;
  }
};

TEST_CASE("numbers lead back to their order, however people write them") {
  for (const std::int64_t value :
       {std::int64_t{1}, std::int64_t{31}, std::int64_t{1} << 60, std::int64_t{911'235'532'455'124'011}}) {
    const OrderId id{value};
    CHECK(parse_order_number(order_number(id)) == id);
  }
  const OrderId id{911'235'532'455'124'011};
  std::string number = order_number(id);
  CHECK(number.size() <= 16);
  std::string lower;
  for (const char c : number) lower += c == '-' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  CHECK(parse_order_number(lower) == id);
  CHECK(parse_order_number("O1IL") == parse_order_number("0111"));
  CHECK_FALSE(parse_order_number(""));
  CHECK_FALSE(parse_order_number("---"));
  CHECK_FALSE(parse_order_number("U!"));
  CHECK_FALSE(parse_order_number("ZZZZ-ZZZZ-ZZZZ-ZZZZ"));
}

TEST_CASE("an order keeps what was placed, and is placed once") {
  World world;
  const auto order = world.place(CustomerId{4096 * 5 + 1});
  const auto found = *world.orders.find(order.id);
  REQUIRE(found);
  CHECK(json::print(found->document) == json::print(order.document));
  CHECK(found->number() == order.number());
  CHECK(found->state == OrderState::kConfirmed);
  const auto twice =
      world.write([&](db::Tx& tx) { return world.orders.place(tx, order, json::print(order.document)); });
  REQUIRE_FALSE(twice);
  CHECK(twice.error().reason == "db.duplicate");
  CHECK_FALSE(world.orders.find(OrderId{1})->has_value());
  CHECK(world.check() == "");
}

TEST_CASE("an order shows the least advanced of its shipments") {
  World world;
  const auto order = world.place(CustomerId{1}, 2);
  struct Step {
    std::size_t which;
    ShipmentState to;
    OrderState shown;
  };
  const Step steps[] = {
      {0, ShipmentState::kPicked, OrderState::kProcessing}, {0, ShipmentState::kPacked, OrderState::kProcessing},
      {1, ShipmentState::kPicked, OrderState::kProcessing}, {1, ShipmentState::kPacked, OrderState::kPacked},
      {0, ShipmentState::kShipped, OrderState::kPacked},    {0, ShipmentState::kDelivered, OrderState::kPacked},
      {1, ShipmentState::kShipped, OrderState::kShipped},   {1, ShipmentState::kDelivered, OrderState::kDelivered}};
  for (const auto& step : steps) {
    world.test.clock.advance_ms(1000);
    REQUIRE(world.ship(order, step.which, step.to));
    CHECK(world.state_of(order) == step.shown);
  }
  const auto found = *world.orders.find(order.id);
  CHECK(found->document.timeline.size() == 5);
  CHECK(found->version == 9);
  CHECK(world.check() == "");
}

TEST_CASE("cancel until packed; a second time changes nothing") {
  World world;
  const auto order = world.place(CustomerId{1});
  const auto cancel = [&](const Order& which) {
    return world.write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(world.orders.cancel(tx, which.id, "customer"));
      return {};
    });
  };
  REQUIRE(cancel(order));
  REQUIRE(cancel(order));
  CHECK((*world.orders.find(order.id))->document.timeline.size() == 2);
  CHECK_FALSE(world.ship(order, 0, ShipmentState::kPicked));
  const auto packed = world.place(CustomerId{1});
  REQUIRE(world.ship(packed, 0, ShipmentState::kPicked));
  REQUIRE(world.ship(packed, 0, ShipmentState::kPacked));
  const auto refused = cancel(packed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kNotCancellable);
  CHECK(world.state_of(packed) == OrderState::kPacked);
  const auto missing = cancel(world.make(CustomerId{1}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::kNotFound);
}

TEST_CASE("lists: one customer's newest first, everybody's by change, page by page without gaps") {
  World world;
  std::vector<OrderId> placed;
  for (int i = 0; i < 7; ++i) {
    world.test.clock.advance_ms(10);
    placed.push_back(world.place(CustomerId{1}).id);
    world.place(CustomerId{2});
  }
  std::vector<OrderId> seen;
  ListQuery query;
  query.customer = CustomerId{1};
  query.limit = 3;
  while (true) {
    const auto page = *world.orders.list(query);
    if (page.empty()) break;
    for (const auto& order : page) seen.push_back(order.id);
    query.before = page.back().id;
  }
  CHECK(seen == std::vector<OrderId>(placed.rbegin(), placed.rend()));
  const Time since = world.test.clock.now().plus_ms(1);
  world.test.clock.advance_ms(1000);
  for (const int at : {4, 2}) {
    Order order;
    order.id = placed[static_cast<std::size_t>(at)];
    order.document = (*world.orders.find(order.id))->document;
    world.test.clock.advance_ms(10);
    REQUIRE(world.ship(order, 0, ShipmentState::kPicked));
  }
  ListQuery changed;
  changed.updated_since = since;
  changed.limit = 1;
  auto page = *world.orders.list(changed);
  REQUIRE(page.size() == 1);
  CHECK(page[0].id == placed[4]);
  changed.after = std::pair{page[0].updated, page[0].id};
  page = *world.orders.list(changed);
  REQUIRE(page.size() == 1);
  CHECK(page[0].id == placed[2]);
  ListQuery all;
  all.limit = 100;
  CHECK(world.orders.list(all)->size() == 14);
}

TEST_CASE("the check finds amounts that do not add up") {
  World world;
  auto order = world.make(CustomerId{1});
  order.document.lines[0].line_total = usd(449);
  REQUIRE(world.write([&](db::Tx& tx) { return world.orders.place(tx, order, json::print(order.document)); }));
  CHECK(world.check() == "orders.total_adds_up");
}

}  // namespace
}  // namespace kontor::orders
