// What a product is indexed under.
#pragma once
#include <array>
#include <cstdint>
#include <string>
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

  // `above`: the product's category and those above it. Lives until the next call.
  const SegmentBuilder::Product& read(const search_index::Document& document,
                                      const std::vector<const search_index::CategoryNode*>& above);

 private:
  enum class Field { kTitle, kBrand, kAttributes, kTranslatedName, kRest };
  // How many words it has.
  std::uint32_t index(std::string_view text, LanguageTag language, Field field, bool leads);
  // The same for a text that many products share, which leads none.
  void index_shared(std::string_view text, LanguageTag language, Field field);
  void index_brand(std::string_view shown);
  void take_apart(std::string_view text, LanguageTag language, Field field, std::vector<std::uint32_t>& terms);
  void found(std::uint32_t term, Field field);
  void read_texts(const search_index::Document& document);
  void read_attributes(const search_index::Document& document);
  void read_names(const std::vector<const search_index::CategoryNode*>& above);

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
  };
  static Wanted wanted_of(const Form& form, LanguageTag language);
  void fetch_ahead(const std::vector<Form>& forms, LanguageTag language);
  std::uint32_t value_of(const Form& form, LanguageTag language, const Wanted& wanted);

  Dictionary& dictionary_;
  LanguageTag language_;
  Stemmers stemmers_;
  TextScan scan_;
  Phrases phrases_;
  std::vector<Wanted> wanted_;
  std::vector<std::uint64_t> missing_;  // hashes of words that are not among the frequent ones
  std::vector<Frequent> frequent_ = std::vector<Frequent>(65536);
  SegmentBuilder::Product product_;
  std::vector<Found> found_;
  std::vector<std::uint32_t> place_;  // of each term in found_, plus 1; 0: not in this product
  std::size_t lead_ = 0;
};

}  // namespace kontor::search_embedded
