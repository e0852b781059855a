#include "adapters/search_embedded/filters.h"

#include <algorithm>
#include <limits>

#include "adapters/search_embedded/sort_unique.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

template <class T>
bool contains(const std::vector<T>& sorted, T value) {
  constexpr std::size_t kFew = 8;
  if (sorted.size() <= kFew) return std::find(sorted.begin(), sorted.end(), value) != sorted.end();
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

constexpr std::size_t kMostLists = 512;  // of one filter

}  // namespace

Filters::Filters(const search_index::Query& query, const Dictionary& dictionary, const Generation& generation)
    : dictionary_(dictionary) {
  currency_ = dictionary.find_currency(query.currency);
  by_category_ = !query.categories.empty();
  if (by_category_) {
    const std::uint32_t all = dictionary.categories.size();
    in_category_.resize(all);
    for (const CategoryId id : query.categories) {
      const std::uint32_t above = find_id(dictionary.categories, id.value);
      if (above == kNone || above >= all) continue;
      for (std::uint32_t category = 0; category < all; ++category)
        if (generation.tree->within(category, above)) in_category_[category] = 1;
    }
    for (std::uint32_t category = 0; category < all; ++category)
      if (in_category_[category] != 0) categories_.push_back(category);
    dimensions_ |= 1u << kByCategory;
  }
  by_brand_ = !query.brands.empty();
  if (by_brand_) dimensions_ |= 1u << kByBrand;
  for (const std::string& brand : query.brands)
    if (const std::uint32_t known = dictionary.brands.find(fold(trim(brand))); known != kNone) brands_.push_back(known);
  by_seller_ = !query.sellers.empty();
  for (const SellerId seller : query.sellers)
    if (const std::uint32_t known = find_id(dictionary.sellers, seller.value); known != kNone)
      sellers_.push_back(known);
  by_ids_ = !query.ids.empty();
  for (const ProductId id : query.ids) ids_.push_back(id.value);
  sort_unique(brands_);
  sort_unique(sellers_);
  sort_unique(ids_);
  by_price_ = query.price_min || query.price_max;
  price_min_ = query.price_min.value_or(0);
  price_max_ = query.price_max.value_or(std::numeric_limits<std::int64_t>::max());
  if (by_price_) dimensions_ |= 1u << kByPrice;
  rating_min_ = query.rating_min_milli.value_or(0);
  if (rating_min_ > 0) dimensions_ |= 1u << kByRating;
  in_stock_ = query.in_stock;
  read_attributes(query);
  any_ = dimensions_ != 0 || by_seller_ || by_ids_ || in_stock_ || !attributes_.empty();
}

void Filters::read_attributes(const search_index::Query& query) {
  for (const search_index::AttributeFilter& asked : query.attributes) {
    ByAttribute wanted;
    wanted.name = dictionary_.attribute_names.find(fold(trim(asked.name)));
    wanted.by_values = !asked.values.empty();
    wanted.by_range = asked.min_micro || asked.max_micro;
    if (!wanted.by_values && !wanted.by_range) continue;
    for (const std::string& value : asked.values) {
      if (wanted.name == kNone) break;
      const std::uint32_t known = dictionary_.find_value(wanted.name, fold(trim(value)));
      if (known != kNone) wanted.values.push_back(known);
    }
    sort_unique(wanted.values);
    wanted.min = asked.min_micro.value_or(std::numeric_limits<std::int64_t>::min());
    wanted.max = asked.max_micro.value_or(std::numeric_limits<std::int64_t>::max());
    const auto dimension = static_cast<std::uint32_t>(kByAttribute + attributes_.size());
    // Of one attribute asked for twice, neither alone is the facet's own.
    const bool again = std::any_of(attributes_.begin(), attributes_.end(),
                                   [&](const ByAttribute& other) { return other.name == wanted.name; });
    if (dimension < kMostDimensions && wanted.name != kNone && !again) {
      wanted.bit = 1u << dimension;
      dimensions_ |= wanted.bit;
    }
    attributes_.push_back(std::move(wanted));
  }
}

std::uint32_t Filters::attribute_of(std::uint32_t dimension) const {
  return dimension < kByAttribute ? kNone : attributes_[dimension - kByAttribute].name;
}

bool Filters::has(const Segment& segment, std::uint32_t doc, const ByAttribute& wanted) const {
  bool value = !wanted.by_values, range = !wanted.by_range;
  for (const std::uint32_t ordinal : segment.values.of(doc)) {
    if (!value && contains(wanted.values, ordinal)) value = true;
    if (!range) {
      const AttributeValue& has = dictionary_.values[ordinal];
      range = has.name == wanted.name && has.has_micro && has.micro >= wanted.min && has.micro <= wanted.max;
    }
    if (value && range) return true;
  }
  return value && range;
}

bool Filters::passes_all(const Segment& segment) const {
  return !any_ && currency_ != kNone && segment.unpriced[currency_].load(std::memory_order_relaxed) == 0;
}

void Filters::fetch(const Segment& segment, std::uint32_t doc) const {
  __builtin_prefetch(&segment.facts[doc]);
  if (attributes_.empty()) return;
  __builtin_prefetch(&segment.values.ends[doc]);
}

// The cheapest first: who fails twice is in no facet, and need not be looked at further.
std::uint32_t Filters::failed(const Segment& segment, std::uint32_t doc) const {
  const Facts& facts = segment.facts[doc];
  const std::int64_t price = currency_ == kNone ? kNoPrice : segment.price(doc, currency_);
  if (price < 0 || (in_stock_ && read(facts.in_stock) == 0)) return kHard;
  std::uint32_t failed = 0;
  if (by_category_ && (facts.category >= in_category_.size() || in_category_[facts.category] == 0))
    failed |= 1u << kByCategory;
  if (by_brand_ && !contains(brands_, facts.brand)) failed |= 1u << kByBrand;
  if (by_price_ && (price < price_min_ || price > price_max_)) failed |= 1u << kByPrice;
  if (read(facts.rating_milli) < rating_min_) failed |= 1u << kByRating;
  if ((failed & (failed - 1)) != 0) return failed;
  if (by_ids_ && !contains(ids_, segment.ids[doc])) return kHard;
  if (by_seller_) {
    const auto sellers = segment.sellers.of(doc);
    if (std::none_of(sellers.begin(), sellers.end(), [&](std::uint32_t one) { return contains(sellers_, one); }))
      return kHard;
  }
  for (const ByAttribute& wanted : attributes_)
    if (!has(segment, doc, wanted)) {
      failed |= wanted.bit;
      if (wanted.bit == kHard || (failed & (failed - 1)) != 0) return kHard;
    }
  return failed;
}

bool Filters::lists(const Segment& segment, std::uint32_t without, std::vector<std::uint32_t>& keys) const {
  bool found = false;
  std::uint64_t fewest = segment.docs() / 2;  // of more, looking at all is as fast
  const auto offer = [&](Kind kind, const std::vector<std::uint32_t>& ordinals) {
    if (ordinals.size() > kMostLists) return;
    std::uint64_t sum = 0;
    for (const std::uint32_t ordinal : ordinals) sum += segment.filters.find(filter_key(kind, ordinal)).count;
    if (sum > fewest) return;
    fewest = sum;
    found = true;
    keys.clear();
    for (const std::uint32_t ordinal : ordinals) keys.push_back(filter_key(kind, ordinal));
  };
  if (by_category_ && (without & 1u << kByCategory) == 0) offer(Kind::kCategory, categories_);
  if (by_brand_ && (without & 1u << kByBrand) == 0) offer(Kind::kBrand, brands_);
  if (by_seller_) offer(Kind::kSeller, sellers_);
  for (const ByAttribute& wanted : attributes_)
    if (wanted.by_values && (wanted.bit == kHard || (without & wanted.bit) == 0)) offer(Kind::kValue, wanted.values);
  return found;
}

}  // namespace kontor::search_embedded
