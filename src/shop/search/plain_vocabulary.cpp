#include "shop/search/plain_vocabulary.h"

#include <algorithm>

#include "base/text.h"
#include "shop/search/plain_lexicon.h"
#include "shop/search/plain_tokens.h"

namespace kontor::search {
namespace {

// Values that say nothing without their attribute's name.
constexpr std::string_view kEmptyWords[] = {"yes",     "no",          "true",  "false",  "none",    "other",
                                            "unknown", "unspecified", "ja",    "nein",   "oui",     "non",
                                            "various", "standard",    "basic", "normal", "default", "universal"};

// The tokens of `text` with single blanks between them; without signs when `with_signs` is false.
std::string joined(const Tokens& tokens, bool with_signs, std::size_t& count) {
  std::string out;
  count = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!with_signs && tokens[i].kind == TokenKind::kSign) continue;
    if (count++ > 0) out += ' ';
    out += tokens.folded(i);
  }
  return out;
}

bool stands_alone(std::string_view text) {
  const Tokens tokens(text);
  std::size_t words = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::kNumber) return false;
    words += tokens[i].kind == TokenKind::kWord;
  }
  if (words == 0) return false;
  if (tokens.size() > 1) return true;
  const std::string_view word = tokens.folded(0);
  return word.size() > 1 && classes_of(word) == 0 &&
         std::find(std::begin(kEmptyWords), std::end(kEmptyWords), word) == std::end(kEmptyWords);
}

// "built_in" and "plan_a" end in no unit.
std::string_view unit_at_end(std::string_view last) {
  return last == "in" || last == "a" ? std::string_view() : unit_of(last);
}

}  // namespace

std::uint32_t Vocabulary::attribute_index(std::string_view name) {
  const auto known = indexes_.find(name);
  if (known != indexes_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(attributes_.size());
  attributes_.emplace_back(name);
  indexes_.emplace(std::string(name), index);
  // "screen_size" is a name for itself.
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  add_name(name, words);
  return index;
}

Vocabulary::Meaning* Vocabulary::phrase(std::string_view text, bool with_signs) {
  constexpr std::size_t kLongestText = 200;
  if (text.size() > kLongestText || phrases_.size() >= kMostPhrases) return nullptr;
  std::size_t count = 0;
  std::string words = joined(Tokens(text), with_signs, count);
  if (count == 0 || count > kLongestPhrase || words.front() == ' ') return nullptr;
  const std::string_view first = std::string_view(words).substr(0, words.find(' '));
  auto longest = first_.find(first);
  if (longest == first_.end()) longest = first_.emplace(std::string(first), 0).first;
  longest->second = std::max(longest->second, static_cast<std::uint8_t>(count));
  return &phrases_[std::move(words)];
}

void Vocabulary::add(const KnownValue& value) {
  const std::string& words = value.words.empty() ? value.value : value.words;
  const std::uint32_t attribute = attribute_index(value.attribute);
  const bool alone = stands_alone(words);
  for (const bool with_signs : {true, false}) {
    Meaning* meaning = phrase(words, with_signs);
    if (!meaning) continue;
    const bool known = std::any_of(meaning->values.begin(), meaning->values.end(),
                                   [&](const Value& other) { return other.attribute == attribute; });
    if (!known) meaning->values.push_back({attribute, value.value, alone});
  }
}

void Vocabulary::add(const KnownNumber& number) {
  const std::uint32_t attribute = attribute_index(number.attribute);
  const std::string_view own = number.attribute, last = own.substr(own.rfind('_') + 1);
  const std::string_view said = number.unit.empty() && last.size() < own.size() ? unit_at_end(last) : "";
  const std::string written = fold(number.unit);
  const std::string_view known = unit_of(written);
  const std::string unit(!said.empty() ? said : known.empty() ? std::string_view(written) : known);
  std::erase_if(numbers_, [&](const Number& other) { return other.attribute == attribute; });
  numbers_.push_back({attribute, unit, scale_of(unit), number.lowest_micro, number.highest_micro});
  if (!unit.empty() && last.size() < own.size() && unit_of(last) == unit) {
    std::string words(own.substr(0, own.size() - last.size() - 1));
    std::replace(words.begin(), words.end(), '_', ' ');
    add_name(own, words);
  }
  for (const std::string& name : number.names) add_name(own, name);
}

void Vocabulary::add_name(std::string_view attribute, std::string_view name) {
  const auto known = indexes_.find(attribute);
  const std::uint32_t index = known == indexes_.end() ? attribute_index(attribute) : known->second;
  Meaning* meaning = phrase(name, true);
  if (meaning && std::find(meaning->names.begin(), meaning->names.end(), index) == meaning->names.end())
    meaning->names.push_back(index);
}

void Vocabulary::keep(std::string_view words) {
  for (const bool with_signs : {true, false})
    if (Meaning* meaning = phrase(words, with_signs)) meaning->kept = true;
}

void Vocabulary::add_model(std::string_view model) {
  if (models_.size() < kMostModels) models_.emplace(model);
}

void add_models(std::string_view title, std::set<std::string, std::less<>>& into) {
  constexpr std::size_t kLongestModel = 40;  // bytes
  static constexpr std::string_view kEnds[] = {",", ".", ";", ":", ")", "]", "!", "?", "/", "|"};
  const Tokens tokens(title);
  const auto goes_on = [&](std::size_t at) {  // "50g", "10-inch", "50 pieces"
    if (at >= tokens.size()) return false;
    if (!tokens[at].glued) return (classes_of(tokens.folded(at)) & (kUnitWord | kCounted)) != 0;
    return std::find(std::begin(kEnds), std::end(kEnds), tokens.folded(at)) == std::end(kEnds);
  };
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kNumber || tokens[i - 1].kind != TokenKind::kWord) continue;
    const std::string_view model = tokens.phrase(i - 1, 2);
    if (!goes_on(i + 1) && model.size() <= kLongestModel) into.emplace(model);
  }
}

std::size_t Vocabulary::longest_from(std::string_view first) const {
  const auto found = first_.find(first);
  return found == first_.end() ? 0 : found->second;
}

const Vocabulary::Meaning* Vocabulary::find(std::string_view phrase) const {
  const auto found = phrases_.find(phrase);
  return found == phrases_.end() ? nullptr : &found->second;
}

bool Vocabulary::has_unit(std::string_view unit) const {
  return std::any_of(numbers_.begin(), numbers_.end(), [&](const Number& number) { return number.unit == unit; });
}

}  // namespace kontor::search
