#include "shop/orders/cancelling.h"

#include <algorithm>
#include <array>
#include <span>

namespace kontor::orders {
namespace {

// What of a line was not cancelled yet.
struct LineLeft {
  std::int64_t quantity = 0;
  Money discount, tax, total;
};

std::span<const OrderCancellation> cancellations_of(const Document& document) {
  if (!document.cancellations) return {};
  return *document.cancellations;
}

LineLeft left_of(const Document& document, const OrderLine& line) {
  LineLeft left{line.quantity, line.discount, line.tax, line.line_total};
  for (const auto& cancellation : cancellations_of(document)) {
    for (const auto& cancelled : cancellation.lines) {
      if (cancelled.line_id != line.id) continue;
      left.quantity -= cancelled.quantity;
      left.discount = left.discount - cancelled.discount;
      left.tax = left.tax - cancelled.tax;
      left.total = left.total - cancelled.line_total;
    }
  }
  KONTOR_ASSERT(left.quantity >= 0 && left.total.amount_minor() >= 0);
  return left;
}

Money part_of(Money left, std::int64_t units, std::int64_t of) {
  const auto part = static_cast<__int128>(left.amount_minor()) * units / of;
  return Money::minor(static_cast<std::int64_t>(part), left.currency());
}

// Takes the units off `left`. The last ones take everything that is left.
CancelledLine take(const OrderLine& line, LineLeft& left, std::int64_t units) {
  KONTOR_ASSERT(units > 0 && units <= left.quantity);
  CancelledLine out{line.id,
                    line.offer_id,
                    units,
                    part_of(left.discount, units, left.quantity),
                    part_of(left.tax, units, left.quantity),
                    left.total};
  // Where prices hold their tax it is not on top of them.
  const bool on_top = line.line_total != line.unit_price * line.quantity - line.discount;
  if (units < left.quantity)
    out.line_total =
        line.unit_price * units - out.discount + (on_top ? out.tax : Money::minor(0, line.line_total.currency()));
  left = {left.quantity - units, left.discount - out.discount, left.tax - out.tax, left.total - out.line_total};
  KONTOR_ASSERT(out.line_total.amount_minor() >= 0 && left.total.amount_minor() >= 0);
  return out;
}

class Plan {
 public:
  explicit Plan(const Document& document, std::optional<WarehouseId> from) : document_(document), from_(from) {
    for (const auto& line : document.lines) left_.push_back(left_of(document, line));
    for (const auto& shipment : document.shipments) {
      auto& items = items_.emplace_back();
      if (shipment.status != ShipmentState::kCancelled) items = shipment.items;
    }
  }

  void price_again(const Repricing& reprice);
  void everything() {
    for (std::size_t i = 0; i < left_.size(); ++i)
      if (left_[i].quantity > 0) take_line(i, left_[i].quantity);
  }
  Result<void> choose(std::size_t index, const CancelLine& choice);
  Result<OrderCancellation> finish();

 private:
  void take_line(std::size_t at, std::int64_t units) {
    out_.lines.push_back(take(document_.lines[at], left_[at], units));
    take_units(document_.lines[at].offer_id, units);
  }
  void take_units(OfferId offer, std::int64_t units);
  void shift(std::size_t at, Money discount, Money& spare);
  CancelledLine& entry_of(const OrderLine& line);
  Result<void> share_refund();
  Money total_now() const;

  const Document& document_;
  const std::optional<WarehouseId> from_;
  std::vector<LineLeft> left_;
  std::vector<std::vector<ShipmentItem>> items_;
  OrderCancellation out_;
};

Result<void> Plan::choose(std::size_t index, const CancelLine& choice) {
  const std::string at = "/lines/" + std::to_string(index);
  if (!choice.line_id && !choice.offer_id)
    return invalid("orders.no_such_line", at + "/line_id", "required", "A line is named by line_id or by offer_id.");
  const auto meant = [&](const OrderLine& line) {
    return (!choice.line_id || line.id == *choice.line_id) && (!choice.offer_id || line.offer_id == *choice.offer_id);
  };
  const auto& lines = document_.lines;
  const auto found = std::find_if(lines.begin(), lines.end(), meant);
  if (found == lines.end())
    return invalid("orders.no_such_line", at + (choice.line_id ? "/line_id" : "/offer_id"), "unknown_value",
                   "The order has no such line.");
  const auto& left = left_[static_cast<std::size_t>(found - lines.begin())];
  const std::int64_t units = choice.quantity.value_or(std::max<std::int64_t>(left.quantity, 1));
  if (units > found->quantity)
    return invalid("orders.too_many_units", at + "/quantity", "out_of_range",
                   "Only " + std::to_string(found->quantity) + " of '" + found->title + "' were bought.");
  if (units > left.quantity)
    return fail(Errc::kNotCancellable, "orders.already_cancelled",
                "Of '" + found->title + "', " + std::to_string(left.quantity) + " are left to cancel, not " +
                    std::to_string(units) + ".");
  take_line(static_cast<std::size_t>(found - lines.begin()), units);
  return {};
}

// Out of parcels that nobody has touched first. Whether what is in hand may still be taken is for the warehouse to say.
void Plan::take_units(OfferId offer, std::int64_t units) {
  constexpr std::array kEase{ShipmentState::kPending, ShipmentState::kPicked, ShipmentState::kPacked};
  const auto ease = [&](ShipmentState state) { return std::find(kEase.begin(), kEase.end(), state) - kEase.begin(); };
  std::vector<std::size_t> order(items_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return ease(document_.shipments[a].status) < ease(document_.shipments[b].status);
  });
  if (from_)
    std::stable_partition(order.begin(), order.end(),
                          [&](auto at) { return document_.shipments[at].warehouse_id == *from_; });
  for (const auto at : order) {
    for (auto& item : items_[at]) {
      const std::int64_t part = item.offer_id == offer ? std::min(units, item.quantity) : 0;
      if (part == 0) continue;
      item.quantity -= part;
      units -= part;
      const auto shipment = document_.shipments[at].id;
      const auto same = [&](const TakenUnits& t) { return t.shipment_id == shipment && t.offer_id == offer; };
      const auto taken = std::find_if(out_.units.begin(), out_.units.end(), same);
      if (taken == out_.units.end())
        out_.units.push_back({shipment, offer, part});
      else
        taken->quantity += part;
    }
  }
}

CancelledLine& Plan::entry_of(const OrderLine& line) {
  for (auto& entry : out_.lines)
    if (entry.line_id == line.id) return entry;
  const Money none = Money::minor(0, line.line_total.currency());
  return out_.lines.emplace_back(CancelledLine{line.id, line.offer_id, 0, none, none, none});
}

// What is left of the line has this discount from now on; tax on top follows its price. `spare` is what the refund can
// still be lowered by.
void Plan::shift(std::size_t at, Money discount, Money& spare) {
  const OrderLine& line = document_.lines[at];
  LineLeft& left = left_[at];
  const Money none = Money::minor(0, discount.currency());
  const Money net = line.unit_price * left.quantity - left.discount;
  const bool on_top = line.line_total != line.unit_price * line.quantity - line.discount;
  const auto tax_of = [&](Money price) {
    return net <= none ? left.tax : part_of(left.tax, price.amount_minor(), net.amount_minor());
  };
  const auto dearer = [&](Money taken_off) {
    const Money change = left.discount - taken_off;
    return on_top ? change + tax_of(net + change) - left.tax : change;
  };
  while (discount < left.discount && dearer(discount) > spare)  // never below nothing: the rest of it is kept
    discount = std::min(left.discount, discount + std::max(Money::minor(1, discount.currency()),
                                                           part_of(dearer(discount) - spare, 1, 2)));
  const Money more = dearer(discount);
  const Money tax = tax_of(net + (left.discount - discount));
  auto& entry = entry_of(line);
  entry.discount = entry.discount + (left.discount - discount);
  entry.tax = entry.tax + (left.tax - tax);
  entry.line_total = entry.line_total - more;
  spare = spare - more;
  left.total = left.total + more;
  left.discount = discount;
  left.tax = tax;
}

void Plan::price_again(const Repricing& reprice) {
  std::vector<std::int64_t> quantities;
  for (const LineLeft& left : left_) quantities.push_back(left.quantity);
  const auto discounts = reprice(document_, quantities);
  if (!discounts) return;
  KONTOR_ASSERT(discounts->size() == left_.size());
  Money spare = Money::minor(0, document_.totals.total.currency());
  for (const auto& line : out_.lines) spare = spare + line.line_total;
  // Those that come to cost less first: what they give back may cover what others cost more.
  for (const bool dearer : {false, true})
    for (std::size_t i = 0; i < left_.size(); ++i)
      if (left_[i].quantity > 0 && (*discounts)[i] != left_[i].discount &&
          ((*discounts)[i] < left_[i].discount) == dearer)
        shift(i, (*discounts)[i], spare);
}

Money Plan::total_now() const {
  const auto earlier = cancellations_of(document_);
  return earlier.empty() ? document_.totals.total : earlier.back().total_after;
}

// From one payment after the other, never more than is left of it.
Result<void> Plan::share_refund() {
  Money rest = out_.refund;
  const Money none = Money::minor(0, rest.currency());
  for (const auto& payment : document_.payments) {
    Money left = payment.amount;
    for (const auto& cancellation : cancellations_of(document_))
      for (const auto& share : cancellation.refunds)
        if (share.payment_id == payment.id) left = left - share.amount;
    const Money part = std::min(left, rest);
    if (part <= none) continue;
    out_.refunds.push_back({payment.id, part});
    rest = rest - part;
  }
  if (rest != none)
    return fail(Errc::kInternal, "orders.not_paid_for", "The payments do not cover what would be given back.");
  return {};
}

Result<OrderCancellation> Plan::finish() {
  const Money none = Money::minor(0, document_.totals.total.currency());
  const bool last = std::all_of(left_.begin(), left_.end(), [](const LineLeft& line) { return line.quantity == 0; });
  out_.shipping = last ? document_.totals.shipping_whole() : none;
  if (last) out_.shipping_tax = document_.totals.shipping_tax;
  out_.refund = out_.shipping;
  for (const auto& line : out_.lines) out_.refund = out_.refund + line.line_total;
  out_.total_before = total_now();
  out_.total_after = out_.total_before - out_.refund;
  TRY_DO(share_refund());
  return std::move(out_);
}

}  // namespace

Result<OrderCancellation> plan_cancellation(const Document& document, const CancelOrder& wish,
                                            const Repricing& reprice) {
  Plan plan(document, wish.from);
  if (wish.lines) {
    for (std::size_t i = 0; i < wish.lines->size(); ++i) TRY_DO(plan.choose(i, (*wish.lines)[i]));
  } else {
    plan.everything();
  }
  // What the shop itself cannot send costs the buyer no discount.
  if (reprice && !wish.from) plan.price_again(reprice);
  TRY(auto cancellation, plan.finish());
  cancellation.reason = wish.reason;
  return cancellation;
}

void apply_cancellation(Document& document, const OrderCancellation& cancellation) {
  for (const auto& cancelled : cancellation.lines)
    for (auto& line : document.lines)
      if (line.id == cancelled.line_id && cancelled.quantity > 0)
        line.cancelled = line.cancelled.value_or(0) + cancelled.quantity;
  for (auto& shipment : document.shipments) {
    auto items = shipment.items;
    for (const auto& taken : cancellation.units)
      for (auto& item : items)
        if (taken.shipment_id == shipment.id && taken.offer_id == item.offer_id) item.quantity -= taken.quantity;
    std::erase_if(items, [](const ShipmentItem& item) { return item.quantity == 0; });
    // A parcel of which nothing is left keeps what was last in it, and goes nowhere.
    if (items.empty())
      shipment.status = ShipmentState::kCancelled;
    else
      shipment.items = std::move(items);
  }
  if (!document.cancellations) document.cancellations.emplace();
  document.cancellations->push_back(cancellation);
}

bool nothing_left(const Document& document) {
  return std::all_of(document.lines.begin(), document.lines.end(), [](const auto& line) { return line.left() == 0; });
}

OrderTotals totals_left(const Document& document) {
  OrderTotals totals = document.totals;
  if (!document.cancellations) return totals;
  const Money none = Money::minor(0, totals.total.currency());
  Money discount = none;
  totals.subtotal = totals.tax = none;
  for (const auto& line : document.lines) {
    const auto left = left_of(document, line);
    totals.subtotal = totals.subtotal + line.unit_price * left.quantity;
    totals.tax = totals.tax + left.tax;
    discount = discount + left.discount;
  }
  std::vector<std::int64_t> weights;
  for (const auto& applied : totals.discounts) weights.push_back(applied.amount.amount_minor());
  if (std::any_of(weights.begin(), weights.end(), [](auto weight) { return weight > 0; })) {
    const auto parts = discount.split(weights);
    for (std::size_t i = 0; i < parts.size(); ++i) totals.discounts[i].amount = parts[i];
  }
  totals.taxes.reset();  // not by parts any more
  const bool given_back = std::any_of(document.cancellations->begin(), document.cancellations->end(),
                                      [&](const auto& cancellation) { return cancellation.shipping != none; });
  if (given_back) {
    totals.shipping = none;
    totals.shipping_tax.reset();
  } else if (totals.shipping_tax) {
    totals.tax = totals.tax + *totals.shipping_tax;
  }
  totals.total = document.cancellations->back().total_after;
  return totals;
}

}  // namespace kontor::orders
