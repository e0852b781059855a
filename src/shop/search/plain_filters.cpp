#include "shop/search/plain_filters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "base/text.h"
#include "ports/db.h"

namespace kontor::search {
namespace {

constexpr std::size_t kMostCategories = 60;

// What shoppers describe things by, as a word of the attribute's name.
constexpr auto kDescribing = std::to_array<std::string_view>(
    {"color", "colour", "colors", "colours", "farbe", "material", "size", "groesse", "fit", "pattern", "style",
     "gender", "flavour", "flavor", "scent", "finish", "fabric", "shape", "genre"});
// Names that end so have numbers of that unit.
constexpr auto kNameUnits =
    std::to_array<std::string_view>({"gb", "tb", "mb", "in", "inch", "cm",  "mm", "m",  "kg",  "g",
                                     "w",  "kw", "v",  "l",  "ml",   "mah", "mp", "hz", "ghz", "mhz"});

bool is_describing(std::string_view name) {
  const std::string folded = fold(name);
  for (const std::string_view word : split(folded, '_'))
    if (std::find(kDescribing.begin(), kDescribing.end(), word) != kDescribing.end()) return true;
  return std::find(kDescribing.begin(), kDescribing.end(), folded) != kDescribing.end();
}

// "ram_gb" → "gb"; "" when it has none.
std::string_view unit_in_name(std::string_view name) {
  const auto last = name.rfind('_');
  if (last == std::string_view::npos) return "";
  const std::string_view end = name.substr(last + 1);
  return std::find(kNameUnits.begin(), kNameUnits.end(), end) != kNameUnits.end() ? end : std::string_view();
}

class Collecting {
 public:
  void add(const search_index::Facets& facets) {
    for (const auto& brand : facets.brands) made_->keep(brand.value);
    for (const auto& attribute : facets.attributes) {
      const std::string_view unit = unit_in_name(attribute.name);
      if (!unit.empty()) {
        auto& number = numbers_.try_emplace(attribute.name, KnownNumber{attribute.name, {}, {}, {}, {}}).first->second;
        widen(number, attribute);
      } else if (is_describing(attribute.name)) {
        for (const auto& value : attribute.values)
          if (values_.emplace(attribute.name, value.value).second)
            made_->add(KnownValue{attribute.name, value.value, {}});
      }
    }
  }
  void keep(std::string_view phrase) { made_->keep(phrase); }
  void add_model(std::string_view model) { made_->add_model(model); }
  std::shared_ptr<const Vocabulary> made() {
    for (const auto& [name, number] : numbers_) made_->add(number);  // the vocabulary finds the unit itself
    return std::move(made_);
  }

 private:
  // Seen through every category: where some of them have no such numbers, the others' hold.
  static void widen(KnownNumber& number, const search_index::AttributeCount& by) {
    if (!by.lowest_micro || !by.highest_micro) return;
    number.lowest_micro = std::min(number.lowest_micro.value_or(*by.lowest_micro), *by.lowest_micro);
    number.highest_micro = std::max(number.highest_micro.value_or(*by.highest_micro), *by.highest_micro);
  }

  std::shared_ptr<Vocabulary> made_ = std::make_shared<Vocabulary>();
  std::map<std::string, KnownNumber> numbers_;
  std::set<std::pair<std::string, std::string>> values_;
};

bool fits(const UnderstoodPart& part, const search_index::Query& index) {
  if (part.kind == UnderstoodKind::kPrice) return true;
  if (part.kind == UnderstoodKind::kRating) return !index.rating_min_milli;
  return std::none_of(index.attributes.begin(), index.attributes.end(),
                      [&](const AttributeFilter& filter) { return filter.name == part.attribute; });
}

bool convert(std::optional<std::int64_t>& minor, Currency from, Currency to, const showcase::Converter* rates) {
  if (!minor || from == to) return true;
  if (rates == nullptr) return false;
  const auto money = rates->convert(Money::minor(*minor, from), to);
  if (money) minor = money->amount_minor();
  return money.has_value();
}

void put(const UnderstoodPart& part, search_index::Query& index) {
  if (part.kind == UnderstoodKind::kPrice) {
    // "over 500 and under 900" are two parts: both hold.
    if (part.price_min) index.price_min = std::max(index.price_min.value_or(0), *part.price_min);
    if (part.price_max) index.price_max = std::min(index.price_max.value_or(kMaxAmountMinor), *part.price_max);
  } else if (part.kind == UnderstoodKind::kRating) {
    index.rating_min_milli = part.rating_min_milli;
  } else {
    AttributeFilter filter{part.attribute, {}, part.min_micro, part.max_micro};
    for (const std::string& value : part.values) filter.values.push_back(fold(value));
    index.attributes.push_back(std::move(filter));
  }
}

}  // namespace

Result<std::shared_ptr<const Vocabulary>> vocabulary_of(const search_index::Index& index, Currency currency,
                                                        const KeptWords& kept, const search_index::Pause& pause) {
  Collecting collecting;
  search_index::Query query;
  query.currency = currency;
  query.sort = Sort::kNewest;
  query.limit = 1;
  TRY(const auto all, index.search(query, pause));
  collecting.add(all.facets);
  for (const auto& category : kept.categories) collecting.keep(category.name);
  for (const auto& model : kept.models) collecting.add_model(model);
  for (std::size_t i = 0; i < std::min(all.facets.categories.size(), kMostCategories); ++i) {
    query.categories = {all.facets.categories[i].id};
    TRY(const auto some, index.search(query, pause));
    collecting.add(some.facets);
  }
  return collecting.made();
}

void apply(PlainQuery& plain, ListingQuery& query, const showcase::Converter* rates) {
  std::vector<UnderstoodPart> taken;
  const bool priced = query.index.price_min || query.index.price_max;  // by the address, which counts
  for (UnderstoodPart& part : plain.parts) {
    UnderstoodPart converted = part;
    if (part.kind == UnderstoodKind::kPrice) {
      if (priced) continue;
      const Currency to = query.index.currency;
      if (!convert(converted.price_min, part.currency, to, rates) ||
          !convert(converted.price_max, part.currency, to, rates))
        continue;
      converted.currency = to;
    }
    if (!fits(converted, query.index)) continue;
    put(converted, query.index);
    taken.push_back(std::move(converted));
  }
  plain.parts = std::move(taken);
  plain.words = without_parts(query.index.text, plain.parts);
  query.index.text = plain.words;
}

void take_back_attributes(PlainQuery& plain, const std::string& text, ListingQuery& query) {
  std::erase_if(plain.parts, [&](const UnderstoodPart& part) {
    if (part.kind != UnderstoodKind::kAttribute) return false;
    std::erase_if(query.index.attributes, [&](const AttributeFilter& filter) { return filter.name == part.attribute; });
    return true;
  });
  plain.words = without_parts(text, plain.parts);
  query.index.text = plain.words;
}

std::vector<PartView> views_of(const PlainQuery& plain, const std::string& text) {
  std::vector<PartView> views;
  for (const UnderstoodPart& part : plain.parts) {
    PartView view;
    view.text = part.text;
    view.without = without_parts(text, {part});
    if (part.kind == UnderstoodKind::kPrice) {
      view.kind = "price";
      if (part.price_min) view.price_min = Money::minor(*part.price_min, part.currency);
      if (part.price_max) view.price_max = Money::minor(*part.price_max, part.currency);
    } else if (part.kind == UnderstoodKind::kRating) {
      view.kind = "rating";
      view.rating_min = static_cast<double>(part.rating_min_milli) / 1000;
    } else {
      view.kind = "attribute";
      view.attribute = part.attribute;
      if (!part.values.empty()) view.values = part.values;
      if (part.min_micro) view.min = static_cast<double>(*part.min_micro) / 1e6;
      if (part.max_micro) view.max = static_cast<double>(*part.max_micro) / 1e6;
    }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace kontor::search
