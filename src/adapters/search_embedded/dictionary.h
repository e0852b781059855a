// All words and values that the index knows, shared by its segments. One thread adds (under the index's writer lock),
// any number read. Nothing is taken out; a word that no product has any more finds nothing.
//
// A *word* is a form as written, folded ("headphones"); a *term* is what postings are kept by ("headphon"). Several
// words may have one term. Corrections and completions are made of words, questions are answered by terms.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/search_embedded/append_list.h"
#include "adapters/search_embedded/language.h"
#include "adapters/search_embedded/word_table.h"
#include "base/money.h"

namespace kontor::search_embedded {

struct Form;
inline constexpr std::uint32_t kMostCurrencies = 32;

// What a word's letters are, for a first look at whether it can be another one misspelt: two bits a letter (there, and
// there twice), all other letters and digits sharing eleven. One edit changes at most two of them. The topmost bit: too
// short for a slip of the finger to be told from another word, or a number.
using Sign = std::uint64_t;
inline constexpr Sign kNeverMisspelt = Sign{1} << 63;
Sign sign_of(std::string_view folded);

// A word's value is its term, and whether it is too common to say anything.
inline constexpr std::uint32_t kStopWord = 1u << 31;
constexpr std::uint32_t term_of(std::uint32_t value) { return value & ~kStopWord; }

// A value of an attribute.
struct AttributeValue {
  std::uint32_t name = 0;  // in `attribute_names`
  bool has_micro = false;
  std::int64_t micro = 0;
  std::string shown;  // as first written
};

// Words to look through, with their signs.
struct SignList {
  AppendList<Sign> signs;
  AppendList<std::uint32_t> words;
};

struct Dictionary {
  // Stems; value: the term. Forms with digits have no stem, and a term that is found by the word alone.
  WordTable stems;
  WordTable words;                  // tag: the language; value: the term, and kStopWord
  SignList letters, mixed;          // of the words: those without a digit, and the others
  AppendList<std::uint16_t> lanes;  // of the terms; see lead.h
  AppendList<std::uint32_t> uses;   // how often each term was indexed, to tell frequent from rare

  // Ordinals. Ids are kept as eight bytes of text.
  WordTable brands;  // folded
  AppendList<std::string> brand_names;
  WordTable categories, sellers;
  WordTable attribute_names;  // folded
  AppendList<std::string> attribute_shown;
  WordTable attribute_values;  // tag 0; text: the name's ordinal (four bytes) and the folded value
  AppendList<AttributeValue> values;
  AppendList<Currency> currencies;  // the first one's prices lie closest at hand

  // kNone: no product ever had it.
  std::uint32_t find_term(const Form& form, LanguageTag language, Stemmers& stemmers) const;
  // The writer's: the word's value.
  std::uint32_t add_term(const Form& form, LanguageTag language, Stemmers& stemmers);
  // The same where the hash of its text is known: of its language, or kNeutral for what is no word.
  std::uint32_t add_term(const Form& form, LanguageTag language, Stemmers& stemmers, std::uint64_t hash);
  std::uint32_t add_term_of(std::string_view stem, bool is_word);
  void add_sign(std::string_view word, std::uint32_t id);
  std::uint32_t add_brand(std::string_view shown);
  std::uint32_t add_value(std::string_view name, std::string_view value, std::optional<std::int64_t> micro);

  std::uint32_t add_currency(Currency currency);  // kNone: there are kMostCurrencies already
  std::uint32_t find_currency(Currency currency) const;
  std::uint32_t find_value(std::uint32_t name, std::string_view folded) const;
  std::uint32_t terms() const { return uses.size(); }
  std::uint64_t bytes() const;
};

std::uint32_t find_id(const WordTable& table, std::int64_t id);
std::uint32_t add_id(WordTable& table, std::int64_t id);
std::int64_t id_at(const WordTable& table, std::uint32_t ordinal);

}  // namespace kontor::search_embedded
