// Which promotions apply to a purchase, and what each takes off which line. Pure computation over a set of promotions
// made ready: no store, no clock. The same purchase always comes to the same answer, whatever the order of its lines.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "shop/promotions/promotion.h"
#include "shop/promotions/promotion_type.h"

namespace kontor::promotions {

// A promotion made ready.
struct Ready {
  Promotion promotion;
  std::shared_ptr<const Rule> rule;
  Conditions conditions;  // with those of the type
  Phase phase = Phase::kAutomatic;
  std::unordered_set<CategoryId> categories;  // with everything below them
  std::unordered_set<std::string> brands;     // folded
  bool used_up = false;                       // as far as is known
  std::int64_t budget_left = 0;               // of a promotion that has a budget, as far as is known
  services::TimeZone days;                    // in which its weekdays begin and end
};

struct Set {
  std::vector<Ready> all;         // in the order in which they are looked at
  bool asks_of_accounts = false;  // members, segments
  bool asks_of_orders = false;    // first orders
  bool counts_customers = false;  // uses per customer
  bool runs_out = false;
  bool asks_of_brands = false;
  const Ready* find(PromotionId id) const;
};

// Parents by category: what compile() expands categories with.
using CategoryParents = std::unordered_map<CategoryId, CategoryId>;
// kInvalid when a promotion has a type or parameters that there are not. Weekdays are those of `shop` where it names no
// time zone.
Result<Ready> make_ready(Promotion promotion, const CategoryParents& parents, const services::TimeZone& shop = {});
Set make_set(std::vector<Ready> all);

// A code that is there, whatever it is good for.
struct Coupon {
  std::string code;
  PromotionId promotion;
  std::int64_t max_uses = 0;  // of this code; 0: any number
  bool active = true;
  bool used_up = false;  // as far as is known

  bool good() const { return active && !used_up; }
};

using PromotionUses = std::pair<PromotionId, std::int64_t>;

struct Shopper {
  bool member = false;
  bool first_order = false;
  std::vector<std::string> segments;
};

struct Purchase {
  std::span<const Line> lines;
  Currency currency;
  const Exchange* exchange = nullptr;  // converts amounts that are given in other currencies; not owned
  Time now;
  std::string_view country;         // "" while unknown
  std::string_view payment_method;  // "" while unknown
  Shopper shopper;
  std::span<const Coupon> coupons;
  std::span<const PromotionUses> used;  // by the customer before; only of promotions that run out
};

// Why a coupon does nothing.
enum class Refusal {
  kNone,
  kUnknown,
  kNotActive,
  kNotStarted,
  kExpired,
  kUsedUp,
  kAlreadyUsed,
  kMinPurchaseNotMet,
  kNothingCounts,
  kMembersOnly,
  kFirstOrderOnly,
  kNotForCustomer,
  kNotInCountry,
  kNotWithPayment,
  kNotToday,
  kOtherCurrency,
  kNotCombinable,
  kNoEffect
};
// "expired", "min_purchase_not_met" …: the last word of the reason `promotions.…`.
std::string_view word_of(Refusal refusal);
// For the shopper.
std::string words_of(Refusal refusal, std::string_view code);
// It may come right by itself when country and payment are known.
bool is_pending(Refusal refusal, const Purchase& purchase);

struct Part {
  std::size_t line = 0;  // in Purchase::lines
  std::int64_t minor = 0;
};

struct Applied {
  const Ready* ready = nullptr;
  std::string code;
  std::int64_t minor = 0;
  std::vector<Part> parts;  // add up to `minor`; in the order of lines
  std::vector<OfferId> counted;
  Money of_budget = {};  // `minor` in the budget's currency, of a promotion that has one
};

// The promotion as it applied: for exactly the offers that counted, whoever and wherever it is for. What is left of an
// order is priced anew with these alone.
Promotion frozen(const Applied& applied);
// By line: what frozen promotions take off so many units. `exchange` as when it was bought; null: it used none.
Result<std::vector<std::int64_t>> price_again(std::span<const Promotion> promotions, std::span<const Line> lines,
                                              Currency currency, const Exchange* exchange);

struct CouponNote {
  std::string code;
  Refusal refusal = Refusal::kNone;
};

// What the shopper may have for nothing and has not put into the cart yet.
struct GiftOffered {
  const Ready* ready = nullptr;
  OfferId offer;
  std::int64_t quantity = 0;
};

struct Outcome {
  std::vector<Applied> applied;     // what takes something off, and what wishes for the shipping
  std::vector<CouponNote> coupons;  // one per coupon of the purchase
  std::vector<GiftOffered> gifts;
};

// By priority; then automatic, coupon, loyalty; then by id. An exclusive one is passed over when something was taken
// off before it; once it has taken something off, nothing follows (requirement 2, Q4).
Outcome evaluate(const Set& set, const Purchase& purchase);

}  // namespace kontor::promotions
