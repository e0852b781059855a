#include "adapters/search_embedded/postings.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace kontor::search_embedded {
namespace {

// A list in halves of words. Of few: the products within their chunks, then a byte each for the chunk, then the
// payloads. Of more: how many chunks; a head each: its number, how many less 1, the best, where its products lie from
// the list's beginning (two halves); then the chunks: products, payloads.
constexpr std::uint32_t kHead = 5;
std::uint32_t count_of(const std::uint16_t* head) { return std::uint32_t{head[1]} + 1; }
std::uint32_t start_of(const std::uint16_t* head) { return head[3] | std::uint32_t{head[4]} << 16; }

std::size_t halves_of(std::size_t bytes) { return (bytes + 1) / 2; }

const std::uint8_t* bytes_at(const std::uint16_t* data) { return reinterpret_cast<const std::uint8_t*>(data); }

}  // namespace

ListCursor::ListCursor(PostingList list) : list_(list) {}

std::uint32_t ListCursor::next_chunk(std::uint32_t chunk) {
  if (list_.count == 0) return kNoChunk;
  if (list_.count <= kFew) {
    const std::uint8_t* const chunks = bytes_at(list_.data + list_.count);
    while (at_ < list_.count && chunks[at_] < chunk) ++at_;
    return at_ < list_.count ? chunks[at_] : kNoChunk;
  }
  const std::uint32_t chunks = list_.data[0];
  while (at_ < chunks && list_.data[1 + at_ * kHead] < chunk) ++at_;
  return at_ < chunks ? list_.data[1 + at_ * kHead] : kNoChunk;
}

ChunkView ListCursor::view(std::uint32_t chunk) {
  if (next_chunk(chunk) != chunk) return {};
  if (list_.count <= kFew) {
    const std::uint8_t* const chunks = bytes_at(list_.data + list_.count);
    std::uint32_t count = 1;
    while (at_ + count < list_.count && chunks[at_ + count] == chunk) ++count;
    return {list_.data + at_, list_.with_payloads ? chunks + list_.count + at_ : nullptr, count, 0xFF, 0};
  }
  const std::uint16_t* const head = list_.data + 1 + at_ * kHead;
  const std::uint32_t count = count_of(head);
  const std::uint16_t* const docs = list_.data + start_of(head);
  return {docs, list_.with_payloads ? bytes_at(docs + count) : nullptr, count, static_cast<Payload>(head[2]),
          static_cast<std::uint8_t>(head[2] >> 8)};
}

PostingList Postings::find(std::uint32_t key) const {
  const auto found = std::lower_bound(keys_.begin(), keys_.end(), key);
  if (found == keys_.end() || *found != key) return {};
  return list(static_cast<std::uint32_t>(found - keys_.begin()));
}

void Postings::add(std::uint32_t key, std::span<const std::uint32_t> entries, std::span<const std::uint8_t> norms) {
  if (entries.empty()) return;
  keys_.push_back(key);
  KONTOR_ASSERT(data_.size() < 0xFFFFFFFFu - entries.size() * 2);
  starts_.push_back(static_cast<std::uint32_t>(data_.size()));
  counts_.push_back(static_cast<std::uint32_t>(entries.size()));
  const std::size_t begin = data_.size(), count = entries.size();
  if (count <= ListCursor::kFew) {
    data_.resize(begin + count + halves_of(with_payloads_ ? 2 * count : count));
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&data_[begin] + count);
    for (std::size_t i = 0; i < count; ++i) {
      data_[begin + i] = static_cast<ChunkDoc>(entries[i] >> 8);
      bytes[i] = static_cast<std::uint8_t>(entries[i] >> 24);
      if (with_payloads_) bytes[count + i] = static_cast<Payload>(entries[i]);
    }
    return;
  }
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < count; ++i)
    if (i == 0 || entries[i] >> 24 != entries[i - 1] >> 24) starts.push_back(i);
  data_.resize(begin + 1 + starts.size() * kHead);
  data_[begin] = static_cast<std::uint16_t>(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : count;
    const std::size_t head = begin + 1 + i * kHead, at = data_.size() - begin;
    data_[head + 3] = static_cast<std::uint16_t>(at);
    data_[head + 4] = static_cast<std::uint16_t>(at >> 16);
    add_chunk(entries.subspan(starts[i], end - starts[i]), head, norms);
  }
}

void Postings::add_chunk(std::span<const std::uint32_t> entries, std::size_t head,
                         std::span<const std::uint8_t> norms) {
  const std::size_t at = data_.size(), count = entries.size();
  data_.resize(at + count + (with_payloads_ ? halves_of(count) : 0));
  auto* const payloads = reinterpret_cast<Payload*>(data_.data() + at + count);
  Payload best = 0;
  std::uint8_t shortest = 0xFF;
  for (std::size_t i = 0; i < count; ++i) {
    data_[at + i] = static_cast<ChunkDoc>(entries[i] >> 8);
    if (!with_payloads_) continue;
    payloads[i] = static_cast<Payload>(entries[i]);
    best = best_of(best, payloads[i]);
    shortest = shortest_of(shortest, norms[entries[i] >> 8]);
  }
  data_[head] = static_cast<std::uint16_t>(entries[0] >> 24);
  data_[head + 1] = static_cast<std::uint16_t>(count - 1);
  data_[head + 2] = static_cast<std::uint16_t>(best | shortest << 8);
}

void Postings::finish() {
  data_.shrink_to_fit();
  keys_.shrink_to_fit();
  starts_.shrink_to_fit();
  counts_.shrink_to_fit();
}

bool Postings::sound(std::uint32_t docs) const {
  if (starts_.size() != keys_.size() || counts_.size() != keys_.size()) return false;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::uint64_t begin = starts_[i], count = counts_[i];
    const std::uint64_t room = i + 1 < keys_.size() ? starts_[i + 1] : data_.size();
    if (i > 0 && keys_[i] <= keys_[i - 1]) return false;
    if (count == 0 || count > docs || room > data_.size() || begin >= room) return false;
    const std::uint64_t halves = room - begin;
    if (count <= ListCursor::kFew) {
      if (halves < count + halves_of(with_payloads_ ? 2 * count : count)) return false;
      continue;
    }
    const std::uint64_t chunks = data_[begin];
    if (chunks == 0 || chunks > 256 || halves < 1 + chunks * kHead) return false;
    std::uint64_t seen = 0;
    for (std::uint64_t c = 0; c < chunks; ++c) {
      const std::uint16_t* const head = &data_[begin + 1 + c * kHead];
      seen += count_of(head);
      const std::uint64_t size = count_of(head) + (with_payloads_ ? halves_of(count_of(head)) : 0);
      if (start_of(head) + size > halves || std::uint64_t{head[0]} << kChunkBits >= docs) return false;
    }
    if (seen != count) return false;
  }
  return true;
}

}  // namespace kontor::search_embedded
