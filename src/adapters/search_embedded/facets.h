// Counts what the matches have: categories with what is below them, brands, prices, stars, attributes.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "adapters/search_embedded/filters.h"
#include "adapters/search_embedded/generation.h"

namespace kontor::search_embedded {

inline constexpr std::size_t kMostFacetValues = 50, kMostFacetNames = 20, kMostNameValues = 20;

// Counters by ordinal that remember which of them are not 0.
class Counters {
 public:
  void fit(std::uint32_t size) {
    if (counts_.size() < size) counts_.resize(size);
  }
  void add(std::uint32_t ordinal) {
    if (counts_[ordinal]++ == 0) touched_.push_back(ordinal);
  }
  std::uint32_t operator[](std::uint32_t ordinal) const { return counts_[ordinal]; }
  const std::vector<std::uint32_t>& touched() const { return touched_; }
  void clear() {
    for (const std::uint32_t ordinal : touched_) counts_[ordinal] = 0;
    touched_.clear();
  }

 private:
  std::vector<std::uint32_t> counts_, touched_;
};

struct FacetMemory {
  Counters categories, above, brands, values, names;
  std::vector<std::int64_t> prices;
};

class FacetCounter {
 public:
  FacetCounter(const Dictionary& dictionary, const Generation& generation, const Filters& filters, FacetMemory& memory);
  void clear();
  // In all facets.
  void count(const Segment& segment, std::span<const std::uint32_t> docs);
  // In the facet of one dimension.
  void count_one(const Segment& segment, std::uint32_t doc, std::uint32_t dimension);
  search_index::Facets facets();

 private:
  void count_stars(const Facts& facts) { ++stars_[std::min<std::size_t>(read(facts.rating_milli) / 1000, 5)]; }
  std::vector<search_index::CategoryCount> categories();
  std::vector<search_index::ValueCount> brands();
  std::vector<search_index::AttributeCount> attributes();

  const Dictionary& dictionary_;
  const Generation& generation_;
  const Filters& filters_;
  FacetMemory& memory_;
  std::array<std::int64_t, 6> stars_{};
};

// At most six ranges of round width that the prices fall into; the dearest tenth lies together in the last.
std::vector<search_index::RangeCount> price_ranges(std::span<const std::int64_t> prices);

}  // namespace kontor::search_embedded
