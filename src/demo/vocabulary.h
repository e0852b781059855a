// What the demo sells, read from web/demo/vocabulary.txt (the format is described at its head). A Kind is one type of
// product with everything that holds for it, so that a generator looks nothing up.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kontor::demo {

struct Choice {
  std::string name;
  std::vector<std::string> values;
};

struct OptionValue {
  std::string text;
  std::int64_t extra_minor = 0;  // beyond the first one's price
};
struct Axis {
  std::string name;
  int least = 1, most = 1;  // so many neighbours of `values`
  std::vector<OptionValue> values;
};

struct Kind {
  std::string type, motif;
  std::vector<int> drawings;                     // which of the motif's; empty: all
  std::int64_t price_least = 0, price_most = 0;  // minor units
  std::int64_t weight_least = 0, weight_most = 0;
  std::vector<std::string> colors;
  bool color_is_attribute = true;  // false: only the drawing's
  int variants_percent = 0, variants_most = 1;
  std::string tax_class = "standard";
  bool returnable = true;
  std::string used;  // "refurbished": what a second seller may offer; empty: only new ones
  std::vector<Axis> axes;
  std::vector<Choice> attributes, words;
  std::vector<std::string> titles, opens, says, ends;
};

struct Category {
  std::string department, name, code;
  std::vector<Kind> kinds;
};

struct Vocabulary {
  std::vector<Category> categories;

  // kInvalid with the line's number and what is wrong with it.
  static Result<Vocabulary> read(std::string_view text);
  // The one that is built in.
  static const Vocabulary& built_in();
};

}  // namespace kontor::demo
