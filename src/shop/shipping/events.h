// What shipping tells the others.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"

namespace kontor::shipping {

// A zone was made, changed or removed.
struct ZoneChanged {
  static constexpr std::string_view kName = "shipping.zone_changed";
  std::string code;
  static constexpr auto fields() { return described(Field("code", &ZoneChanged::code, "Which")); }
};

}  // namespace kontor::shipping
