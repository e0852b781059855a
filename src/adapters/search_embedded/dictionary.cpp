#include "adapters/search_embedded/dictionary.h"

#include <algorithm>
#include <cstring>

#include "adapters/search_embedded/lead.h"
#include "adapters/search_embedded/text_scan.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kLongestShown = 1'000;  // bytes of a brand or a name

std::string_view bytes_of(const std::int64_t& id) { return {reinterpret_cast<const char*>(&id), sizeof id}; }

std::string value_key(std::uint32_t name, std::string_view folded) {
  std::string key(reinterpret_cast<const char*>(&name), sizeof name);
  key += folded;
  return key;
}

}  // namespace

Sign sign_of(std::string_view folded) {
  Sign sign = 0;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    if (c >= '0' && c <= '9') sign |= kNeverMisspelt;
    letters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    // Two bits for each of a to z, and eleven for all others, told by their last byte.
    const auto byte = static_cast<unsigned char>(c);
    const bool latin = c >= 'a' && c <= 'z';
    const bool last = i + 1 == folded.size() || (static_cast<unsigned char>(folded[i + 1]) & 0xC0) != 0x80;
    if (!last) continue;
    const Sign once = Sign{1} << (latin ? 2u * static_cast<unsigned>(c - 'a') : 52u + byte % 11u);
    sign |= latin && (sign & once) != 0 ? once << 1 : once;
  }
  return letters < 4 ? sign | kNeverMisspelt : sign;
}

std::uint32_t Dictionary::find_term(const Form& form, LanguageTag language, Stemmers& stemmers) const {
  const LanguageTag tag = form.is_word ? language : kNeutral;
  if (const std::uint32_t word = words.find(form.text, tag); word != kNone) return term_of(words.value(word));
  if (!form.is_word) return kNone;
  const std::uint32_t stem = stems.find(stemmers.stem(tag, form.text));
  return stem == kNone ? kNone : stems.value(stem);
}

std::uint32_t Dictionary::add_term_of(std::string_view stem, bool is_word) {
  if (is_word)
    if (const std::uint32_t known = stems.find(stem); known != kNone) return stems.value(known);
  const std::uint32_t term = lanes.push(lane_of_hash(hash_text(stem)));
  uses.push(0);
  if (is_word) stems.add(stem, 0, term);
  return term;
}

// After the word itself: who reads the list finds the word.
void Dictionary::add_sign(std::string_view word, std::uint32_t id) {
  const bool digits = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  SignList& list = digits ? mixed : letters;
  list.words.push(id);
  list.signs.push(sign_of(word));
}

std::uint32_t Dictionary::add_term(const Form& form, LanguageTag language, Stemmers& stemmers) {
  return add_term(form, language, stemmers, hash_text(form.text, form.is_word ? language : kNeutral));
}

std::uint32_t Dictionary::add_term(const Form& form, LanguageTag language, Stemmers& stemmers, std::uint64_t hash) {
  const LanguageTag tag = form.is_word ? language : kNeutral;
  if (const std::uint32_t word = words.find_hashed(form.text, tag, hash); word != kNone) return words.value(word);
  const std::uint32_t term = add_term_of(stemmers.stem(tag, form.text), form.is_word);
  const std::uint32_t value = is_stop_word(tag, form.text) ? term | kStopWord : term;
  add_sign(form.text, words.add_new(form.text, tag, value, hash));
  return value;
}

std::uint32_t Dictionary::add_brand(std::string_view shown) {
  const std::string folded = fold(clip(trim(shown), kLongestShown));
  if (folded.empty()) return kNone;
  if (const std::uint32_t known = brands.find(folded); known != kNone) return known;
  brand_names.push(std::string(clip(trim(shown), kLongestShown)));
  return brands.add(folded);
}

std::uint32_t Dictionary::add_value(std::string_view name, std::string_view value, std::optional<std::int64_t> micro) {
  const std::string folded_name = fold(clip(trim(name), kLongestShown));
  std::uint32_t of = attribute_names.find(folded_name);
  if (of == kNone) {
    attribute_shown.push(std::string(clip(trim(name), kLongestShown)));
    of = attribute_names.add(folded_name);
  }
  const std::string key = value_key(of, fold(trim(value)));
  if (const std::uint32_t known = attribute_values.find(key); known != kNone) return known;
  values.push({of, micro.has_value(), micro.value_or(0), std::string(trim(value))});
  return attribute_values.add(key);
}

std::uint32_t Dictionary::find_value(std::uint32_t name, std::string_view folded) const {
  return attribute_values.find(value_key(name, folded));
}

std::uint32_t Dictionary::find_currency(Currency currency) const {
  for (std::uint32_t i = 0; i < currencies.size(); ++i)
    if (currencies[i] == currency) return i;
  return kNone;
}

std::uint32_t Dictionary::add_currency(Currency currency) {
  const std::uint32_t known = find_currency(currency);
  if (known != kNone || currencies.size() == kMostCurrencies) return known;
  return currencies.push(currency);
}

std::uint64_t Dictionary::bytes() const {
  return stems.bytes() + words.bytes() + brands.bytes() + categories.bytes() + sellers.bytes() +
         attribute_names.bytes() + attribute_values.bytes() + words.size() * (sizeof(Sign) + 4) + terms() * 6 +
         values.size() * (sizeof(AttributeValue) + 16) + brand_names.size() * 48;
}

std::uint32_t find_id(const WordTable& table, std::int64_t id) { return table.find(bytes_of(id)); }
std::uint32_t add_id(WordTable& table, std::int64_t id) { return table.add(bytes_of(id)); }
std::int64_t id_at(const WordTable& table, std::uint32_t ordinal) {
  std::int64_t id = 0;
  std::memcpy(&id, table.text(ordinal).data(), sizeof id);
  return id;
}

}  // namespace kontor::search_embedded
