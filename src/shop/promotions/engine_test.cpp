#include "shop/promotions/engine.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/support/dollars.h"

namespace kontor::promotions {
namespace {

using testing::kUsd;

constexpr Time kNow{1'790'000'000'000};  // a Monday

Line line(std::int64_t offer, std::int64_t quantity, std::int64_t unit, const catalog::Goods* goods = nullptr) {
  return {OfferId{offer}, ProductId{offer + 1000}, quantity, unit, goods};
}

Promotion promotion(std::int64_t id, std::string type, std::string parameters) {
  Promotion out;
  out.id = PromotionId{id};
  out.name = out.label = "P" + std::to_string(id);
  out.type = std::move(type);
  out.parameters.text = std::move(parameters);
  return out;
}

Set set_of(std::vector<Promotion> promotions, const CategoryParents& parents = {}) {
  std::vector<Ready> all;
  for (auto& one : promotions) {
    auto ready = make_ready(std::move(one), parents);
    REQUIRE_MESSAGE(ready.has_value(), (ready ? "" : ready.error().detail));
    all.push_back(std::move(*ready));
  }
  return make_set(std::move(all));
}

Purchase purchase(std::span<const Line> lines) {
  Purchase out;
  out.lines = lines;
  out.currency = kUsd;
  out.now = kNow;
  return out;
}

std::int64_t off(const Outcome& outcome) {
  std::int64_t sum = 0;
  for (const auto& one : outcome.applied) sum += one.minor;
  return sum;
}

std::int64_t off(std::vector<Promotion> promotions, std::vector<Line> lines) {
  const auto set = set_of(std::move(promotions));
  return off(evaluate(set, purchase(lines)));
}

TEST_CASE("what each type takes off") {
  CHECK(off({promotion(1, "percentage", R"({"basis_points":1000})")}, {line(1, 3, 450), line(2, 1, 1999)}) == 335);
  CHECK(off({promotion(1, "percentage", R"({"basis_points":5000,"max_amounts":[{"amount":700,"currency":"USD"}]})")},
            {line(1, 1, 9000)}) == 700);
  CHECK(off({promotion(1, "fixed_amount", R"({"amounts":[{"amount":500,"currency":"USD"}]})")}, {line(1, 1, 450)}) ==
        450);
  CHECK(off({promotion(1, "fixed_amount", R"({"amounts":[{"amount":500,"currency":"EUR"}]})")}, {line(1, 1, 450)}) ==
        0);
  // bulk: 10 % from five of one offer; two lines of four are not eight
  const auto bulk = promotion(1, "tiered", "{}");
  CHECK(off({bulk}, {line(1, 4, 1000), line(2, 4, 1000)}) == 0);
  CHECK(off({bulk}, {line(1, 5, 1000), line(2, 4, 1000)}) == 500);
  CHECK(off({promotion(1, "tiered",
                       R"({"tiers":[{"quantity":5,"basis_points":1000},{"quantity":10,"basis_points":2000}]})")},
            {line(1, 12, 100)}) == 240);
  const auto three_for_two = promotion(1, "buy_x_get_y", R"({"buy":2,"get":1})");
  CHECK(off({three_for_two}, {line(1, 2, 1000)}) == 0);
  CHECK(off({three_for_two}, {line(1, 3, 1000)}) == 1000);
  CHECK(off({three_for_two}, {line(1, 2, 1000), line(2, 1, 400)}) == 400);
  CHECK(off({three_for_two}, {line(1, 3, 1000), line(2, 3, 400)}) == 1400);
  CHECK(off({promotion(1, "buy_x_get_y", R"({"buy":1,"get":1,"basis_points":5000,"max_groups":1})")},
            {line(1, 6, 1000)}) == 500);
  const auto together =
      promotion(1, "bundle",
                "{\"items\":[{\"offer_id\":\"" + OfferId{1}.text() + "\"},{\"product_id\":\"" + ProductId{1002}.text() +
                    "\",\"quantity\":2}],\"prices\":[{\"amount\":2000,\"currency\":\"USD\"}]}");
  CHECK(off({together}, {line(1, 1, 1000), line(2, 2, 700)}) == 400);
  CHECK(off({together}, {line(1, 2, 1000), line(2, 3, 700)}) == 400);  // one whole bundle
  CHECK(off({together}, {line(1, 2, 1000), line(2, 4, 700)}) == 800);
  CHECK(off({together}, {line(1, 1, 300), line(2, 2, 700)}) == 0);  // cheaper without
}

TEST_CASE("a gift is free once it is in the basket, and does not help to earn itself") {
  auto gift = promotion(1, "gift", "{\"offer_id\":\"" + OfferId{9}.text() + "\",\"quantity\":2}");
  gift.conditions.min_subtotal = {Money::minor(5000, kUsd)};
  const auto set = set_of({gift});
  const auto of = [&](std::vector<Line> lines) {
    const auto outcome = evaluate(set, purchase(lines));
    return std::pair<std::int64_t, std::int64_t>(off(outcome), outcome.gifts.empty() ? 0 : outcome.gifts[0].quantity);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(of({line(1, 1, 4999)}) == Pair(0, 0));
  CHECK(of({line(1, 1, 4000), line(9, 2, 1000)}) == Pair(0, 0));
  CHECK(of({line(1, 1, 5000)}) == Pair(0, 2));
  CHECK(of({line(1, 1, 5000), line(9, 1, 1000)}) == Pair(1000, 1));
  CHECK(of({line(1, 1, 5000), line(9, 3, 1000)}) == Pair(2000, 0));
}

TEST_CASE("members, first orders, segments") {
  const auto set = set_of({promotion(1, "membership", "{}"), promotion(2, "first_order", R"({"basis_points":1000})")});
  const Line lines[] = {line(1, 1, 1000)};
  auto wanted = purchase(lines);
  CHECK(off(evaluate(set, wanted)) == 0);
  wanted.shopper.member = true;
  CHECK(off(evaluate(set, wanted)) == 150);
  wanted.shopper.first_order = true;  // first order before loyalty: 1000 - 100, then 15 % of 900
  CHECK(off(evaluate(set, wanted)) == 235);
  auto vip = promotion(3, "percentage", R"({"basis_points":1000})");
  vip.conditions.segments = {"vip"};
  const auto for_vips = set_of({vip});
  CHECK(off(evaluate(for_vips, wanted)) == 0);
  wanted.shopper.segments = {"press", "vip"};
  CHECK(off(evaluate(for_vips, wanted)) == 100);
}

TEST_CASE("which lines count: category with what is below it, brand in any case, seller, product, minimum") {
  catalog::Goods laptop{CategoryId{3}, SellerId{1}, "Löwe", "standard", 0, {}};
  catalog::Goods book{CategoryId{9}, SellerId{2}, "Press", "reduced", 0, {}};
  const Line lines[] = {line(1, 1, 10'000, &laptop), line(2, 2, 1000, &book), line(3, 1, 500)};
  const CategoryParents parents = {
      {CategoryId{1}, {}}, {CategoryId{2}, CategoryId{1}}, {CategoryId{3}, CategoryId{2}}, {CategoryId{9}, {}}};
  const auto tenth = [&](const std::function<void(Conditions&)>& say) {
    auto one = promotion(1, "percentage", R"({"basis_points":1000})");
    say(one.conditions);
    return off(evaluate(set_of({one}, parents), purchase(lines)));
  };
  CHECK(tenth([](Conditions&) {}) == 1250);
  CHECK(tenth([](Conditions& c) { c.categories = {CategoryId{1}}; }) == 1000);
  CHECK(tenth([](Conditions& c) { c.categories = {CategoryId{9}}; }) == 200);
  CHECK(tenth([](Conditions& c) { c.categories = {CategoryId{77}}; }) == 0);
  CHECK(tenth([](Conditions& c) { c.brands = {"LÖWE"}; }) == 1000);
  CHECK(tenth([](Conditions& c) { c.sellers = {SellerId{2}}; }) == 200);
  CHECK(tenth([](Conditions& c) { c.products = {ProductId{1003}}; }) == 50);
  CHECK(tenth([](Conditions& c) {
          c.offers = {OfferId{2}};
          c.sellers = {SellerId{1}};
        }) == 0);
  CHECK(tenth([](Conditions& c) { c.min_subtotal = {Money::minor(12'500, kUsd)}; }) == 1250);
  CHECK(tenth([](Conditions& c) { c.min_subtotal = {Money::minor(12'501, kUsd)}; }) == 0);
  CHECK(tenth([](Conditions& c) { c.min_quantity = 5; }) == 0);
  CHECK(tenth([](Conditions& c) { c.weekdays = {Weekday::kMonday}; }) == 1250);
  CHECK(tenth([](Conditions& c) { c.weekdays = {Weekday::kSunday, Weekday::kTuesday}; }) == 0);
  CHECK(tenth([](Conditions& c) { c.countries = {"DE"}; }) == 0);
}

// Whether a promotion of some weekdays applies at a moment, in a shop of this time zone.
bool applies(Conditions conditions, std::string_view moment, std::string_view shop = "UTC") {
  Promotion wish = promotion(1, "percentage", R"({"basis_points":1000})");
  wish.conditions = std::move(conditions);
  auto ready = make_ready(std::move(wish), {}, *services::TimeZone::of(shop));
  REQUIRE(ready.has_value());
  std::vector<Ready> all;
  all.push_back(std::move(*ready));
  const Set set = make_set(std::move(all));
  const Line lines[] = {line(1, 1, 1000)};
  Purchase of = purchase(lines);
  of.now = *parse_rfc3339(moment);
  return off(evaluate(set, of)) > 0;
}

TEST_CASE("weekdays are those of the shop's time zone, or of the promotion's own") {
  Conditions monday;
  monday.weekdays = {Weekday::kMonday};
  CHECK(applies(monday, "2026-09-21T00:00:00Z"));
  CHECK_FALSE(applies(monday, "2026-09-20T23:59:59.999Z"));
  CHECK(applies(monday, "2026-09-20T22:00:00Z", "Europe/Berlin"));
  CHECK_FALSE(applies(monday, "2026-09-21T22:00:00Z", "Europe/Berlin"));
  monday.time_zone = "Pacific/Kiritimati";  // Monday there, Sunday in UTC and in New York
  CHECK(applies(monday, "2026-09-20T10:00:00Z"));
  CHECK(applies(monday, "2026-09-20T10:00:00Z", "America/New_York"));
  CHECK_FALSE(applies(monday, "2026-09-21T10:00:00Z"));
  // The hour that comes twice belongs to Sunday both times, and Monday begins once.
  Conditions sunday;
  sunday.weekdays = {Weekday::kSunday};
  sunday.time_zone = "Europe/Berlin";
  CHECK(applies(sunday, "2026-10-25T00:30:00Z"));
  CHECK(applies(sunday, "2026-10-25T01:30:00Z"));
  CHECK(applies(sunday, "2026-10-25T22:59:59Z"));
  CHECK_FALSE(applies(sunday, "2026-10-25T23:00:00Z"));
  Conditions friday;  // of which there was none in Samoa in the last week of 2011
  friday.weekdays = {Weekday::kFriday};
  friday.time_zone = "Pacific/Apia";
  CHECK_FALSE(applies(friday, "2011-12-30T09:59:59Z"));
  CHECK_FALSE(applies(friday, "2011-12-30T10:00:00Z"));
  CHECK(applies(friday, "2012-01-05T10:00:00Z"));
}

TEST_CASE("priority, exclusive ones, and the order of equals") {
  const Line lines[] = {line(1, 1, 10'000)};
  auto tenth = promotion(1, "percentage", R"({"basis_points":1000})");
  auto five = promotion(2, "fixed_amount", R"({"amounts":[{"amount":500,"currency":"USD"}]})");
  CHECK(off({tenth, five}, {lines[0]}) == 1500);
  five.priority = 1;  // first the amount, then a tenth of the rest
  CHECK(off({tenth, five}, {lines[0]}) == 1450);
  five.exclusive = true;
  CHECK(off({tenth, five}, {lines[0]}) == 500);
  five.priority = -1;  // something was taken off before it
  CHECK(off({tenth, five}, {lines[0]}) == 1000);
}

TEST_CASE("coupons say why they do nothing") {
  auto ten = promotion(1, "percentage", R"({"basis_points":1000})");
  ten.needs_coupon = true;
  ten.conditions.min_subtotal = {Money::minor(5000, kUsd)};
  auto gone = promotion(2, "percentage", R"({"basis_points":1000})");
  gone.needs_coupon = true;
  gone.ends_at = kNow;
  auto alone = promotion(3, "percentage", R"({"basis_points":2000})");
  alone.needs_coupon = alone.exclusive = true;
  alone.priority = -5;
  const auto set = set_of({ten, gone, alone});
  const Coupon coupons[] = {{"TEN", PromotionId{1}, 0, true, false},
                            {"TEN2", PromotionId{1}, 0, true, false},
                            {"GONE", PromotionId{2}, 0, true, false},
                            {"ALONE", PromotionId{3}, 0, true, false},
                            {"LOST", PromotionId{99}, 0, true, false}};
  const Line small[] = {line(1, 1, 4000)};
  auto wanted = purchase(small);
  wanted.coupons = coupons;
  auto outcome = evaluate(set, wanted);
  const auto of = [&](std::string_view code) {
    for (const auto& note : outcome.coupons)
      if (note.code == code) return note.refusal;
    return Refusal::kNone;
  };
  CHECK(off(outcome) == 800);
  CHECK(of("TEN") == Refusal::kMinPurchaseNotMet);
  CHECK(of("TEN2") == Refusal::kNotCombinable);
  CHECK(of("GONE") == Refusal::kExpired);
  CHECK(of("ALONE") == Refusal::kNone);
  CHECK(of("LOST") == Refusal::kNotActive);
  const Line large[] = {line(1, 2, 4000)};
  wanted.lines = large;
  outcome = evaluate(set, wanted);
  CHECK(off(outcome) == 800);
  CHECK(of("TEN") == Refusal::kNone);
  CHECK(of("ALONE") == Refusal::kNotCombinable);
  CHECK(word_of(Refusal::kMinPurchaseNotMet) == "min_purchase_not_met");
}

TEST_CASE("wrong parameters are all named, below /parameters") {
  const auto wrong = [](std::string type, std::string parameters) {
    const auto ready = make_ready(promotion(1, std::move(type), std::move(parameters)), {});
    REQUIRE_FALSE(ready.has_value());
    std::string fields;
    for (const auto& field : ready.error().fields) fields += field.field + ":" + field.code + " ";
    return fields;
  };
  CHECK(wrong("rocket", "{}") == "/type:unknown_value ");
  CHECK(wrong("percentage", "{}") == "/parameters/basis_points:required ");
  CHECK(wrong("percentage", R"({"basis_points":10001,"colour":1})") ==
        "/parameters/basis_points:out_of_range /parameters/colour:unknown_field ");
  CHECK(wrong("fixed_amount", R"({"amounts":[{"amount":0,"currency":"USD"},{"amount":5,"currency":"USD"}]})") ==
        "/parameters/amounts/0/amount:out_of_range /parameters/amounts/1/currency:duplicate ");
  CHECK(wrong("tiered", R"({"tiers":[{"quantity":5,"basis_points":1000},{"quantity":5,"basis_points":900}]})") ==
        "/parameters/tiers/1/quantity:out_of_order /parameters/tiers/1/basis_points:out_of_order ");
  CHECK(wrong("bundle", R"({"items":[{"quantity":1}],"prices":[{"amount":5,"currency":"USD"}]})") ==
        "/parameters/items/0/product_id:ambiguous ");
}

TEST_CASE("every type's example can be read") {
  for (const auto& type : promotion_types()) {
    std::string example(type.example);
    if (const auto at = example.find("off_…"); at != std::string::npos)
      example.replace(at, std::string("off_…").size(), OfferId{5}.text());
    for (std::int64_t id = 5; example.find("prod_…") != std::string::npos; ++id)
      example.replace(example.find("prod_…"), std::string("prod_…").size(), ProductId{id}.text());
    CAPTURE(std::string(type.name));
    CHECK(type.read({example}).has_value());
  }
}

// ---- properties
// -------------------------------------------------------------------------------------------------------

struct Luck {
  std::mt19937_64 engine;
  std::int64_t any(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(engine);
  }
};

std::vector<Line> any_lines(Luck& luck) {
  std::vector<Line> lines;
  const std::int64_t count = luck.any(1, 8);
  for (std::int64_t i = 0; i < count; ++i)
    lines.push_back(line(i * 3 + 1, luck.any(1, 12), luck.any(0, 3) == 0 ? luck.any(0, 3) : luck.any(1, 20'000)));
  return lines;
}

Promotion any_promotion(Luck& luck, std::int64_t id) {
  const auto usd = [](std::int64_t minor) {
    return "[{\"amount\":" + std::to_string(minor) + ",\"currency\":\"USD\"}]";
  };
  Promotion out;
  switch (luck.any(0, 5)) {
    case 4:
      out = promotion(id, "gift", "{\"offer_id\":\"" + OfferId{luck.any(0, 3) * 3 + 1}.text() + "\"}");
      break;
    case 0:
      out = promotion(id, "percentage", "{\"basis_points\":" + std::to_string(luck.any(1, 10'000)) + "}");
      break;
    case 1:
      out = promotion(id, "fixed_amount", "{\"amounts\":" + usd(luck.any(1, 30'000)) + "}");
      break;
    case 2:
      out =
          promotion(id, "buy_x_get_y",
                    "{\"buy\":" + std::to_string(luck.any(1, 4)) + ",\"get\":" + std::to_string(luck.any(1, 3)) + "}");
      break;
    case 3:
      out = promotion(id, "tiered", "{}");
      break;
    default:
      out = promotion(id, "bundle",
                      "{\"items\":[{\"offer_id\":\"" + OfferId{1}.text() + "\"},{\"offer_id\":\"" + OfferId{4}.text() +
                          "\",\"quantity\":2}],\"prices\":" + usd(luck.any(1, 20'000)) + "}");
  }
  if (luck.any(0, 2) == 0) out.conditions.offers = {OfferId{luck.any(0, 3) * 3 + 1}, OfferId{luck.any(0, 3) * 3 + 1}};
  if (luck.any(0, 3) == 0) out.conditions.min_subtotal = {Money::minor(luck.any(1, 60'000), kUsd)};
  out.priority = luck.any(-2, 2);
  return out;
}

TEST_CASE("whatever the promotions: parts add up, nothing falls below zero, the order of lines does not matter") {
  Luck luck{std::mt19937_64(20261129)};
  for (int round = 0; round < 3000; ++round) {
    std::vector<Promotion> promotions;
    for (std::int64_t i = luck.any(1, 5); i > 0; --i) promotions.push_back(any_promotion(luck, i));
    if (luck.any(0, 2) == 0) promotions.front().exclusive = true;
    const auto set = set_of(promotions);
    auto lines = any_lines(luck);
    const auto outcome = evaluate(set, purchase(lines));
    std::vector<std::int64_t> taken(lines.size(), 0);
    for (const auto& one : outcome.applied) {
      std::int64_t parts = 0;
      for (const auto& part : one.parts) {
        CHECK(part.minor > 0);
        parts += part.minor;
        taken[part.line] += part.minor;
      }
      CHECK(parts == one.minor);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) CHECK(taken[i] <= lines[i].quantity * lines[i].unit_minor);
    auto mixed = lines;
    std::shuffle(mixed.begin(), mixed.end(), luck.engine);
    const auto again = evaluate(set, purchase(mixed));
    CHECK(off(again) == off(outcome));
    for (std::size_t i = 0; i < mixed.size(); ++i) {  // line by line as well
      std::int64_t other = 0;
      for (const auto& one : again.applied)
        for (const auto& part : one.parts)
          if (part.line == i) other += part.minor;
      const auto was =
          std::find_if(lines.begin(), lines.end(), [&](const Line& one) { return one.offer == mixed[i].offer; });
      CHECK(other == taken[static_cast<std::size_t>(was - lines.begin())]);
    }
  }
}

// Euros by some rate to the dollar.
Exchange euros_at(std::string_view rate) {
  const ExchangeTable table{kUsd, Time{5}, {{*Currency::parse("EUR"), *parse_rate(rate)}}};
  return Exchange(std::make_shared<const ExchangeTable>(table));
}

TEST_CASE("in another currency amounts come to what the rates say, and without rates the promotion does not apply") {
  const auto exchange = euros_at("0.9215");
  const auto off_in_euros = [&](Promotion one, std::int64_t unit, const Exchange* by) {
    const auto set = set_of({std::move(one)});
    const Line lines[] = {line(1, 3, unit)};
    auto wish = purchase(lines);
    wish.currency = *Currency::parse("EUR");
    wish.exchange = by;
    return off(evaluate(set, wish));
  };
  auto five = promotion(1, "fixed_amount", R"({"amounts":[{"amount":500,"currency":"USD"}]})");
  CHECK(off_in_euros(five, 922, &exchange) == 461);
  CHECK(off_in_euros(five, 922, nullptr) == 0);
  five.conditions.min_subtotal = {Money::minor(3000, kUsd)};  // 2764.50
  CHECK(off_in_euros(five, 922, &exchange) == 461);
  CHECK(off_in_euros(five, 921, &exchange) == 0);
  five.conditions.min_subtotal.push_back(Money::minor(2767, *Currency::parse("EUR")));  // said for euros
  CHECK(off_in_euros(five, 922, &exchange) == 0);
  CHECK(off_in_euros(promotion(1, "percentage", R"({"basis_points":1000})"), 922, nullptr) == 277);
}

TEST_CASE("a budget counts what was taken off in its own currency") {
  const auto exchange = euros_at("0.5");
  auto ten_percent = promotion(1, "percentage", R"({"basis_points":1000})");
  ten_percent.budget = Money::minor(200, kUsd);
  auto ready = make_ready(ten_percent, {}).value();
  ready.budget_left = 199;
  const Line lines[] = {line(1, 1, 1000)};  // 100 euro cents off: 200 dollar cents
  auto wish = purchase(lines);
  wish.currency = *Currency::parse("EUR");
  wish.exchange = &exchange;
  CHECK(evaluate(make_set({ready}), wish).applied.empty());
  ready.budget_left = 200;
  const auto set = make_set({ready});
  const auto outcome = evaluate(set, wish);
  REQUIRE(outcome.applied.size() == 1);
  CHECK(outcome.applied[0].minor == 100);
  CHECK(outcome.applied[0].of_budget == Money::minor(200, kUsd));
  wish.exchange = nullptr;
  CHECK(evaluate(set, wish).applied.empty());
}

TEST_CASE("whatever the rates: parts add up, nothing falls below zero, and the rates that were used price it again") {
  Luck luck{std::mt19937_64(20261130)};
  for (int round = 0; round < 1500; ++round) {
    std::vector<Promotion> promotions;
    for (std::int64_t i = luck.any(1, 4); i > 0; --i) promotions.push_back(any_promotion(luck, i));
    const auto set = set_of(promotions);
    const auto exchange = euros_at(print_rate(luck.any(1, 3'000'000'000)));
    const auto lines = any_lines(luck);
    auto wish = purchase(lines);
    wish.currency = *Currency::parse("EUR");
    wish.exchange = &exchange;
    const auto outcome = evaluate(set, wish);
    std::vector<std::int64_t> taken(lines.size(), 0);
    for (const auto& one : outcome.applied) {
      std::int64_t parts = 0;
      for (const auto& part : one.parts) {
        parts += part.minor;
        taken[part.line] += part.minor;
      }
      CHECK(parts == one.minor);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) CHECK(taken[i] <= lines[i].quantity * lines[i].unit_minor);
    std::vector<Promotion> kept;
    for (const auto& one : outcome.applied)
      if (one.minor > 0) kept.push_back(frozen(one));
    const auto used = exchange.used();
    const Exchange then(used ? std::make_shared<const ExchangeTable>(*used) : nullptr);
    CHECK(price_again(kept, lines, wish.currency, &then).value() == taken);
  }
}

// With an exclusive promotion another unit may open a door that shuts others: a rule that says so.
TEST_CASE("one more thing never makes the rest dearer") {
  Luck luck{std::mt19937_64(7)};
  for (int round = 0; round < 5000; ++round) {
    const auto one = any_promotion(luck, 1);
    const auto set = set_of({one});
    auto lines = any_lines(luck);
    const auto sum = [&](const std::vector<Line>& all) {
      std::int64_t total = 0;
      for (const auto& each : all) total += each.quantity * each.unit_minor;
      return total - off(evaluate(set, purchase(all)));
    };
    const std::int64_t before = sum(lines);
    auto more = lines;
    std::int64_t price = 0;
    if (luck.any(0, 1) == 0) {
      Line& grown = more[static_cast<std::size_t>(luck.any(0, static_cast<std::int64_t>(more.size()) - 1))];
      grown.quantity += 1;
      price = grown.unit_minor;
    } else {
      price = luck.any(0, 20'000);
      more.push_back(line(100, 1, price));
    }
    CAPTURE(one.type);
    CAPTURE(one.parameters.text);
    CHECK(sum(more) <= before + price);
  }
}

}  // namespace
}  // namespace kontor::promotions
