// What a product is indexed under.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/search_embedded/dictionary.h"
#include "adapters/search_embedded/generation.h"
#include "adapters/search_embedded/phrases.h"
#include "adapters/search_embedded/segment.h"
#include "adapters/search_embedded/text_scan.h"

namespace kontor::search_embedded {

// The writer's: it adds to the dictionary.
class DocumentReader {
 public:
  DocumentReader(Dictionary& dictionary, LanguageTag language) : dictionary_(dictionary), language_(language) {}

  // Of what comes after it.
  void set_categories(std::span<const search_index::CategoryNode> nodes);
  // Lives until the next call.
  const SegmentBuilder::Product& read(const search_index::Document& document);

 private:
  enum class Field { kTitle, kBrand, kAttributes, kTranslatedName, kRest };
  // How many words it has.
  std::uint32_t index(std::string_view text, LanguageTag language, Field field, bool leads);
  void index_brand(std::string_view shown);
  void take_apart(std::string_view text, LanguageTag language, Field field, std::vector<std::uint32_t>& terms);
  void found(std::uint32_t term, Field field);
  void read_texts(const search_index::Document& document);
  void read_attributes(const search_index::Document& document);
  void read_names(CategoryId category);

  struct Found {
    std::uint32_t term = 0;
    std::uint8_t title = 0, brand = 0, attributes = 0, rest = 0;
  };
  // Most words of most texts are some ten thousand, whose values lie here, together; the dictionary's tables are as
  // large as all words.
  struct Frequent {
    static constexpr std::size_t kLongest = 22;
    std::array<std::uint64_t, 3> text{};  // padded, with its size and tag in the last bytes
    std::uint32_t value = kNone;
  };
  using Key = std::array<std::uint64_t, 3>;
  struct Wanted {
    Key key{};
    std::uint32_t slot = 0;
    std::uint64_t hash = 0;  // of a word that was not among the frequent ones
  };
  // The words of a category's name, and of those above it.
  struct Names {
    bool known = false;
    std::vector<std::pair<std::uint32_t, Field>> terms;
  };
  void take_names(CategoryId category, Names& names);
  static Wanted wanted_of(const Form& form, LanguageTag language);
  void fetch_ahead(const std::vector<Form>& forms, LanguageTag language);
  std::uint32_t value_of(const Form& form, LanguageTag language, const Wanted& wanted);

  Dictionary& dictionary_;
  LanguageTag language_;
  Stemmers stemmers_;
  TextScan scan_;
  Phrases phrases_;
  std::vector<Wanted> wanted_;
  std::vector<std::uint64_t> missing_;  // the hashes among them
  std::vector<Frequent> frequent_ = std::vector<Frequent>(65536);
  std::unordered_map<std::int64_t, search_index::CategoryNode> nodes_;
  std::vector<Names> names_;  // by the category's ordinal
  SegmentBuilder::Product product_;
  std::vector<Found> found_;
  std::vector<std::uint32_t> place_;  // of each term in found_, plus 1; 0: not in this product
  std::size_t lead_ = 0;
};

}  // namespace kontor::search_embedded
