// kontor generate: rows of made-up products, for those who want to measure or to try an import. Needs no store.
#pragma once
#include <string>
#include <string_view>

namespace kontor::app {

struct GenerateWords {
  std::string count, seed = "1", pictures, out = "-";
  bool marketplace = false;

  // One "--name value"; false when it is not one of the above.
  bool take(std::string_view name, const std::string& value);
};

// The exit codes of app/commands.h.
int generate_command(const GenerateWords& words);

}  // namespace kontor::app
