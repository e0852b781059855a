// The event of tests that need one and care for nothing but its number.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/described.h"

namespace kontor::testing {

struct Happened {
  static constexpr std::string_view kName = "testing.happened";
  std::int64_t number = 0;
  static constexpr auto fields() { return described(Field("number", &Happened::number, "Which")); }
};

}  // namespace kontor::testing
