// What things cost: line totals and the pipeline (sale, automatic promotions, coupon, loyalty, shipping, tax) through
// which every cart and checkout gets its total. Pure computation over prices handed in; never floating point; parts add
// up to the unit.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace kontor::pricing {

struct LineInput {
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  Money unit_price;  // the store's present price
};

struct Discount {
  std::string promotion_id;
  std::string label;
  Money amount;  // positive: what is taken off
};

struct LineTotal {
  OfferId offer;
  std::int64_t quantity = 0;
  Money unit_price;
  Money subtotal;  // unit price × quantity
  Money discount;  // this line's share of all discounts
  Money tax;
  Money total;  // subtotal − discount (+ tax where prices exclude it)
};

struct Totals {
  Currency currency;
  std::vector<LineTotal> lines;  // in the order of the input
  Money subtotal;
  std::vector<Discount> discounts;
  Money shipping;
  Money tax;
  Money total;
};

// What the totals depend on beside the lines; grows with promotions, tax and shipping.
struct Context {
  Currency currency;
  std::string country;                         // where it goes; "" while unknown (cart)
  std::optional<std::string> shipping_option;  // "standard"; absent while not chosen (cart): no shipping is counted
  Time now;
};

// A stage sees the running totals and changes discounts, shipping and tax (of the lines and of the whole); stages run
// in the order in which they were added. `total` of lines and whole is summed by the pipeline after the last stage.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;
  virtual Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const = 0;
};

// How a parcel may go, and what that costs in any currency's minor units.
struct ShippingOption {
  std::string code;
  std::string label;
  std::int64_t price_minor = 0;
};

// One zone `everywhere` with flat options; zones and weights come with the module shipping. An option that is not there
// is kInvalid "pricing.no_such_shipping_option".
class ShippingStage : public Stage {
 public:
  ShippingStage() : ShippingStage({{"standard", "Standard", 0}}) {}
  explicit ShippingStage(std::vector<ShippingOption> options) : options_(std::move(options)) {}
  std::string_view name() const override { return "shipping"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;
  std::span<const ShippingOption> options() const { return options_; }

 private:
  std::vector<ShippingOption> options_;
};

// One rate on everything, added to prices that exclude it; 0, the default, is no tax. The module tax takes its place.
class TaxStage : public Stage {
 public:
  TaxStage() = default;
  explicit TaxStage(BasisPoints rate) : rate_(rate) {}
  std::string_view name() const override { return "tax"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;

 private:
  BasisPoints rate_;
};

// Takes `amount` (positive) off the lines in proportion to what they still cost, to the unit, and lists it under its
// label. More than the lines cost takes off what they cost. For stages that discount.
void discount_lines(Totals& totals, const Discount& discount);

class Pricing {
 public:
  // Not owned; they outlive the Pricing.
  explicit Pricing(std::vector<const Stage*> stages) : stages_(std::move(stages)) {}

  // kInvalid "pricing.currency_mismatch" when a line's price is in another currency than the context's;
  // kInvalid "pricing.total_too_large" beyond kMaxAmountMinor. Quantities are positive, prices not negative.
  Result<Totals> quote(std::span<const LineInput> lines, const Context& context) const;

 private:
  std::vector<const Stage*> stages_;
};

}  // namespace kontor::pricing
