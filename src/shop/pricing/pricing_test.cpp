#include "shop/pricing/pricing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/support/dollars.h"
#include "tests/support/flat_tax.h"
#include "tests/support/flat_zone.h"

namespace kontor::pricing {
namespace {

using testing::kUsd;

const Currency kYen = *Currency::parse("JPY");

LineInput line(std::int64_t offer, std::int64_t quantity, std::int64_t price, Currency currency = kUsd) {
  return {OfferId{offer}, ProductId{offer}, quantity, Money::minor(price, currency)};
}

Context context(std::optional<std::string> shipping = {}) {
  Context out;
  out.currency = kUsd;
  out.country = "US";
  out.shipping_option = std::move(shipping);
  out.now = Time{1};
  return out;
}

// In proportion to what the lines still cost, at most that.
void discount_lines(Totals& totals, const Discount& discount) {
  std::vector<std::int64_t> weights;
  std::int64_t left = 0;
  for (const LineTotal& one : totals.lines) left += weights.emplace_back((one.subtotal - one.discount).amount_minor());
  const Money taken = std::min(discount.amount, Money::minor(left, totals.currency));
  if (taken.amount_minor() <= 0) return;
  const auto parts = taken.split(weights);
  for (std::size_t at = 0; at < parts.size(); ++at) totals.lines[at].discount = totals.lines[at].discount + parts[at];
  totals.discounts.push_back({discount.promotion_id, discount.label, taken, {}});
}

// Takes a fixed amount off, as a promotion would.
class TakeOff : public Stage {
 public:
  explicit TakeOff(std::int64_t amount) : amount_(amount) {}
  std::string_view name() const override { return "take_off"; }
  Result<void> apply(std::span<const LineInput>, const Context& c, Totals& totals) const override {
    discount_lines(totals, {"p1", "Ten off", Money::minor(amount_, c.currency)});
    return {};
  }

 private:
  std::int64_t amount_;
};

TEST_CASE("lines, shipping and tax add up") {
  testing::FlatShipping ways({{"standard", 0}, {"express", 900}});
  const ShippingStage shipping(ways.shipping);
  testing::FlatTax taxes(testing::flat_tax(72'500));
  const TaxStage tax(taxes.taxes);
  const Pricing pricing({&shipping, &tax});
  const LineInput lines[] = {line(1, 3, 450), line(2, 1, 1999)};
  const auto totals = pricing.quote(lines, context("express"));
  REQUIRE(totals.has_value());
  CHECK(totals->subtotal.amount_minor() == 3349);
  CHECK(totals->shipping.amount_minor() == 900);
  CHECK(totals->lines[0].tax.amount_minor() == 98);   // 97.875
  CHECK(totals->lines[1].tax.amount_minor() == 145);  // 144.9275
  CHECK(totals->tax.amount_minor() == 243);
  CHECK(totals->total.amount_minor() == 3349 + 900 + 243);
  CHECK(totals->lines[1].total.amount_minor() == 2144);
}

TEST_CASE("no chosen shipping costs nothing, an unknown one is refused") {
  testing::FlatShipping ways({{"standard", 0}});
  const ShippingStage shipping(ways.shipping);
  const Pricing pricing({&shipping});
  const LineInput lines[] = {line(1, 1, 100)};
  CHECK(pricing.quote(lines, context())->shipping.amount_minor() == 0);
  CHECK(pricing.quote(lines, context("standard"))->total.amount_minor() == 100);
  CHECK(pricing.quote(lines, context(""))->shipping_option->code == "standard");
  const auto wrong = pricing.quote(lines, context("rocket"));
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().reason == "pricing.no_such_shipping_option");
}

TEST_CASE("other currencies and sums beyond all prices are refused") {
  const Pricing pricing({});
  const LineInput mixed[] = {line(1, 1, 100), line(2, 1, 100, kYen)};
  const auto other = pricing.quote(mixed, context());
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().reason == "pricing.currency_mismatch");
  CHECK(other.error().fields.at(0).field == "/lines/1");
  const LineInput huge[] = {line(1, 999, kMaxAmountMinor)};
  CHECK(pricing.quote(huge, context()).error().reason == "pricing.total_too_large");
  const LineInput two[] = {line(1, 1, kMaxAmountMinor), line(2, 1, 1)};
  CHECK(pricing.quote(two, context()).error().reason == "pricing.total_too_large");
  CHECK(pricing.quote(std::span(two).first(1), context())->total.amount_minor() == kMaxAmountMinor);
}

TEST_CASE("tax that prices hold and nobody owes comes off lines and shipping") {
  testing::FlatShipping ways({{"standard", 600}});
  const ShippingStage shipping(ways.shipping);
  auto texts = testing::flat_tax(200'000, "standard", true);
  texts.exemptions.push_back({"EX-1", "", "", "a school", {}, {}});
  testing::FlatTax taxes(texts);
  const TaxStage tax(taxes.taxes);
  const Pricing pricing({&shipping, &tax});
  const LineInput lines[] = {line(1, 1, 1200), line(2, 2, 300)};
  auto who = context("standard");
  const auto taxed = pricing.quote(lines, who);
  CHECK(taxed->total.amount_minor() == 2400);
  CHECK(taxed->tax.amount_minor() == 400);
  who.tax_id = "EX-1";
  const auto exempt = pricing.quote(lines, who);
  CHECK(exempt->total.amount_minor() == 2000);
  CHECK(exempt->tax.amount_minor() == 0);
  CHECK(exempt->shipping.amount_minor() == 500);
  CHECK(exempt->discounts.at(0).amount.amount_minor() == 300);
  CHECK(exempt->tax_treatment == TaxTreatment::kExempt);
}

TEST_CASE("nothing costs nothing") {
  testing::FlatShipping ways({{"standard", 500}});
  const ShippingStage shipping(ways.shipping);
  const Pricing pricing({&shipping});
  const auto totals = pricing.quote({}, context("standard"));
  CHECK(totals->total.amount_minor() == 0);
  CHECK(totals->lines.empty());
}

TEST_CASE("whatever the lines: parts add up, nothing is negative, and their order does not matter") {
  std::mt19937_64 luck(20261121);
  const auto any = [&](std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<LineInput> lines;
    for (std::int64_t i = any(1, 12); i > 0; --i)
      lines.push_back(line(i, any(1, 999), any(0, 3) == 0 ? any(0, 3) : any(0, 200'000)));
    const TakeOff off(any(0, 5000));
    testing::FlatShipping ways({{"standard", any(0, 2000)}});
    const ShippingStage shipping(ways.shipping);
    const bool included = any(0, 1) == 0;
    testing::FlatTax rates(testing::flat_tax(any(0, 250'000), any(0, 1) == 0 ? "exempt" : "standard", included));
    const TaxStage tax(rates.taxes);
    const Pricing pricing({&off, &shipping, &tax});
    const auto totals = pricing.quote(lines, context("standard"));
    REQUIRE(totals.has_value());
    std::int64_t subtotal = 0, discount = 0, taxes = 0, total = 0, listed = 0;
    for (const LineTotal& one : totals->lines) {
      CHECK(one.subtotal.amount_minor() == one.unit_price.amount_minor() * one.quantity);
      CHECK(one.discount.amount_minor() >= 0);
      CHECK(one.discount <= one.subtotal);
      CHECK(one.total.amount_minor() >= 0);
      subtotal += one.subtotal.amount_minor();
      discount += one.discount.amount_minor();
      taxes += one.tax.amount_minor();
      total += one.total.amount_minor();
    }
    for (const Discount& one : totals->discounts) listed += one.amount.amount_minor();
    CHECK(subtotal == totals->subtotal.amount_minor());
    CHECK(discount == listed);
    CHECK(taxes + totals->shipping_tax.amount_minor() == totals->tax.amount_minor());
    const std::int64_t on_top = included ? 0 : totals->tax.amount_minor();
    CHECK(total + totals->shipping.amount_minor() + (included ? 0 : totals->shipping_tax.amount_minor()) ==
          totals->total.amount_minor());
    CHECK(totals->total.amount_minor() == subtotal - discount + on_top + totals->shipping.amount_minor());
    const Pricing undiscounted({&shipping, &tax});
    const auto one = undiscounted.quote(lines, context("standard"));
    std::shuffle(lines.begin(), lines.end(), luck);
    const auto other = undiscounted.quote(lines, context("standard"));
    CHECK(one->total == other->total);
    CHECK(one->tax == other->tax);
  }
}

}  // namespace
}  // namespace kontor::pricing
