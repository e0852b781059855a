#include "sim/model.h"

#include "runtime/json.h"
#include "shop/fulfilment/events.h"
#include "shop/inventory/events.h"
#include "shop/orders/events.h"
#include "shop/orders/order_document.h"
#include "shop/orders/orders_state.h"
#include "shop/payments/events.h"
#include "shop/payments/payments_state.h"

namespace kontor::sim {
namespace {

using db::Home;
using db::Query;

// Whether anything of what the model keeps books of has changed, in one statement.
constexpr Query kDigest{"sim.model_digest", Home::kCustomer, R"sql(
  SELECT (SELECT COALESCE(MAX(id), 0) FROM outbox_events), (SELECT COUNT(*) FROM orders_orders),
         (SELECT COALESCE(SUM(version), 0) FROM orders_orders),
         (SELECT COUNT(*) FROM payments_payments),
         (SELECT COALESCE(SUM(refunded + 31 * state), 0) FROM payments_payments),
         (SELECT COALESCE(SUM(on_hand), 0) FROM inventory_stock),
         (SELECT COALESCE(SUM(promised), 0) FROM inventory_stock)
)sql"};
constexpr Query kEvents{"sim.model_events", Home::kEvery,
                        "SELECT id, name, subject, body FROM outbox_events WHERE id > $1 ORDER BY id"};
constexpr Query kStock{"sim.model_stock", Home::kStock,
                       "SELECT offer_id, SUM(on_hand), SUM(promised), MIN(on_hand - promised) "
                       "FROM inventory_stock GROUP BY offer_id"};
constexpr Query kModelOrders{"sim.model_orders", Home::kCustomer, "SELECT id, state, total FROM orders_orders"};
constexpr Query kPayments{"sim.model_payments", Home::kCustomer,
                          "SELECT id, order_id, state, amount, refunded FROM payments_payments"};
constexpr Query kLedger{"sim.model_ledger", Home::kCustomer, R"sql(
  SELECT COALESCE(SUM(CASE WHEN gateway + receivable + sales + shipping + tax + refunds + customer_credit +
                                goodwill = 0 THEN 0 ELSE 1 END), 0),
         COALESCE(SUM(CASE WHEN kind < 6 THEN gateway + customer_credit ELSE 0 END), 0)
    FROM payments_ledger)sql"};
constexpr Query kItems{"sim.model_items", Home::kCustomer, "SELECT items FROM fulfilment_shipments WHERE id = $1"};

struct Items {
  std::vector<orders::ShipmentItem> items;
  static constexpr auto fields() { return described(Field("items", &Items::items, "What is in it")); }
};

std::string figures(const Model::Units& units) {
  return "on hand " + std::to_string(units.on_hand) + ", promised " + std::to_string(units.promised);
}

}  // namespace

Result<void> Model::look(db::Tx& tx, Sight& sight) {
  sight = Sight{};
  sight.number = ++looks_;
  TRY(const auto digest, tx.ask(kDigest));
  for (std::size_t i = 0; i < 7; ++i) sight.digest.push_back(digest.front().i64(i));
  if (sight.digest == digest_) return {};
  sight.changed = true;
  TRY(const auto events, tx.ask(kEvents, last_event_));
  for (const auto row : events) {
    sight.events.push_back({row.i64(0), row.str(1), row.str(2), row.str(3)});
    if (row.text(1) != fulfilment::kShipmentShipped) continue;
    TRY(const auto moved, json::read<fulfilment::ShipmentMoved>(row.text(3)));
    TRY(const auto items, tx.ask(kItems, moved.shipment_id));
    sight.sent[moved.shipment_id] = items.empty() ? "" : items.front().str(0);
  }
  TRY(const auto stock, tx.ask(kStock));
  for (const auto row : stock) sight.stock[row.id<OfferId>(0)] = {row.i64(1), row.i64(2), row.i64(3)};
  TRY(const auto all, tx.ask(kModelOrders));
  for (const auto row : all) sight.orders[row.id<OrderId>(0)] = {row.i64(1), row.i64(2)};
  TRY(const auto payments, tx.ask(kPayments));
  for (const auto row : payments)
    sight.payments[row.id<PaymentId>(0)] = {row.id<OrderId>(1), row.i64(2), row.i64(3), row.i64(4)};
  TRY(const auto ledger, tx.ask(kLedger));
  sight.entries_out_of_balance = ledger.front().i64(0);
  sight.at_gateway = ledger.front().i64(1);
  return {};
}

// Functions that were committed together are told in any order: the last of them saw what the others did.
void Model::follow(const Sight& sight) {
  if (sight.number < followed_) return;
  followed_ = sight.number;
  if (!sight.changed) return;
  for (const Event& event : sight.events) {
    if (event.id <= last_event_) continue;
    last_event_ = event.id;
    if (const auto taken = take(event, sight); !taken)
      return differs(event.name + " of " + event.subject + ": " + taken.error().detail);
  }
  digest_ = sight.digest;
  ++comparisons_;
  compare_stock(sight);
  compare_orders(sight);
  compare_payments(sight);
  compare_ledger(sight);
}

Result<void> Model::take(const Event& event, const Sight& sight) {
  if (event.name.starts_with("order.")) return take_order(event);
  if (event.name.starts_with("payment.")) return take_payment(event);
  return take_stock(event, sight);
}

Result<void> Model::take_stock(const Event& event, const Sight& sight) {
  const auto wrong = [](std::string words) { return fail(Errc::kInternal, "sim.model", std::move(words)); };
  if (event.name == inventory::StockReserved::kName) {
    TRY(const auto body, json::read<inventory::StockReserved>(event.body));
    if (held_.contains(body.checkout_id)) return wrong("it is reserved twice");
    for (const auto& line : body.lines) {
      held_[body.checkout_id][line.offer_id] += line.quantity;
      stock_[line.offer_id].promised += line.quantity;
    }
  } else if (event.name == inventory::StockReleased::kName) {
    TRY(const auto body, json::read<inventory::StockReleased>(event.body));
    for (const auto& line : body.lines) {
      auto& held = held_[body.checkout_id][line.offer_id];
      held -= line.quantity;
      if (held < 0) return wrong("more comes back than it held of " + line.offer_id.text());
      stock_[line.offer_id].promised -= line.quantity;
    }
  } else if (event.name == inventory::StockLevelChanged::kName) {
    TRY(const auto body, json::read<inventory::StockLevelChanged>(event.body));
    for (const auto& level : body.levels) stock_[level.offer_id].on_hand = level.on_hand;
  } else if (event.name == fulfilment::kShipmentShipped) {
    TRY(const auto body, json::read<fulfilment::ShipmentMoved>(event.body));
    const auto found = sight.sent.find(body.shipment_id);
    if (found == sight.sent.end()) return wrong("nobody saw what left");
    TRY(const auto items, json::read<Items>(found->second));
    for (const auto& item : items.items) {
      stock_[item.offer_id].on_hand -= item.quantity;
      stock_[item.offer_id].promised -= item.quantity;
    }
  }
  return {};
}

Result<void> Model::take_order(const Event& event) {
  const auto wrong = [](std::string words) { return fail(Errc::kInternal, "sim.model", std::move(words)); };
  if (event.name == orders::OrderPlaced::kName) {
    TRY(const auto body, json::read<orders::OrderPlaced>(event.body));
    if (!bought_.insert(body.checkout_id).second) return wrong("its checkout has an order already");
    const Order order{body.status, body.total.amount_minor()};
    if (!orders_.emplace(body.order_id, order).second) return wrong("it is placed twice");
    return {};
  }
  const auto id = OrderId::parse(event.subject);
  const auto order = orders_.find(id.value_or(OrderId()));
  if (order == orders_.end()) return wrong("it was never placed");
  if (event.name == orders::OrderCancelled::kName) {
    order->second.state = name_of(orders::OrderState::kCancelled);
  } else if (event.name == orders::OrderStatusChanged::kName) {
    TRY(const auto body, json::read<orders::OrderStatusChanged>(event.body));
    if (body.from != order->second.state) return wrong("it was " + order->second.state + ", not " + body.from);
    order->second.state = body.to;
  }
  return {};
}

Result<void> Model::take_payment(const Event& event) {
  const auto wrong = [](std::string words) { return fail(Errc::kInternal, "sim.model", std::move(words)); };
  if (event.name == payments::PaymentAuthorised::kName) {
    TRY(const auto body, json::read<payments::PaymentAuthorised>(event.body));
    payments_[body.payment_id] = {body.order_id, body.amount.amount_minor(), 0, 0, false, false};
    return {};
  }
  const auto id = PaymentId::parse(event.subject).value_or(PaymentId());
  if (event.name == payments::PaymentCaptured::kName) {
    TRY(const auto body, json::read<payments::PaymentCaptured>(event.body));
    const auto [at, fresh] = payments_.try_emplace(body.payment_id);
    Payment& payment = at->second;
    if (payment.taken) return wrong("it is taken twice");
    payment.order = body.order_id;
    if (fresh) payment.amount = body.amount.amount_minor();
    if (body.amount.amount_minor() != payment.amount - payment.released) return wrong("not what was due is taken");
    payment.taken = true;
    return {};
  }
  const auto found = payments_.find(id);
  if (found == payments_.end()) return wrong("nobody heard of it before");
  if (event.name == payments::PaymentRefunded::kName) {
    TRY(const auto body, json::read<payments::PaymentRefunded>(event.body));
    found->second.refunded += body.amount.amount_minor();
    if (!found->second.taken || found->second.refunded > found->second.amount - found->second.released)
      return wrong("more goes back than was taken");
  } else if (event.name == payments::PaymentReleased::kName) {
    TRY(const auto body, json::read<payments::PaymentReleased>(event.body));
    found->second.released += body.amount.amount_minor();
    if (found->second.taken || found->second.released > found->second.amount)
      return wrong("more is let go than was promised");
  } else if (event.name == payments::PaymentVoided::kName) {
    if (found->second.taken) return wrong("it was taken, and is let go");
    found->second.voided = true;
  }
  return {};
}

void Model::compare_stock(const Sight& sight) {
  if (tampers_) {
    stock_ = sight.stock;
    return;
  }
  for (const auto& [offer, units] : sight.stock) {
    const auto mine = stock_.find(offer);
    const Units expected = mine == stock_.end() ? Units{} : mine->second;
    if (units.on_hand != expected.on_hand || units.promised != expected.promised)
      differs("the stock of " + offer.text() + " is " + figures(units) + ", and should be " + figures(expected));
    if (units.least < 0 && !owes_) differs("more promised than there is of " + offer.text());
  }
}

void Model::compare_orders(const Sight& sight) {
  if (sight.orders.size() != orders_.size())
    differs("there are " + std::to_string(sight.orders.size()) + " orders, and " + std::to_string(orders_.size()) +
            " were told of");
  std::map<OrderId, std::int64_t> paid;
  for (const auto& [id, payment] : sight.payments) paid[payment.order] += payment.amount;
  for (const auto& [id, row] : sight.orders) {
    const auto mine = orders_.find(id);
    if (mine == orders_.end()) return differs(id.text() + " is there, and nobody told of it");
    const auto state = name_of(static_cast<orders::OrderState>(row.state));
    if (state != mine->second.state) differs(id.text() + " is " + std::string(state) + ", not " + mine->second.state);
    if (row.total != mine->second.total || paid[id] != row.total)
      differs(id.text() + " costs " + std::to_string(row.total) + ", its payments come to " + std::to_string(paid[id]));
  }
}

void Model::compare_payments(const Sight& sight) {
  using payments::PaymentState;
  if (sight.payments.size() != payments_.size()) differs("payments are there that nobody told of, or the other way");
  for (const auto& [id, row] : sight.payments) {
    const auto mine = payments_.find(id);
    if (mine == payments_.end()) return differs(id.text() + " is there, and nobody told of it");
    const auto state = static_cast<PaymentState>(row.state);
    const bool taken = state == PaymentState::kCaptured || state == PaymentState::kPartiallyRefunded ||
                       state == PaymentState::kRefunded;
    const bool same = row.refunded == mine->second.refunded && row.amount == mine->second.amount &&
                      taken == mine->second.taken && (state == PaymentState::kVoided) == mine->second.voided;
    if (!same)
      differs("the payment " + id.text() + " is " + std::string(name_of(state)) + " with " +
              std::to_string(row.refunded) + " given back, not " + std::to_string(mine->second.refunded));
  }
}

void Model::compare_ledger(const Sight& sight) {
  if (sight.entries_out_of_balance > 0)
    differs(std::to_string(sight.entries_out_of_balance) + " entries of the ledger have legs that do not add up to 0");
  std::int64_t expected = 0;
  for (const auto& [id, payment] : payments_)
    if (payment.taken) expected += payment.amount - payment.released - payment.refunded;
  if (sight.at_gateway != expected)
    differs("by the ledger the gateway holds " + std::to_string(sight.at_gateway) + ", and should hold " +
            std::to_string(expected));
}

void Model::acknowledged(OrderId order) {
  if (!orders_.contains(order)) differs("an order was promised before it was there: " + order.text());
}

Result<void> ModelledStore::catch_up() {
  Model::Sight sight;
  TRY_DO(store_.read(Home::kCustomer | Home::kStock, [&](db::Tx& tx) { return model_.look(tx, sight); }));
  model_.follow(sight);
  return {};
}

Result<void> ModelledStore::write(db::Homes homes, const db::Function& function) {
  const bool watched = homes.has(Home::kCustomer) || homes.has(Home::kStock);
  if (!watched) {
    TRY_DO(store_.write(homes, function));
  } else {
    Model::Sight sight;
    TRY_DO(store_.write(homes | Home::kCustomer | Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(function(tx));
      return model_.look(tx, sight);
    }));
    model_.follow(sight);
  }
  ++writes_;
  if (listener_) listener_();
  return {};
}

}  // namespace kontor::sim
