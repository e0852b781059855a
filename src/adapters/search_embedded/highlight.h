// Where in a text stands what a question asked for.
#pragma once
#include <string_view>
#include <unordered_set>
#include <vector>

#include "adapters/search_embedded/plan.h"

namespace kontor::search_embedded {

class Marker {
 public:
  explicit Marker(const Plan& plan);
  std::vector<search_index::Piece> mark(std::string_view text, LanguageTag language, Planner& planner) const;

 private:
  std::unordered_set<std::uint32_t> terms_;
};

}  // namespace kontor::search_embedded
