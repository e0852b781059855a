#include "shop/checkout/suspecting.h"

#include <algorithm>

#include <boost/json/object.hpp>

#include "base/text.h"
#include "runtime/json.h"
#include "services/signer.h"

namespace kontor::checkout {
namespace {

constexpr int kOrdersLookedAt = 20;
constexpr std::size_t kLongestFingerprint = 200;

// Its member "fingerprint"; of anything else that was sent a hash, so that the same is the same.
std::string fingerprint_of_device(const std::optional<json::Raw>& device) {
  if (!device || device->text == "null") return {};
  const auto document = json::parse(device->text);
  if (!document) return {};
  if (const auto* object = document->root().if_object())
    if (const auto* named = object->if_contains("fingerprint"); named != nullptr && named->is_string())
      if (const auto& text = named->get_string(); !text.empty() && text.size() <= kLongestFingerprint)
        return std::string(text);
  const std::string hash = services::blake2b(json::canonical(document->root()));
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), 16));
}

bool same(const orders::Address& a, const orders::Address& b) {
  return a.line1 == b.line1 && a.postal_code == b.postal_code && a.city == b.city && a.country == b.country;
}

// Only a cart that was bought before belongs to somebody with orders.
Result<std::int64_t> orders_last_hour(const Parts& parts, const cart::CartContents& contents, CustomerId customer) {
  if (!contents.bought_by) return 0;
  orders::ListQuery query;
  query.customer = customer;
  query.limit = kOrdersLookedAt;
  TRY(const auto orders, parts.orders.list(query));
  const Time since = parts.clock.now().plus_ms(-kHourMs);
  return std::count_if(orders.begin(), orders.end(), [&](const auto& order) { return order.created >= since; });
}

}  // namespace

Error rejected_by_risk() {
  return {Errc::kRejectedByRisk,
          "checkout.rejected_by_risk_check",
          "The purchase was refused; nothing was charged.",
          {},
          {},
          0};
}

Result<std::optional<Suspicion>> suspect(const Parts& parts, const Purchase& purchase,
                                         const cart::CartContents& contents, const Plan& plan) {
  if (parts.risk == nullptr) return std::optional<Suspicion>();
  const auto& document = plan.document;
  Suspicion found;
  found.facts.device = fingerprint_of_device(purchase.body.device);
  TRY(found.facts.orders_last_hour, orders_last_hour(parts, contents, purchase.customer));
  found.facts.account_since = purchase.account_since;
  found.facts.other_billing_address =
      document.billing_address && !same(*document.billing_address, document.shipping_address);
  found.facts.total = document.totals.total;
  if (const auto worth = parts.pricing.exchange().convert(found.facts.total, parts.risk->currency()))
    found.facts.worth = *worth;
  for (const auto& line : document.lines) found.facts.units += line.quantity;
  TRY(found.assessment, parts.risk->assess(found.facts));
  switch (parts.risk->verdict_of(found.assessment)) {
    case risk::Verdict::kApprove:
      return std::optional<Suspicion>();
    case risk::Verdict::kReview:
      return std::optional(std::move(found));
    case risk::Verdict::kReject:
      break;
  }
  return fail(rejected_by_risk());
}

}  // namespace kontor::checkout
