// A house with goods in it: where it is, and what it can do in a day.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"

namespace kontor::inventory {

struct Warehouse {
  WarehouseId id;
  std::string code;
  std::string name;
  std::int64_t latitude_e6 = 0;  // millionths of a degree
  std::int64_t longitude_e6 = 0;
  std::int64_t processing_hours = 24;
  bool active = true;
  std::string country = {};  // ISO 3166-1 alpha-2; "" unknown
  std::string postal_code = {};
  std::int64_t daily_capacity = 0;  // units it sends a day; 0: nobody has said
};
// What staff may change of it; what is absent stays. The code is its name in imports, and stays.
struct WarehouseChange {
  std::optional<std::string> name, country, postal_code;
  std::optional<std::int64_t> latitude_e6, longitude_e6, processing_hours, daily_capacity;
};
// A new store has it, code "main".
inline constexpr WarehouseId kMainWarehouse{1};

}  // namespace kontor::inventory
