// Where an address lies, roughly: a small table of the shop's own. In the United States the area that the first three
// digits of the postal code name, else the state; elsewhere the centre of the country. Good enough to tell which of two
// warehouses is nearer, and in which zone a parcel travels; it finds no street.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace kontor::inventory {

struct Coordinates {
  std::int64_t latitude_e6 = 0;  // millionths of a degree
  std::int64_t longitude_e6 = 0;
  bool operator==(const Coordinates&) const = default;
};

// Any of the three may be empty or nonsense; what is not known is nullopt, never an error.
std::optional<Coordinates> find_place(std::string_view country, std::string_view region, std::string_view postal_code);

// Along the great circle (haversine), whole kilometres.
std::int64_t distance_km(const Coordinates& from, const Coordinates& to);

}  // namespace kontor::inventory
