// The texts of one product: patterns with {names} in them. A name stands for the same value wherever it occurs, drawn
// when it is first met.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/luck.h"
#include "demo/vocabulary.h"

namespace kontor::demo {

class Words {
 public:
  Words(const Kind& kind, Luck& luck) : kind_(kind), luck_(luck) {}

  void set(std::string_view name, std::string value) { known_.emplace_back(name, std::move(value)); }
  // "" for a name that nobody knows.
  const std::string& value(std::string_view name);
  std::string expand(std::string_view pattern);
  // The attributes as an object, in the vocabulary's order; each of them known by its name afterwards.
  std::string attributes(const std::vector<std::string>& colors);
  std::string title(bool one_color);
  // Two to five sentences.
  std::string description();

 private:
  const Kind& kind_;
  Luck& luck_;
  std::vector<std::pair<std::string_view, std::string>> known_;
};

}  // namespace kontor::demo
