// What a question's words are taken for: groups that must all be found, each by any of its alternatives.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/search_embedded/generation.h"
#include "adapters/search_embedded/text_scan.h"

namespace kontor::search_embedded {

// Terms that must all be there; side by side at the product's beginning, if `adjacent`.
struct Alternative {
  std::vector<std::uint32_t> terms;
  std::vector<std::uint16_t> lanes;
  bool adjacent = false;
  std::uint32_t percent = 100;  // of what it would count if it had been asked for
};

struct Group {
  std::vector<Alternative> alternatives;  // the first is what was asked; none: nothing has it
  std::string words;                      // as asked, folded, with blanks between the parts
  std::string together;                   // without
  std::string corrected;                  // what it was taken for, if it was
  std::uint32_t from = 0, to = 0;         // the bytes of the question
  std::uint64_t uses = 0;
  std::uint32_t rarity = 1;
  bool is_word = false;    // one word of the language, as it was asked
  std::int32_t units = 0;  // what finding it is worth at most
};

struct Plan {
  std::vector<Group> groups;
  std::string corrected;  // the whole question, if any word was taken for another
  std::vector<std::string> dropped;
  bool asks_accessory = false;
  std::uint32_t least = 0;  // so many of the groups must be found; 0: all
};

class Planner {
 public:
  Planner(const Dictionary& dictionary, const Generation& generation, Stemmers& stemmers, Budget& budget, bool corrects)
      : dictionary_(dictionary), generation_(generation), stemmers_(stemmers), budget_(budget), corrects_(corrects) {}

  Plan plan(std::string_view text, LanguageTag language, bool typing);
  // Makes groups of the known parts of what is written together and nothing has, and leaves out what nothing has at
  // all.
  void take_apart(Plan& plan, std::string_view text, LanguageTag language);
  // Takes known words for misspelt ones as well; false: there is nothing they could be.
  bool loosen(Plan& plan, std::string_view text, LanguageTag language);
  // The terms of one word as a question has it; for highlighting.
  std::uint32_t term(const Form& form, LanguageTag language);

 private:
  struct Item;
  std::vector<Item> items(std::string_view text, LanguageTag language, bool& cut);
  Group known_group(const Item& item, LanguageTag language);
  void guess(Group& group, LanguageTag language, bool unfinished, bool alone);
  bool split(Group& group, LanguageTag language);
  void join_neighbours(std::vector<Group>& groups, LanguageTag language);
  void add_synonyms(std::vector<Group>& groups, LanguageTag language);
  void add_synonyms(Group& group, const std::vector<std::string>& others, LanguageTag language);
  void merge(std::vector<Group>& groups, std::size_t first, std::size_t count);
  const std::vector<std::string>* others_of(const std::string& words) const;
  std::optional<Alternative> words_of(std::string_view words, LanguageTag language);
  Alternative single(std::uint32_t term, std::uint32_t percent) const;
  std::uint64_t uses_of(const Alternative& alternative) const;
  void count(Group& group) const;
  std::string rewritten(std::string_view text, const std::vector<Group>& groups) const;

  const Dictionary& dictionary_;
  const Generation& generation_;
  Stemmers& stemmers_;
  Budget& budget_;
  const bool corrects_;
  TextScan scan_;
  TextScan inner_;
};

// Shares the points of the text out by rarity.
void weigh(Plan& plan, const Arm& arm);

}  // namespace kontor::search_embedded
