#include "shop/cart/cart_claims_api.h"

#include "services/cursor.h"
#include "shop/cart/events.h"

namespace kontor::cart {
namespace {

struct NewRule {
  std::int64_t minutes = 0;

  static constexpr auto fields() {
    return described(
        Field("minutes", &NewRule::minutes, "How long units stay set aside for a cart", Range{1, kMostClaimMinutes}));
  }
};

struct RuleView {
  OfferId offer_id;
  std::int64_t minutes = 0;

  static constexpr auto fields() {
    return described(Field("offer_id", &RuleView::offer_id, "The offer"),
                     Field("minutes", &RuleView::minutes, "How long units stay set aside for a cart"));
  }
};

using RuleList = services::Page<RuleView>;

Result<RuleList> list(const ClaimApiParts& parts, const http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kMerchandiser));
  TRY(const auto rules, parts.claims.load_rules());
  RuleList out;
  for (const auto& [offer, minutes] : rules) out.items.push_back({offer, minutes});
  return out;
}

Result<RuleView> set(const ClaimApiParts& parts, const http::Call& call, const NewRule& in) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kMerchandiser));
  TRY(const auto offer, call.id<OfferId>("offer_id"));
  TRY_DO(parts.offers.offer_card(offer));
  const auto entry = parts.audit.entry(staff.caller(), "cart.set_claim_rule", offer.text(), json::print(in));
  TRY_DO(parts.claims.set_rule(offer, in.minutes, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return RuleView{offer, in.minutes};
}

Result<http::None> remove(const ClaimApiParts& parts, const http::Call& call) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kMerchandiser));
  const auto offer = OfferId::parse(call.param("offer_id"));
  if (!offer) return http::None{};
  const auto entry = parts.audit.entry(staff.caller(), "cart.remove_claim_rule", offer->text());
  TRY_DO(parts.claims.remove_rule(*offer, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return http::None{};
}

}  // namespace

void add_cart_claim_routes(http::Router& router, const ClaimApiParts& parts) {
  using http::Call;
  using http::None;
  router.get<None, RuleList>("/admin/cart-claims",
                             {"Offers whose units are set aside when they are put in a cart", {}, 200, "admin"},
                             [parts](Call& call, None) { return list(parts, call); });
  router.put<NewRule, RuleView>(
      "/admin/cart-claims/{offer_id}",
      {"Has an offer's units set aside in carts", {"catalog.no_such_offer", "cart.claim_rule_limit"}, 200, "admin"},
      [parts](Call& call, const NewRule& in) { return set(parts, call, in); });
  router.del<None, None>("/admin/cart-claims/{offer_id}",
                         {"No more of it is set aside; what is stays so until its end", {}, 204, "admin"},
                         [parts](Call& call, None) { return remove(parts, call); });
}

services::Consumer claims_consumer(CartClaims& claims) {
  services::Consumer consumer;
  consumer.name = "cart.claim_rules";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles = {std::string(ClaimRulesChanged::kName)};
  consumer.handle = [&claims](const LoggedEvent&) -> Result<void> {
    TRY_DO(claims.load_rules());
    return {};
  };
  return consumer;
}

}  // namespace kontor::cart
