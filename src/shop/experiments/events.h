// What experiments tell the others.
#pragma once
#include <string>
#include <string_view>

#include "base/described.h"

namespace kontor::experiments {

// One was made, changed, begun, ended or graduated: every process reads them anew.
struct ExperimentChanged {
  static constexpr std::string_view kName = "experiments.changed";
  std::string key;
  std::string state;

  static constexpr auto fields() {
    return described(Field("key", &ExperimentChanged::key, "Which"),
                     Field("state", &ExperimentChanged::state, "As it is now"));
  }
};

}  // namespace kontor::experiments
