#include "adapters/search_embedded/facets.h"

#include <algorithm>
#include <bit>

#include "base/round_step.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kCountsAhead = 16;  // the time of one look into memory, and a little

// Steps of a sixteenth of each doubling.
std::uint32_t price_step(std::int64_t price) { return std::bit_cast<std::uint32_t>(static_cast<float>(price)) >> 19; }

// The price below which nine tenths lie, down to its step's beginning: counting is faster than sorting.
std::int64_t typical_price(std::span<const std::int64_t> prices) {
  constexpr std::size_t kSteps = 4096;
  std::array<std::uint32_t, kSteps> counts{};
  for (const std::int64_t price : prices) ++counts[price_step(price)];
  std::size_t left = prices.size() * 9 / 10, step = 0;
  while (counts[step] <= left) left -= counts[step++];
  return static_cast<std::int64_t>(std::bit_cast<float>(static_cast<std::uint32_t>(step) << 19));
}

}  // namespace

std::vector<search_index::RangeCount> price_ranges(std::span<const std::int64_t> prices) {
  constexpr std::size_t kRanges = 6;
  std::vector<search_index::RangeCount> ranges;
  if (prices.size() < 2) return ranges;
  const std::int64_t step = round_step(std::max<std::int64_t>(typical_price(prices), 1), kRanges - 1);
  std::array<std::int64_t, kRanges> counts{};
  for (const std::int64_t price : prices) {
    std::size_t range = 0;
    for (std::size_t i = 1; i < kRanges; ++i) range += price >= step * static_cast<std::int64_t>(i);
    ++counts[range];
  }
  for (std::size_t i = 0; i < kRanges; ++i) {
    if (counts[i] == 0) continue;
    const std::int64_t from = step * static_cast<std::int64_t>(i);
    search_index::RangeCount range{from, {}, counts[i]};
    if (i + 1 < kRanges) range.max = from + step - 1;
    ranges.push_back(range);
  }
  return ranges;
}

FacetCounter::FacetCounter(const Dictionary& dictionary, const Generation& generation, const Filters& filters,
                           FacetMemory& memory)
    : dictionary_(dictionary), generation_(generation), filters_(filters), memory_(memory) {
  memory_.categories.fit(dictionary.categories.size());
  memory_.above.fit(dictionary.categories.size());
  memory_.brands.fit(dictionary.brands.size());
  memory_.values.fit(dictionary.values.size());
  memory_.names.fit(dictionary.attribute_names.size());
  clear();
}

void FacetCounter::clear() {
  memory_.categories.clear();
  memory_.brands.clear();
  memory_.values.clear();
  memory_.prices.clear();
  stars_.fill(0);
}

void FacetCounter::count(const Segment& segment, std::span<const std::uint32_t> docs) {
  const Facts* const facts = segment.facts.data();
  const Counted* const counted = segment.counted.data();
  const std::uint32_t currency = filters_.currency();
  for (std::size_t i = 0; i < docs.size(); ++i) {
    if (i + kCountsAhead < docs.size()) {
      __builtin_prefetch(counted + docs[i + kCountsAhead]);
      __builtin_prefetch(facts + docs[i + kCountsAhead]);
    }
    const std::uint32_t doc = docs[i];
    const Counted& of = counted[doc];
    if (of.category != kNone) memory_.categories.add(of.category);
    if (of.brand != kNone) memory_.brands.add(of.brand);
    memory_.prices.push_back(segment.price(doc, currency));
    count_stars(facts[doc]);
    for (const std::uint32_t value : of.values) {
      if (value == kNone) break;
      memory_.values.add(value);
    }
    if (of.values.back() == kNone) continue;
    const auto all = segment.values.of(doc);
    for (std::size_t at = Counted::kValues; at < all.size(); ++at) memory_.values.add(all[at]);
  }
}

void FacetCounter::count_one(const Segment& segment, std::uint32_t doc, std::uint32_t dimension) {
  const Facts& has = segment.facts[doc];
  switch (dimension) {
    case kByCategory:
      if (has.category != kNone) memory_.categories.add(has.category);
      return;
    case kByBrand:
      if (has.brand != kNone) memory_.brands.add(has.brand);
      return;
    case kByPrice:
      memory_.prices.push_back(segment.price(doc, filters_.currency()));
      return;
    case kByRating:
      count_stars(has);
      return;
    default:
      for (const std::uint32_t value : segment.values.of(doc))
        if (dictionary_.values[value].name == filters_.attribute_of(dimension)) memory_.values.add(value);
  }
}

std::vector<search_index::CategoryCount> FacetCounter::categories() {
  struct Sum {
    std::uint32_t category;
    std::int64_t count;
  };
  std::vector<std::int64_t> sums(dictionary_.categories.size());
  std::vector<std::uint32_t> seen;
  const auto& places = generation_.tree->places;
  for (const std::uint32_t category : memory_.categories.touched()) {
    const std::uint32_t count = memory_.categories[category];
    int depth = 0;
    for (std::uint32_t at = category; at != kNone && depth < 64; ++depth) {
      if (sums[at] == 0) seen.push_back(at);
      sums[at] += count;
      at = at < places.size() ? places[at].parent : kNone;
    }
  }
  std::vector<search_index::CategoryCount> counts;
  for (const std::uint32_t category : seen)
    counts.push_back({CategoryId{id_at(dictionary_.categories, category)}, sums[category]});
  const auto more = [](const search_index::CategoryCount& a, const search_index::CategoryCount& b) {
    return a.count != b.count ? a.count > b.count : a.id < b.id;
  };
  const std::size_t most = std::min(counts.size(), kMostFacetValues);
  std::partial_sort(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(most), counts.end(), more);
  counts.resize(most);
  return counts;
}

namespace {

struct Count {
  std::uint32_t ordinal = 0, count = 0;
};

// The most frequent, of equals the first by their text.
template <class TextOf>
void keep_most(std::vector<Count>& counts, std::size_t most, TextOf&& text_of) {
  most = std::min(counts.size(), most);
  std::partial_sort(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(most), counts.end(),
                    [&](const Count& a, const Count& b) {
                      return a.count != b.count ? a.count > b.count : text_of(a.ordinal) < text_of(b.ordinal);
                    });
  counts.resize(most);
}

void widen(search_index::AttributeCount& of, const AttributeValue& value) {
  if (!value.has_micro) return;
  of.lowest_micro = std::min(of.lowest_micro.value_or(value.micro), value.micro);
  of.highest_micro = std::max(of.highest_micro.value_or(value.micro), value.micro);
}

}  // namespace

std::vector<search_index::ValueCount> FacetCounter::brands() {
  std::vector<Count> counts;
  for (const std::uint32_t brand : memory_.brands.touched()) counts.push_back({brand, memory_.brands[brand]});
  keep_most(counts, kMostFacetValues, [&](std::uint32_t brand) { return dictionary_.brands.text(brand); });
  std::vector<search_index::ValueCount> out;
  for (const Count& one : counts) out.push_back({dictionary_.brand_names[one.ordinal], one.count});
  return out;
}

std::vector<search_index::AttributeCount> FacetCounter::attributes() {
  const auto folded = [&](std::uint32_t value) { return dictionary_.attribute_values.text(value).substr(4); };
  std::vector<std::uint32_t> most(dictionary_.attribute_names.size());
  for (const std::uint32_t value : memory_.values.touched()) {
    std::uint32_t& name = most[dictionary_.values[value].name];
    name = std::max(name, memory_.values[value]);
  }
  std::vector<Count> names;
  for (std::uint32_t name = 0; name < most.size(); ++name)
    if (most[name] != 0) names.push_back({name, most[name]});
  keep_most(names, kMostFacetNames, [&](std::uint32_t name) { return dictionary_.attribute_names.text(name); });
  std::vector<std::vector<Count>> values(names.size());
  std::fill(most.begin(), most.end(), kNone);
  for (std::uint32_t i = 0; i < names.size(); ++i) most[names[i].ordinal] = i;
  for (const std::uint32_t value : memory_.values.touched())
    if (const std::uint32_t at = most[dictionary_.values[value].name]; at != kNone)
      values[at].push_back({value, memory_.values[value]});
  std::vector<search_index::AttributeCount> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.push_back({dictionary_.attribute_shown[names[i].ordinal], {}, {}, {}});
    for (const Count& one : values[i]) widen(out.back(), dictionary_.values[one.ordinal]);
    keep_most(values[i], kMostNameValues, folded);
    for (const Count& one : values[i]) out.back().values.push_back({dictionary_.values[one.ordinal].shown, one.count});
  }
  return out;
}

search_index::Facets FacetCounter::facets() {
  search_index::Facets facets;
  facets.categories = categories();
  facets.brands = brands();
  facets.prices = price_ranges(memory_.prices);
  std::int64_t sum = 0;
  for (std::size_t stars = 5; stars >= 1; --stars) {
    sum += stars_[stars];
    if (stars <= 4 && sum > 0) facets.ratings.push_back({static_cast<std::int64_t>(stars) * 1000, {}, sum});
  }
  facets.attributes = attributes();
  return facets;
}

}  // namespace kontor::search_embedded
