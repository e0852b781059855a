#include "shop/shipping/shipping.h"

#include <doctest/doctest.h>

#include "runtime/json.h"
#include "shop/shipping/shipping_calendar.h"
#include "tests/support/dollars.h"
#include "tests/support/each_store.h"
#include "tests/support/moment.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> shipping_migrations();
}  // namespace kontor

namespace kontor::shipping {
namespace {

using testing::at;
using testing::kUsd;
using testing::usd;

const Currency kEuro = *Currency::parse("EUR");

Zone zone_of(std::string_view text) {
  auto zone = json::read<Zone>(text);
  if (!zone) {
    for (const auto& field : zone.error().fields) MESSAGE(field.field << " " << field.message);
    FAIL(zone.error().detail);
  }
  return *zone;
}

// One option `standard` with this rate, and further members.
Zone zone_with(const std::string& code, const std::string& places, const std::string& rate,
               const std::string& more = "") {
  return zone_of(R"({"code":")" + code + R"(","name":"Z","places":)" + places +
                 R"(,"options":[{"code":"standard","label":"Standard","rate":)" + rate + more + "}]}");
}
const std::string kFlat5 = R"({"by":"flat","tables":[{"currency":"USD","rows":[{"amount":500}]}]})";
const std::string kFree = R"({"by":"free"})";

Request request(std::int64_t price = 1000, std::int64_t weight = 0, std::string country = "US") {
  Request wish;
  wish.lines.push_back({SellerId{}, 1, weight, {}, usd(price)});
  wish.to.country = std::move(country);
  wish.to.postal_code = "62701";
  wish.to.region = "IL";
  wish.currency = kUsd;
  wish.now = at("2026-11-24T10:00:00Z");
  return wish;
}

struct Fixture {
  testing::FakeClock clock;
  Shipping shipping{nullptr, clock};

  void hold(const std::vector<Zone>& zones) {
    const auto held = shipping.hold(zones);
    if (!held) FAIL(held.error().detail);
  }
  // The price of the only option, -1 when nothing is offered.
  std::int64_t price(const Request& wish) {
    const auto options = shipping.options(wish);
    if (!options) {
      CHECK(options.error().reason == "shipping.not_delivered_there");
      CHECK(options.error().fields.at(0).field == "/shipping_address");
      return -1;
    }
    REQUIRE(options->size() == 1);
    std::int64_t sum = 0;
    for (const auto& charge : options->front().charges) sum += charge.amount.amount_minor();
    CHECK(sum == options->front().price.amount_minor());
    return sum;
  }
};

// The reason and each field of a zone's mistakes: "/options/0/rate/tables required".
std::string mistakes(const Zone& zone) {
  const auto checked = check_zone(zone);
  if (checked) return "";
  std::string text;
  for (const auto& field : checked.error().fields) text += field.field + " " + field.code + "\n";
  return text;
}

TEST_CASE("a new store delivers everywhere for nothing, in any currency, also to nobody knows where") {
  Fixture f;
  CHECK(f.price(request()) == 0);
  CHECK(f.price(request(1000, 0, "")) == 0);
  auto euros = request();
  euros.currency = kEuro;
  euros.lines[0].price = Money::minor(5, kEuro);
  CHECK(f.price(euros) == 0);
  CHECK(f.shipping.options({})->empty());
}

TEST_CASE("rates by weight, price, volume and units take the first row that reaches") {
  Fixture f;
  const auto table = [](const std::string& by) {
    return R"({"by":")" + by +
           R"(","tables":[{"currency":"USD","rows":[{"up_to":1000,"amount":300},{"up_to":5000,"amount":700}]}]})";
  };
  f.hold({zone_with("w", "[]", table("weight"))});
  CHECK(f.price(request(1, 0)) == 300);
  CHECK(f.price(request(1, 1000)) == 300);
  CHECK(f.price(request(1, 1001)) == 700);
  CHECK(f.price(request(1, 5001)) == -1);
  f.hold({zone_with("p", "[]", table("price"))});
  CHECK(f.price(request(1001)) == 700);
  f.hold({zone_with("v", "[]", table("volume"))});
  auto big = request();
  big.lines[0].sides_mm = {100, 100, 100};
  CHECK(f.price(big) == 300);
  big.lines[0].quantity = 2;
  CHECK(f.price(big) == 700);
  big.lines[0].sides_mm = {1'000'000'000'000, 1'000'000'000'000, 1'000'000'000'000};
  big.lines[0].weight_g = INT64_MAX;
  CHECK(f.price(big) == -1);
  f.hold({zone_with("q", "[]", table("quantity"))});
  auto many = request();
  many.lines[0].quantity = 1001;
  CHECK(f.price(many) == 700);
}

TEST_CASE("what has no price in the cart's currency is not offered") {
  Fixture f;
  f.hold({zone_with("usd", "[]", kFlat5)});
  auto euros = request();
  euros.currency = kEuro;
  euros.lines[0].price = Money::minor(5, kEuro);
  CHECK(f.price(euros) == -1);
  CHECK(f.price(request()) == 500);
}

TEST_CASE("with rates an option is offered in every currency, by the table of its own where it has one") {
  Fixture f;
  const ExchangeTable table{kUsd, Time{5}, {{kEuro, *parse_rate("0.5")}}};
  const Exchange exchange(std::make_shared<const ExchangeTable>(table));
  auto euros = request();
  euros.currency = kEuro;
  euros.exchange = &exchange;
  euros.lines[0].price = Money::minor(2499, kEuro);
  f.hold({zone_with("usd", "[]", kFlat5, R"(,"free_from":[{"amount":5000,"currency":"USD"}],
      "surcharges":[{"code":"season","label":"Season","amounts":[{"amount":51,"currency":"USD"}]}])")});
  CHECK(f.price(euros) == 276);
  euros.lines[0].price = Money::minor(2500, kEuro);
  CHECK(f.price(euros) == 26);
  // by the price of the goods: in the currency that the table is in
  f.hold({zone_with(
      "usd", "[]",
      R"({"by":"price","tables":[{"currency":"USD","rows":[{"up_to":5000,"amount":800},{"amount":100}]}]})")});
  CHECK(f.price(euros) == 400);
  euros.lines[0].price = Money::minor(2501, kEuro);
  CHECK(f.price(euros) == 50);
  f.hold({zone_with("both", "[]", R"({"by":"flat","tables":[{"currency":"USD","rows":[{"amount":500}]},
      {"currency":"EUR","rows":[{"amount":333}]}]})")});
  CHECK(f.price(euros) == 333);
  euros.currency = *Currency::parse("CHF");
  euros.lines[0].price = Money::minor(5, euros.currency);
  CHECK(f.price(euros) == -1);
}

TEST_CASE("free from a threshold on, of the goods after their discounts; surcharges stay") {
  Fixture f;
  f.hold({zone_with("z", "[]", kFlat5,
                    R"(,"free_from":[{"amount":5000,"currency":"USD"}],"surcharges":[
        {"code":"island","label":"Island","places":[{"country":"US","regions":["Hawai‘i","HI"]}],
         "amounts":[{"amount":900,"currency":"USD"}]},
        {"code":"season","label":"Season","from":"2026-12-01T00:00:00Z","until":"2027-01-01T00:00:00Z",
         "amounts":[{"amount":50,"currency":"USD"}]},
        {"code":"long","label":"Long","over_side_mm":1200,"amounts":[{"amount":70,"currency":"USD"}]},
        {"code":"heavy","label":"Heavy","over_weight_g":10000,"amounts":[{"amount":80,"currency":"USD"}]}])")});
  CHECK(f.price(request(4999)) == 500);
  CHECK(f.price(request(5000)) == 0);
  auto island = request(5000);
  island.to.region = " hi ";
  CHECK(f.price(island) == 900);
  auto season = request();
  season.now = at("2026-12-31T23:59:59Z");
  CHECK(f.price(season) == 550);
  season.now = at("2027-01-01T00:00:00Z");
  CHECK(f.price(season) == 500);
  auto clumsy = request(1, 10001);
  clumsy.lines[0].sides_mm = {10, 1201, 10};
  CHECK(f.price(clumsy) == 650);
}

TEST_CASE("the most precise place holds: postal codes before regions before countries before everywhere") {
  Fixture f;
  const auto flat = [](int amount) {
    return R"({"by":"flat","tables":[{"currency":"USD","rows":[{"amount":)" + std::to_string(amount) + "}]}]}";
  };
  f.hold({zone_with("all", "[]", flat(1)), zone_with("us", R"([{"country":"US"}])", flat(2)),
          zone_with("il", R"([{"country":"US","regions":["Illinois","IL"]}])", flat(3)),
          zone_with("springfield", R"([{"country":"US","postal_from":"626","postal_to":"627"}])", flat(4)),
          zone_with("jp", R"([{"country":"JP","regions":["東京都","Tōkyō"]}])", flat(5)),
          zone_with("gb", R"([{"country":"GB","postal_from":"sw1a"}])", flat(6))});
  CHECK(f.price(request(1, 0, "DE")) == 1);
  auto wish = request();
  CHECK(f.price(wish) == 4);
  wish.to.postal_code = "62801";
  CHECK(f.price(wish) == 3);
  wish.to.region = "Ohio";
  CHECK(f.price(wish) == 2);
  wish.to.postal_code = "";
  CHECK(f.price(wish) == 2);
  wish.to = {"JP", "東京都", "100-0001"};
  CHECK(f.price(wish) == 5);
  wish.to.region = "TOKYO";
  CHECK(f.price(wish) == 5);
  wish.to.region = "大阪府";
  CHECK(f.price(wish) == 1);
  wish.to = {"GB", "", "SW1A 2AA"};
  CHECK(f.price(wish) == 6);
  wish.to.postal_code = "SW1B 2AA";
  CHECK(f.price(wish) == 1);
}

TEST_CASE("where no zone is, nothing is delivered") {
  Fixture f;
  f.hold({zone_with("us", R"([{"country":"US"}])", kFlat5)});
  CHECK(f.price(request(1, 0, "FR")) == -1);
  CHECK(f.price(request(1, 0, "")) == -1);
  CHECK(f.price(request(1, 0, "US")) == 500);
}

TEST_CASE("limits leave an option out, carbon neutral adds and few parcels take off") {
  Fixture f;
  f.hold({zone_with("z", "[]", kFlat5,
                    R"(,"most_weight_g":2000,"most_side_mm":600,"carbon_neutral":[{"amount":40,"currency":"USD"}],
        "consolidated":[{"amount":700,"currency":"USD"}])")});
  CHECK(f.price(request(1, 2001)) == -1);
  auto wish = request();
  wish.lines[0].sides_mm = {601, 1, 1};
  CHECK(f.price(wish) == -1);
  wish = request();
  wish.carbon_neutral = true;
  CHECK(f.price(wish) == 540);
  CHECK(f.shipping.options(wish)->front().carbon_neutral == usd(40));
  wish.consolidate = true;
  CHECK(f.price(wish) == 0);
}

TEST_CASE("a seller with zones sends apart, the shop sends everybody else's goods together") {
  Fixture f;
  auto own = zone_with("own", R"([{"country":"US"}])",
                       R"({"by":"flat","tables":[{"currency":"USD","rows":[{"amount":300}]}]})");
  own.seller_id = SellerId{7};
  f.hold({zone_with("all", "[]", kFlat5), own});
  auto wish = request();
  wish.lines = {{SellerId{1}, 1, 0, {}, usd(100)}, {SellerId{2}, 1, 0, {}, usd(100)}};
  CHECK(f.price(wish) == 500);
  wish.lines.push_back({SellerId{7}, 1, 0, {}, usd(100)});
  CHECK(f.price(wish) == 800);
  wish.lines = {{SellerId{7}, 1, 0, {}, usd(100)}};
  CHECK(f.price(wish) == 300);
  wish.to.country = "FR";
  CHECK(f.price(wish) == -1);
}

TEST_CASE("what contradicts itself is refused with all its mistakes at once") {
  CHECK(mistakes(everywhere()) == "");
  CHECK(mistakes(zone_with("z", R"([{"country":"DE","postal_from":"20","postal_to":"10"}])", kFree)) ==
        "/places/0/postal_to reversed\n");
  CHECK(mistakes(zone_with("z", R"([{"country":"DE","postal_to":"10"}])", kFree)) ==
        "/places/0/postal_from required\n");
  CHECK(mistakes(zone_with("z", R"([{"country":"DE"},{"country":"DE"}])", kFree)) == "/places/1 repeated\n");
  CHECK(mistakes(zone_with("z", "[]", R"({"by":"weight"})")) == "/options/0/rate/tables required\n");
  CHECK(mistakes(zone_with("z", "[]",
                           R"({"by":"weight","tables":[
                               {"currency":"USD","rows":[{"amount":1},{"up_to":5,"amount":2}]},
                               {"currency":"USD","rows":[{"up_to":5,"amount":1},{"up_to":5,"amount":2}]}]})")) ==
        "/options/0/rate/tables/0/rows/1/up_to reversed\n/options/0/rate/tables/1/currency repeated\n"
        "/options/0/rate/tables/1/rows/1/up_to reversed\n");
  CHECK(mistakes(zone_with("z", "[]", kFlat5, R"(,"cut_off":"25:00","surcharges":[{"code":"s","label":"S",
        "from":"2027-01-01T00:00:00Z","until":"2026-01-01T00:00:00Z","amounts":[{"amount":-1,"currency":"EUR"}]}],
        "transit":[{"country":"US","earliest_days":3,"latest_days":2},
                   {"country":"US","earliest_days":1,"latest_days":2}])")) ==
        "/options/0/surcharges/0/amounts/0 out_of_range\n/options/0/surcharges/0/until reversed\n"
        "/options/0/surcharges/0/amounts currency_missing\n/options/0/transit/0/latest_days reversed\n"
        "/options/0/transit/1 contradiction\n/options/0/cut_off bad_format\n");
  auto days = everywhere();
  days.calendar.holidays = {"12-24", "2026-02-29", "2028-02-29", "02-29", "13-01"};
  CHECK(mistakes(days) == "/calendar/holidays/1 bad_format\n/calendar/holidays/4 bad_format\n");
}

TEST_CASE("zones that name the same place equally precisely are refused, others live side by side") {
  const auto de = zone_with("de", R"([{"country":"DE","postal_from":"10","postal_to":"19"}])", kFree);
  const auto berlin = zone_with("berlin", R"([{"country":"DE","postal_from":"101","postal_to":"140"}])", kFree);
  const auto other = zone_with("other", R"([{"country":"DE","postal_from":"2"},{"country":"DE"}])", kFree);
  const auto refused = check_overlap(berlin, {de});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "shipping.zones_overlap");
  CHECK(refused.error().fields.at(0).field == "/places/0");
  CHECK(check_overlap(de, {de, other}));
  CHECK_FALSE(check_overlap(zone_with("two", "[]", kFree), {everywhere()}));
  auto seller = zone_with("three", "[]", kFree);
  seller.seller_id = SellerId{3};
  CHECK(check_overlap(seller, {everywhere()}));
}

TEST_CASE("zones are kept with versions, read anew at once, and told") {
  testing::on_each_store({services_migrations(), shipping_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Shipping shipping(&store, clock, {usd(900)});
    const auto first = shipping.zones();
    REQUIRE(first);
    REQUIRE(first->size() == 1);
    CHECK(json::print(first->front().zone) == json::print(everywhere()));
    const auto offered = shipping.options(request());
    REQUIRE(offered);
    REQUIRE(offered->size() == 2);
    CHECK(offered->at(1).code == "express");
    CHECK(offered->at(1).price == usd(900));
    Shipping another(&store, clock);
    CHECK(another.options(request())->size() == 1);

    CHECK(shipping.save({everywhere(), true, {}}).error().reason == "shipping.zone_exists");
    CHECK(shipping.save({everywhere(), false, {true, {9}}}).error().reason == "shipping.version_conflict");
    CHECK(shipping.save({zone_with("n", R"([{"country":"FR"}])", kFree), false, {true, {1}}}).error().reason ==
          "shipping.no_such_zone");
    CHECK(shipping.save({zone_with("two", "[]", kFree), false, {}}).error().reason == "shipping.zones_overlap");
    const auto changed = shipping.save({zone_with("everywhere", "[]", kFlat5), false, {true, {1}}});
    REQUIRE(changed);
    CHECK(changed->version == 2);
    CHECK(shipping.options(request())->front().price == usd(500));
    CHECK(another.options(request())->front().price == usd(0));
    CHECK(another.reload());
    CHECK(another.options(request())->front().price == usd(500));
    CHECK(shipping.remove("nowhere", {}).error().reason == "shipping.no_such_zone");
    CHECK(shipping.remove("everywhere", {true, {1}}).error().reason == "shipping.version_conflict");
    CHECK(shipping.remove("everywhere", {true, {2}}));
    CHECK(shipping.options(request()).error().reason == "shipping.not_delivered_there");
  });
}

}  // namespace
}  // namespace kontor::shipping
