// What things cost: line totals and the pipeline (sale, automatic promotions, coupon, loyalty, shipping, tax) through which every
// cart and checkout gets its total. Pure computation over prices handed in; never floating point; parts add up to the unit.
#pragma once
#include <optional>
#include <span>
#include <string>
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
  Money unit_price;             // the store's present price
};

struct Discount {
  std::string promotion_id;
  std::string label;
  Money amount;                 // positive: what is taken off
};

struct LineTotal {
  OfferId offer;
  std::int64_t quantity = 0;
  Money unit_price;
  Money subtotal;               // unit price × quantity
  Money discount;               // this line's share of all discounts
  Money tax;
  Money total;                  // subtotal − discount (+ tax where prices exclude it)
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
  std::string country;                        // where it goes; "" while unknown (cart)
  std::optional<std::string> shipping_option; // "standard"
  Time now;
};

// A stage sees the running totals and changes them; stages run in the order in which they were added.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;
  virtual Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const = 0;
};

class Pricing {
 public:
  // Not owned; they outlive the Pricing.
  explicit Pricing(std::vector<const Stage*> stages);

  // kInvalid "pricing.currency_mismatch" when a line's price is in another currency than the context's;
  // kInvalid "pricing.total_too_large" beyond kMaxAmountMinor.
  Result<Totals> quote(std::span<const LineInput> lines, const Context& context) const;

 private:
  std::vector<const Stage*> stages_;
};

}  // namespace kontor::pricing
