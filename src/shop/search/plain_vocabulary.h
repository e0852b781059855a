// What the products of a shop can be asked for by: values of attributes ("black"), attributes with numbers ("ram_gb"),
// and words that must stay words (brands, kinds of things). Made from the index's facets now and then, and shared by
// all who read queries meanwhile: looking something up changes nothing.
//
// Only attributes that describe a product as shoppers do should be put in (colour, size, memory; not the weight of the
// package): a word or unit that fits one attribute alone becomes a filter of that attribute.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace kontor::search {

struct ScaleRow;

// Adds what in a title is a word with a number behind it that is no amount of anything: "windows 10" of "Windows 10
// Home", nothing of "Tea 50 g". Folded, as the reader asks for it.
void add_models(std::string_view title, std::set<std::string, std::less<>>& into);

struct KnownValue {
  std::string attribute;  // as in filters: "color"
  std::string value;      // as in filters: "Black"
  std::string words;      // how shoppers write it; empty: as the value
};

struct KnownNumber {
  std::string attribute;           // "ram_gb"
  std::string unit;                // of the stored numbers: "gb", "in", "kg"; empty: the end of "ram_gb", or none
  std::vector<std::string> names;  // "ram", "memory"; the attribute's own name without its unit is one too
  // What the products have, times 10^6. Where it is known, "512gb" is not taken for memory where memory ends at 64, and
  // units of the same kind are converted ("500g" for kilograms) even if the name is not said.
  std::optional<std::int64_t> lowest_micro, highest_micro;
};

class Vocabulary {
 public:
  static constexpr std::size_t kLongestPhrase = 6;     // tokens of a value or name; longer ones are left out
  static constexpr std::size_t kMostPhrases = 50'000;  // further ones are left out
  static constexpr std::size_t kMostModels = 50'000;   // likewise

  void add(const KnownValue& value);
  void add(const KnownNumber& number);  // replaces what was said of the attribute, apart from its names
  // Another name of an attribute of values or numbers: "farbe" of "color". "size" stands for itself already.
  void add_name(std::string_view attribute, std::string_view name);
  // A brand, a category, any phrase of which no part may become a filter alone: "Black & Decker", "photo paper".
  void keep(std::string_view phrase);
  // As add_models() has it: the number belongs to the word, and is not the lower of two prices.
  void add_model(std::string_view model);

  // What the reader asks. Phrases are folded tokens with single blanks between them.
  struct Value {
    std::uint32_t attribute = 0;
    std::string text;
    bool alone = false;  // needs no name beside it: no digits, no word of the language of queries, not "yes"
  };
  struct Meaning {
    std::vector<Value> values;
    std::vector<std::uint32_t> names;  // of these attributes
    bool kept = false;
  };
  struct Number {
    std::uint32_t attribute = 0;
    std::string unit;
    const ScaleRow* scale = nullptr;  // how the unit is converted; null: into no other
    std::optional<std::int64_t> lowest_micro, highest_micro;
  };
  // The longest phrase that begins with this token, in tokens; 0: none does.
  std::size_t longest_from(std::string_view first) const;
  const Meaning* find(std::string_view phrase) const;  // null: nothing
  std::span<const Number> numbers() const { return numbers_; }
  const std::string& attribute(std::uint32_t index) const { return attributes_[index]; }
  bool has_unit(std::string_view unit) const;
  bool has_model(std::string_view phrase) const { return models_.find(phrase) != models_.end(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  std::uint32_t attribute_index(std::string_view name);
  Meaning* phrase(std::string_view text, bool with_signs);  // null: too long, or there are too many

  std::vector<std::string> attributes_;
  std::vector<Number> numbers_;
  ByText<std::uint32_t> indexes_;
  ByText<std::uint8_t> first_;
  ByText<Meaning> phrases_;
  std::unordered_set<std::string, Hash, std::equal_to<>> models_;
};

}  // namespace kontor::search
