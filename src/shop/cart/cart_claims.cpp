#include "shop/cart/cart_claims.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/cart/events.h"

namespace kontor::cart {
namespace {

using db::Home;
using db::Query;

constexpr Query kRules{"cart.claim_rules", Home::kStock, "SELECT offer_id, minutes FROM cart_claim_rules"};

constexpr Query kSetRule{"cart.set_claim_rule", Home::kStock, R"sql(
  INSERT INTO cart_claim_rules (offer_id, minutes, updated_at) VALUES ($1, $2, $3)
  ON CONFLICT (offer_id) DO UPDATE SET minutes = excluded.minutes, updated_at = excluded.updated_at
)sql"};

constexpr Query kRemoveRule{"cart.remove_claim_rule", Home::kStock, "DELETE FROM cart_claim_rules WHERE offer_id = $1"};

constexpr Query kOfCustomer{"cart.claims_of", Home::kStock, R"sql(
  SELECT offer_id, quantity, until_at, reservation_id FROM cart_claims WHERE customer_id = $1 ORDER BY offer_id
)sql"};

constexpr Query kFind{"cart.find_claim", Home::kStock, R"sql(
  SELECT offer_id, quantity, until_at, reservation_id FROM cart_claims WHERE customer_id = $1 AND offer_id = $2
)sql"};

constexpr Query kKeep{"cart.keep_claim", Home::kStock, R"sql(
  INSERT INTO cart_claims (customer_id, offer_id, reservation_id, quantity, until_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (customer_id, offer_id) DO UPDATE SET reservation_id = excluded.reservation_id,
                                                    quantity = excluded.quantity, until_at = excluded.until_at
)sql"};

constexpr Query kRemove{"cart.remove_claim", Home::kStock, R"sql(
  DELETE FROM cart_claims WHERE customer_id = $1 AND offer_id = $2
)sql"};

constexpr Query kDue{"cart.claims_due", Home::kStock, R"sql(
  SELECT offer_id, quantity, until_at, reservation_id, customer_id FROM cart_claims WHERE until_at <= $1
   ORDER BY until_at LIMIT $2
)sql"};

CartClaim claim_of(const db::Rows::Row& row) {
  return {row.id<OfferId>(0), row.i64(1), row.time(2), row.id<CheckoutId>(3)};
}

Result<std::optional<CartClaim>> find(db::Tx& tx, CustomerId customer, OfferId offer) {
  TRY(const auto rows, tx.ask(kFind, customer, offer));
  return rows.empty() ? std::nullopt : std::optional(claim_of(rows.front()));
}

Result<std::vector<CartClaim>> of_customer(db::Tx& tx, CustomerId customer) {
  TRY(const auto rows, tx.ask(kOfCustomer, customer));
  std::vector<CartClaim> claims;
  for (const auto row : rows) claims.push_back(claim_of(row));
  return claims;
}

Result<void> keep(db::Tx& tx, CustomerId customer, const CartClaim& claim) {
  TRY_DO(tx.run(kKeep, customer, claim.offer, claim.reservation, claim.quantity, claim.until));
  return {};
}

Result<void> remove(db::Tx& tx, CustomerId customer, OfferId offer) {
  TRY_DO(tx.run(kRemove, customer, offer));
  return {};
}

bool is_among(std::span<const OfferId> offers, OfferId offer) {
  return std::find(offers.begin(), offers.end(), offer) != offers.end();
}

}  // namespace

Result<ClaimRules> CartClaims::load_rules() {
  ClaimRules rules;
  const auto began = rules_.begin();
  TRY_DO(store_.look(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    rules.clear();
    TRY(const auto rows, tx.ask(kRules));
    for (const auto row : rows) rules.emplace(row.id<OfferId>(0), row.i64(1));
    return {};
  }));
  rules_.put(std::make_shared<const ClaimRules>(rules), began);
  known_.store(rules_.get()->empty() ? Known::kNone : Known::kSome, std::memory_order_release);
  return rules;
}

Result<std::shared_ptr<const ClaimRules>> CartClaims::rules() {
  if (rules_.get() == nullptr) TRY_DO(load_rules());
  return rules_.get();
}

Result<void> CartClaims::set_rule(OfferId offer, std::int64_t minutes, const db::Function& beside) {
  KONTOR_ASSERT(offer && minutes > 0 && minutes <= kMostClaimMinutes);
  const Time now = clock_.now();
  TRY_DO(store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kRules));
    bool known = false;
    for (const auto row : rows) known = known || row.id<OfferId>(0) == offer;
    if (!known && rows.size() >= kMostClaimRules)
      return fail(Errc::kConflict, "cart.claim_rule_limit",
                  "At most " + std::to_string(kMostClaimRules) + " offers may be set aside in carts.");
    TRY_DO(tx.run(kSetRule, offer, minutes, now));
    TRY_DO(services::emit(tx, ClaimRulesChanged{offer}, offer.text(), now));
    return beside ? beside(tx) : Result<void>();
  }));
  TRY_DO(load_rules());
  return {};
}

Result<void> CartClaims::remove_rule(OfferId offer, const db::Function& beside) {
  const Time now = clock_.now();
  TRY_DO(store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto removed, tx.run(kRemoveRule, offer));
    if (removed == 0) return {};
    TRY_DO(services::emit(tx, ClaimRulesChanged{offer}, offer.text(), now));
    return beside ? beside(tx) : Result<void>();
  }));
  TRY_DO(load_rules());
  return {};
}

Result<std::int64_t> CartClaims::minutes_of(OfferId offer) {
  if (!any_rule()) return 0;
  TRY(const auto now, rules());
  const auto found = now->find(offer);
  return found == now->end() ? 0 : found->second;
}

Result<CheckoutId> CartClaims::reserve(db::Tx& tx, CustomerId customer, OfferId offer, std::int64_t quantity,
                                       Time now) {
  inventory::ReserveRequest request;
  request.key = CheckoutId{ids_.draw(now, customer.bucket())};
  request.lines = {{offer, quantity, 0, 0}};
  request.customer = customer;
  request.fresh = true;
  TRY_DO(inventory_.reserve(tx, request, now));
  return request.key;
}

Result<void> CartClaims::hold(CustomerId customer, OfferId offer, std::int64_t quantity) {
  KONTOR_ASSERT(customer && offer && quantity >= 0);
  TRY(const std::int64_t minutes, minutes_of(offer));
  const Time now = clock_.now();
  return store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto before, find(tx, customer, offer));
    const bool holds = before && before->reservation && before->until > now;
    const bool wanted = quantity > 0 && (holds || minutes > 0);
    if (wanted && holds && before->quantity == quantity) return {};
    if (before && before->reservation) TRY_DO(inventory_.release(tx, before->reservation, now));
    if (!wanted) return before ? remove(tx, customer, offer) : Result<void>();
    CartClaim claim{offer, quantity, holds ? before->until : now.plus_ms(minutes * kMinuteMs), {}};
    TRY(claim.reservation, reserve(tx, customer, offer, quantity, now));
    return keep(tx, customer, claim);
  });
}

Result<void> CartClaims::lower(CustomerId customer, OfferId offer, std::int64_t quantity) {
  const Time now = clock_.now();
  return store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(auto claim, find(tx, customer, offer));
    if (!claim || claim->quantity <= quantity) return {};
    if (claim->reservation) TRY_DO(inventory_.release(tx, claim->reservation, now));
    if (quantity == 0 || claim->until <= now) return remove(tx, customer, offer);
    claim->quantity = quantity;
    if (claim->reservation) {
      TRY(claim->reservation, reserve(tx, customer, offer, quantity, now));
    }
    return keep(tx, customer, *claim);
  });
}

Result<std::vector<CartClaim>> CartClaims::of(CustomerId customer) {
  std::vector<CartClaim> claims;
  TRY_DO(store_.look(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(claims, of_customer(tx, customer));
    return {};
  }));
  const Time now = clock_.now();
  std::erase_if(claims, [&](const CartClaim& claim) { return claim.until <= now; });
  return claims;
}

Result<void> CartClaims::take_over(CustomerId into, CustomerId from) {
  const Time now = clock_.now();
  return store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto theirs, of_customer(tx, from));
    for (const CartClaim& claim : theirs) {
      TRY(const auto mine, find(tx, into, claim.offer));
      TRY_DO(remove(tx, from, claim.offer));
      if (!mine)
        TRY_DO(keep(tx, into, claim));
      else if (claim.reservation)
        TRY_DO(inventory_.release(tx, claim.reservation, now));
    }
    return {};
  });
}

Result<int> CartClaims::expire(int limit) {
  const Time now = clock_.now();
  std::vector<CustomerId> gone;
  const auto due = [&](db::Tx& tx) { return tx.ask(kDue, now, std::int64_t{limit}); };
  bool some = false;
  TRY_DO(store_.look(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, due(tx));
    some = !rows.empty();
    return {};
  }));
  if (!some) return 0;
  TRY_DO(store_.write(Home::kStock, [&](db::Tx& tx) -> Result<void> {
    gone.clear();
    TRY(const auto rows, due(tx));
    for (const auto row : rows) {
      const CartClaim claim = claim_of(row);
      if (claim.reservation) TRY_DO(inventory_.expire(tx, claim.reservation, now));
      gone.push_back(row.id<CustomerId>(4));
      TRY_DO(remove(tx, gone.back(), claim.offer));
    }
    return {};
  }));
  if (told_) std::for_each(gone.begin(), gone.end(), told_);
  return static_cast<int>(gone.size());
}

Result<void> CartClaims::give(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) {
  TRY(const auto claims, of_customer(tx, customer));
  for (CartClaim claim : claims) {
    if (!claim.reservation || !is_among(offers, claim.offer)) continue;
    TRY_DO(inventory_.release(tx, claim.reservation, now));
    claim.reservation = {};
    TRY_DO(keep(tx, customer, claim));
  }
  return {};
}

Result<void> CartClaims::take_back(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) {
  TRY(const auto claims, of_customer(tx, customer));
  for (CartClaim claim : claims) {
    if (claim.reservation || claim.until <= now || !is_among(offers, claim.offer)) continue;
    const auto held = tx.attempt([&]() -> Result<void> {
      TRY(claim.reservation, reserve(tx, customer, claim.offer, claim.quantity, now));
      return keep(tx, customer, claim);
    });
    if (!held && held.error().code != Errc::kOutOfStock) return fail(held.error());
  }
  return {};
}

}  // namespace kontor::cart
