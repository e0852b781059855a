// Which known words a word may be: misspelt, or not written to its end.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/search_embedded/dictionary.h"

namespace kontor::search_embedded {

struct Guess {
  std::uint32_t word = kNone;
  std::uint32_t distance = 0;  // 0 for a beginning
  std::uint32_t uses = 0;
};

// How many letters may be wrong in a word: none below four or when there is a digit in it, one from four, two from
// eight.
std::uint32_t forgiven(std::string_view folded);

// Insertions, removals, replacements and swaps of neighbours between the two, counted in code points up to `most`;
// most + 1: more.
std::uint32_t edit_distance(std::string_view a, std::string_view b, std::uint32_t most);

// The nearest words, of them the most frequent, at most `most`; only those of the language or of none, and only the
// nearest distance at which there is any.
std::vector<Guess> misspelt(const Dictionary& dictionary, std::string_view folded, LanguageTag language,
                            std::size_t most);
// The most frequent words that begin so.
std::vector<Guess> beginning(const Dictionary& dictionary, std::string_view folded, LanguageTag language,
                             std::size_t most);

}  // namespace kontor::search_embedded
