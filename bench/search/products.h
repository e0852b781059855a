// Made-up products for measuring search: words by Zipf's law, as in real texts, and everything else that is filtered,
// counted and sorted by. Number n is the same in every run.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "ports/search_index.h"

namespace kontor::search_bench {

class Products {
 public:
  Products();
  // The next one; ids ascend from 1.
  search_index::Document next();
  // The words of its title, for questions.
  const std::vector<std::uint32_t>& title() const { return title_; }
  std::vector<search_index::CategoryNode> categories() const;

  static std::string word(std::uint32_t number);
  static constexpr std::uint32_t kWords = 100'000, kBrands = 2'000, kLeaves = 500;

 private:
  std::uint32_t draw_word();
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(luck_() % limit); }
  double share() { return static_cast<double>(luck_() >> 11) * 0x1.0p-53; }

  std::mt19937_64 luck_{7};
  std::vector<std::string> words_;
  std::vector<double> sums_;
  std::vector<std::uint32_t> title_;
  std::int64_t number_ = 0;
};

// What is asked: one to four words of a product's title.
std::vector<std::string> questions(std::size_t count, std::int64_t products, std::uint32_t most_words);

}  // namespace kontor::search_bench
