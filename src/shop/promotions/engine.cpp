#include "shop/promotions/engine.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace kontor::promotions {
namespace {

template <class T>
bool one_of(const std::vector<T>& wanted, const T& value) {
  return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}
bool names(const std::vector<std::string>& wanted, std::string_view value) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return one == value; });
}

class Evaluation {
 public:
  Evaluation(const Set& set, const Purchase& purchase)
      : set_(set), purchase_(purchase), basket_(purchase.lines, purchase.currency, purchase.exchange) {
    if (!set.asks_of_brands) return;
    for (const BasketLine& line : basket_.lines())
      brands_.push_back(line.line.goods == nullptr ? std::string() : fold(line.line.goods->brand));
  }

  Outcome run() && {
    for (const Coupon& coupon : purchase_.coupons)
      out_.coupons.push_back(
          {coupon.code, set_.find(coupon.promotion) == nullptr ? Refusal::kNotActive : Refusal::kNotCombinable});
    bool closed = false;
    for (const Ready& ready : set_.all) {
      const Coupon* const coupon = coupon_of(ready);
      if (ready.promotion.needs_coupon && coupon == nullptr) continue;
      const Refusal refusal = closed ? Refusal::kNotCombinable : consider(ready, coupon);
      if (coupon != nullptr) note(coupon->code, refusal);
      closed = closed || (refusal == Refusal::kNone && ready.promotion.exclusive);
    }
    return std::move(out_);
  }

 private:
  const Coupon* coupon_of(const Ready& ready) const {
    if (!ready.promotion.needs_coupon) return nullptr;
    const Coupon* found = nullptr;  // of several, one that is good for something
    for (const Coupon& coupon : purchase_.coupons)
      if (coupon.promotion == ready.promotion.id && (found == nullptr || (!found->good() && coupon.good())))
        found = &coupon;
    return found;
  }
  void note(std::string_view code, Refusal refusal) {
    for (CouponNote& one : out_.coupons)
      if (one.code == code) one.refusal = refusal;
  }

  Refusal consider(const Ready& ready, const Coupon* coupon) {
    if (const Refusal of_time = in_time(ready.promotion); of_time != Refusal::kNone) return of_time;
    if (ready.used_up || (coupon != nullptr && coupon->used_up)) return Refusal::kUsedUp;
    if (coupon != nullptr && !coupon->active) return Refusal::kNotActive;
    if (used_by_customer(ready.promotion)) return Refusal::kAlreadyUsed;
    if (ready.promotion.budget && !of_budget(*ready.promotion.budget, 0)) return Refusal::kOtherCurrency;
    if (const Refusal of_shopper = for_shopper(ready.conditions); of_shopper != Refusal::kNone) return of_shopper;
    if (!on_its_day(ready)) return Refusal::kNotToday;
    basket_.begin_promotion();
    if (const Refusal of_lines = for_lines(ready); of_lines != Refusal::kNone) return of_lines;
    if (ready.promotion.exclusive && !out_.applied.empty()) return Refusal::kNotCombinable;
    ready.rule->apply(basket_);
    Applied applied{&ready, coupon == nullptr ? std::string() : coupon->code, basket_.taken(), {}, {}};
    if (ready.promotion.budget) {
      const auto spent = of_budget(*ready.promotion.budget, basket_.taken());
      if (!spent || spent->amount_minor() > ready.budget_left) {
        basket_.undo_promotion();
        return Refusal::kUsedUp;
      }
      applied.of_budget = *spent;
    }
    offer_gift(ready);
    if (applied.minor == 0 && ready.rule->shipping() == nullptr)
      return ready.rule->gift() == nullptr ? Refusal::kNoEffect : Refusal::kNone;  // it waits to be put in
    for (std::size_t i = 0; i < basket_.lines().size(); ++i) {
      const BasketLine& line = basket_.lines()[i];
      if (line.counts) applied.counted.push_back(line.line.offer);
      if (line.taken_minor > 0) applied.parts.push_back({basket_.place(i), line.taken_minor});
    }
    std::sort(applied.parts.begin(), applied.parts.end(), [](const Part& a, const Part& b) { return a.line < b.line; });
    out_.applied.push_back(std::move(applied));
    return Refusal::kNone;
  }

  // What is taken off, as the budget counts it.
  std::optional<Money> of_budget(Money budget, std::int64_t taken) const {
    const Money off[] = {Money::minor(taken, purchase_.currency)};
    return amount_in(off, budget.currency(), purchase_.exchange);
  }

  void offer_gift(const Ready& ready) {
    const Gift* const gift = ready.rule->gift();
    if (gift == nullptr) return;
    std::int64_t there = 0;
    for (const BasketLine& line : basket_.lines()) there += line.gift ? line.line.quantity : 0;
    if (there < gift->quantity) out_.gifts.push_back({&ready, gift->offer, gift->quantity - there});
  }

  bool used_by_customer(const Promotion& promotion) const {
    if (promotion.max_uses_per_customer == 0) return false;
    return std::any_of(purchase_.used.begin(), purchase_.used.end(), [&](const PromotionUses& used) {
      return used.first == promotion.id && used.second >= promotion.max_uses_per_customer;
    });
  }

  Refusal in_time(const Promotion& promotion) const {
    if (promotion.status != Status::kActive) return Refusal::kNotActive;
    if (promotion.starts_at && purchase_.now < *promotion.starts_at) return Refusal::kNotStarted;
    if (promotion.ends_at && purchase_.now >= *promotion.ends_at) return Refusal::kExpired;
    return Refusal::kNone;
  }

  Refusal for_shopper(const Conditions& conditions) const {
    const Shopper& shopper = purchase_.shopper;
    if (conditions.members_only && !shopper.member) return Refusal::kMembersOnly;
    if (conditions.first_order && !shopper.first_order) return Refusal::kFirstOrderOnly;
    if (!conditions.segments.empty() &&
        std::none_of(shopper.segments.begin(), shopper.segments.end(),
                     [&](const std::string& segment) { return names(conditions.segments, segment); }))
      return Refusal::kNotForCustomer;
    if (!conditions.countries.empty() && !names(conditions.countries, purchase_.country)) return Refusal::kNotInCountry;
    if (!conditions.payment_methods.empty() && !names(conditions.payment_methods, purchase_.payment_method))
      return Refusal::kNotWithPayment;
    return Refusal::kNone;
  }

  bool on_its_day(const Ready& ready) const {
    const auto& weekdays = ready.conditions.weekdays;
    return weekdays.empty() || one_of(weekdays, ready.days.weekday(purchase_.now));
  }

  bool counts(const Ready& ready, std::size_t at) const {
    const Conditions& conditions = ready.conditions;
    const Line& line = basket_.lines()[at].line;
    if (!(conditions.products.empty() && conditions.offers.empty()) && !one_of(conditions.products, line.product) &&
        !one_of(conditions.offers, line.offer))
      return false;
    if (ready.categories.empty() && ready.brands.empty() && conditions.sellers.empty())
      return conditions.categories.empty();
    if (line.goods == nullptr) return false;
    return (conditions.categories.empty() || ready.categories.contains(line.goods->category)) &&
           (ready.brands.empty() || ready.brands.contains(brands_[at])) &&
           (conditions.sellers.empty() || one_of(conditions.sellers, line.goods->seller));
  }

  Refusal for_lines(const Ready& ready) {
    bool any = false;
    const Gift* const gift = ready.rule->gift();
    for (std::size_t i = 0; i < basket_.lines().size(); ++i) {
      basket_.lines()[i].gift = gift != nullptr && basket_.lines()[i].line.offer == gift->offer;
      basket_.lines()[i].counts = !basket_.lines()[i].gift && counts(ready, i);
      any = any || basket_.lines()[i].counts;
    }
    if (!any) return Refusal::kNothingCounts;
    const Conditions& conditions = ready.conditions;
    if (basket_.quantity() < conditions.min_quantity) return Refusal::kMinPurchaseNotMet;
    if (conditions.min_subtotal.empty()) return Refusal::kNone;
    const std::int64_t least = basket_.amount_in(conditions.min_subtotal);
    if (least == 0) return Refusal::kOtherCurrency;
    return basket_.subtotal() < least ? Refusal::kMinPurchaseNotMet : Refusal::kNone;
  }

  const Set& set_;
  const Purchase& purchase_;
  Basket basket_;
  std::vector<std::string> brands_;  // by line, folded
  Outcome out_;
};

struct RefusalWords {
  Refusal refusal;
  std::string_view word;
  std::string_view words;
};
constexpr RefusalWords kRefusals[] = {
    {Refusal::kNone, "applied", "applies"},
    {Refusal::kUnknown, "no_such_coupon", "is not known"},
    {Refusal::kNotActive, "not_active", "is not valid at present"},
    {Refusal::kNotStarted, "not_started", "is not valid yet"},
    {Refusal::kExpired, "expired", "has expired"},
    {Refusal::kUsedUp, "used_up", "has been used up"},
    {Refusal::kAlreadyUsed, "already_used", "was used by you before"},
    {Refusal::kMinPurchaseNotMet, "min_purchase_not_met", "needs a larger purchase"},
    {Refusal::kNothingCounts, "nothing_counts", "is for other things than those in the cart"},
    {Refusal::kMembersOnly, "members_only", "is for members"},
    {Refusal::kFirstOrderOnly, "first_order_only", "is for a first order"},
    {Refusal::kNotForCustomer, "not_for_customer", "is for other customers"},
    {Refusal::kNotInCountry, "not_in_country", "is for deliveries to other countries"},
    {Refusal::kNotWithPayment, "not_with_payment", "is for another way of paying"},
    {Refusal::kNotToday, "not_today", "is for other days of the week"},
    {Refusal::kOtherCurrency, "other_currency", "is for another currency"},
    {Refusal::kNotCombinable, "not_combinable", "cannot be combined with what the cart has already"},
    {Refusal::kNoEffect, "no_effect", "takes nothing off this cart"},
};

const RefusalWords& entry_of(Refusal refusal) {
  const auto& entry = kRefusals[static_cast<std::size_t>(refusal)];
  KONTOR_ASSERT(entry.refusal == refusal);
  return entry;
}

}  // namespace

const Ready* Set::find(PromotionId id) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Ready& one) { return one.promotion.id == id; });
  return found == all.end() ? nullptr : &*found;
}

Result<Ready> make_ready(Promotion promotion, const CategoryParents& parents, const services::TimeZone& shop) {
  const PromotionType* const type = find_type(promotion.type);
  if (type == nullptr)
    return invalid("promotions.no_such_type", "/type", "unknown_value",
                   "There is no type '" + promotion.type + "' of promotions.");
  Ready ready;
  TRY(ready.rule, type->read(promotion.parameters));
  ready.conditions = promotion.conditions;
  ready.rule->add_conditions(ready.conditions);
  // A name that was checked when it was said may be gone with a later ICU.
  if (const auto& name = ready.conditions.time_zone)
    ready.days = services::TimeZone::of(*name).value_or(shop);
  else
    ready.days = shop;
  ready.phase = type->loyalty ? Phase::kLoyalty : promotion.needs_coupon ? Phase::kCoupon : Phase::kAutomatic;
  const auto& wanted = ready.conditions.categories;
  ready.categories.insert(wanted.begin(), wanted.end());
  if (!wanted.empty())
    for (const auto& [category, parent] : parents)
      for (CategoryId up = category; up;) {
        if (one_of(wanted, up)) {
          ready.categories.insert(category);
          break;
        }
        const auto next = parents.find(up);
        up = next == parents.end() ? CategoryId{} : next->second;
      }
  for (const std::string& brand : ready.conditions.brands) ready.brands.insert(fold(brand));
  ready.promotion = std::move(promotion);
  return ready;
}

Set make_set(std::vector<Ready> all) {
  const auto order = [](const Ready& one) { return std::tuple(-one.promotion.priority, one.phase, one.promotion.id); };
  std::sort(all.begin(), all.end(), [&](const Ready& a, const Ready& b) { return order(a) < order(b); });
  Set set;
  set.all = std::move(all);
  for (const Ready& one : set.all) {
    const Conditions& conditions = one.conditions;
    set.asks_of_accounts = set.asks_of_accounts || conditions.members_only || !conditions.segments.empty();
    set.asks_of_orders = set.asks_of_orders || conditions.first_order;
    set.asks_of_brands = set.asks_of_brands || !one.brands.empty();
    set.counts_customers = set.counts_customers || one.promotion.max_uses_per_customer > 0;
    set.runs_out = set.runs_out || one.promotion.limited();
  }
  return set;
}

std::string_view word_of(Refusal refusal) { return entry_of(refusal).word; }

std::string words_of(Refusal refusal, std::string_view code) {
  return "The coupon " + std::string(code) + " " + std::string(entry_of(refusal).words) + ".";
}

bool is_pending(Refusal refusal, const Purchase& purchase) {
  return (refusal == Refusal::kNotInCountry && purchase.country.empty()) ||
         (refusal == Refusal::kNotWithPayment && purchase.payment_method.empty());
}

Promotion frozen(const Applied& applied) {
  const Promotion& was = applied.ready->promotion;
  Promotion out;
  out.id = was.id;
  out.name = out.label = was.label;
  out.type = was.type;
  out.parameters = was.parameters;
  out.priority = was.priority;
  out.exclusive = was.exclusive;
  out.conditions.offers = applied.counted;
  out.conditions.min_subtotal = was.conditions.min_subtotal;
  out.conditions.min_quantity = was.conditions.min_quantity;
  return out;
}

Result<std::vector<std::int64_t>> price_again(std::span<const Promotion> promotions, std::span<const Line> lines,
                                              Currency currency, const Exchange* exchange) {
  // They stand in the order in which they applied, which was also decided by what is not asked any more.
  std::vector<Ready> all;
  std::int64_t priority = 0;
  for (const Promotion& promotion : promotions) {
    TRY(auto ready, make_ready(promotion, {}));
    ready.promotion.priority = --priority;
    all.push_back(std::move(ready));
  }
  const Set set = make_set(std::move(all));
  Purchase purchase;
  purchase.lines = lines;
  purchase.currency = currency;
  purchase.exchange = exchange;
  purchase.shopper = {true, true, {}};
  std::vector<std::int64_t> off(lines.size(), 0);
  for (const Applied& applied : evaluate(set, purchase).applied)
    for (const Part& part : applied.parts) off[part.line] += part.minor;
  return off;
}

Outcome evaluate(const Set& set, const Purchase& purchase) {
  if (purchase.lines.empty()) {
    Outcome none;
    for (const Coupon& coupon : purchase.coupons) none.coupons.push_back({coupon.code, Refusal::kNothingCounts});
    return none;
  }
  return Evaluation(set, purchase).run();
}

}  // namespace kontor::promotions
