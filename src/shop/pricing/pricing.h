// What things cost: line totals and the pipeline (sale, automatic promotions, coupon, loyalty, shipping, tax) through
// which every cart and checkout gets its total. Pure computation over prices handed in; never floating point; parts add
// up to the unit.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/exchange.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/tax_provider.h"
#include "shop/catalog/catalog.h"
#include "shop/promotions/promotions.h"
#include "shop/shipping/shipping.h"
#include "shop/tax/tax.h"

namespace kontor::pricing {

using catalog::Goods;

struct LineInput {
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  Money unit_price;              // the store's present price
  const Goods* goods = nullptr;  // not owned; null: nothing is known of them
};

struct Discount {
  std::string promotion_id;
  std::string label;
  Money amount;           // positive: what is taken off
  std::string code = {};  // of the coupon that brought it
};

// What a line has of one of the discounts.
struct DiscountShare {
  std::size_t discount = 0;  // in Totals::discounts
  std::size_t line = 0;      // in Totals::lines
  Money amount;
};

// A code of the cart, and why it does nothing; `reason` is empty while it applies.
struct CouponState {
  std::string code;
  std::string reason;  // "min_purchase_not_met"
  std::string words;   // for the shopper
};

// A promotion that makes shipping free, by these options (none: by any).
struct ShippingGift {
  std::string promotion_id;
  std::string label;
  std::vector<std::string> options;
  std::string code = {};                              // of the coupon that brought it
  std::optional<promotions::Use> use = std::nullopt;  // taken when the gift is
};

// Something free that is not in the cart yet.
struct GiftOffered {
  OfferId offer;
  std::int64_t quantity = 0;
  std::string label;  // of the promotion
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
  std::vector<Discount> discounts;    // of the goods
  std::vector<DiscountShare> shares;  // of each discount they add up to it, of each line to its discount
  std::vector<CouponState> coupons;
  std::vector<promotions::Use> uses;  // what the purchase takes of promotions that run out
  promotions::Considered promotions;  // what the discounts are of
  std::vector<GiftOffered> gifts;
  std::vector<ShippingGift> shipping_gifts;
  std::optional<Discount> shipping_discount;  // taken off `shipping` already
  Money shipping;                             // to pay
  Money tax;                                  // all of it
  Money shipping_tax;                         // what of it is on shipping
  std::vector<TaxPart> taxes;                 // the breakdown: adds up to `tax`
  bool tax_included = false;                  // prices and shipping hold the tax; else it is on top
  bool tax_estimated = false;                 // the tax provider did not answer, the shop's table did
  TaxTreatment tax_treatment = TaxTreatment::kTaxed;
  std::string seller_tax_id;
  Money total;
  std::vector<shipping::Option> shipping_options;   // all that are offered, once one was asked for
  std::optional<shipping::Option> shipping_option;  // the one that is counted
};

// The promotion that makes the option free; null: none does.
const ShippingGift* gift_for(const Totals& totals, std::string_view option);

// What the totals depend on beside the lines.
struct Context {
  Currency currency;
  const Exchange* exchange = nullptr;          // for what is given in other currencies; not owned
  CustomerId customer;                         // 0: nobody in particular
  std::string country, region, postal_code;    // where it goes; "" while unknown (cart)
  std::optional<std::string> shipping_option;  // absent while not chosen (cart): none is counted; "": the first offered
  bool consolidate = false;                    // fewer parcels rather than sooner
  bool carbon_neutral = false;
  std::string payment_method;        // "card"; "" while unknown
  std::string tax_id;                // of a company; "" for everybody else
  std::vector<std::string> coupons;  // the codes in the cart
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

// What the lines cost to send, by the module shipping. An option that is not offered there is kInvalid
// "pricing.no_such_shipping_option"; none at all kInvalid "shipping.not_delivered_there".
class ShippingStage : public Stage {
 public:
  explicit ShippingStage(shipping::Shipping& shipping) : shipping_(shipping) {}
  std::string_view name() const override { return "shipping"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;

 private:
  shipping::Shipping& shipping_;
};

// The tax on all of that, by the module tax; the last stage. Nothing while nobody knows where it goes. What prices hold
// of a tax that is not due comes off as a discount.
class TaxStage : public Stage {
 public:
  explicit TaxStage(tax::Taxes& taxes) : taxes_(taxes) {}
  std::string_view name() const override { return "tax"; }
  Result<void> apply(std::span<const LineInput> lines, const Context& context, Totals& totals) const override;

 private:
  tax::Taxes& taxes_;
};

// Prices that are not everybody's, or not in the goods' currency: price_lists.h behind it.
class OwnPrices {
 public:
  virtual ~OwnPrices() = default;
  // In the order of the offers, nullopt where everybody's price counts; an empty vector when none of them has one.
  // Asks the store only while a list may apply to this customer. Outside of write functions.
  virtual Result<std::vector<std::optional<Money>>> of(CustomerId customer, Currency currency,
                                                       std::span<const OfferId> offers, Time now) = 0;
  virtual bool any_in(Currency currency, Time now) const = 0;  // whether some list is in it
};

class Pricing {
 public:
  // The table of rates at hand; null: there is none. From any thread.
  using Rates = std::function<std::shared_ptr<const ExchangeTable>()>;
  // Not owned; they outlive the Pricing.
  explicit Pricing(std::vector<const Stage*> stages, OwnPrices* own = nullptr, Rates rates = {})
      : stages_(std::move(stages)), own_(own), rates_(std::move(rates)) {}

  // Whether anything can be had in this currency: kInvalid "pricing.no_rate".
  Result<void> sells_in(Currency currency, Time now) const;
  // By today's rates.
  Exchange exchange() const { return Exchange(rates_ ? rates_() : nullptr); }
  // Gives each line what it costs this customer in the context's currency. In the goods' own: their own price where it
  // is lower than everybody's. In another: what a price list in it says, else everybody's price converted; kInvalid
  // "pricing.no_rate" where that cannot be.
  Result<void> take_prices(std::span<LineInput> lines, const Context& context) const;

  // kInvalid "pricing.currency_mismatch" when a line's price is in another currency than the context's;
  // kInvalid "pricing.total_too_large" beyond kMaxAmountMinor. Quantities are positive, prices not negative.
  Result<Totals> quote(std::span<const LineInput> lines, const Context& context) const;

 private:
  std::vector<const Stage*> stages_;
  OwnPrices* own_;  // may be null
  Rates rates_;
};

}  // namespace kontor::pricing
