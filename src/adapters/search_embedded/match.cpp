#include "adapters/search_embedded/match.h"

#include <algorithm>
#include <bit>

namespace kontor::search_embedded {
namespace {

constexpr std::uint32_t kNoChunk = ListCursor::kNoChunk;

// Calls f with the numbers of the bits that are set, and clears them.
template <class F>
void take_bits(std::vector<std::uint64_t>& bits, F&& f) {
  for (std::size_t word = 0; word < bits.size(); ++word) {
    std::uint64_t left = bits[word];
    if (left == 0) continue;
    bits[word] = 0;
    for (; left != 0; left &= left - 1)
      f(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(left))));
  }
}

void gallop(std::span<const ChunkDoc> few, std::span<const ChunkDoc> many, std::vector<std::uint32_t>& few_at,
            std::vector<std::uint32_t>& many_at) {
  std::size_t from = 0, found = 0;
  for (std::size_t i = 0; i < few.size(); ++i) {
    const ChunkDoc wanted = few[i];
    std::size_t step = 1;
    while (from + step < many.size() && many[from + step] < wanted) {
      from += step;
      step *= 2;
    }
    const auto end = many.begin() + static_cast<std::ptrdiff_t>(std::min(from + step + 1, many.size()));
    from = static_cast<std::size_t>(std::lower_bound(many.begin() + static_cast<std::ptrdiff_t>(from), end, wanted) -
                                    many.begin());
    if (from == many.size()) break;
    few_at[found] = static_cast<std::uint32_t>(i);
    many_at[found] = static_cast<std::uint32_t>(from);
    found += many[from] == wanted;
  }
  few_at.resize(found);
  many_at.resize(found);
}

}  // namespace

void meet(std::span<const ChunkDoc> left, std::span<const ChunkDoc> right, std::vector<std::uint32_t>& left_at,
          std::vector<std::uint32_t>& right_at) {
  constexpr std::size_t kMuchMore = 16;
  const std::size_t most = std::min(left.size(), right.size());
  left_at.resize(most + 1);
  right_at.resize(most + 1);
  if (right.size() > left.size() * kMuchMore) return gallop(left, right, left_at, right_at);
  if (left.size() > right.size() * kMuchMore) return gallop(right, left, right_at, left_at);
  // Without a branch that could be guessed wrong.
  std::size_t i = 0, j = 0, found = 0;
  while (i < left.size() && j < right.size()) {
    const ChunkDoc a = left[i], b = right[j];
    left_at[found] = static_cast<std::uint32_t>(i);
    right_at[found] = static_cast<std::uint32_t>(j);
    found += a == b;
    i += a <= b;
    j += b <= a;
  }
  left_at.resize(found);
  right_at.resize(found);
}

TextMatch::TextMatch(const Segment& segment, const Plan& plan, const Arm& arm, MatchMemory& memory)
    : segment_(segment), arm_(arm), memory_(memory) {
  for (const Group& group : plan.groups) {
    State state;
    state.units = group.units;
    for (const Alternative& alternative : group.alternatives) {
      Choice choice{&alternative, {}};
      for (const std::uint32_t term : alternative.terms) choice.cursors.emplace_back(segment.text.find(term));
      const bool there = std::all_of(choice.cursors.begin(), choice.cursors.end(),
                                     [](const ListCursor& cursor) { return cursor.count() != 0; });
      if (there) state.choices.push_back(std::move(choice));
    }
    state.simple =
        state.choices.size() == 1 && state.choices[0].cursors.size() == 1 && state.choices[0].asked->percent == 100;
    states_.push_back(std::move(state));
  }
  if (memory_.found.size() < states_.size()) memory_.found.resize(states_.size());
  const auto groups = static_cast<std::uint32_t>(states_.size());
  least_ = plan.least == 0 ? groups : std::min(plan.least, groups);
}

// The first chunk that a group has something of.
std::uint32_t TextMatch::next_of(State& state, std::uint32_t chunk) {
  std::uint32_t next = kNoChunk;
  for (Choice& choice : state.choices) {
    std::uint32_t all = chunk;
    for (ListCursor& cursor : choice.cursors) all = std::max(all, cursor.next_chunk(all));
    next = std::min(next, all);
  }
  return next;
}

// In which at least so many groups have something.
std::uint32_t TextMatch::next_chunk_of_some(std::uint32_t chunk) {
  std::vector<std::uint32_t> next(states_.size());
  while (true) {
    for (std::size_t i = 0; i < states_.size(); ++i) next[i] = next_of(states_[i], chunk);
    std::nth_element(next.begin(), next.begin() + (least_ - 1), next.end());
    const std::uint32_t there = next[least_ - 1];
    if (there == chunk || there == kNoChunk) return there;
    chunk = there;
  }
}

std::uint32_t TextMatch::next_chunk(std::uint32_t chunk) {
  if (least_ < states_.size()) return next_chunk_of_some(chunk);
  for (std::size_t agreed = 0, i = 0; agreed < states_.size(); i = (i + 1) % states_.size()) {
    const std::uint32_t next = next_of(states_[i], chunk);
    if (next == kNoChunk) return kNoChunk;
    agreed = next == chunk ? agreed + 1 : 1;
    chunk = next;
  }
  return states_.empty() ? kNoChunk : chunk;
}

std::int32_t TextMatch::bound(std::uint32_t chunk) {
  std::int32_t sum = 0;
  for (State& state : states_) {
    std::uint32_t impact = kFullImpact;
    if (state.simple) {
      const ChunkView view = state.choices[0].cursors[0].view(chunk);
      impact = arm_.impact(view.best, view.shortest);
    }
    sum += static_cast<std::int32_t>(static_cast<std::int64_t>(state.units) * impact >> 12);
  }
  return sum;
}

void TextMatch::put(ChunkDoc doc, std::uint32_t impact) {
  std::uint64_t& word = memory_.bits[doc >> 6];
  const std::uint64_t bit = std::uint64_t{1} << (doc & 63);
  if ((word & bit) == 0 || memory_.best[doc] < impact) memory_.best[doc] = static_cast<std::uint16_t>(impact);
  word |= bit;
}

// One term's products into memory_.bits and .best.
void TextMatch::scatter(Choice& choice, std::uint32_t chunk) {
  const ChunkView view = choice.cursors[0].view(chunk);
  const std::uint8_t* const norms = segment_.norms.data() + (std::size_t{chunk} << kChunkBits);
  for (std::uint32_t i = 0; i < view.count; ++i)
    put(view.docs[i], arm_.impact(view.payloads[i], norms[view.docs[i]]) * choice.asked->percent / 100);
  cost_ += view.count * 3;
}

// The same for several terms that must all be there.
void TextMatch::scatter_all_of(Choice& choice, std::uint32_t chunk) {
  const std::uint8_t* const norms = segment_.norms.data() + (std::size_t{chunk} << kChunkBits);
  auto& docs = memory_.inner_docs;
  auto& impacts = memory_.inner_impacts;
  for (std::size_t k = 0; k < choice.cursors.size(); ++k) {
    const ChunkView view = choice.cursors[k].view(chunk);
    const auto impact = [&](std::uint32_t at) { return arm_.impact(view.payloads[at], norms[view.docs[at]]); };
    cost_ += view.count;
    if (k == 0) {
      docs.assign(view.docs, view.docs + view.count);
      impacts.resize(view.count);
      for (std::uint32_t i = 0; i < view.count; ++i) impacts[i] = impact(i);
      continue;
    }
    search_embedded::meet(docs, {view.docs, view.count}, memory_.left, memory_.right);
    for (std::size_t i = 0; i < memory_.left.size(); ++i) {
      docs[i] = docs[memory_.left[i]];
      impacts[i] = impacts[memory_.left[i]] + impact(memory_.right[i]);
    }
    docs.resize(memory_.left.size());
    impacts.resize(memory_.left.size());
  }
  const auto terms = static_cast<std::uint32_t>(choice.cursors.size());
  const Lead* const leads = segment_.leads.data() + (std::size_t{chunk} << kChunkBits);
  for (std::size_t i = 0; i < docs.size(); ++i) {
    if (choice.asked->adjacent && !stand_together(leads[docs[i]], choice.asked->lanes)) continue;
    put(docs[i], impacts[i] / terms * choice.asked->percent / 100);
  }
  cost_ += static_cast<std::int64_t>(docs.size()) * 5;
}

TextMatch::Some TextMatch::some_of(std::size_t group, std::uint32_t chunk) {
  State& state = states_[group];
  if (state.simple) {
    const ChunkView view = state.choices[0].cursors[0].view(chunk);
    return {view.docs, view.payloads, nullptr, view.count, state.units};
  }
  for (Choice& choice : state.choices)
    if (choice.cursors.size() == 1)
      scatter(choice, chunk);
    else
      scatter_all_of(choice, chunk);
  auto& found = memory_.found[group];
  found.docs.clear();
  found.impacts.clear();
  take_bits(memory_.bits, [&](std::uint32_t doc) {
    found.docs.push_back(static_cast<ChunkDoc>(doc));
    found.impacts.push_back(memory_.best[doc]);
  });
  cost_ += 500;
  return {found.docs.data(), nullptr, found.impacts.data(), static_cast<std::uint32_t>(found.docs.size()), state.units};
}

std::int32_t TextMatch::worth(const Some& some, std::uint32_t at, std::uint32_t chunk) const {
  const std::uint32_t impact =
      some.impacts != nullptr
          ? some.impacts[at]
          : arm_.impact(some.payloads[at], segment_.norms[(std::size_t{chunk} << kChunkBits) + some.docs[at]]);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(some.units) * impact >> 12);
}

void TextMatch::meet(const Some& some, std::uint32_t chunk) {
  auto& docs = memory_.docs;
  auto& scores = memory_.scores;
  search_embedded::meet(docs, {some.docs, some.count}, memory_.left, memory_.right);
  for (std::size_t i = 0; i < memory_.left.size(); ++i) {
    docs[i] = docs[memory_.left[i]];
    scores[i] = scores[memory_.left[i]] + worth(some, memory_.right[i], chunk);
  }
  docs.resize(memory_.left.size());
  scores.resize(memory_.left.size());
}

// Products that have at least so many of the groups: each has one of the rarest, as many as leave too few others. In
// the lists of those they are found, in the others they are looked up.
void TextMatch::match_some(std::uint32_t chunk, Batch& batch) {
  if (memory_.sums.empty()) {
    memory_.sums.resize(kChunkDocs);
    memory_.hits.resize(kChunkDocs);
    memory_.hit_bits.resize(kChunkDocs / 64);
  }
  std::vector<Some> all;
  for (std::size_t group = 0; group < states_.size(); ++group) all.push_back(some_of(group, chunk));
  std::sort(all.begin(), all.end(), [](const Some& a, const Some& b) { return a.count < b.count; });
  const std::size_t rarest = all.size() - least_ + 1;
  for (std::size_t group = 0; group < rarest; ++group) {
    const Some& some = all[group];
    for (std::uint32_t i = 0; i < some.count; ++i) {
      const ChunkDoc doc = some.docs[i];
      memory_.hit_bits[doc >> 6] |= std::uint64_t{1} << (doc & 63);
      ++memory_.hits[doc];
      memory_.sums[doc] += worth(some, i, chunk);
    }
    cost_ += some.count * 4;
  }
  auto& docs = memory_.docs;
  docs.clear();
  take_bits(memory_.hit_bits, [&](std::uint32_t doc) { docs.push_back(static_cast<ChunkDoc>(doc)); });
  for (std::size_t group = rarest; group < all.size() && !docs.empty(); ++group) look_up(all[group], chunk);
  for (const ChunkDoc doc : docs) {
    if (memory_.hits[doc] >= least_) {
      batch.docs.push_back(chunk << kChunkBits | doc);
      batch.text.push_back(memory_.sums[doc]);
    }
    memory_.hits[doc] = 0;
    memory_.sums[doc] = 0;
  }
}

void TextMatch::look_up(const Some& some, std::uint32_t chunk) {
  search_embedded::meet(memory_.docs, {some.docs, some.count}, memory_.left, memory_.right);
  for (std::size_t i = 0; i < memory_.left.size(); ++i) {
    const ChunkDoc doc = memory_.docs[memory_.left[i]];
    ++memory_.hits[doc];
    memory_.sums[doc] += worth(some, memory_.right[i], chunk);
  }
  cost_ += static_cast<std::int64_t>(std::min<std::size_t>(memory_.docs.size() + some.count, memory_.docs.size() * 16));
}

std::int64_t TextMatch::match(std::uint32_t chunk, Batch& batch) {
  cost_ = 200;
  batch.chunk = chunk;
  batch.docs.clear();
  batch.text.clear();
  if (least_ < states_.size()) {
    match_some(chunk, batch);
    return cost_;
  }
  std::vector<Some> all;
  for (std::size_t group = 0; group < states_.size(); ++group) {
    all.push_back(some_of(group, chunk));
    if (all.back().count == 0) return cost_;
  }
  std::sort(all.begin(), all.end(), [](const Some& a, const Some& b) { return a.count < b.count; });
  const Some& first = all.front();
  memory_.docs.assign(first.docs, first.docs + first.count);
  memory_.scores.resize(first.count);
  for (std::uint32_t i = 0; i < first.count; ++i) memory_.scores[i] = worth(first, i, chunk);
  cost_ += first.count * 2;
  for (std::size_t i = 1; i < all.size() && !memory_.docs.empty(); ++i) {
    cost_ +=
        static_cast<std::int64_t>(std::min<std::size_t>(memory_.docs.size() + all[i].count, memory_.docs.size() * 16));
    meet(all[i], chunk);
  }
  batch.docs.resize(memory_.docs.size());
  for (std::size_t i = 0; i < memory_.docs.size(); ++i) batch.docs[i] = chunk << kChunkBits | memory_.docs[i];
  batch.text.swap(memory_.scores);
  return cost_;
}

ListMatch::ListMatch(const Segment& segment, std::span<const std::uint32_t> keys, MatchMemory& memory)
    : memory_(memory) {
  for (const std::uint32_t key : keys) {
    const PostingList list = segment.filters.find(key);
    if (list.count == 0) continue;
    size_ += list.count;
    cursors_.emplace_back(list);
  }
}

std::uint32_t ListMatch::next_chunk(std::uint32_t chunk) {
  std::uint32_t next = kNoChunk;
  for (ListCursor& cursor : cursors_) next = std::min(next, cursor.next_chunk(chunk));
  return next;
}

std::int64_t ListMatch::match(std::uint32_t chunk, Batch& batch) {
  batch.chunk = chunk;
  batch.docs.clear();
  batch.text.clear();
  if (cursors_.size() == 1) {
    const ChunkView view = cursors_[0].view(chunk);
    for (std::uint32_t i = 0; i < view.count; ++i) batch.docs.push_back(chunk << kChunkBits | view.docs[i]);
  } else {
    for (ListCursor& cursor : cursors_) {
      const ChunkView view = cursor.view(chunk);
      for (std::uint32_t i = 0; i < view.count; ++i)
        memory_.bits[view.docs[i] >> 6] |= std::uint64_t{1} << (view.docs[i] & 63);
    }
    take_bits(memory_.bits, [&](std::uint32_t doc) { batch.docs.push_back(chunk << kChunkBits | doc); });
  }
  batch.text.assign(batch.docs.size(), 0);
  return 500 + static_cast<std::int64_t>(batch.docs.size()) * 3 + static_cast<std::int64_t>(cursors_.size()) * 20;
}

}  // namespace kontor::search_embedded
