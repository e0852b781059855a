// What was observed and is not written yet, summed up: bounded, of one day. Words become what they are compared by, and
// what could be somebody's own (addresses, numbers, whole letters) is left out.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shop/telemetry/telemetry.h"

namespace kontor::telemetry {

inline constexpr std::size_t kLongestQuery = 80;  // bytes
inline constexpr std::size_t kLongestArm = 64;
inline constexpr std::size_t kMostProducts = 20'000, kMostQueries = 2'000, kMostArms = 50;  // unwritten
inline constexpr std::uint64_t kVisitorPlaces = 62;

struct ProductTally {
  std::int64_t views = 0, clicks = 0, carts = 0;
};
struct QueryTally {
  std::string words;
  SearchFigures figures;
  std::int64_t visitors = 0;
};

// How a search's words are compared: folded, one blank between. nullopt: they are not kept.
std::optional<std::string> comparable(std::string_view words);
// A set with the visitor's place; empty for nobody.
std::int64_t visitor_place(std::uint64_t visitor);

struct Telemetry::Tallies {
  std::int64_t day = 0;
  DayFigures totals;
  std::unordered_map<std::int64_t, ProductTally> products, claimed;
  std::unordered_map<std::string, QueryTally> queries;
  std::map<std::string, SearchFigures, std::less<>> arms;

  bool empty() const;
  // False when it found no room, in part or altogether.
  bool count(const Observation& what);

 private:
  bool count_product(const Observation& what);
  bool count_query(const Observation& what);
};

}  // namespace kontor::telemetry
