// What search tells the others: its own replicas.
#pragma once
#include <string_view>

#include "base/described.h"

namespace kontor::search {

// Weights of the ranking or the file of synonyms are others now.
struct SearchTuned {
  static constexpr std::string_view kName = "search.tuned";
  bool ranking = false, synonyms = false;
  static constexpr auto fields() {
    return described(Field("ranking", &SearchTuned::ranking, "Whether the weights are others"),
                     Field("synonyms", &SearchTuned::synonyms, "Whether the synonyms are others"));
  }
};

}  // namespace kontor::search
