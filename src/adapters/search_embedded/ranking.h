// How products are scored, in whole numbers: sixty-fourths of a point. Whole numbers come out the same in every
// segment, on every page and on every machine, which paging by key needs.
#pragma once
#include <cstdint>
#include <vector>

#include "adapters/search_embedded/postings.h"
#include "adapters/search_embedded/segment.h"
#include "ports/search_index.h"

namespace kontor::search_embedded {

inline constexpr std::int32_t kPoint = 64;
inline constexpr std::uint32_t kFullImpact = 4095;

// The length of a title or description, in sixteen steps each.
std::uint8_t norm_of(std::uint32_t title_words, std::uint32_t rest_words);

// A ranking, ready to use.
class Arm {
 public:
  explicit Arm(const search_index::Ranking& ranking);

  const search_index::Ranking& ranking() const { return ranking_; }
  // What a term's payload is worth in a product of these lengths, 0 to kFullImpact (BM25F: the fields are added before
  // their sum saturates). Grows with the payload, falls with the lengths, so that the best payload and the shortest
  // lengths of a chunk bound what is in it.
  std::uint32_t impact(Payload payload, std::uint8_t norm) const { return impacts_[norm << 8 | payload]; }
  std::int32_t text_units() const { return ranking_.text * kPoint; }
  std::int32_t together_units() const { return text_units() * ranking_.together / 100; }
  // What a product's figures are worth, whatever is asked.
  std::uint16_t boost(const Facts& facts, std::uint32_t today) const;
  std::vector<search_index::Reason> boost_reasons(const Facts& facts, std::uint32_t today) const;

 private:
  double sales_units(const Facts& facts) const;
  double rating_units(const Facts& facts) const;
  double fresh_units(const Facts& facts, std::uint32_t today) const;

  search_index::Ranking ranking_;
  std::vector<std::uint16_t> impacts_;
};

// Days since 2020 of an id or a time.
std::uint32_t day_of_id(std::int64_t id);
std::uint32_t day_of(Time time);

// How much finding a word says: 1 for one that all have, up to some 1,600.
std::uint32_t rarity(std::uint64_t with_it, std::uint64_t all);

}  // namespace kontor::search_embedded
