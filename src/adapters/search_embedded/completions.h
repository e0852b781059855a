// What a search box offers while somebody types: whole questions, products, categories and brands, by popularity. Made
// once from all of them and immutable; each is found by its beginning and, counting less, by the beginning of each of
// its words. Bytes: 14 a word besides the texts.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/search_index.h"

namespace kontor::search_embedded {

class Completions {
 public:
  static constexpr std::size_t kMostWords = 8;  // of one, at which it is found
  static constexpr std::size_t kMostShown = 50;

  explicit Completions(std::vector<search_index::Completion> all);

  // The most popular that begin so; when there are none, those that would but for a slip: one letter from four, two
  // from eight. Each text once a kind.
  std::vector<search_index::Completion> suggest(std::string_view prefix, std::size_t limit) const;
  std::uint64_t bytes() const;

 private:
  // A place at which an entry is found.
  struct Key {
    std::uint32_t entry = 0;
    std::uint32_t at = 0;  // in texts_
  };
  struct Range {
    std::uint32_t from = 0, to = 0, divisor = 1;
  };
  class Walk;  // finds ranges in spite of slips

  std::string_view text_of(const Key& key) const {
    return std::string_view(texts_).substr(key.at, ends_[key.entry] - key.at);
  }
  Range range_of(std::string_view prefix) const;
  std::uint64_t weight(std::uint32_t key) const;
  std::uint32_t heaviest(std::uint32_t from, std::uint32_t to) const;  // the key
  void take(const std::vector<Range>& ranges, std::size_t limit, std::vector<search_index::Completion>& out) const;

  std::vector<search_index::Completion> entries_;
  std::string texts_;                         // folded
  std::vector<std::uint32_t> starts_, ends_;  // of the entries in it
  std::vector<Key> keys_;                     // by their text
  std::vector<std::uint32_t> tree_;           // the heaviest key below each node; leaves are the keys
};

}  // namespace kontor::search_embedded
