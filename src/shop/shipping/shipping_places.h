// Whether an address lies in a place: by country, region and postal code, compared without case, accents and blanks.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "shop/shipping/shipping_zone.h"

namespace kontor::shipping {

// Where a parcel goes; all empty while nobody has said.
struct Destination {
  std::string country, region, postal_code;
};

// An address ready to be compared.
struct Spot {
  std::string country, region, postal;
};
Spot spot_of(const Destination& to);

std::string plain_region(std::string_view text);
std::string plain_postal(std::string_view text);  // upper case, letters and digits only

// A range of postal codes: both ends are beginnings of codes, and included.
struct PostalRange {
  std::string from, to;  // both empty: any
  bool empty() const { return from.empty() && to.empty(); }
  bool has(std::string_view postal) const;
  bool meets(const PostalRange& other) const;
  bool reversed() const;
};
PostalRange postal_range(const std::optional<std::string>& from, const std::optional<std::string>& to);

// A compiled place; country "" is anywhere.
struct Area {
  std::string country;
  std::set<std::string> regions;
  PostalRange postal;

  static constexpr int kNowhere = -1;
  // How precisely it names the spot: kNowhere, or more for a region, and more still for a postal code.
  int fit(const Spot& spot) const;
  int precision() const { return (country.empty() ? 0 : 1) + (regions.empty() ? 0 : 1) + (postal.empty() ? 0 : 2); }
  // Equally precise, and with a spot in common.
  bool meets(const Area& other) const;
};
Area area_of(const Place& place);
Area area_of(const Transit& row);

}  // namespace kontor::shipping
