#include "adapters/search_embedded/plan.h"

#include <algorithm>

#include "adapters/search_embedded/misspelt.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kMostGuesses = 8, kMostBeginnings = 24;
constexpr std::uint32_t kSynonymPercent = 90, kBeginningPercent = 80, kLooseUses = 10;
constexpr std::uint32_t kGuessPercent[] = {100, 75, 55};
constexpr std::size_t kShortWord = 5;
constexpr std::uint64_t kSureUses = 20;

}  // namespace

// A stretch of the question: a word, or what is written without blanks.
struct Planner::Item {
  std::string words;     // its parts, with blanks between
  std::string together;  // without
  std::vector<Form> parts;
  std::uint32_t whole = kNone;  // the term of all together, if that is known
  std::uint32_t from = 0, to = 0;
  bool is_stop = false;
};

std::uint32_t Planner::term(const Form& form, LanguageTag language) {
  return dictionary_.find_term(form, language, stemmers_);
}

Alternative Planner::single(std::uint32_t term, std::uint32_t percent) const {
  return {{term}, {dictionary_.lanes[term]}, false, percent};
}

std::uint64_t Planner::uses_of(const Alternative& alternative) const {
  std::uint64_t least = ~std::uint64_t{0};
  for (const std::uint32_t term : alternative.terms) least = std::min(least, generation_.uses(term));
  return least;
}

void Planner::count(Group& group) const {
  std::erase_if(group.alternatives, [&](const Alternative& one) { return uses_of(one) == 0; });
  group.uses = 0;
  for (const Alternative& one : group.alternatives) group.uses += uses_of(one);
  // A slip of the finger does not make a word rarer or more frequent than what was meant.
  group.rarity = rarity(group.alternatives.empty() ? 0 : uses_of(group.alternatives.front()), generation_.living());
}

std::vector<Planner::Item> Planner::items(std::string_view text, LanguageTag language, bool& cut) {
  std::vector<Item> items;
  const std::vector<Form>& forms = scan_.scan(text, search_index::kMostWords * 4);
  for (std::size_t i = 0; i < forms.size();) {
    const std::uint32_t run = forms[i].run;
    Item item;
    std::uint32_t runs = 1;
    bool digits = false;
    for (; i < forms.size() && forms[i].run < run + runs; ++i) {
      const Form& form = forms[i];
      if (form.base) item.parts.push_back(form);
      if (form.run != run) continue;
      digits = digits || !form.is_word;
      if (!form.whole) continue;
      const std::uint32_t found = term(form, language);
      if (found == kNone || generation_.uses(found) == 0) continue;
      item.whole = found;
      runs = form.runs;
    }
    // What has a digit in it is one thing, known or not; "red-blue" is two words unless it is known as one.
    const bool one = item.whole != kNone || digits || item.parts.size() < 2;
    for (std::size_t first = 0; first < item.parts.size(); first += one ? item.parts.size() : 1) {
      Item next;
      next.whole = item.whole;
      const auto begin = item.parts.begin() + static_cast<std::ptrdiff_t>(first);
      next.parts.assign(begin, one ? item.parts.end() : begin + 1);
      items.push_back(std::move(next));
    }
  }
  for (Item& item : items) {
    item.from = item.parts.front().from;
    item.to = item.parts.back().to;
    for (const Form& part : item.parts) {
      item.words += (item.words.empty() ? "" : " ") + std::string(part.text);
      item.together += part.text;
    }
    item.is_stop = item.parts.size() == 1 && item.parts[0].is_word && is_stop_word(language, item.parts[0].text);
  }
  if (std::any_of(items.begin(), items.end(), [](const Item& item) { return !item.is_stop; }))
    std::erase_if(items, [](const Item& item) { return item.is_stop; });
  cut = items.size() > search_index::kMostWords;
  if (cut) items.resize(search_index::kMostWords);
  return items;
}

Group Planner::known_group(const Item& item, LanguageTag language) {
  Group group;
  group.words = item.words;
  group.together = item.together;
  group.from = item.from;
  group.to = item.to;
  group.is_word = item.parts.size() == 1 && item.whole == kNone && item.parts[0].is_word;
  if (item.whole != kNone) group.alternatives.push_back(single(item.whole, 100));
  if (item.parts.size() == 1 && item.whole == kNone) {
    if (const std::uint32_t found = term(item.parts[0], language); found != kNone)
      group.alternatives.push_back(single(found, 100));
  } else if (item.parts.size() > 1) {
    // "t-shirt" is a "t shirt" too, if its parts stand side by side. A model number that nothing has in this spelling
    // has its parts anywhere.
    if (auto apart = words_of(item.words, language)) {
      apart->adjacent = item.whole != kNone;
      group.alternatives.push_back(std::move(*apart));
    }
  }
  count(group);
  return group;
}

std::optional<Alternative> Planner::words_of(std::string_view words, LanguageTag language) {
  Alternative all;
  for (const Form& form : inner_.scan(words, search_index::kMostWords)) {
    if (!form.base) continue;
    const std::uint32_t found = term(form, language);
    if (found == kNone) return std::nullopt;
    if (std::find(all.terms.begin(), all.terms.end(), found) == all.terms.end()) all.terms.push_back(found);
    all.lanes.push_back(dictionary_.lanes[found]);
  }
  if (all.terms.empty()) return std::nullopt;
  return all;
}

// An unknown word: one that is not written to its end, one misspelt, or two written together.
void Planner::guess(Group& group, LanguageTag language, bool unfinished, bool alone) {
  budget_.spend(dictionary_.letters.signs.size());
  const auto take = [&](const std::vector<Guess>& guesses, bool corrects) {
    for (const Guess& one : guesses) {
      const std::uint32_t found = term_of(dictionary_.words.value(one.word));
      const bool there = std::any_of(group.alternatives.begin(), group.alternatives.end(),
                                     [&](const Alternative& other) { return other.terms.front() == found; });
      if (there || generation_.uses(found) == 0) continue;
      if (corrects && group.alternatives.empty()) group.corrected = std::string(dictionary_.words.text(one.word));
      group.alternatives.push_back(single(found, corrects ? kGuessPercent[one.distance] : kBeginningPercent));
    }
  };
  if (unfinished && group.together.size() >= 2)
    take(beginning(dictionary_, group.together, language, kMostBeginnings), false);
  if (group.alternatives.empty() && group.is_word && corrects_) {
    std::vector<Guess> guesses = misspelt(dictionary_, group.words, language, kMostGuesses);
    // A short word by itself may well be right, and the shop has no such thing.
    if (alone && group.words.size() <= kShortWord)
      std::erase_if(guesses, [&](const Guess& one) {
        return generation_.uses(term_of(dictionary_.words.value(one.word))) < kSureUses;
      });
    const bool near = !guesses.empty() && guesses.front().distance == 1;
    if (near || !split(group, language)) take(guesses, true);
  }
  count(group);
}

// "laptopbag": the two known words that it is made of; of several ways the one whose rarer word is most frequent.
bool Planner::split(Group& group, LanguageTag language) {
  constexpr std::size_t kShortest = 3;
  if (!group.is_word || group.words.size() < 2 * kShortest || group.words.size() > 40) return false;
  std::uint64_t best = 0;
  for (std::size_t at = kShortest; at + kShortest <= group.words.size(); ++at) {
    if ((static_cast<unsigned char>(group.words[at]) & 0xC0) == 0x80) continue;
    const std::uint32_t left = dictionary_.words.find(std::string_view(group.words).substr(0, at), language);
    const std::uint32_t right = dictionary_.words.find(std::string_view(group.words).substr(at), language);
    if (left == kNone || right == kNone) continue;
    Alternative both;
    for (const std::uint32_t word : {left, right}) {
      both.terms.push_back(term_of(dictionary_.words.value(word)));
      both.lanes.push_back(dictionary_.lanes[both.terms.back()]);
    }
    if (both.terms[0] == both.terms[1] || uses_of(both) <= best) continue;
    best = uses_of(both);
    group.alternatives.assign(1, both);
    group.corrected = group.words.substr(0, at) + " " + group.words.substr(at);
  }
  return best > 0;
}

// Makes one group of neighbours: found by all that was asked of them, or by what is added.
void Planner::merge(std::vector<Group>& groups, std::size_t first, std::size_t count) {
  Group& into = groups[first];
  Alternative all;
  std::string words;
  bool known = true;
  for (std::size_t i = first; i < first + count; ++i) {
    words += (i == first ? "" : " ") + groups[i].words;
    if (groups[i].alternatives.empty()) {
      known = false;
      continue;
    }
    const Alternative& asked = groups[i].alternatives.front();
    for (const std::uint32_t term : asked.terms)
      if (std::find(all.terms.begin(), all.terms.end(), term) == all.terms.end()) all.terms.push_back(term);
    all.lanes.insert(all.lanes.end(), asked.lanes.begin(), asked.lanes.end());
  }
  into.words = words;
  into.together.clear();
  into.to = groups[first + count - 1].to;
  into.is_word = false;
  into.alternatives.clear();
  if (known) into.alternatives.push_back(std::move(all));
  groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(first) + 1,
               groups.begin() + static_cast<std::ptrdiff_t>(first + count));
}

// "note book" is a notebook too, if there are any; "elp lp50" and "wrt 54 gl" are the numbers that are known so.
void Planner::join_neighbours(std::vector<Group>& groups, LanguageTag language) {
  for (std::size_t i = 0; i + 1 < groups.size(); ++i) {
    const bool words = groups[i].is_word && groups[i + 1].is_word;
    const std::string joined = groups[i].together + groups[i + 1].together;
    if (groups[i].together.empty() || groups[i + 1].together.empty()) continue;
    Form form;
    form.text = joined;
    form.is_word = words;
    const std::uint32_t found = term(form, language);
    if (found == kNone || generation_.uses(found) == 0) continue;
    merge(groups, i, 2);
    groups[i].alternatives.push_back(single(found, 100));
    count(groups[i]);
  }
}

// What the file says of these words, or of the same in the singular.
const std::vector<std::string>* Planner::others_of(const std::string& words) const {
  const Synonyms& synonyms = *generation_.synonyms;
  if (const auto* const found = synonyms.find(words)) return found;
  constexpr std::size_t kShortest = 4;
  if (words.size() < kShortest || words.back() != 's') return nullptr;
  if (words.ends_with("ies"))
    if (const auto* const found = synonyms.find(words.substr(0, words.size() - 3) + "y")) return found;
  return synonyms.find(words.substr(0, words.size() - 1));
}

void Planner::add_synonyms(Group& group, const std::vector<std::string>& others, LanguageTag language) {
  for (const std::string& other : others) {
    auto alternative = words_of(other, language);
    if (!alternative) continue;
    alternative->adjacent = alternative->terms.size() > 1;
    alternative->percent = kSynonymPercent;
    group.alternatives.push_back(std::move(*alternative));
  }
  count(group);
}

void Planner::add_synonyms(std::vector<Group>& groups, LanguageTag language) {
  if (generation_.synonyms == nullptr || generation_.synonyms->empty()) return;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t length = std::min(generation_.synonyms->longest(), groups.size() - i); length > 0; --length) {
      std::string words;
      for (std::size_t k = i; k < i + length; ++k) words += (k == i ? "" : " ") + groups[k].words;
      const auto* const others = others_of(words);
      if (others == nullptr) continue;
      if (length > 1) merge(groups, i, length);
      add_synonyms(groups[i], *others, language);
      break;
    }
  }
}

std::string Planner::rewritten(std::string_view text, const std::vector<Group>& groups) const {
  std::string out;
  std::size_t at = 0;
  bool any = false;
  for (const Group& group : groups) {
    if (group.corrected.empty()) continue;
    out += text.substr(at, group.from - at);
    out += group.corrected;
    at = group.to;
    any = true;
  }
  if (!any) return "";
  out += text.substr(at);
  return out;
}

Plan Planner::plan(std::string_view text, LanguageTag language, bool typing) {
  text = clip(text, search_index::kLongestQuery);
  Plan plan;
  bool cut = false;
  const std::vector<Item> all = items(text, language, cut);
  for (const Item& item : all) {
    for (const Form& part : item.parts) plan.asks_accessory = plan.asks_accessory || is_accessory(language, part.text);
    plan.groups.push_back(known_group(item, language));
  }
  join_neighbours(plan.groups, language);
  add_synonyms(plan.groups, language);
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    Group& group = plan.groups[i];
    const bool last = i + 1 == plan.groups.size() && !cut && group.to == text.size();
    if (group.alternatives.empty() || (typing && last && group.alternatives.size() == 1))
      guess(group, language, last, all.size() == 1);
    if (group.corrected.empty() || generation_.synonyms == nullptr) continue;
    if (const auto* const others = others_of(group.corrected)) add_synonyms(group, *others, language);
  }
  plan.corrected = rewritten(text, plan.groups);
  return plan;
}

void Planner::take_apart(Plan& plan, std::string_view text, LanguageTag language) {
  std::vector<Group> groups;
  for (Group& group : plan.groups) {
    if (!group.alternatives.empty()) {
      groups.push_back(std::move(group));
      continue;
    }
    const std::size_t before = groups.size();
    const std::vector<Form> parts = inner_.scan(group.words, search_index::kMostWords);
    for (const Form& part : parts) {
      const std::uint32_t found = part.base && parts.size() > 1 ? term(part, language) : kNone;
      if (found == kNone || generation_.uses(found) == 0) continue;
      Group known;
      known.words = known.together = std::string(part.text);
      known.from = group.from;
      known.to = group.to;
      known.alternatives.push_back(single(found, 100));
      count(known);
      groups.push_back(std::move(known));
    }
    if (groups.size() == before) plan.dropped.emplace_back(text.substr(group.from, group.to - group.from));
  }
  plan.groups = std::move(groups);
}

bool Planner::loosen(Plan& plan, std::string_view text, LanguageTag language) {
  if (!corrects_) return false;
  text = clip(text, search_index::kLongestQuery);
  bool any = false;
  for (Group& group : plan.groups) {
    if (!group.is_word || group.alternatives.empty() || !group.corrected.empty()) continue;
    budget_.spend(dictionary_.letters.signs.size());
    const std::size_t before = group.alternatives.size();
    const std::uint64_t asked = group.uses;
    for (const Guess& one : misspelt(dictionary_, group.words, language, kMostGuesses)) {
      const std::uint32_t found = term_of(dictionary_.words.value(one.word));
      if (generation_.uses(found) < asked * kLooseUses || found == group.alternatives.front().terms.front()) continue;
      group.alternatives.push_back(single(found, kGuessPercent[one.distance]));
      if (group.corrected.empty()) group.corrected = std::string(dictionary_.words.text(one.word));
    }
    any = any || group.alternatives.size() > before;
    group.uses = 0;
    for (const Alternative& one : group.alternatives) group.uses += uses_of(one);
  }
  plan.corrected = rewritten(text, plan.groups);
  return any;
}

void weigh(Plan& plan, const Arm& arm) {
  std::int64_t sum = 0;
  for (const Group& group : plan.groups) sum += group.rarity;
  for (Group& group : plan.groups)
    group.units =
        static_cast<std::int32_t>(std::int64_t{arm.text_units()} * group.rarity / std::max<std::int64_t>(sum, 1));
}

}  // namespace kontor::search_embedded
