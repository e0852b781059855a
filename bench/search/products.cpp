#include "products.h"

#include <algorithm>
#include <cmath>

namespace kontor::search_bench {

using search_index::Document;

std::string Products::word(std::uint32_t number) {
  static constexpr char kConsonants[] = "bcdfghklmnprstvz", kVowels[] = "aeiou";
  std::string text;
  std::uint32_t mixed = number * 2'654'435'761u;
  mixed ^= mixed >> 15;
  for (int i = 0; i < 2; ++i) {
    text += kConsonants[mixed & 15];
    mixed >>= 4;
    text += kVowels[mixed % 5];
    mixed >>= 3;
  }
  do {
    text += kConsonants[number % 16];
    number /= 16;
    text += kVowels[number % 5];
    number /= 5;
  } while (number != 0);
  return text;
}

Products::Products() {
  double sum = 0;
  for (std::uint32_t i = 0; i < kWords; ++i) {
    words_.push_back(word(i));
    sums_.push_back(sum += 1.0 / (i + 20.0));
  }
  for (double& one : sums_) one /= sum;
}

std::uint32_t Products::draw_word() {
  return static_cast<std::uint32_t>(std::lower_bound(sums_.begin(), sums_.end(), share()) - sums_.begin());
}

Document Products::next() {
  static constexpr const char* kColors[] = {"black", "white", "silver", "red",   "blue",   "green",  "grey",
                                            "brown", "gold",  "pink",   "beige", "purple", "yellow", "orange"};
  Document document;
  const std::int64_t id = ++number_;
  document.id = ProductId{id << 22};
  title_.clear();
  search_index::Text text;
  for (std::uint32_t left = 6 + below(5); left > 0; --left) {
    title_.push_back(draw_word());
    text.title += words_[title_.back()];
    text.title += ' ';
  }
  for (std::uint32_t left = 30 + below(21); left > 0; --left) {
    text.description += words_[draw_word()];
    text.description += left % 9 == 0 ? ". " : " ";
  }
  document.texts.push_back(std::move(text));
  const double brand = share(), leaf = share();
  document.brand = "Brand " + std::to_string(static_cast<std::uint32_t>(kBrands * brand * brand));
  document.category = CategoryId{1'000 + static_cast<std::int64_t>(kLeaves * leaf * leaf)};
  document.codes = {"SKU-" + std::to_string(id) + "-B"};
  document.sellers = {SellerId{1 + below(200)}};
  const auto number = [&](const char* name, std::int64_t value) {
    document.attributes.push_back({name, std::to_string(value), value * 1'000'000});
  };
  document.attributes.push_back({"color", kColors[below(14)], {}});
  document.attributes.push_back({"material", "material " + std::to_string(below(30)), {}});
  number("ram_gb", 1 << below(8));
  number("warranty_years", below(6));
  number("weight_g", 50 + 10 * below(300));
  document.attributes.push_back({"energy", std::string(1, static_cast<char>('a' + below(7))), {}});
  const double sold = share();
  document.figures = {{{Currency(), 100 + below(100'000)}},
                      below(10) != 0,
                      static_cast<std::int64_t>(10 / (sold + 0.002)) - 9,
                      1'000 + 100 * below(41),
                      below(40)};
  return document;
}

// Three levels: 1 to 10, 101 to 150, and the leaves from 1,000.
std::vector<search_index::CategoryNode> Products::categories() const {
  std::vector<search_index::CategoryNode> nodes;
  const auto name = [](const char* kind, std::int64_t n) { return std::string(kind) + std::to_string(n); };
  for (std::int64_t i = 1; i <= 10; ++i) nodes.push_back({CategoryId{i}, CategoryId{0}, name("hall ", i)});
  for (std::int64_t i = 0; i < 50; ++i)
    nodes.push_back({CategoryId{101 + i}, CategoryId{1 + i % 10}, name("aisle ", i)});
  for (std::int64_t i = 0; i < kLeaves; ++i)
    nodes.push_back({CategoryId{1'000 + i}, CategoryId{101 + i % 50}, name("shelf ", i)});
  return nodes;
}

std::vector<std::string> questions(std::size_t count, std::int64_t products, std::uint32_t most_words) {
  Products source;
  std::mt19937 luck(3);
  std::vector<std::string> all;
  const auto step = std::max<std::int64_t>(products / static_cast<std::int64_t>(count), 1);
  for (std::int64_t n = 0; n < products && all.size() < count; ++n) {
    source.next();
    if (n % step != 0) continue;
    std::string text;
    for (std::uint32_t left = 1 + static_cast<std::uint32_t>(all.size()) % most_words; left > 0; --left) {
      const auto& title = source.title();
      text += (text.empty() ? "" : " ") + Products::word(title[luck() % title.size()]);
    }
    all.push_back(std::move(text));
  }
  std::shuffle(all.begin(), all.end(), luck);
  return all;
}

}  // namespace kontor::search_bench
