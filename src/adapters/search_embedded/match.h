// Finds the products of a segment that have what is asked for, one chunk of 65,536 at a time.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "adapters/search_embedded/generation.h"
#include "adapters/search_embedded/plan.h"

namespace kontor::search_embedded {

// Products, ascending, and what their texts are worth to the question.
struct Batch {
  std::uint32_t chunk = 0;
  std::vector<std::uint32_t> docs;
  std::vector<std::int32_t> text;
};

// Memory that questions use one after the other.
struct MatchMemory {
  struct Found {
    std::vector<ChunkDoc> docs;
    std::vector<std::uint16_t> impacts;
  };
  std::vector<std::uint16_t> best = std::vector<std::uint16_t>(kChunkDocs);
  std::vector<std::uint64_t> bits = std::vector<std::uint64_t>(kChunkDocs / 64);
  std::vector<Found> found;  // one a group
  std::vector<ChunkDoc> docs, inner_docs;
  std::vector<std::int32_t> scores;
  std::vector<std::uint32_t> inner_impacts, left, right;
  // For questions of which not all words must be found; made when the first such is asked.
  std::vector<std::int32_t> sums;
  std::vector<std::uint8_t> hits;
  std::vector<std::uint64_t> hit_bits;
};

// By words: all of a plan's groups, or as many as it says.
class TextMatch {
 public:
  TextMatch(const Segment& segment, const Plan& plan, const Arm& arm, MatchMemory& memory);

  // The first chunk at or after `chunk` that may have products; ListCursor::kNoChunk: none.
  std::uint32_t next_chunk(std::uint32_t chunk);
  // The most that a product of the chunk can be worth by its texts.
  std::int32_t bound(std::uint32_t chunk);
  // The products of the chunk; answers what it cost, about nanoseconds.
  std::int64_t match(std::uint32_t chunk, Batch& batch);

 private:
  struct Some {  // what a group has of a chunk
    const ChunkDoc* docs = nullptr;
    const Payload* payloads = nullptr;
    const std::uint16_t* impacts = nullptr;
    std::uint32_t count = 0;
    std::int32_t units = 0;
  };
  struct Choice {
    const Alternative* asked = nullptr;
    std::vector<ListCursor> cursors;
  };
  struct State {
    std::vector<Choice> choices;
    std::int32_t units = 0;
    bool simple = false;  // one list, as it is
  };
  Some some_of(std::size_t group, std::uint32_t chunk);
  std::uint32_t next_of(State& state, std::uint32_t chunk);
  std::uint32_t next_chunk_of_some(std::uint32_t chunk);
  void match_some(std::uint32_t chunk, Batch& batch);
  void look_up(const Some& some, std::uint32_t chunk);
  void scatter(Choice& choice, std::uint32_t chunk);
  void scatter_all_of(Choice& choice, std::uint32_t chunk);
  void put(ChunkDoc doc, std::uint32_t impact);
  void meet(const Some& some, std::uint32_t chunk);
  std::int32_t worth(const Some& some, std::uint32_t at, std::uint32_t chunk) const;

  const Segment& segment_;
  const Arm& arm_;
  MatchMemory& memory_;
  std::vector<State> states_;
  std::uint32_t least_ = 0;  // of the groups
  std::int64_t cost_ = 0;
};

// By lists of filters: any of them.
class ListMatch {
 public:
  ListMatch(const Segment& segment, std::span<const std::uint32_t> keys, MatchMemory& memory);
  std::uint64_t size() const { return size_; }
  std::uint32_t next_chunk(std::uint32_t chunk);
  std::int64_t match(std::uint32_t chunk, Batch& batch);

 private:
  MatchMemory& memory_;
  std::vector<ListCursor> cursors_;
  std::uint64_t size_ = 0;
};

// The products at which `left` and `right` agree, as places in each. Both ascend.
void meet(std::span<const ChunkDoc> left, std::span<const ChunkDoc> right, std::vector<std::uint32_t>& left_at,
          std::vector<std::uint32_t>& right_at);

}  // namespace kontor::search_embedded
