// Where an order goes, and where its invoice goes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/country.h"
#include "base/described.h"

namespace kontor::orders {

// Letters, digits, blanks and dashes.
bool is_postal_code(std::string_view text);

struct Address {
  std::string name;
  std::string line1;
  std::optional<std::string> line2;
  std::string city;
  std::optional<std::string> region;
  std::string postal_code;
  std::string country;
  std::optional<std::string> phone;

  static constexpr auto fields() {
    return described(Field("name", &Address::name, "Who receives it", Length{1, 200}),
                     Field("line1", &Address::line1, "Street and house", Length{1, 200}),
                     Field("line2", &Address::line2, "Flat, floor, company", Length{0, 200}),
                     Field("city", &Address::city, "Town", Length{1, 120}),
                     Field("region", &Address::region, "State or province", Length{0, 120}),
                     Field("postal_code", &Address::postal_code, "As the country writes it", Length{1, 20},
                           Format{"postal_code", is_postal_code}),
                     Field("country", &Address::country, "ISO 3166-1 alpha-2", Format{"country", is_country}),
                     Field("phone", &Address::phone, "For the carrier", Length{0, 40}));
  }
};

}  // namespace kontor::orders
