#include "adapters/search_embedded/misspelt.h"

#include <doctest/doctest.h>

#include "adapters/search_embedded/text_scan.h"

namespace kontor::search_embedded {
namespace {

constexpr LanguageTag kEnglish = 1;

struct Words {
  Words() {
    TextScan scan;
    for (const Form& form :
         scan.scan("laptop laptops lamp headphones headphone keyboard samsung mouse house tea wh1000xm4 "
                   "клавиатура 128gb"))
      if (form.base || form.whole) uses(dictionary.add_term(form, kEnglish, stemmers));
  }
  void uses(std::uint32_t value) { dictionary.uses[term_of(value)] += 10; }
  std::string best(std::string_view word) const {
    const auto guesses = misspelt(dictionary, word, kEnglish, 8);
    return guesses.empty() ? "" : std::string(dictionary.words.text(guesses[0].word));
  }
  Dictionary dictionary;
  Stemmers stemmers;
};

}  // namespace

TEST_CASE("search typos: how far words are from each other") {
  CHECK(edit_distance("laptop", "laptop", 2) == 0);
  CHECK(edit_distance("laptop", "latpop", 2) == 1);  // neighbours swapped
  CHECK(edit_distance("laptop", "laptp", 2) == 1);
  CHECK(edit_distance("laptop", "laptoop", 2) == 1);
  CHECK(edit_distance("laptop", "laptxp", 2) == 1);
  CHECK(edit_distance("laptop", "latppo", 2) == 2);
  CHECK(edit_distance("laptop", "keyboard", 2) == 3);
  CHECK(edit_distance("кофе", "кове", 1) == 1);  // letters, not bytes
  CHECK(edit_distance("", "ab", 2) == 2);
}

TEST_CASE("search typos: what is forgiven") {
  CHECK(forgiven("tea") == 0);
  CHECK(forgiven("lamp") == 1);
  CHECK(forgiven("laptops") == 1);
  CHECK(forgiven("headphone") == 2);
  CHECK(forgiven("wh1000xm4") == 0);
  CHECK(forgiven("кофе") == 1);
}

TEST_CASE("search typos: the nearest known words") {
  const Words words;
  CHECK(words.best("latpop") == "laptop");
  CHECK(words.best("samsnug") == "samsung");
  CHECK(words.best("haedphnoes") == "headphones");
  CHECK(words.best("keybaord") == "keyboard");
  CHECK(words.best("tae") == "");
  CHECK(words.best("wh1000xm5") == "");
  CHECK(words.best("клавиотура") == "клавиатура");
  CHECK(words.best("zzzzzzzz") == "");
  // Two at the same distance are both taken.
  CHECK(misspelt(words.dictionary, "gouse", kEnglish, 8).size() == 2);
}

TEST_CASE("search typos: words that go on") {
  const Words words;
  const auto laptops = beginning(words.dictionary, "lap", kEnglish, 8);
  REQUIRE(laptops.size() == 2);
  CHECK(beginning(words.dictionary, "wh10", kEnglish, 8).size() == 1);
  CHECK(beginning(words.dictionary, "128", kEnglish, 8).size() == 2);
  CHECK(beginning(words.dictionary, "xyz", kEnglish, 8).empty());
}

}  // namespace kontor::search_embedded
