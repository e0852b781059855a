// Amounts of tests that need no second currency.
#pragma once
#include <cstdint>

#include "base/money.h"

namespace kontor::testing {

inline const Currency kUsd = *Currency::parse("USD");
inline Money usd(std::int64_t minor) { return Money::minor(minor, kUsd); }

}  // namespace kontor::testing
