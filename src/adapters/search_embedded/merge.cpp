#include "adapters/search_embedded/merge.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kAtOnce = 4;  // of a size
constexpr std::size_t kMostPostingsBetweenPauses = 50'000;

// Sorts product << 8 | payload by product.
void sort_entries(std::vector<std::uint32_t>& entries, std::vector<std::uint32_t>& other) {
  if (entries.size() < 2048) {
    std::sort(entries.begin(), entries.end());
    return;
  }
  std::uint32_t all = 0;
  for (const std::uint32_t entry : entries) all |= entry;
  other.resize(entries.size());
  for (unsigned shift = 8; shift < 32 && all >> shift != 0; shift += 8) {
    std::array<std::uint32_t, 256> starts{};
    for (const std::uint32_t entry : entries) ++starts[entry >> shift & 255];
    std::uint32_t sum = 0;
    for (std::uint32_t& start : starts) sum += std::exchange(start, sum);
    for (const std::uint32_t entry : entries) other[starts[entry >> shift & 255]++] = entry;
    entries.swap(other);
  }
}

struct Source {
  std::uint32_t part, doc;
  std::uint16_t boost;
  std::int64_t id;
};

std::vector<Source> living(std::span<const Part> parts) {
  std::vector<Source> sources;
  for (std::uint32_t part = 0; part < parts.size(); ++part) {
    const Segment& segment = *parts[part].segment;
    for (std::uint32_t doc = 0; doc < segment.docs(); ++doc)
      if (!parts[part].removed(doc)) sources.push_back({part, doc, read(segment.boosts[0].of[doc]), segment.ids[doc]});
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.boost != b.boost ? a.boost > b.boost : a.id > b.id; });
  return sources;
}

void copy_columns(std::span<const Part> parts, const std::vector<Source>& sources, Segment& into) {
  const std::size_t docs = sources.size();
  into.ids.reserve(docs);
  into.facts.reserve(docs);
  into.norms.reserve(docs);
  into.leads.reserve(docs);
  into.values.ends.reserve(docs + 1);
  into.sellers.ends.reserve(docs + 1);
  for (const Source& source : sources) {
    const Segment& from = *parts[source.part].segment;
    into.ids.push_back(from.ids[source.doc]);
    into.facts.push_back(read_facts(from.facts[source.doc]));
    into.norms.push_back(from.norms[source.doc]);
    into.leads.push_back(from.leads[source.doc]);
    into.values.add(from.values.of(source.doc));
    into.sellers.add(from.sellers.of(source.doc));
  }
  into.values.ordinals.shrink_to_fit();
  into.sellers.ordinals.shrink_to_fit();
  into.derive();
  for (std::uint32_t currency = 1; currency < kMostCurrencies; ++currency) {
    const bool none = std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
      return part.segment->prices[currency].load(std::memory_order_acquire) == nullptr;
    });
    if (none) continue;
    for (std::uint32_t doc = 0; doc < docs; ++doc)
      into.set_price(doc, currency, parts[sources[doc].part].segment->price(sources[doc].doc, currency));
  }
}

void merge_postings(std::span<const Part> parts, const std::vector<std::vector<std::uint32_t>>& moved,
                    Postings Segment::*which, Segment& into, const search_index::Pause& pause) {
  std::vector<std::uint32_t> at(parts.size()), entries, other;
  std::size_t since = 0;
  for (;;) {
    std::uint32_t key = kNone;
    bool any = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Postings& postings = (*parts[i].segment).*which;
      if (at[i] == postings.keys()) continue;
      key = any ? std::min(key, postings.key(at[i])) : postings.key(at[i]);
      any = true;
    }
    if (!any) break;
    entries.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Postings& postings = (*parts[i].segment).*which;
      if (at[i] == postings.keys() || postings.key(at[i]) != key) continue;
      each_posting(postings.list(at[i]++), [&](std::uint32_t doc, Payload payload) {
        if (const std::uint32_t to = moved[i][doc]; to != kNoDoc) entries.push_back(to << 8 | payload);
      });
    }
    sort_entries(entries, other);
    (into.*which).add(key, entries, into.norms);
    since += entries.size() + 20;
    if (since > kMostPostingsBetweenPauses) {
      since = 0;
      if (pause) pause();
    }
  }
  (into.*which).finish();
}

}  // namespace

Merged merge(std::span<const Part> parts, const Generation& generation, const search_index::Pause& pause) {
  Merged merged;
  merged.segment = std::make_shared<Segment>();
  const std::vector<Source> sources = living(parts);
  for (const Part& part : parts) merged.moved.emplace_back(part.segment->docs(), kNoDoc);
  for (std::uint32_t doc = 0; doc < sources.size(); ++doc) merged.moved[sources[doc].part][sources[doc].doc] = doc;
  copy_columns(parts, sources, *merged.segment);
  if (pause) pause();
  merge_postings(parts, merged.moved, &Segment::text, *merged.segment, pause);
  merge_postings(parts, merged.moved, &Segment::filters, *merged.segment, pause);
  for (std::size_t arm = 0; arm < generation.arms.size(); ++arm)
    rank_all(*merged.segment, arm, *generation.arms[arm], generation.today);
  return merged;
}

std::vector<std::size_t> worth_merging(std::span<const Part> parts) {
  constexpr std::uint32_t kSmallest = 256;
  std::array<std::vector<std::size_t>, 16> sizes;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint32_t living = parts[i].living();
    if (living == 0) return {i};
    const std::uint32_t gone = parts[i].segment->docs() - living;
    if (gone > 64 && gone * 4ull > parts[i].segment->docs()) return {i};
    std::size_t size = 0;
    for (std::uint64_t limit = kSmallest; living > limit && size + 1 < sizes.size(); limit *= kAtOnce) ++size;
    sizes[size].push_back(i);
  }
  std::vector<std::size_t> chosen;
  std::uint64_t docs = 0;
  for (std::size_t size = 0; size < sizes.size(); ++size) {
    if (sizes[size].size() < kAtOnce) continue;
    // Smaller ones go along: they cost little.
    for (std::size_t other = 0; other <= size; ++other)
      for (const std::size_t i : sizes[other]) {
        if (docs + parts[i].living() >= kMostDocs) continue;
        docs += parts[i].living();
        chosen.push_back(i);
      }
    return chosen.size() > 1 ? chosen : std::vector<std::size_t>();
  }
  return {};
}

void rank_all(Segment& segment, std::size_t arm, const Arm& ranking, std::uint32_t today) {
  auto& boosts = segment.boosts[arm];
  boosts.of.resize(segment.docs());
  boosts.chunk_most.resize(segment.chunks());
  for (std::uint32_t chunk = 0; chunk < segment.chunks(); ++chunk) {
    std::uint16_t most = 0;
    const std::uint32_t end = std::min(segment.docs(), (chunk + 1) << kChunkBits);
    for (std::uint32_t doc = chunk << kChunkBits; doc < end; ++doc) {
      const std::uint16_t boost = ranking.boost(read_facts(segment.facts[doc]), today);
      write(boosts.of[doc], boost);
      most = std::max(most, boost);
    }
    write(boosts.chunk_most[chunk], most);
  }
}

}  // namespace kontor::search_embedded
