// A type of promotion: a name, parameters as a described struct, and what it takes off. One file in types/ each, and
// one line in promotion_types.cpp (docs/recipes/add-a-promotion-type.md).
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/json.h"
#include "shop/promotions/basket.h"
#include "shop/promotions/promotion.h"

namespace kontor::promotions {

// What a promotion of the type does to the shipping; the price of shipping is not known yet when it decides.
struct ShippingWish {
  std::vector<std::string> options;  // empty: whichever is chosen
};

// What is free when the rest of the basket meets the conditions: the line of this offer counts for nothing else.
struct Gift {
  OfferId offer;
  std::int64_t quantity = 0;
};

// Parameters that were read and checked. Pure: the same basket, the same answer; no order of lines matters.
class Rule {
 public:
  virtual ~Rule() = default;
  // Takes something off the lines that count, by the Basket's own functions.
  virtual void apply(Basket& basket) const = 0;
  // Null: it leaves the shipping alone.
  virtual const ShippingWish* shipping() const { return nullptr; }
  // Null: it gives nothing away.
  virtual const Gift* gift() const { return nullptr; }
  // What the type asks of a shopper beside the promotion's own conditions.
  virtual void add_conditions(Conditions&) const {}
};

// Equals of priority are applied in this order.
enum class Phase { kAutomatic, kCoupon, kLoyalty };

struct PromotionType {
  std::string_view name;
  std::string_view words;  // for people
  bool loyalty = false;    // comes after coupons
  // kInvalid with fields below /parameters.
  Result<std::shared_ptr<const Rule>> (*read)(const json::Raw& parameters) = nullptr;
  std::string_view example;  // parameters that are right, for the docs
};

// All there are, in the order of their names.
std::span<const PromotionType> promotion_types();
const PromotionType* find_type(std::string_view name);  // null: there is none

// ---- for the types
// ----------------------------------------------------------------------------------------------------

using Wrong = std::vector<FieldError>;

// `P` is a described struct with `void check(Wrong&) const` and what Rule has to have.
template <class P>
class RuleOf : public Rule {
 public:
  explicit RuleOf(P parameters) : parameters_(std::move(parameters)) {}
  void apply(Basket& basket) const override { parameters_.apply(basket); }
  const ShippingWish* shipping() const override {
    if constexpr (requires { parameters_.shipping(); }) return parameters_.shipping();
    return nullptr;
  }
  const Gift* gift() const override {
    if constexpr (requires { parameters_.gift(); }) return parameters_.gift();
    return nullptr;
  }
  void add_conditions(Conditions& conditions) const override {
    if constexpr (requires { parameters_.add_conditions(conditions); }) parameters_.add_conditions(conditions);
  }

 private:
  P parameters_;
};

// Prefixes the fields, so that they point into the promotion.
Error below_parameters(Error error);
tl::unexpected<Error> wrong_parameters(Wrong wrong);
// One amount per currency, none of them negative or 0.
void check_amounts(std::span<const Money> amounts, std::string_view field, Wrong& wrong);

template <class P>
Result<std::shared_ptr<const Rule>> read_rule(const json::Raw& raw) {
  TRY(const auto document, json::parse(raw.text));
  auto parameters = json::read_document<P>(document);
  if (!parameters) return fail(below_parameters(std::move(parameters.error())));
  Wrong wrong;
  parameters->check(wrong);
  if (!wrong.empty()) return wrong_parameters(std::move(wrong));
  return std::make_shared<const RuleOf<P>>(std::move(*parameters));
}

}  // namespace kontor::promotions
