#include "shop/checkout/reserve_stock.h"

#include <algorithm>

#include "shop/checkout/checkout.h"

namespace kontor::checkout {

inventory::ReserveRequest reserve_request(const Plan& plan) {
  inventory::ReserveRequest request;
  const auto& lines = plan.document.lines;
  KONTOR_ASSERT(lines.size() == plan.backorders.size());
  KONTOR_ASSERT(plan.limits.empty() || plan.limits.size() == lines.size());
  request.lines.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    request.lines.push_back(
        {lines[i].offer_id, lines[i].quantity, plan.backorders[i], plan.limits.empty() ? 0 : plan.limits[i]});
  const auto& address = plan.document.shipping_address;
  request.to = {address.country, address.region.value_or(""), address.postal_code};
  if (plan.delivery_preference)
    request.preference = *plan.delivery_preference == DeliveryPreference::kSpeed ? inventory::Preference::kSpeed
                                                                                 : inventory::Preference::kCost;
  return request;
}

static std::vector<OfferId> offers_of(const Plan& plan) {
  std::vector<OfferId> offers;
  for (const auto& line : plan.document.lines) offers.push_back(line.offer_id);
  return offers;
}

orders::DeliveryEstimate Arrival::of(const inventory::Allotment& allotment) const {
  const auto& way = allotment.way;
  shipping::Dispatch dispatch;
  dispatch.ready = std::max(placed_, allotment.there.value_or(placed_));
  dispatch.processing_hours = way.processing_hours;
  dispatch.standard = {way.standard.earliest, way.standard.latest};
  dispatch.express = {way.express.earliest, way.express.latest};
  dispatch.from_country = way.from_country;
  const auto window = shipping_.window(option_, dispatch);
  return {window.earliest, window.latest};
}

orders::DeliveryEstimate later_of(const orders::DeliveryEstimate& a, const orders::DeliveryEstimate& b) {
  return {std::max(a.earliest, b.earliest), std::max(a.latest, b.latest)};
}

Result<std::vector<inventory::Allotment>> ReserveStock::run(db::Tx& tx, const Reserving& who, const Plan& plan,
                                                            Time now) {
  auto request = reserve_request(plan);
  request.key = who.reservation;
  request.customer = who.customer;
  request.fresh = who.fresh;
  if (plan.cart_claims) TRY_DO(carts_.give_claims(tx, who.customer, offers_of(plan), now));
  TRY(auto allotments, inventory_.reserve(tx, request, now));
  if (promotions_ != nullptr && !plan.uses.empty())
    TRY_DO(promotions_->claim(tx, who.reservation, who.customer, plan.uses, now));
  return allotments;
}

Result<void> ReserveStock::undo(db::Tx& tx, const Journal& journal, bool expired, Time now) {
  const CheckoutId reservation = journal.reservation;
  // Stock first, as when they were taken: rows of a hot offer and a hot coupon are locked in one order.
  TRY_DO(expired ? inventory_.expire(tx, reservation, now) : inventory_.release(tx, reservation, now));
  if (promotions_ != nullptr) TRY_DO(promotions_->release(tx, reservation));
  if (!journal.plan.cart_claims) return {};
  return carts_.take_claims_back(tx, journal.customer, offers_of(journal.plan), now);
}

Result<void> ReserveStock::confirm(db::Tx& tx, CheckoutId reservation) { return inventory_.confirm(tx, reservation); }

Result<void> ReserveStock::confirm_once(db::Tx& tx, CheckoutId reservation) {
  return inventory_.confirm_once(tx, reservation);
}

}  // namespace kontor::checkout
