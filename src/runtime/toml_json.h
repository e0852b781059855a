// A TOML document as the JSON text of the same shape, so that a described struct may be read from either.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace kontor::runtime {

// kMalformed "runtime.bad_toml" with line and column. Dates and times become texts.
Result<std::string> json_from_toml(std::string_view text);

}  // namespace kontor::runtime
