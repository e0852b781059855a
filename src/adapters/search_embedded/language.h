// The languages that texts are analysed in: their Snowball stemmer and the words too common to ask for.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

struct sb_stemmer;

namespace kontor::search_embedded {

// 0 is no language: numbers, model names and the like.
using LanguageTag = std::uint8_t;
inline constexpr LanguageTag kNeutral = 0;

// "de-CH" → German. kNeutral for a language without a stemmer.
LanguageTag language_tag(std::string_view code);
bool is_stop_word(LanguageTag language, std::string_view folded);
// "cover", "cables": a title that has it is that of an accessory.
bool is_accessory(LanguageTag language, std::string_view folded);

// One thread's stemmers; they are made when a language is first asked for.
class Stemmers {
 public:
  Stemmers() = default;
  // What `folded` shares with its other forms; as it is for kNeutral. Lives until the next call of the language.
  std::string_view stem(LanguageTag language, std::string_view folded);

 private:
  struct Free {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::array<std::unique_ptr<sb_stemmer, Free>, 32> made_;
};

}  // namespace kontor::search_embedded
