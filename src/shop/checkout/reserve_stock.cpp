#include "shop/checkout/reserve_stock.h"

namespace kontor::checkout {

Result<std::vector<inventory::Allotment>> ReserveStock::run(db::Tx& tx, CheckoutId reservation, const Plan& plan,
                                                            CustomerId customer, Time now) {
  inventory::ReserveRequest request;
  request.key = reservation;
  request.customer = customer;
  const auto& lines = plan.document.lines;
  KONTOR_ASSERT(lines.size() == plan.backorders.size());
  KONTOR_ASSERT(plan.limits.empty() || plan.limits.size() == lines.size());
  request.lines.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    request.lines.push_back(
        {lines[i].offer_id, lines[i].quantity, plan.backorders[i], plan.limits.empty() ? 0 : plan.limits[i]});
  return inventory_.reserve(tx, request, now);
}

Result<void> ReserveStock::undo(db::Tx& tx, CheckoutId reservation, bool expired, Time now) {
  if (expired) return inventory_.expire(tx, reservation, now);
  return inventory_.release(tx, reservation, now);
}

Result<void> ReserveStock::confirm(db::Tx& tx, CheckoutId reservation, Time now) {
  return inventory_.confirm(tx, reservation, now);
}

}  // namespace kontor::checkout
