// Computes the worked example of docs/pricing.md, by the pipeline of a real shop.
#include <doctest/doctest.h>

#include "shop/pricing/promotion_stage.h"
#include "tests/support/dollars.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> promotions_migrations();
}  // namespace kontor

namespace kontor::pricing {
namespace {

using testing::kUsd;

const OfferId kLaptop{1}, kTea{2}, kCup{3};

struct Member : promotions::ShopperSource {
  Result<promotions::Shopper> shopper(CustomerId, Asked, Time) override { return promotions::Shopper{true, false, {}}; }
};

struct Example {
  Example() : promotions({test.store(), test.clock, test.ids, test.random, nullptr, &member}) {
    make("10 % from five", "tiered", "{}");
    promotions::Promotion laptops = promotion("20 % off Laptops", "percentage", R"({"basis_points":2000})");
    laptops.conditions.categories = {CategoryId{7}};
    make(std::move(laptops));
    promotions::Promotion welcome =
        promotion("WELCOME", "fixed_amount", R"({"amounts":[{"amount":5000,"currency":"USD"}]})");
    welcome.needs_coupon = true;
    const std::string codes[] = {"WELCOME"};
    REQUIRE(promotions.add_coupons(make(std::move(welcome)), codes, 0, nothing).has_value());
    make("Members", "membership", "{}");
  }
  static promotions::Promotion promotion(std::string label, std::string type, std::string parameters) {
    promotions::Promotion out;
    out.name = out.label = std::move(label);
    out.type = std::move(type);
    out.parameters.text = std::move(parameters);
    return out;
  }
  void make(std::string label, std::string type, std::string parameters) {
    make(promotion(std::move(label), std::move(type), std::move(parameters)));
  }
  PromotionId make(promotions::Promotion wish) {
    test.clock.advance_ms(1);  // the older one comes first
    const auto made = promotions.create(std::move(wish), nothing);
    REQUIRE(made.has_value());
    return made->promotion.id;
  }

  testing::TestStore test{services_migrations(), promotions_migrations()};
  Member member;
  promotions::Promotions promotions;
  const promotions::Promotions::Beside nothing = [](db::Tx&) { return Result<void>(); };
};

TEST_CASE("the worked example of docs/pricing.md") {
  Example example;
  const PromotionStage stage(example.promotions);
  const Pricing pricing({&stage});
  const Goods laptop{CategoryId{7}, SellerId{1}, "", "standard", 0, {}};
  const Goods other{CategoryId{8}, SellerId{1}, "", "standard", 0, {}};
  const auto usd = [](std::int64_t minor) { return Money::minor(minor, kUsd); };
  const LineInput lines[] = {{kLaptop, ProductId{11}, 2, usd(89'900), &laptop},
                             {kTea, ProductId{12}, 5, usd(450), &other},
                             {kCup, ProductId{13}, 1, usd(1200), &other}};
  Context context;
  context.currency = kUsd;
  context.customer = CustomerId{99};
  context.coupons = {"WELCOME"};
  context.now = example.test.clock.now();
  const auto totals = pricing.quote(lines, context);
  REQUIRE(totals.has_value());
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> table = {{"10 % from five", {0, 225, 0}},
                                                                                {"20 % off Laptops", {35'960, 0, 0}},
                                                                                {"WELCOME", {4891, 69, 40}},
                                                                                {"Members", {20'843, 293, 174}}};
  REQUIRE(totals->discounts.size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    CHECK(totals->discounts[i].label == table[i].first);
    std::vector<std::int64_t> by_line(3, 0);
    for (const auto& share : totals->shares)
      if (share.discount == i) by_line[share.line] = share.amount.amount_minor();
    CHECK(by_line == table[i].second);
  }
  CHECK(totals->lines[0].total.amount_minor() == 118'106);
  CHECK(totals->lines[1].total.amount_minor() == 1663);
  CHECK(totals->lines[2].total.amount_minor() == 986);
  CHECK(totals->total.amount_minor() == 120'755);
}

}  // namespace
}  // namespace kontor::pricing
