// A moment as tests write it: at("2026-11-24T10:00:00Z").
#pragma once
#include <string_view>

#include "base/time.h"

namespace kontor::testing {

inline Time at(std::string_view text) { return *parse_rfc3339(text); }

}  // namespace kontor::testing
