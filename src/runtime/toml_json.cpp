#include "runtime/toml_json.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <sstream>

namespace kontor::runtime {

Result<std::string> json_from_toml(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(Errc::kMalformed, "runtime.bad_toml",
                "line " + std::to_string(error.source().begin.line) + ", column " +
                    std::to_string(error.source().begin.column) + ": " + std::string(error.description()));
  }
  std::ostringstream out;
  out << toml::json_formatter(parsed.table());
  return out.str();
}

}  // namespace kontor::runtime
