#include "shop/inventory/places.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace kontor::inventory {
namespace {

namespace fs = std::filesystem;

// KONTOR_TEST_DATA, or `shared/data` beside one of the folders above this file.
fs::path zip_codes() {
  constexpr const char* kName = "us-zipcodes.csv.gz";
  if (const char* named = std::getenv("KONTOR_TEST_DATA")) return fs::path(named) / kName;
  for (const auto& start : {fs::path(__FILE__), fs::current_path()})
    for (fs::path at = fs::absolute(start); at.has_relative_path(); at = at.parent_path())
      if (fs::exists(at / "shared/data" / kName)) return at / "shared/data" / kName;
  return {};
}

std::vector<std::string> lines_of(const fs::path& archive) {
  std::vector<std::string> out;
  FILE* pipe = ::popen(("zcat '" + archive.string() + "'").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) out.emplace_back(line);
  REQUIRE(::pclose(pipe) == 0);
  return out;
}

std::vector<std::string> columns_of(std::string line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == ',')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::int64_t e6(const std::string& degrees) { return std::llround(std::strtod(degrees.c_str(), nullptr) * 1e6); }

}  // namespace

TEST_CASE("distances between towns that everybody knows") {
  const Coordinates berlin{52'520'000, 13'405'000}, paris{48'857'000, 2'352'000}, sydney{-33'868'000, 151'209'000};
  CHECK(distance_km(berlin, berlin) == 0);
  CHECK(distance_km(berlin, paris) == doctest::Approx(878).epsilon(0.01));
  CHECK(distance_km(paris, berlin) == distance_km(berlin, paris));
  CHECK(distance_km(paris, sydney) == doctest::Approx(16'960).epsilon(0.01));
  CHECK(distance_km({0, 0}, {0, 180'000'000}) == 20015);  // half around
  CHECK(distance_km({0, 179'500'000}, {0, -179'500'000}) == 111);
}

TEST_CASE("a postal code, else the state, else the country, else nothing") {
  const auto manhattan = find_place("US", "", "10025");
  REQUIRE(manhattan);
  CHECK(distance_km(*manhattan, {40'783'000, -73'966'000}) < 20);
  CHECK(find_place("US", "CA", "10025") == manhattan);  // the code says more than the state
  CHECK(find_place("US", "", "10025-1234") == manhattan);
  const auto illinois = find_place("US", "IL", "1");
  REQUIRE(illinois);
  CHECK(distance_km(*illinois, {39'800'000, -89'640'000}) < 100);
  const auto somewhere = find_place("US", "Illinois, somewhere", "no code");
  REQUIRE(somewhere);
  CHECK(find_place("US", "", "00000") == somewhere);
  CHECK(find_place("US", "", "09012") == somewhere);  // the military's are nowhere
  CHECK(find_place("US", "", "100251") == somewhere);
  CHECK(distance_km(*find_place("DE", "", "10115"), {51'000'000, 10'000'000}) == 0);
  CHECK(distance_km(*find_place("JP", "13", "100-0001"), {35'680'000, 139'690'000}) < 300);
  CHECK_FALSE(find_place("", "", "10025"));
  CHECK_FALSE(find_place("AQ", "", "10025"));
  CHECK_FALSE(find_place("us", "NY", "10025"));
}

TEST_CASE("the table agrees with the coordinates of all postal codes of the United States") {
  const auto archive = zip_codes();
  if (!fs::exists(archive)) {
    MESSAGE("skipped: there is no us-zipcodes.csv.gz; KONTOR_TEST_DATA names the folder that holds it");
    return;
  }
  std::vector<std::int64_t> away;
  int unknown = 0;
  for (const auto& line : lines_of(archive)) {
    const auto columns = columns_of(line);
    if (columns.size() < 7 || columns[0] == "code" || columns[5].empty()) continue;
    // By its code alone; what the table lacks is answered by the middle of the country, and counts as far away.
    const auto found = find_place("US", "", columns[0]);
    REQUIRE(found);
    if (found == find_place("US", "", "")) ++unknown;
    away.push_back(distance_km(*found, {e6(columns[5]), e6(columns[6])}));
  }
  REQUIRE(away.size() > 40'000);
  std::sort(away.begin(), away.end());
  CHECK(unknown < 50);
  CHECK(away[away.size() / 2] < 40);
  CHECK(away[away.size() * 95 / 100] < 120);
  CHECK(away[away.size() * 99 / 100] < 250);
}

}  // namespace kontor::inventory
