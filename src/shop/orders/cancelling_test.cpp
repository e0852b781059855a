#include "shop/orders/cancelling.h"

#include <doctest/doctest.h>

#include <random>

#include "tests/support/dollars.h"

namespace kontor::orders {
namespace {

using testing::usd;

// Three lines with discounts and taxes that no quantity divides, two parcels, shipping, two payments.
Document bought() {
  Document document;
  const auto line = [&](std::int64_t id, std::int64_t quantity, std::int64_t price, std::int64_t discount,
                        std::int64_t tax) {
    document.lines.push_back({OrderLineId{id}, OfferId{id * 10}, ProductId{id}, "Thing " + std::to_string(id), "SKU",
                              quantity, usd(price), usd(discount), usd(tax), usd(price * quantity - discount + tax)});
  };
  line(1, 7, 333, 100, 201);
  line(2, 3, 1000, 1, 0);
  line(3, 1, 5, 0, 1);
  document.totals.subtotal = usd(7 * 333 + 3 * 1000 + 5);
  document.totals.discounts = {{"a", "Autumn", usd(60)}, {"b", "Bulk", usd(41)}};
  document.totals.shipping = usd(499);
  document.totals.tax = usd(202);
  document.totals.total = usd(7 * 333 + 3000 + 5 - 101 + 202 + 499);
  document.shipments.resize(2);
  document.shipments[0].id = ShipmentId{1};
  document.shipments[0].items = {{OfferId{10}, 4}, {OfferId{20}, 3}};
  document.shipments[1].id = ShipmentId{2};
  document.shipments[1].items = {{OfferId{10}, 3}, {OfferId{30}, 1}};
  document.payments.push_back({PaymentId{1}, "card", "captured", usd(1000), usd(0)});
  document.payments.push_back({PaymentId{2}, "card", "captured", document.totals.total - usd(1000), usd(0)});
  return document;
}

CancelOrder some(std::int64_t line, std::optional<std::int64_t> quantity) {
  CancelOrder wish;
  wish.lines = {{OrderLineId{line}, {}, quantity}};
  return wish;
}

Money refunded_to(const Document& document, PaymentId payment) {
  Money sum = usd(0);
  for (const auto& cancellation : document.cancellations.value_or(std::vector<OrderCancellation>()))
    for (const auto& share : cancellation.refunds)
      if (share.payment_id == payment) sum = sum + share.amount;
  return sum;
}

TEST_CASE("whatever is cancelled in whatever order, the parts add up to what was paid, to the cent") {
  std::mt19937 luck(7);
  for (int history = 0; history < 200; ++history) {
    Document document = bought();
    Money total = document.totals.total;
    while (!nothing_left(document)) {
      const auto& line = document.lines[luck() % 3];
      if (line.left() == 0) continue;
      const auto wish = some(line.id.value, 1 + static_cast<std::int64_t>(luck() % static_cast<unsigned>(line.left())));
      auto cancellation = plan_cancellation(document, wish);
      REQUIRE(cancellation);
      CHECK(cancellation->total_before == total);
      CHECK(cancellation->refund >= usd(0));
      apply_cancellation(document, *cancellation);
      total = cancellation->total_after;
      const auto left = totals_left(document);
      Money discounts = usd(0);
      for (const auto& discount : left.discounts) discounts = discounts + discount.amount;
      CHECK(left.subtotal - discounts + left.tax + left.shipping == left.total);
      CHECK(left.total == total);
      CHECK((left.shipping == usd(499)) == !nothing_left(document));
    }
    CHECK(total == usd(0));
    for (const auto& payment : document.payments) CHECK(refunded_to(document, payment.id) == payment.amount);
    for (const auto& shipment : document.shipments) CHECK(shipment.status == ShipmentState::kCancelled);
  }
}

TEST_CASE("with discounts computed anew for what stays the parts still add up, and nobody pays for cancelling") {
  std::mt19937 luck(11);
  for (int history = 0; history < 500; ++history) {
    Document document = bought();
    const unsigned kind = luck() % 4;
    // As rules might say it: nothing any more, a part of the price, more than before, from so many units on.
    const Repricing reprice = [kind](const Document& of, const std::vector<std::int64_t>& left) {
      std::vector<Money> off;
      for (std::size_t i = 0; i < left.size(); ++i) {
        const Money price = of.lines[i].unit_price * left[i];
        off.push_back(kind == 0   ? usd(0)
                      : kind == 1 ? price.portion(BasisPoints{400})
                      : kind == 2 ? price.portion(BasisPoints{9000})
                                  : (left[i] >= 5 ? price.portion(BasisPoints{430}) : usd(0)));
      }
      return std::optional(off);
    };
    Money total = document.totals.total;
    while (!nothing_left(document)) {
      const auto& line = document.lines[luck() % 3];
      if (line.left() == 0) continue;
      const auto wish = some(line.id.value, 1 + static_cast<std::int64_t>(luck() % static_cast<unsigned>(line.left())));
      auto cancellation = plan_cancellation(document, wish, reprice);
      REQUIRE(cancellation);
      CHECK(cancellation->total_before == total);
      CHECK(cancellation->refund >= usd(0));
      Money lines = usd(0);
      for (const auto& part : cancellation->lines) lines = lines + part.line_total;
      CHECK(lines + cancellation->shipping == cancellation->refund);
      apply_cancellation(document, *cancellation);
      total = cancellation->total_after;
      CHECK(total >= usd(0));
      const auto left = totals_left(document);
      Money discounts = usd(0);
      for (const auto& discount : left.discounts) discounts = discounts + discount.amount;
      CHECK(left.subtotal - discounts + left.tax + left.shipping == left.total);
    }
    CHECK(total == usd(0));
    for (const auto& payment : document.payments) CHECK(refunded_to(document, payment.id) == payment.amount);
  }
}

TEST_CASE("units come out of parcels that nobody has touched first") {
  Document document = bought();
  document.shipments[0].status = ShipmentState::kPicked;
  const auto planned = plan_cancellation(document, some(1, 4));
  REQUIRE(planned);
  REQUIRE(planned->units.size() == 2);
  CHECK(planned->units[0].shipment_id == ShipmentId{2});
  CHECK(planned->units[0].quantity == 3);
  CHECK(planned->units[1].shipment_id == ShipmentId{1});
  CHECK(planned->units[1].quantity == 1);
  apply_cancellation(document, *planned);
  CHECK(document.shipments[0].items[0].quantity == 3);
  CHECK(document.shipments[1].items.size() == 1);
}

TEST_CASE("an order cancelled as a whole gives everything back at once") {
  Document document = bought();
  apply_cancellation(document, *plan_cancellation(document, some(2, 1)));
  const auto rest = *plan_cancellation(document, {});
  CHECK(rest.refund == rest.total_before);
  CHECK(rest.lines.size() == 3);
  apply_cancellation(document, rest);
  CHECK(nothing_left(document));
}

TEST_CASE("a line may be named twice in one wish, and never more than is left") {
  Document document = bought();
  CancelOrder wish;
  wish.lines = {{OrderLineId{2}, {}, 2}, {{}, OfferId{20}, 2}};
  const auto refused = plan_cancellation(document, wish);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "orders.already_cancelled");
  wish.lines = {{OrderLineId{2}, {}, 2}, {{}, OfferId{20}, {}}};
  const auto planned = plan_cancellation(document, wish);
  REQUIRE(planned);
  CHECK(planned->refund == usd(2999));
  REQUIRE(planned->units.size() == 1);
  CHECK(planned->units[0].quantity == 3);
  CHECK(plan_cancellation(document, some(9, 1)).error().reason == "orders.no_such_line");
  CHECK(plan_cancellation(document, some(2, 4)).error().reason == "orders.too_many_units");
  wish.lines = std::vector<CancelLine>(1);
  CHECK(plan_cancellation(document, wish).error().code == Errc::kInvalid);
}

TEST_CASE("money that is only promised comes back in parts as money that was taken does") {
  Document document = bought();
  const auto taken = plan_cancellation(document, some(1, 1));
  for (auto& payment : document.payments) payment.status = "authorised";
  const auto part = plan_cancellation(document, some(1, 1));
  REQUIRE((taken && part));
  CHECK(part->refund == taken->refund);
  CHECK(part->refunds.size() == taken->refunds.size());
}

TEST_CASE("prices that hold their tax give it back with the goods, not on top") {
  Document document = bought();
  for (auto& line : document.lines) line.line_total = line.unit_price * line.quantity - line.discount;
  document.totals.total = document.totals.total - document.totals.tax;
  document.payments[1].amount = document.totals.total - usd(1000);
  const auto one = *plan_cancellation(document, some(1, 1));
  CHECK(one.lines[0].line_total == usd(333 - 14));
  CHECK(one.lines[0].tax == usd(28));
  apply_cancellation(document, one);
  CHECK(plan_cancellation(document, {})->total_after == usd(0));
}

}  // namespace
}  // namespace kontor::orders
