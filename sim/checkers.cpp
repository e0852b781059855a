#include "sim/checkers.h"

#include <algorithm>

#include "runtime/json.h"
#include "sim/shoppers.h"

namespace kontor::sim {
namespace {

using db::Home;
using db::Query;

constexpr Query kOpenCheckouts{"sim.open_checkouts", Home::kCustomer,
                               "SELECT COUNT(*) FROM checkout_checkouts WHERE next_at IS NOT NULL"};
constexpr Query kOpenCancellations{"sim.open_cancellations", Home::kCustomer,
                                   "SELECT COUNT(*) FROM checkout_order_cancellations WHERE next_at IS NOT NULL"};
constexpr Query kOversold{"sim.oversold", Home::kCustomer, "SELECT COUNT(*) FROM checkout_oversold"};
constexpr Query kClaims{"sim.claims", Home::kStock, "SELECT COUNT(*) FROM cart_claims"};
constexpr Query kOrders{"sim.orders", Home::kCustomer, "SELECT COUNT(*) FROM orders_orders"};
constexpr Query kShortages{"sim.shortages", Home::kCustomer, "SELECT COUNT(*) FROM checkout_shortages WHERE state < 2"};
constexpr Query kKey{"sim.key", Home::kCustomer,
                     "SELECT answer_status, answer_body FROM checkout_checkouts WHERE customer_id = $1 AND key = $2"};
constexpr Query kToldTimes{"sim.told_times", Home::kCustomer, "SELECT times FROM sim_told WHERE order_id = $1"};

constexpr Query kInvoices{"sim.invoices", Home::kCustomer, "SELECT COUNT(*) FROM orders_invoices WHERE order_id = $1"};

Result<std::int64_t> number(db::Store& store, const Query& query) {
  std::int64_t count = 0;
  TRY_DO(store.read(query.home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(query));
    count = rows.empty() ? 0 : rows.front().i64(0);
    return {};
  }));
  return count;
}

Result<std::int64_t> events_behind(Process& process) {
  std::int64_t behind = 0;
  for (const auto& stream : process.shop().world.events.streams()) {
    TRY(const auto head, process.shop().world.events.head(stream));
    TRY(const auto passed, process.shop().consumers.passed(stream));
    behind += head - passed;
  }
  return behind;
}

// One look at everything that may still be open.
Result<std::string> open_things(Process& process) {
  World& world = process.world();
  if (auto left = world.work_left(); !left.empty()) return left;
  if (!world.gateway.quiet()) return std::string("the gateway has messages on their way");
  TRY(const auto checkouts, number(process.store(), kOpenCheckouts));
  if (checkouts > 0) return std::to_string(checkouts) + " checkouts are open";
  TRY(const auto cancellations, number(process.store(), kOpenCancellations));
  if (cancellations > 0) return std::to_string(cancellations) + " cancellations are open";
  TRY(const auto refunds, process.shop().refunds.open(10));
  if (!refunds.empty()) return std::to_string(refunds.size()) + " refunds are open";
  TRY(const auto shortages, number(process.store(), kShortages));
  if (shortages > 0) return std::to_string(shortages) + " orders have units missing";
  TRY(const auto oversold, number(process.store(), kOversold));
  if (oversold > 0) return std::to_string(oversold) + " places are oversold";
  TRY(const auto claims, number(process.store(), kClaims));
  if (claims > 0) return std::to_string(claims) + " claims of carts are open";
  TRY(const auto behind, events_behind(process));
  if (behind > 0) return std::to_string(behind) + " events wait for their consumers";
  return std::string();
}

struct Books {
  std::map<std::int64_t, std::int64_t> waiting;  // units sold and not sent, by offer
  std::map<std::int64_t, std::int64_t> sent;
  std::map<std::pair<OfferId, WarehouseId>, std::int64_t> waiting_at;
  std::map<std::string, std::vector<orders::Order>> by_email;
  std::map<std::string, const orders::Order*> by_payment;
  std::vector<orders::Order> all;
};

Result<Books> read_books(Process& process) {
  Books books;
  TRY_DO(process.shop().orders.each([&](const orders::Order& order) { books.all.push_back(order); }));
  for (const orders::Order& order : books.all) {
    books.by_email[order.email].push_back(order);
    for (const auto& payment : order.document.payments) books.by_payment[payment.id.text()] = &order;
    if (order.state == orders::OrderState::kCancelled) continue;
    for (const auto& shipment : order.document.shipments) {
      if (shipment.status == orders::ShipmentState::kCancelled) continue;
      const bool left =
          shipment.status == orders::ShipmentState::kShipped || shipment.status == orders::ShipmentState::kDelivered;
      for (const auto& item : shipment.items) {
        (left ? books.sent : books.waiting)[item.offer_id.value] += item.quantity;
        if (!left) books.waiting_at[{item.offer_id, shipment.warehouse_id}] += item.quantity;
      }
    }
  }
  return books;
}

// Each order that stands and has the discount has used the coupon once; nobody else has.
void check_coupon(Process& process, const std::vector<orders::Order>& all) {
  World& world = process.world();
  if (!world.promotion) return;
  std::int64_t discounted = 0;
  for (const orders::Order& order : all)
    discounted += order.state != orders::OrderState::kCancelled && !order.document.totals.discounts.empty() ? 1 : 0;
  const auto row = process.shop().promotions.find(world.promotion);
  if (!row || !*row) return world.problem("the promotion cannot be read");
  if ((*row)->uses != discounted)
    world.problem("the coupon was used " + std::to_string((*row)->uses) + " times, and " + std::to_string(discounted) +
                  " orders have its discount");
  if (discounted > world.scenario.coupon_uses)
    world.problem(std::to_string(discounted) + " orders have a discount that was for " +
                  std::to_string(world.scenario.coupon_uses));
}

// The card has what was put on it, less what orders have of it: none is paid with what it did not hold, and what is
// cancelled is on it again.
void check_gift_card(Process& process, const std::vector<orders::Order>& all) {
  World& world = process.world();
  if (!world.gift_card) return;
  const auto card = process.shop().credits.find(world.gift_card);
  if (!card || !*card) return world.problem("the gift card cannot be read");
  std::int64_t paid = 0, whole = 0;
  for (const orders::Order& order : all)
    for (const auto& payment : order.document.payments) {
      if (payment.method != "gift_card") continue;
      const bool promised = payment.status == "authorised" || payment.status == "capturing";
      Money left = payment.amount - payment.refunded;
      if (!promised && payment.released) left = left - *payment.released;
      if (payment.status == "voided") left = Money::minor(0, left.currency());
      if (order.state == orders::OrderState::kCancelled && left.amount_minor() != 0)
        world.problem("the cancelled order " + order.id.text() + " keeps " + left.text() + " of the gift card");
      paid += left.amount_minor();
      whole += left.amount_minor() > 0 && order.document.payments.size() == 1;
    }
  if (paid > 0) world.trace.reached("gift card: pays at the end");
  if (whole > 0) world.trace.reached("gift card: pays an order alone");
  const std::int64_t balance = (*card)->balance.amount_minor();
  if (balance < 0 || balance != world.scenario.gift_card_minor - paid)
    world.problem("the gift card of " + std::to_string(world.scenario.gift_card_minor) + " has " +
                  std::to_string(balance) + " left, and orders have " + std::to_string(paid) + " of it");
}

void check_modules(Process& process) {
  services::CheckReport report;
  if (const auto done = process.shop().check(report); !done)
    return process.world().problem("the checks do not run: " + done.error().reason + ": " + done.error().detail);
  for (const auto& [invariant, finding] : report.findings())
    process.world().problem(invariant + ": " + finding.details.front());
}

// What counts and repairs found to be more or less than was thought.
Result<std::map<std::int64_t, std::int64_t>> found_otherwise(Process& process,
                                                             const std::vector<inventory::StockRow>& rows) {
  std::map<std::int64_t, std::int64_t> out;
  for (const auto& row : rows) {
    TRY(const auto history, process.shop().inventory.movements(row.offer, row.warehouse, 0, 100'000));
    for (const auto& movement : history)
      if ((movement.kind == inventory::MovementKind::kCounted && movement.reason != "founded") ||
          movement.kind == inventory::MovementKind::kReconciled)
        out[row.offer.value] += movement.on_hand;
  }
  return out;
}

// Over all warehouses: what was there and came, less what was sent, is there; what is sold and waits is allocated.
void check_stock(Process& process, Books& books) {
  World& world = process.world();
  const auto rows = process.shop().inventory.rows_after({}, {}, 500);
  if (!rows) return world.problem("the stock cannot be read: " + rows.error().reason);
  const auto otherwise = found_otherwise(process, *rows);
  if (!otherwise) return world.problem("the movements cannot be read: " + otherwise.error().reason);
  const auto there_were = [&](std::int64_t offer) {
    const auto found = otherwise->find(offer);
    return world.scenario.units + world.stockroom.delivered[OfferId{offer}] +
           (found == otherwise->end() ? 0 : found->second);
  };
  std::map<std::int64_t, inventory::StockRow> sums;
  for (const auto& row : *rows) {
    auto& sum = sums[row.offer.value];
    sum.on_hand += row.on_hand;
    sum.reserved += row.reserved;
    sum.allocated += row.allocated;
    const auto here = books.waiting_at[{row.offer, row.warehouse}];
    if (row.allocated != here)
      world.problem(row.offer.text() + " has " + std::to_string(row.allocated) + " allocated in " +
                    row.warehouse.text() + ", and " + std::to_string(here) + " wait there in shipments");
  }
  for (const auto& [offer, sum] : sums) {
    const auto sent = books.sent[offer];
    const auto waiting = books.waiting[offer];
    const auto there = there_were(offer);
    if (sum.reserved == 0 && sum.allocated == waiting && sum.on_hand == there - sent) continue;
    world.problem("stock of " + OfferId{offer}.text() + ": on hand " + std::to_string(sum.on_hand) + ", reserved " +
                  std::to_string(sum.reserved) + ", allocated " + std::to_string(sum.allocated) + "; there were " +
                  std::to_string(there) + ", " + std::to_string(sent) + " were sent and " + std::to_string(waiting) +
                  " are sold and wait");
  }
  for (const auto& [offer, units] : books.waiting)
    if (units + books.sent[offer] > there_were(offer) + world.scenario.backorder)
      world.problem("more sold than there was: " + OfferId{offer}.text());
}

// One shipment a warehouse, each with a day on which it should arrive.
void check_shipments(World& world, const Books& books) {
  for (const orders::Order& order : books.all) {
    std::set<WarehouseId> from;
    for (const auto& shipment : order.document.shipments) {
      if (!from.insert(shipment.warehouse_id).second)
        world.problem(order.id.text() + " has two shipments from " + shipment.warehouse_id.text());
      const auto& estimate = shipment.estimated_delivery;
      if (estimate.earliest > estimate.latest || estimate.latest <= order.created)
        world.problem(order.id.text() + " should arrive before it leaves");
    }
    world.trace.reached("order: from " + std::to_string(from.size()) + " warehouses");
  }
}

// No customer's orders that stand hold more of an offer than its limit, whatever was clicked how often.
void check_limits(World& world, const Books& books) {
  if (world.scenario.purchase_limit == 0) return;
  std::map<std::pair<CustomerId, OfferId>, std::int64_t> held;
  for (const orders::Order& order : books.all) {
    if (order.state == orders::OrderState::kCancelled) continue;
    for (const auto& line : order.document.lines)
      if ((held[{order.customer, line.offer_id}] += line.left()) > world.scenario.purchase_limit)
        world.problem("more than one customer may have: " + order.customer.text() + " holds of " +
                      line.offer_id.text());
  }
}

// What of a promise the gateway still holds and will not be asked for.
Money let_go(const orders::Order& order, const std::string& key, const Charge& charge) {
  const Money none = Money::minor(0, charge.amount.currency());
  if (charge.state != ChargeState::kAuthorised) return none;
  for (const auto& payment : order.document.payments)
    if (payment.id.text() == key) return payment.released.value_or(none);
  return none;
}

// What finance gave back.
std::int64_t given_back(Process& process, const orders::Order& order) {
  const auto refunds = process.shop().refunds.of_order(order.id);
  if (!refunds) process.world().problem("the refunds of an order cannot be read: " + refunds.error().reason);
  std::int64_t sum = 0;
  if (refunds)
    for (const auto& refund : *refunds) sum += refund.amount.amount_minor();
  return sum;
}

// Money that the gateway keeps belongs to one order that stands, and is its total less what was cancelled or given
// back; a cancelled order keeps none.
void check_money(Process& process, const Books& books) {
  World& world = process.world();
  std::map<OrderId, std::int64_t> kept;
  std::vector<std::pair<std::string, Charge>> charges;
  for (const auto& [key, held] : world.gateway.held()) charges.emplace_back(key, held.charge);
  const auto of_house = process.shop().credits.all_charges();
  if (!of_house) return world.problem("the gift cards' charges cannot be read: " + of_house.error().reason);
  charges.insert(charges.end(), of_house->begin(), of_house->end());
  for (const auto& [key, charge] : charges) {
    const bool holds = charge.state == ChargeState::kCaptured || charge.state == ChargeState::kAuthorised;
    if (!holds) continue;
    const auto order = books.by_payment.find(key);
    if (order == books.by_payment.end())
      world.problem("money without an order: the gateway keeps " + charge.amount.text() + " under " + key);
    else
      kept[order->second->id] += (charge.amount - charge.refunded - let_go(*order->second, key, charge)).amount_minor();
  }
  for (const orders::Order& order : books.all) {
    const bool cancelled = order.state == orders::OrderState::kCancelled;
    const auto& parts = order.document.cancellations;
    const Money total = parts ? parts->back().total_after : order.document.totals.total;
    const auto due = cancelled ? 0 : total.amount_minor() - given_back(process, order);
    if (kept[order.id] != due)
      world.problem("the order " + order.id.text() + " of " + order.email + " is " + std::string(name_of(order.state)) +
                    " and due " + std::to_string(due) + ", the gateway keeps " + std::to_string(kept[order.id]));
  }
}

// What of a payment goes back, by the order's cancellations.
Money comes_back(const orders::Order& order, PaymentId payment) {
  Money sum = Money::minor(0, order.currency());
  if (!order.document.cancellations) return sum;
  for (const auto& cancellation : *order.document.cancellations)
    for (const auto& share : cancellation.refunds)
      if (share.payment_id == payment) sum = sum + share.amount;
  return sum;
}

// What was only promised is charged once it is time: with the order, or when its first parcel has left.
void check_captures(World& world, const Books& books) {
  for (const orders::Order& order : books.all) {
    if (order.state == orders::OrderState::kCancelled) continue;
    const auto& shipments = order.document.shipments;
    const bool left = std::any_of(shipments.begin(), shipments.end(), [](const auto& shipment) {
      return shipment.status == orders::ShipmentState::kShipped || shipment.status == orders::ShipmentState::kDelivered;
    });
    const bool due = left || !world.scenario.capture_later;
    for (const auto& payment : order.document.payments) {
      const bool void_too = payment.status == "voided" || payment.status == "refunded";
      if (void_too && comes_back(order, payment.id) == payment.amount) continue;  // all it paid for was cancelled
      if ((payment.status == "captured" || payment.status == "partially_refunded" || payment.status == "refunded") !=
          due)
        world.problem("the payment " + payment.id.text() + " of " + order.id.text() + " is " + payment.status);
    }
  }
}

// What staff looked at is an order only if they approved it, and nothing waits for them.
void check_reviews(Process& process, const Books& books) {
  World& world = process.world();
  for (const orders::Order& order : books.all) {
    const auto review = process.shop().risk.find(order.checkout);
    if (!review) return world.problem("a review cannot be read: " + review.error().reason);
    if (*review && (*review)->state != risk::ReviewState::kApproved)
      world.problem("the order " + order.id.text() + " came of a purchase that is " +
                    std::string(name_of((*review)->state)));
  }
  const auto open = process.shop().risk.list(risk::ReviewState::kOpen, std::nullopt, 10);
  if (open && !open->empty()) world.problem("a purchase still waits for staff: " + open->front().checkout_id.text());
}

// The books say what the gateway keeps, and each day's settlement agrees with its charge file.
void check_ledger(Process& process) {
  World& world = process.world();
  const auto balances = process.shop().payments.ledger().balances();
  if (!balances) return world.problem("the ledger cannot be read: " + balances.error().reason);
  std::map<Currency, std::int64_t> kept;
  for (const auto& [key, held] : world.gateway.held())
    if (held.charge.state == ChargeState::kCaptured)
      kept[held.charge.amount.currency()] += (held.charge.amount - held.charge.refunded).amount_minor();
  for (const auto& [currency, legs] : *balances) {
    if (!legs.balanced()) world.problem("the ledger's accounts come to " + std::to_string(legs.total()));
    const auto booked = legs.of(payments::Account::kGateway);
    if (booked != kept[currency])
      world.problem("the gateway keeps " + std::to_string(kept[currency]) + ", the ledger says " +
                    std::to_string(booked));
  }
  const auto first = process.shop().payments.ledger().first_entry();
  if (!first || !*first) return;
  for (Time day = **first; day <= world.clock.now().plus_ms(kDayMs); day = day.plus_ms(kDayMs)) {
    const auto report = process.shop().settlements.compare(day);
    if (!report) return world.problem("no settlement: " + report.error().reason);
    if (report->differing() != 0)
      world.problem("the settlement of " + report->day + " differs: " + json::print(*report));
    if (report->voided > 0) world.trace.reached("settlement: a charge given back without an order");
  }
}

// What its shopper was told is cancelled is cancelled so, once; and nothing leaves a box that was closed.
void check_cancellations(World& world, const Intention& intention, const orders::Order& order) {
  const auto& kept = order.document.cancellations;
  for (const auto& told : intention.part_cancelled) {
    const bool there = kept && told.number <= static_cast<std::int64_t>(kept->size());
    // Lines of which nothing was cancelled are there for their discounts.
    std::map<OfferId, std::int64_t> units;
    if (there)
      for (const auto& line : kept->at(static_cast<std::size_t>(told.number - 1)).lines)
        if (line.quantity > 0) units[line.offer_id] += line.quantity;
    if (units != std::map<OfferId, std::int64_t>{{told.offer, told.quantity}})
      world.problem("an acknowledged cancellation of lines is gone: " + intention.name + ", number " +
                    std::to_string(told.number));
  }
  for (const auto& [id, items] : intention.packed) {
    const auto& shipments = order.document.shipments;
    const auto found = std::find_if(shipments.begin(), shipments.end(), [&](const auto& s) { return s.id == id; });
    if (found == shipments.end() || found->status == orders::ShipmentState::kCancelled ||
        json::print(found->items) != json::print(items))
      world.problem("cancelled after it was packed: " + id.text() + " of " + intention.name);
  }
}

// Each intention is one order at most, and the one that its shopper was told of. Late money of a checkout that ran out
// of time buys again while the cart is as it was: a shopper who was told so, fills a cart anew and buys has two orders.
void check_intentions(Process& process, const Books& books) {
  World& world = process.world();
  for (const ShopperMemory& shopper : world.shoppers) {
    for (const Intention& intention : shopper.intentions) {
      const auto found = books.by_email.find(intention.email());
      const std::size_t count = found == books.by_email.end() ? 0 : found->second.size();
      if (count > 1 + static_cast<std::size_t>(intention.ran_out)) world.problem("bought twice: " + intention.name);
      const auto told = [&](const orders::Order& order) { return order.id == intention.order; };
      if (intention.order && (count == 0 || std::none_of(found->second.begin(), found->second.end(), told)))
        world.problem("the acknowledged order is gone: " + intention.order.text() + " of " + intention.name);
      if (!intention.order && count > 0 && intention.ran_out == 0)
        world.problem("an order that its shopper was never told of: " + intention.name);
      if (intention.order && count == 1) check_cancellations(world, intention, found->second[0]);
      if (intention.cancelled && count == 1 && found->second[0].state != orders::OrderState::kCancelled)
        world.problem("an acknowledged cancellation is gone: " + intention.name);
    }
  }
}

// A key that was answered answers the same bytes for ever. Without a row: a second key that was told of the first one's
// order, or a payment that never arrived, after which the key is free.
void check_answer(Process& process, const ShopperMemory& shopper, const Intention& intention, const std::string& key) {
  World& world = process.world();
  const Kept& kept = intention.kept.at(key);
  std::optional<Kept> row;
  const auto read = process.store().read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kKey, shopper.customer, key));
    if (!rows.empty()) row = Kept{static_cast<int>(rows.front().i64(0)), rows.front().str(1)};
    return {};
  });
  if (!read) return world.problem("the journal cannot be read: " + read.error().reason);
  const bool second_key = intention.clicks == 2 && !intention.one_key;
  const bool must = kept.status == 202 || (kept.status == 201 && !second_key && intention.attempt == 0);
  if (!row && must) world.problem("the key " + key + " was answered " + kept.body + " and is forgotten");
  if (!row) return;
  const auto again = process.shop().checkouts.buy(purchase_of(process.world(), shopper, intention, key));
  if (again && again->status == kept.status && again->body == kept.body) return;
  world.problem("the key " + key + " was answered " + std::to_string(kept.status) + " " + kept.body + " and now " +
                (again ? std::to_string(again->status) + " " + again->body : again.error().reason));
}

void check_answers(Process& process) {
  for (const ShopperMemory& shopper : process.world().shoppers)
    for (const Intention& intention : shopper.intentions)
      for (const auto& [key, kept] : intention.kept) check_answer(process, shopper, intention, key);
}

void check_events(Process& process, const Books& books) {
  World& world = process.world();
  for (const orders::Order& order : books.all) {
    const std::string id = order.id.text();
    const std::size_t papers = 1 + (order.document.cancellations ? order.document.cancellations->size() : 0);
    std::int64_t issued = 0;
    std::int64_t times = 0;
    const auto read = process.store().read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kToldTimes, id));
      times = rows.empty() ? 0 : rows.front().i64(0);
      TRY(const auto invoices, tx.ask(kInvoices, order.id));
      issued = invoices.front().i64(0);
      return {};
    });
    if (issued != static_cast<std::int64_t>(papers))
      world.problem("the order " + id + " has " + std::to_string(issued) + " invoices and credit notes, not " +
                    std::to_string(papers));
    if (!read || times != 1)
      world.problem("order.placed of " + id + " had its effect " + std::to_string(times) + " times");
    if (!world.mails.to.contains(order.email)) world.problem("no mail was sent to " + order.email);
  }
  const auto parked = process.shop().consumers.dead_letters(1);
  if (!parked)
    world.problem("the dead letters cannot be read");
  else if (!parked->empty())
    world.problem("an event was given up: " + parked->front().name + ": " + parked->front().reason);
}

}  // namespace

void sample_stock(Process& process) {
  World& world = process.world();
  for (std::int64_t seen = -1;;) {
    runtime::sleep_for(400);  // the model looks after each write; this is what a reader sees
    if (world.settled || seen == process.writes()) continue;
    seen = process.writes();
    const auto rows = process.shop().inventory.rows_after({}, {}, 500);
    if (!rows) continue;
    const auto coupon = world.promotion ? process.shop().promotions.find(world.promotion)
                                        : Result<std::optional<promotions::PromotionRow>>();
    if (coupon && *coupon && (*coupon)->uses > world.scenario.coupon_uses)
      world.problem("at one moment a coupon was used too often");
    const auto card =
        world.gift_card ? process.shop().credits.find(world.gift_card) : Result<std::optional<credit::Account>>();
    if (card && *card &&
        ((*card)->balance.amount_minor() < 0 || (*card)->balance.amount_minor() > world.scenario.gift_card_minor))
      world.problem("at one moment the gift card had " + (*card)->balance.text());
    std::map<OfferId, std::int64_t> owed;
    for (const auto& row : *rows) owed[row.offer] -= row.sellable();
    for (const auto& [offer, units] : owed)
      if (units > world.scenario.backorder && !world.scenario.oversells)
        world.problem("at one moment " + offer.text() + " is sold " + std::to_string(units) + " beyond its stock");
    const bool may_owe = world.scenario.backorder > 0 || world.scenario.oversells;
    for (const auto& row : *rows) {
      if (may_owe && row.on_hand >= 0 && row.reserved >= 0 && row.allocated >= 0) continue;
      if (row.on_hand >= 0 && row.reserved >= 0 && row.allocated >= 0 && row.sellable() >= 0) continue;
      world.problem("at one moment " + row.offer.text() + " has on hand " + std::to_string(row.on_hand) +
                    ", reserved " + std::to_string(row.reserved) + ", allocated " + std::to_string(row.allocated));
    }
  }
}

void wait_until_settled(Process& process, runtime::Loop& loop) {
  World& world = process.world();
  for (;;) {
    runtime::sleep_for(250);
    if (world.faulty()) continue;
    const auto open = open_things(process);
    world.note_open(open ? *open : open.error().reason);
    if (!open || !open->empty()) continue;
    world.settled = true;
    world.say("settled");
    loop.stop();
    return;
  }
}

void check_all(Process& process) {
  World& world = process.world();
  if (!world.gateway.complaint().empty()) return world.problem(world.gateway.complaint());
  check_modules(process);
  auto books = read_books(process);
  if (!books) return world.problem("the orders cannot be read: " + books.error().reason);
  check_stock(process, *books);
  check_shipments(world, *books);
  check_limits(world, *books);
  check_coupon(process, books->all);
  check_gift_card(process, books->all);
  check_prices(process, books->all);
  check_money(process, *books);
  check_captures(world, *books);
  check_reviews(process, *books);
  check_ledger(process);
  check_intentions(process, *books);
  check_answers(process);
  check_events(process, *books);
  for (const orders::Order& order : books->all)
    world.say(order.id.text() + " " + std::string(name_of(order.state)) + " " + order.document.totals.total.text());
}

int count_orders(Process& process) {
  const auto count = number(process.store(), kOrders);
  return count ? static_cast<int>(*count) : -1;
}

}  // namespace kontor::sim
