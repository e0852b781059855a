#include "shop/checkout/place_order.h"

#include <algorithm>

#include "runtime/json.h"
#include "shop/checkout/gift_cards_paid.h"
#include "shop/checkout/reserve_stock.h"

namespace kontor::checkout {
namespace {

// One shipment per warehouse, in the order of warehouses.
std::vector<orders::OrderShipment> shipments_of(std::vector<inventory::Allotment> allotments, const Arrival& arrival) {
  std::sort(allotments.begin(), allotments.end(), [](const auto& a, const auto& b) {
    return std::pair(a.warehouse, a.offer) < std::pair(b.warehouse, b.offer);
  });
  std::vector<orders::OrderShipment> shipments;
  for (const auto& allotment : allotments) {
    if (shipments.empty() || shipments.back().warehouse_id != allotment.warehouse) {
      shipments.emplace_back();
      shipments.back().warehouse_id = allotment.warehouse;
    }
    auto& estimate = shipments.back().estimated_delivery;
    estimate = later_of(estimate, arrival.of(allotment));
    auto& items = shipments.back().items;
    if (!items.empty() && items.back().offer_id == allotment.offer)
      items.back().quantity += allotment.quantity;
    else
      items.push_back({allotment.offer, allotment.quantity});
  }
  return shipments;
}

// Each payment carries its share of shipping and tax, for the ledger; the rest of it pays for goods.
std::vector<payments::Besides> besides_of(const orders::Document& document) {
  std::vector<payments::Besides> besides(document.payments.size());
  std::vector<std::int64_t> weights;
  for (const auto& payment : document.payments) weights.push_back(payment.amount.amount_minor());
  if (std::all_of(weights.begin(), weights.end(), [](auto weight) { return weight == 0; })) return besides;
  const auto shipping = document.totals.shipping_net().split(weights);
  const auto tax = document.totals.tax.split(weights);
  for (std::size_t i = 0; i < besides.size(); ++i) besides[i] = {shipping[i].amount_minor(), tax[i].amount_minor()};
  return besides;
}

}  // namespace

std::string order_answer(const orders::Order& order) {
  AnsweredOrder answer;
  answer.order_id = order.id;
  answer.number = order.number();
  answer.status = order.state;
  answer.total_charged = order.document.totals.total;
  answer.shipments = order.document.shipments;
  for (const auto& shipment : answer.shipments)
    if (shipment.estimated_delivery.latest > answer.estimated_delivery.latest)
      answer.estimated_delivery = shipment.estimated_delivery;
  return json::print(answer);
}

Placing PlaceOrder::prepare(const Journal& journal, const std::vector<inventory::Allotment>& allotments,
                            const Verdict& verdict, Time now) {
  KONTOR_ASSERT(verdict.kind == Verdict::Kind::kPaid && !allotments.empty());
  Placing placing;
  auto& order = placing.order;
  order.id = journal.plan.order_id;
  order.customer = journal.customer;
  order.checkout = journal.id;
  order.reservation = journal.reservation;
  order.state = orders::OrderState::kConfirmed;
  order.email = journal.plan.email;
  order.created = order.updated = now;
  order.document = journal.plan.document;
  order.document.timeline.push_back({order.state, now, journal.by});
  const auto& address = order.document.shipping_address;
  const auto way =
      shipping_.way(journal.plan.shipping_option, {address.country, address.region.value_or(""), address.postal_code},
                    journal.plan.shipping_zones);
  order.document.shipments = shipments_of(allotments, Arrival(shipping_, way, now));
  for (auto& shipment : order.document.shipments) {
    shipment.id = ids_.next<ShipmentId>(now, journal.customer.bucket());
    shipment.carrier = way.carrier;
  }
  auto& attempts = order.document.payments;
  KONTOR_ASSERT(verdict.outcomes.size() == attempts.size());
  const auto besides = besides_of(order.document);
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const auto& outcome = verdict.outcomes[i];
    attempts[i].status = name_of(outcome.state);
    const Money none = Money::minor(0, attempts[i].amount.currency());
    placing.payments.push_back({attempts[i].id, journal.id, order.id, outcome.state, attempts[i].amount, none,
                                attempts[i].method, outcome.reference, now, besides[i]});
  }
  placing.document = json::print(order.document);
  placing.answer = order_answer(order);
  return placing;
}

Result<void> PlaceOrder::run(db::Tx& tx, const Journal& journal, const Placing& placing, bool confirm_later) {
  const Time now = placing.order.created;
  Change change;
  change.from = journal.state;
  change.to = after(journal.state, CheckoutTrigger::kPaid);
  if (confirm_later) change.next = now;
  change.order = placing.order.id;
  change.reservation = placing.order.reservation;
  change.answer_status = placing.answer_later ? 0 : 201;
  change.answer_body = &placing.answer;
  TRY_DO(apply(tx, journal.id, change, now));
  for (const auto& payment : placing.payments) TRY_DO(payments_.record(tx, payment, now));
  const bool taken = std::all_of(placing.payments.begin(), placing.payments.end(), [](const auto& payment) {
    return payment.state == payments::PaymentState::kCaptured;
  });
  if (taken && buys_gift_cards(placing.order)) TRY_DO(tell_gift_cards_paid(tx, placing.order.id, now));
  return orders_.place(tx, placing.order, placing.document);
}

Result<void> PlaceOrder::empty_cart(db::Tx& tx, cart::Writing& cart, const Journal& journal) {
  return carts_.bought(tx, cart, journal.id);
}

}  // namespace kontor::checkout
