// Which lines of an order are cancelled and what comes back for them: pure computation over its document. Each unit
// takes its share of what is left of its line's discount and tax, so that after any number of cancellations the parts
// add up to what was paid; then the discounts are computed again for what stays, and what comes back is what was paid
// less what that costs. Shipping is for the parcel: it comes back with the last unit.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/card_number.h"
#include "base/result.h"
#include "shop/orders/order_document.h"

namespace kontor::orders {

struct CancelLine {
  std::optional<OrderLineId> line_id;
  std::optional<OfferId> offer_id;
  std::optional<std::int64_t> quantity;

  static constexpr auto fields() {
    using C = CancelLine;
    return described(
        Field("line_id", &C::line_id, "The line to cancel"),
        Field("offer_id", &C::offer_id, "Or the line of this offer"),
        Field("quantity", &C::quantity, "How many units of it; absent: all that are left", Range{1, 1'000'000}));
  }
};

struct CancelOrder {
  std::optional<std::vector<CancelLine>> lines;
  std::optional<std::string> reason;
  std::optional<std::int64_t> version;
  std::optional<WarehouseId> from = {};  // whose parcels the units come out of first; not the buyer's to say

  static constexpr auto fields() {
    using C = CancelOrder;
    return described(Field("lines", &C::lines, "What to cancel; absent: the whole order", Length{1, 1000}),
                     Field("reason", &C::reason, "Why, for the order's history", Length{1, 500},
                           Format{"text without card numbers", free_of_card_numbers}),
                     Field("version", &C::version, "Only if the order still has this version"));
  }
};

// By line of the document: what the order's own promotions take off so many units of each (`left`, 0 for a line that is
// gone). Nothing: the shares stay.
using Repricing =
    std::function<std::optional<std::vector<Money>>(const Document&, const std::vector<std::int64_t>& left)>;

// The cancellation that the wish comes to; number, at and by are the caller's. kInvalid "orders.no_such_line",
// "orders.too_many_units" for what was never bought; kNotCancellable "orders.already_cancelled" for what is not there
// any more.
Result<OrderCancellation> plan_cancellation(const Document& document, const CancelOrder& wish,
                                            const Repricing& reprice = {});
// Writes it into the document: lines, shipments, and the list of cancellations.
void apply_cancellation(Document& document, const OrderCancellation& cancellation);

bool nothing_left(const Document& document);
// What the order costs without what was cancelled. Adds up like the totals themselves.
OrderTotals totals_left(const Document& document);

}  // namespace kontor::orders
