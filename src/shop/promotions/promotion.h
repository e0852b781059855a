// What a promotion is: what it does (a type with parameters), for which lines and shoppers it counts, how it goes along
// with others, and how often it may be used. Amounts are given per currency; in other currencies they come to what the
// shop's rates say, and without a rate the promotion does not apply.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/time.h"
#include "base/weekday.h"
#include "runtime/json.h"
#include "services/time_zone.h"

namespace kontor::promotions {

enum class Status { kActive = 0, kPaused = 1, kArchived = 2 };
constexpr auto enum_names(Status) {
  return std::array{EnumName<Status>{Status::kActive, "active"}, EnumName<Status>{Status::kPaused, "paused"},
                    EnumName<Status>{Status::kArchived, "archived"}};
}

// All that is named must hold. The first six say which lines count (with none of them, all do); minimums are of the
// lines that count, before any discount.
struct Conditions {
  std::vector<ProductId> products;
  std::vector<OfferId> offers;
  std::vector<CategoryId> categories;  // with everything below them
  std::vector<std::string> brands;     // whatever their upper and lower case
  std::vector<SellerId> sellers;
  std::vector<Money> min_subtotal;  // one per currency
  std::int64_t min_quantity = 0;
  bool members_only = false;
  bool first_order = false;
  std::vector<std::string> segments;  // the customer is in one of them
  std::vector<std::string> countries;
  std::vector<std::string> payment_methods;
  std::vector<Weekday> weekdays;
  std::optional<std::string> time_zone;  // whose days those are; absent: the shop's

  bool operator==(const Conditions&) const = default;
  static constexpr auto fields() {
    using C = Conditions;
    constexpr Length kMany{0, 500};
    return described(
        Field("products", &C::products, "Lines of these products count", kMany, Default{}),
        Field("offers", &C::offers, "Lines of these offers count", kMany, Default{}),
        Field("categories", &C::categories, "Lines of these categories, and of those below them, count", kMany,
              Default{}),
        Field("brands", &C::brands, "Lines of these brands count", kMany, Default{}),
        Field("sellers", &C::sellers, "Lines of these sellers count", kMany, Default{}),
        Field("min_subtotal", &C::min_subtotal, "What the lines that count cost at least, per currency", Length{0, 40},
              Default{}),
        Field("min_quantity", &C::min_quantity, "How many units count at least", Range{0, 100'000}, Default{}),
        Field("members_only", &C::members_only, "For members", Default{}),
        Field("first_order", &C::first_order, "For customers without an order", Default{}),
        Field("segments", &C::segments, "For customers in one of these segments", Length{0, 100}, Default{}),
        Field("countries", &C::countries, "Where it is delivered to, ISO 3166-1 alpha-2", Length{0, 250}, Default{}),
        Field("payment_methods", &C::payment_methods, "How it is paid: card …", Length{0, 20}, Default{}),
        Field("weekdays", &C::weekdays, "On these days", Length{0, 7}, Default{}),
        Field("time_zone", &C::time_zone, "Whose days those are, as Europe/Berlin; absent: the shop's",
              services::kTimeZone));
  }
};

struct Promotion {
  PromotionId id;
  std::string name;            // for staff
  std::string label;           // for shoppers
  std::string type;            // one of promotion_types()
  json::Raw parameters{"{}"};  // of the type
  Conditions conditions;
  bool needs_coupon = false;  // applies only to carts with one of its codes
  std::int64_t priority = 0;  // the highest is looked at first; equal ones: automatic, coupon, loyalty
  bool exclusive = false;     // only when nothing was taken off before, and nothing is after
  Status status = Status::kActive;
  std::optional<Time> starts_at, ends_at;
  std::int64_t max_uses = 0;               // 0: any number
  std::int64_t max_uses_per_customer = 0;  // 0: any number
  std::optional<Money> budget;             // what it may take off in all, orders together
  std::int64_t version = 0;

  // Whether a purchase must be counted against something that runs out.
  bool limited() const { return max_uses > 0 || max_uses_per_customer > 0 || budget.has_value(); }

  // All but id and version: what staff say, and what is stored.
  static constexpr auto fields() {
    using P = Promotion;
    constexpr Range kUses{0, 1'000'000'000};
    return described(
        Field("name", &P::name, "For staff", Length{1, 200}),
        Field("label", &P::label, "For shoppers: on the cart, the order and the invoice", Length{1, 200}),
        Field("type", &P::type, "What it does: one of GET /admin/promotion-types", Length{1, 60}),
        Field("parameters", &P::parameters, "Of the type", Default{}),
        Field("conditions", &P::conditions, "When it applies, and to which lines; absent: always, to all", Default{}),
        Field("needs_coupon", &P::needs_coupon, "Only for carts with one of its codes", Default{}),
        Field("priority", &P::priority, "The highest is looked at first", Range{-1'000'000, 1'000'000}, Default{}),
        Field("exclusive", &P::exclusive, "Neither after nor before another one", Default{}),
        Field("status", &P::status, "active, paused or archived", Default{}),
        Field("starts_at", &P::starts_at, "From then on"), Field("ends_at", &P::ends_at, "Until then, exclusively"),
        Field("max_uses", &P::max_uses, "How many purchases may use it; 0: any number", kUses, Default{}),
        Field("max_uses_per_customer", &P::max_uses_per_customer, "How many of one customer; 0: any number", kUses,
              Default{}),
        Field(
            "budget", &P::budget,
            "What it may take off in all; purchases in other currencies count by the shop's rates, or do without it"));
  }
};

// What one purchase takes of a promotion that runs out; `code` when a coupon brought it.
struct Use {
  PromotionId promotion;
  std::string code;
  Money amount;
  std::int64_t per_customer = 0;  // how many the customer may have in all; 0: any

  static constexpr auto fields() {
    return described(Field("promotion", &Use::promotion, "The promotion"), Field("code", &Use::code, "The coupon's"),
                     Field("amount", &Use::amount, "What it took off"),
                     Field("per_customer", &Use::per_customer, "How many one customer may have", Default{}));
  }
};

}  // namespace kontor::promotions
