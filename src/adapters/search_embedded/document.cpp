#include "adapters/search_embedded/document.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "adapters/search_embedded/sort_unique.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kMostTitleWords = 200, kMostRestWords = 2'000, kMostValueWords = 20, kMostValues = 200;

// Of phrases, beside their language.
constexpr std::uint16_t kBrandKind = 1u << 8, kValueKind = 2u << 8;

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c | 0x20) >= 'a'; });
}

}  // namespace

void DocumentReader::found(std::uint32_t term, Field field) {
  if (term >= place_.size()) place_.resize(term + term / 2 + 1024);
  std::uint32_t& place = place_[term];
  if (place == 0) {
    found_.push_back({term, 0, 0, 0, 0});
    place = static_cast<std::uint32_t>(found_.size());
  }
  Found& at = found_[place - 1];
  if (field == Field::kTranslatedName) {  // "audio" in ten languages is no better found than in one
    at.attributes = std::max<std::uint8_t>(at.attributes, 1);
    return;
  }
  std::uint8_t& count = field == Field::kTitle        ? at.title
                        : field == Field::kBrand      ? at.brand
                        : field == Field::kAttributes ? at.attributes
                                                      : at.rest;
  if (count < 255) ++count;
}

DocumentReader::Wanted DocumentReader::wanted_of(const Form& form, LanguageTag language) {
  Wanted wanted;
  const std::size_t size = std::min(form.text.size(), Frequent::kLongest);
  std::memcpy(wanted.key.data(), form.text.data(), size);
  const LanguageTag tag = form.is_word ? language : kNeutral;
  wanted.key[2] |= std::uint64_t{size} << 48 | std::uint64_t{tag} << 56;
  std::uint64_t hash =
      (wanted.key[0] ^ wanted.key[1] * 0x9E3779B97F4A7C15ull ^ wanted.key[2] << 7) * 0xE7037ED1A0B428DBull;
  hash ^= hash >> 32;
  wanted.slot = static_cast<std::uint32_t>(hash * 0x9E3779B97F4A7C15ull >> 48);
  return wanted;
}

std::uint32_t DocumentReader::value_of(const Form& form, LanguageTag language, const Wanted& wanted) {
  if (form.text.size() > Frequent::kLongest) return dictionary_.add_term(form, language, stemmers_, wanted.hash);
  Frequent& slot = frequent_[wanted.slot];
  if (slot.text == wanted.key && slot.value != kNone) return slot.value;
  slot.text = wanted.key;
  // One that was there a moment ago has no hash yet.
  return slot.value = wanted.hash != 0 ? dictionary_.add_term(form, language, stemmers_, wanted.hash)
                                       : dictionary_.add_term(form, language, stemmers_);
}

// All are asked for before the first is looked at.
void DocumentReader::fetch_ahead(const std::vector<Form>& forms, LanguageTag language) {
  wanted_.clear();
  for (const Form& form : forms) {
    wanted_.push_back(wanted_of(form, language));
    __builtin_prefetch(&frequent_[wanted_.back().slot]);
  }
  missing_.clear();
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const Form& form = forms[i];
    if (form.text.size() <= Frequent::kLongest && frequent_[wanted_[i].slot].text == wanted_[i].key) continue;
    wanted_[i].hash = hash_text(form.text, form.is_word ? language : kNeutral);
    missing_.push_back(wanted_[i].hash);
    dictionary_.words.fetch_slot(wanted_[i].hash);
  }
  for (const std::uint64_t hash : missing_) dictionary_.words.fetch_entry(hash);
  for (const std::uint64_t hash : missing_) dictionary_.words.fetch_text(hash);
}

std::uint32_t DocumentReader::index(std::string_view text, LanguageTag language, Field field, bool leads) {
  std::uint32_t words = 0;
  const std::size_t most = field == Field::kTitle  ? kMostTitleWords
                           : field == Field::kRest ? kMostRestWords
                                                   : kMostValueWords;
  const std::vector<Form>& forms = scan_.scan(text, most);
  fetch_ahead(forms, language);
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const Form& form = forms[i];
    const std::uint32_t value = value_of(form, language, wanted_[i]);
    const std::uint32_t term = term_of(value);
    words += form.base;
    if (field == Field::kTitle && leads && form.base && is_accessory(language, form.text)) product_.facts.accessory = 1;
    if (leads && form.base && lead_ < kLead) product_.lead.lanes[lead_++] = dictionary_.lanes[term];
    // Nobody asks for "the", and it is in all descriptions; in a title it may be a name.
    if ((value & kStopWord) != 0 && field != Field::kTitle && field != Field::kBrand) continue;
    found(term, field);
  }
  return words;
}

void DocumentReader::take_apart(std::string_view text, LanguageTag language, Field field,
                                std::vector<std::uint32_t>& terms) {
  const std::vector<Form>& forms = scan_.scan(text, kMostValueWords);
  fetch_ahead(forms, language);
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const std::uint32_t value = value_of(forms[i], language, wanted_[i]);
    if ((value & kStopWord) == 0 || field == Field::kBrand) terms.push_back(term_of(value));
  }
}

void DocumentReader::index_brand(std::string_view shown) {
  const Phrases::Phrase& phrase =
      phrases_.get({{}, shown, static_cast<std::uint16_t>(kBrandKind | language_)}, [&](Phrases::Phrase& made) {
        made.ordinal = dictionary_.add_brand(shown);
        take_apart(shown, language_, Field::kBrand, made.terms);
      });
  product_.facts.brand = phrase.ordinal;
  for (const std::uint32_t term : phrase.terms) found(term, Field::kBrand);
}

void DocumentReader::read_texts(const search_index::Document& document) {
  std::uint32_t title_words = 0, rest_words = 0;
  for (std::size_t i = 0; i < document.texts.size(); ++i) {
    const search_index::Text& text = document.texts[i];
    const LanguageTag language = text.language.empty() ? language_ : language_tag(text.language);
    const std::uint32_t title = index(text.title, language, Field::kTitle, i == 0);
    if (i == 0 && lead_ < kLead) product_.lead.lanes[lead_++] = kLeadGap;
    const std::uint32_t rest = index(text.description, language, Field::kRest, i == 0);
    if (i != 0) continue;
    title_words = title;
    rest_words = rest;
  }
  product_.norm = norm_of(title_words, rest_words);
}

void DocumentReader::read_attributes(const search_index::Document& document) {
  std::size_t count = 0;
  for (const search_index::Attribute& attribute : document.attributes) {
    if (++count > kMostValues) break;
    const std::string_view value = clip(attribute.value, 200);
    const Phrases::Key key{attribute.name, value, static_cast<std::uint16_t>(kValueKind | language_)};
    const Phrases::Phrase& phrase = phrases_.get(key, [&](Phrases::Phrase& made) {
      made.ordinal = dictionary_.add_value(attribute.name, value, attribute.micro);
      // A bare number or a yes says nothing without its name.
      if (has_letter(value) && value != "true" && value != "false")
        take_apart(value, language_, Field::kAttributes, made.terms);
    });
    product_.values.push_back(phrase.ordinal);
    for (const std::uint32_t term : phrase.terms) found(term, Field::kAttributes);
  }
  sort_unique(product_.values);
}

void DocumentReader::set_categories(std::span<const search_index::CategoryNode> nodes) {
  nodes_.clear();
  names_.clear();
  for (const search_index::CategoryNode& node : nodes) nodes_[node.id.value] = node;
}

void DocumentReader::take_names(CategoryId category, Names& names) {
  constexpr std::size_t kDeepest = 32;
  std::vector<const search_index::CategoryNode*> above;  // itself first
  for (auto at = nodes_.find(category.value); at != nodes_.end() && above.size() < kDeepest;
       at = nodes_.find(at->second.parent.value))
    above.push_back(&at->second);
  std::vector<std::uint32_t> terms;
  const auto take = [&](std::string_view name, LanguageTag language, Field field) {
    terms.clear();
    take_apart(name, language, field, terms);
    for (const std::uint32_t term : terms) names.terms.emplace_back(term, field);
  };
  for (const auto* node : above) take(node->name, language_, Field::kAttributes);
  for (const auto* node : above)
    for (const auto& [language, name] : node->names) take(name, language_tag(language), Field::kTranslatedName);
  names.known = true;
}

void DocumentReader::read_names(CategoryId category) {
  const std::uint32_t ordinal = product_.facts.category;
  if (ordinal == kNone) return;
  if (ordinal >= names_.size()) names_.resize(ordinal + ordinal / 2 + 16);
  Names& names = names_[ordinal];
  if (!names.known) take_names(category, names);
  for (const auto& [term, field] : names.terms) found(term, field);
}

const SegmentBuilder::Product& DocumentReader::read(const search_index::Document& document) {
  const search_index::Figures& figures = document.figures;
  product_.facts = {};
  product_.lead = {};
  product_.values.clear();
  product_.sellers.clear();
  product_.terms.clear();
  product_.prices.clear();
  lead_ = 0;
  product_.id = document.id.value;
  Facts& facts = product_.facts;
  facts.sold = static_cast<std::uint32_t>(std::clamp<std::int64_t>(figures.sold, 0, 0xFFFFFFFF));
  facts.reviews = static_cast<std::uint32_t>(std::clamp<std::int64_t>(figures.review_count, 0, 0xFFFFFFFF));
  facts.rating_milli = static_cast<std::uint16_t>(std::clamp<std::int64_t>(figures.rating_milli, 0, 5000));
  facts.in_stock = figures.in_stock ? 1 : 0;
  facts.category = document.category.value == 0 ? kNone : add_id(dictionary_.categories, document.category.value);
  facts.born_day = day_of_id(document.id.value);
  for (const search_index::Price& price : figures.prices) {
    const std::uint32_t currency = dictionary_.add_currency(price.currency);
    const std::int64_t minor = price.minor < 0 ? kNoPrice : price.minor;
    if (currency == 0)
      facts.price = minor;
    else if (currency != kNone)
      product_.prices.emplace_back(currency, minor);
  }
  read_texts(document);
  index_brand(document.brand);
  read_attributes(document);
  for (const std::string& code : document.codes) index(clip(code, 100), kNeutral, Field::kAttributes, false);
  read_names(document.category);
  for (const SellerId seller : document.sellers) product_.sellers.push_back(add_id(dictionary_.sellers, seller.value));
  sort_unique(product_.sellers);
  for (const Found& one : found_) {
    product_.terms.emplace_back(one.term, payload(one.title, one.brand, one.attributes, one.rest));
    place_[one.term] = 0;
    // Nobody else writes it, and a locked addition would wait for each one's memory before it asks for the next.
    const std::atomic_ref uses(dictionary_.uses[one.term]);
    uses.store(uses.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  found_.clear();
  return product_;
}

}  // namespace kontor::search_embedded
