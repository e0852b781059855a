// Makes one segment of several, without what was removed, the products worth most first: those that come first are
// counted in facets of many matches, and what comes later can be passed over the sooner.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "adapters/search_embedded/generation.h"

namespace kontor::search_embedded {

struct Merged {
  std::shared_ptr<Segment> segment;
  std::vector<std::vector<std::uint32_t>> moved;  // of each part: where its products went; kNoDoc: nowhere
};

// `arms` rank what comes out. Others may read the parts, and change their figures, meanwhile.
Merged merge(std::span<const Part> parts, const Generation& generation, const search_index::Pause& pause);

// Which parts are best made one now, as places; empty: none. Few large ones and some small ones stay.
std::vector<std::size_t> worth_merging(std::span<const Part> parts);

// Fills a segment's boosts of an arm.
void rank_all(Segment& segment, std::size_t arm, const Arm& ranking, std::uint32_t today);

}  // namespace kontor::search_embedded
