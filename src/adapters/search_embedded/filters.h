// A question's filters, by ordinals, and what a product fails of them. Each filter that a facet belongs to is a
// dimension: a product that fails one alone is still counted in that facet.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/search_embedded/generation.h"

namespace kontor::search_embedded {

enum Dimension : std::uint32_t { kByCategory, kByBrand, kByPrice, kByRating, kByAttribute };  // and those after it
inline constexpr std::uint32_t kHard = 1u << 31;  // failed, and not of a facet
inline constexpr std::uint32_t kMostDimensions = 31;

class Filters {
 public:
  Filters(const search_index::Query& query, const Dictionary& dictionary, const Generation& generation);

  // What the product fails, a bit a dimension; 0: nothing; several bits, or kHard: more than a facet forgives.
  std::uint32_t failed(const Segment& segment, std::uint32_t doc) const;
  void fetch(const Segment& segment, std::uint32_t doc) const;  // asks for what failed() will look at
  bool any() const { return any_; }
  // Whether a product of the segment can fail at all.
  bool passes_all(const Segment& segment) const;
  std::uint32_t dimensions() const { return dimensions_; }  // those with a filter, as bits
  // The attribute that a dimension is of; kNone: it is of none.
  std::uint32_t attribute_of(std::uint32_t dimension) const;
  std::uint32_t currency() const { return currency_; }

  // Keys of the lists that hold all products which pass, without the dimensions in `without`: of several such filters
  // the one with the fewest products in the segment. False: there is none, any product may pass.
  bool lists(const Segment& segment, std::uint32_t without, std::vector<std::uint32_t>& keys) const;
  const std::vector<std::int64_t>& ids() const { return ids_; }
  bool by_ids() const { return by_ids_; }

 private:
  struct ByAttribute {
    std::uint32_t name = kNone;
    bool by_values = false, by_range = false;
    std::vector<std::uint32_t> values;
    std::int64_t min = 0, max = 0;
    std::uint32_t bit = kHard;
  };
  void read_attributes(const search_index::Query& query);
  bool has(const Segment& segment, std::uint32_t doc, const ByAttribute& wanted) const;

  const Dictionary& dictionary_;
  bool any_ = false;
  std::uint32_t dimensions_ = 0;
  std::uint32_t currency_ = kNone;
  bool by_category_ = false, by_brand_ = false, by_price_ = false, by_seller_ = false, by_ids_ = false;
  std::vector<std::uint8_t> in_category_;        // by ordinal
  std::vector<std::uint32_t> categories_;        // those ordinals
  std::vector<std::uint32_t> brands_, sellers_;  // ascending
  std::vector<std::int64_t> ids_;                // ascending
  std::int64_t price_min_ = 0, price_max_ = 0, rating_min_ = 0;
  bool in_stock_ = false;
  std::vector<ByAttribute> attributes_;
};

}  // namespace kontor::search_embedded
