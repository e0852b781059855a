#include "shop/shipping/shipping_places.h"

#include <algorithm>

#include "base/text.h"

namespace kontor::shipping {
namespace {

template <class T>
Area area_from(const T& text) {
  Area area{text.country, {}, postal_range(text.postal_from, text.postal_to)};
  for (const auto& region : text.regions) area.regions.insert(plain_region(region));
  return area;
}

}  // namespace

std::string plain_region(std::string_view text) { return fold(trim(text)); }

std::string plain_postal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out += c;
    if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

Spot spot_of(const Destination& to) { return {to.country, plain_region(to.region), plain_postal(to.postal_code)}; }

bool PostalRange::has(std::string_view postal) const {
  if (empty()) return true;
  if (postal.empty()) return false;
  return postal.substr(0, from.size()) >= from && postal.substr(0, to.size()) <= to;
}

bool PostalRange::meets(const PostalRange& other) const {
  if (empty() || other.empty()) return true;
  const auto before = [](std::string_view a, std::string_view b) { return a.substr(0, b.size()) <= b; };
  return before(from, other.to) && before(other.from, to);
}

bool PostalRange::reversed() const { return std::string_view(from).substr(0, to.size()) > to; }

PostalRange postal_range(const std::optional<std::string>& from, const std::optional<std::string>& to) {
  PostalRange range;
  if (from) range.from = plain_postal(*from);
  range.to = to ? plain_postal(*to) : range.from;
  return range;
}

int Area::fit(const Spot& spot) const {
  if (!country.empty() && country != spot.country) return kNowhere;
  if (!regions.empty() && !regions.contains(spot.region)) return kNowhere;
  if (!postal.has(spot.postal)) return kNowhere;
  return precision();
}

bool Area::meets(const Area& other) const {
  if (country != other.country || precision() != other.precision() || !postal.meets(other.postal)) return false;
  if (regions.empty() && other.regions.empty()) return true;
  return std::any_of(regions.begin(), regions.end(),
                     [&](const auto& region) { return other.regions.contains(region); });
}

Area area_of(const Place& place) { return area_from(place); }
Area area_of(const Transit& row) { return area_from(row); }

}  // namespace kontor::shipping
