#include "shop/inventory/sourcing.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>

#include "shop/inventory/sourcing_plan.h"
#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

Warehouse warehouse_in(std::string country, std::string postal_code, std::int64_t hours = 24) {
  Warehouse out;
  out.country = std::move(country);
  out.postal_code = std::move(postal_code);
  out.processing_hours = hours;
  return out;
}

Way way_to(const Warehouse& from, const Destination& to) { return way_between(from, to, TransitTable()); }

// By looking at every set there is.
std::size_t smallest_size(std::span<const std::int64_t> need, std::span<const std::int64_t> stock, std::size_t width) {
  std::size_t best = width + 1;
  for (std::uint64_t set = 1; set < (std::uint64_t{1} << width); ++set) {
    bool enough = true;
    for (std::size_t thing = 0; thing < need.size(); ++thing) {
      std::int64_t sum = 0;
      for (std::size_t warehouse = 0; warehouse < width; ++warehouse)
        if ((set >> warehouse & 1) != 0) sum += stock[thing * width + warehouse];
      enough = enough && sum >= need[thing];
    }
    if (enough) best = std::min(best, static_cast<std::size_t>(std::popcount(set)));
  }
  return best;
}

}  // namespace

TEST_CASE("a way: measured from the warehouse's coordinates, else from its address, else by country, else unknown") {
  const Destination manhattan{"US", "NY", "10025"};
  CHECK(way_to(warehouse_in("US", "10001"), manhattan).zone == Zone::kLocal);
  CHECK(way_to(warehouse_in("US", "02101"), manhattan).zone == Zone::kRegional);
  CHECK(way_to(warehouse_in("US", "60601"), manhattan).zone == Zone::kNational);
  CHECK(way_to(warehouse_in("US", "90001"), manhattan).zone == Zone::kContinental);
  const auto overseas = way_to(warehouse_in("DE", "10115"), manhattan);
  CHECK(overseas.zone == Zone::kOverseas);
  CHECK(overseas.border);
  CHECK(overseas.distance_km.value() > 6000);
  auto measured = warehouse_in("US", "90001");
  measured.latitude_e6 = 40'750'000;
  measured.longitude_e6 = -73'990'000;
  CHECK(way_to(measured, manhattan).zone == Zone::kLocal);
  const auto nameless = way_to(warehouse_in("", ""), manhattan);
  CHECK(nameless.zone == Zone::kUnknown);
  CHECK_FALSE(nameless.distance_km);
  CHECK_FALSE(nameless.border);
  CHECK(way_to(warehouse_in("US", "10001"), {}).zone == Zone::kUnknown);
  CHECK(way_to(warehouse_in("AQ", ""), {"AQ", "", "1"}).zone == Zone::kNational);
  CHECK(way_to(warehouse_in("US", "10001"), {"AQ", "", "1"}).zone == Zone::kOverseas);
}

TEST_CASE("transit: farther takes longer, express less, a border more") {
  const Destination manhattan{"US", "NY", "10025"};
  const auto days = [&](const std::string& country, const std::string& postal_code, TransitDays Way::*speed) {
    return way_to(warehouse_in(country, postal_code), manhattan).*speed;
  };
  for (const auto speed : {&Way::standard, &Way::express}) {
    TransitDays before;
    for (const char* postal_code : {"10001", "02101", "60601", "90001"}) {
      const auto here = days("US", postal_code, speed);
      CHECK(here.earliest >= before.earliest);
      CHECK(here.latest >= before.latest);
      CHECK(here.latest >= here.earliest);
      CHECK(days("US", postal_code, &Way::express).latest <= here.latest);
      before = here;
    }
  }
  CHECK(days("US", "10001", &Way::standard) == TransitDays{1, 2});
  CHECK(days("DE", "10115", &Way::standard) == TransitDays{6, 14});
  CHECK(days("DE", "10115", &Way::express) == TransitDays{3, 7});
  CHECK(days("", "", &Way::standard) == TransitDays{3, 8});
  TransitTable slow;
  slow.standard[0] = {20, 30};
  CHECK(way_between(warehouse_in("US", "10001"), manhattan, slow).standard == TransitDays{20, 30});
}

TEST_CASE("a transit table is said in six pairs of days, and in nothing else") {
  CHECK(parse_transit("1-2 2-3 2-5 4-7 5-12 3-8") == TransitTable().standard);
  CHECK(parse_transit("1-1 1-2 1-2 2-3 2-5 2-4") == TransitTable().express);
  for (const char* text :
       {"", "1-2", "1-2 2-3 2-5 4-7 5-12", "1-2 2-3 2-5 4-7 5-12 3-8 ", "1-2 2-3 2-5 4-7 5-12 3-8 1-1",
        "2-1 2-3 2-5 4-7 5-12 3-8", "1-2,2-3,2-5,4-7,5-12,3-8", "-1-2 2-3 2-5 4-7 5-12 3-8",
        "1-999 2-3 2-5 4-7 5-12 3-8", "a-b 2-3 2-5 4-7 5-12 3-8", "1-2  2-3 2-5 4-7 5-12 3-8"})
    CHECK_FALSE(parse_transit(text));
}

TEST_CASE("the three scores") {
  const ScoreTerms terms{{12, Zone::kRegional, false, 300, {2, 3}, {1, 2}}, 50, 100};
  CHECK(score(terms, Preference::kBalanced) ==
        doctest::Approx(-300 * 0.5 - (0.5 + 3) * 10 - 50 * 0.3 + std::log(100) * 0.2));
  CHECK(score(terms, Preference::kSpeed) == doctest::Approx(-(0.5 + 3) * 100 - 300 * 0.1));
  CHECK(score(terms, Preference::kCost) == doctest::Approx(-7 - 300 * 0.5));
  // A near warehouse that takes its time, and a far one that hurries.
  const ScoreTerms near{{96, Zone::kLocal, false, 20, {1, 2}, {1, 1}}, 0, 1};
  const ScoreTerms far{{4, Zone::kRegional, false, 400, {2, 3}, {1, 2}}, 0, 1};
  CHECK(score(far, Preference::kSpeed) > score(near, Preference::kSpeed));
  CHECK(score(near, Preference::kCost) > score(far, Preference::kCost));
  CHECK(score(near, Preference::kBalanced) > score(far, Preference::kBalanced));
}

TEST_CASE("the fewest warehouses, the best of them first") {
  const auto choose = [](std::vector<std::int64_t> need, std::vector<std::int64_t> stock, std::vector<double> scores) {
    return fewest_sources(need, stock, scores);
  };
  using Chosen = std::vector<std::size_t>;
  // One that has all beats two that score better.
  CHECK(choose({2, 1}, {2, 0, 2, 0, 1, 1}, {-1, -2, -500}) == Chosen{2});
  // Of several that have all, the best.
  CHECK(choose({2}, {5, 5, 5}, {-3, -1, -2}) == Chosen{1});
  // Units of one thing may come from two.
  CHECK(choose({5}, {3, 3, 1}, {-3, -1, -2}) == Chosen{1, 0});
  // Of the pairs that do, the best.
  CHECK(choose({1, 1}, {1, 1, 0, 0, 0, 1}, {-9, -1, -5}) == Chosen{1, 2});
}

TEST_CASE("exact for up to nine warehouses, enough and never needless for any number") {
  std::mt19937_64 luck(4711);
  const auto any = [&](std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
  };
  for (int round = 0; round < 2000; ++round) {
    const auto width = static_cast<std::size_t>(round % 10 == 0 ? any(10, 60) : any(1, 9));
    const auto things = static_cast<std::size_t>(any(1, 5));
    std::vector<std::int64_t> need, stock;
    std::vector<double> scores;
    for (std::size_t i = 0; i < things; ++i) {
      std::int64_t sum = 0;
      for (std::size_t w = 0; w < width; ++w) {
        stock.push_back(any(0, 2) == 0 ? any(0, 4) : 0);
        sum += stock.back();
      }
      if (sum == 0) {
        stock.back() = 1;
        sum = 1;
      }
      need.push_back(any(1, sum));
    }
    for (std::size_t w = 0; w < width; ++w) scores.push_back(static_cast<double>(any(-1000, 0)));
    const auto chosen = fewest_sources(need, stock, scores);
    REQUIRE_FALSE(chosen.empty());
    for (std::size_t skipped = 0; skipped <= chosen.size(); ++skipped) {
      bool enough = true;
      for (std::size_t i = 0; i < things; ++i) {
        std::int64_t sum = 0;
        for (std::size_t at = 0; at < chosen.size(); ++at)
          if (at != skipped) sum += stock[i * width + chosen[at]];
        enough = enough && sum >= need[i];
      }
      CHECK(enough == (skipped == chosen.size()));
    }
    for (std::size_t at = 1; at < chosen.size(); ++at) CHECK(scores[chosen[at - 1]] >= scores[chosen[at]]);
    if (width <= 9) CHECK(chosen.size() == smallest_size(need, stock, width));
  }
}

}  // namespace kontor::inventory
