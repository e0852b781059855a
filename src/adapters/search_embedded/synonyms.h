// Words that mean the same, from a file that anybody can edit:
//
//     # a comment
//     tv, television, telly            each finds the others
//     notebook => laptop, netbook      who asks for the left finds the right as well
//     hard drive, hdd                  several words stand for one
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace kontor::search_embedded {

class Synonyms {
 public:
  static constexpr std::size_t kMostLines = 100'000, kMostWords = 4, kMostOthers = 16;

  // kInvalid "search.synonyms" with the line's number.
  static Result<Synonyms> parse(std::string_view file);

  // What may stand for `words` (folded, with single blanks between); each is one or more words. Null: nothing.
  const std::vector<std::string>* find(const std::string& words) const;
  std::size_t longest() const { return longest_; }  // of what can be asked, in words
  bool empty() const { return others_.empty(); }

 private:
  void add(const std::string& from, const std::string& to);
  std::unordered_map<std::string, std::vector<std::string>> others_;
  std::size_t longest_ = 0;
};

// Folded, with single blanks; signs go.
std::string plain_words(std::string_view text);

}  // namespace kontor::search_embedded
