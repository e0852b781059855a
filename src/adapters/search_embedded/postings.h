// Which products of a segment have a key (a term, or a value that is filtered by), in ascending order, each with one
// byte of what it has of it. Immutable once built.
//
// A list of few has its products one by one. Others are cut into chunks of 65,536 products, within which a product is
// two bytes: as small as packed deltas for all but the most frequent words, and there to be read, searched and met with
// others without being unpacked. A chunk's head says the best that it holds, so that it can be passed over.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace kontor::search_embedded {

inline constexpr std::uint32_t kChunkBits = 16, kChunkDocs = 1u << kChunkBits;

// The byte beside a product: how often the term is in its title (2 bits) and description (3), its attributes, category
// and codes (2), and whether it is in the brand (1). Each saturates. Larger is never worse.
using Payload = std::uint8_t;
constexpr Payload payload(std::uint32_t title, std::uint32_t brand, std::uint32_t attributes, std::uint32_t rest) {
  return static_cast<Payload>((title > 3 ? 3 : title) << 6 | (brand > 1 ? 1 : brand) << 5 |
                              (attributes > 3 ? 3 : attributes) << 3 | (rest > 7 ? 7 : rest));
}
constexpr std::uint32_t title_count(Payload p) { return p >> 6; }
constexpr std::uint32_t brand_count(Payload p) { return p >> 5 & 1; }
constexpr std::uint32_t attribute_count(Payload p) { return p >> 3 & 3; }
constexpr std::uint32_t rest_count(Payload p) { return p & 7; }
constexpr Payload best_of(Payload a, Payload b) {  // of each part
  return static_cast<Payload>((a & 0xC0) > (b & 0xC0) ? a & 0xC0 : b & 0xC0) |
         static_cast<Payload>((a & 0x20) | (b & 0x20)) |
         static_cast<Payload>((a & 0x18) > (b & 0x18) ? a & 0x18 : b & 0x18) |
         static_cast<Payload>((a & 7) > (b & 7) ? a & 7 : b & 7);
}
// How long title (4 bits) and description (4) are, in steps; see ranking.h. The shorter of each part:
constexpr std::uint8_t shortest_of(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::uint8_t>((a & 0xF0) < (b & 0xF0) ? a & 0xF0 : b & 0xF0) |
         static_cast<std::uint8_t>((a & 15) < (b & 15) ? a & 15 : b & 15);
}

// A product within its chunk.
using ChunkDoc = std::uint16_t;

// What a list has of one chunk.
struct ChunkView {
  const ChunkDoc* docs = nullptr;
  const Payload* payloads = nullptr;  // null where lists have none
  std::uint32_t count = 0;
  Payload best = 0;
  std::uint8_t shortest = 0;
};

struct PostingList {
  const std::uint16_t* data = nullptr;
  std::uint32_t count = 0;  // 0: there is none
  bool with_payloads = false;
};

// Walks a list chunk by chunk, forwards.
class ListCursor {
 public:
  ListCursor() = default;
  explicit ListCursor(PostingList list);
  std::uint32_t count() const { return list_.count; }
  // The first chunk at or after `chunk` in which there is something; kNoChunk: none.
  std::uint32_t next_chunk(std::uint32_t chunk);
  // Count 0 where there is nothing.
  ChunkView view(std::uint32_t chunk);

  static constexpr std::uint32_t kNoChunk = 0xFFFFFFFFu;

 private:
  static constexpr std::uint32_t kFew = 48;
  friend class Postings;
  PostingList list_;
  std::uint32_t at_ = 0;  // of the chunk's heads, or of a short list's products
};

class Postings {
 public:
  explicit Postings(bool with_payloads = false) : with_payloads_(with_payloads) {}

  PostingList find(std::uint32_t key) const;
  std::uint32_t keys() const { return static_cast<std::uint32_t>(keys_.size()); }
  std::uint32_t key(std::uint32_t at) const { return keys_[at]; }
  PostingList list(std::uint32_t at) const { return {&data_[starts_[at]], counts_[at], with_payloads_}; }
  std::uint64_t bytes() const { return data_.capacity() * 2 + keys_.capacity() * 12; }

  // Building: keys in ascending order, and the products of each; `entries` are product << 8 | payload. `norms` are all
  // products'.
  void add(std::uint32_t key, std::span<const std::uint32_t> entries, std::span<const std::uint8_t> norms);
  void finish();

  // Calls f for each of the arrays that it is made of, to be written or read as they are.
  template <class Self, class F>
  static void each_array(Self& self, F&& f) {
    f(self.keys_);
    f(self.starts_);
    f(self.counts_);
    f(self.data_);
  }
  // Whether what was read fits together.
  bool sound(std::uint32_t docs) const;

 private:
  void add_chunk(std::span<const std::uint32_t> entries, std::size_t head, std::span<const std::uint8_t> norms);

  bool with_payloads_;
  std::vector<std::uint32_t> keys_, starts_, counts_;
  std::vector<std::uint16_t> data_;
};

// All products of a list, with their payloads: product << 8 | payload.
template <class F>
void each_posting(PostingList list, F&& f) {
  ListCursor cursor(list);
  for (std::uint32_t chunk = 0; (chunk = cursor.next_chunk(chunk)) != ListCursor::kNoChunk; ++chunk) {
    const ChunkView view = cursor.view(chunk);
    for (std::uint32_t i = 0; i < view.count; ++i)
      f(chunk << kChunkBits | view.docs[i], view.payloads != nullptr ? view.payloads[i] : Payload{0});
  }
}

}  // namespace kontor::search_embedded
