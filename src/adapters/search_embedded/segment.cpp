#include "adapters/search_embedded/segment.h"

#include <algorithm>
#include <utility>

#include "adapters/search_embedded/word_table.h"
#include "base/assert.h"

namespace kontor::search_embedded {
namespace {

std::uint64_t spread(std::int64_t id) {
  std::uint64_t x = static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ull;
  return x ^ x >> 32;
}

}  // namespace

Segment::~Segment() {
  for (auto& column : prices) delete[] column.load(std::memory_order_relaxed);
}

std::uint32_t Segment::find(std::int64_t id) const {
  if (by_id.empty()) return kNoDoc;
  const std::uint64_t mask = by_id.size() - 1;
  for (std::uint64_t at = spread(id) & mask; by_id[at] != 0; at = (at + 1) & mask)
    if (ids[by_id[at] - 1] == id) return by_id[at] - 1;
  return kNoDoc;
}

void Segment::derive() {
  for (std::uint32_t currency = 0; currency < kMostCurrencies; ++currency) {
    std::uint32_t without = docs();
    if (currency == 0 || prices[currency].load(std::memory_order_relaxed) != nullptr) {
      without = 0;
      for (std::uint32_t doc = 0; doc < docs(); ++doc) without += price(doc, currency) == kNoPrice;
    }
    unpriced[currency].store(without, std::memory_order_relaxed);
  }

  counted.resize(docs());
  for (std::uint32_t doc = 0; doc < docs(); ++doc) {
    Counted& of = counted[doc];
    of.category = facts[doc].category;
    of.brand = facts[doc].brand;
    of.values.fill(kNone);
    const auto all = values.of(doc);
    std::copy_n(all.begin(), std::min(all.size(), Counted::kValues), of.values.begin());
  }

  std::uint64_t size = 16;
  while (size * 2 < std::uint64_t{docs()} * 3) size *= 2;
  by_id.assign(size, 0);
  for (std::uint32_t doc = 0; doc < docs(); ++doc) {
    std::uint64_t at = spread(ids[doc]) & (size - 1);
    // One that came twice before it was found is the later one.
    while (by_id[at] != 0 && ids[by_id[at] - 1] != ids[doc]) at = (at + 1) & (size - 1);
    by_id[at] = doc + 1;
  }
}

void Segment::set_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor) {
  if (minor < 0) minor = kNoPrice;
  const bool had = price(doc, currency) != kNoPrice, has = minor != kNoPrice;
  // Before the price when it goes, after it when it comes: a reader that is told "all have one" can trust it.
  if (had && !has) unpriced[currency].fetch_add(1, std::memory_order_relaxed);
  put_price(doc, currency, minor);
  if (!had && has) unpriced[currency].fetch_sub(1, std::memory_order_relaxed);
}

void Segment::put_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor) {
  if (currency == 0) {
    write(facts[doc].price, minor);
    return;
  }
  std::int64_t* column = prices[currency].load(std::memory_order_relaxed);
  if (column == nullptr) {
    if (minor == kNoPrice) return;
    column = new std::int64_t[docs()];
    std::fill_n(column, docs(), kNoPrice);
    prices[currency].store(column, std::memory_order_release);
  }
  write(column[doc], minor);
}

void Segment::rank(std::uint32_t doc, std::size_t arm, std::uint16_t points) {
  write(boosts[arm].of[doc], points);
  std::uint16_t& most = boosts[arm].chunk_most[doc >> kChunkBits];
  if (read(most) < points) write(most, points);
}

std::uint64_t Segment::bytes() const {
  std::uint64_t sum =
      text.bytes() + filters.bytes() + docs() * (8ull + sizeof(Facts) + sizeof(Counted) + 1 + sizeof(Lead)) +
      by_id.capacity() * 4 +
      4 * (values.ends.capacity() + values.ordinals.capacity() + sellers.ends.capacity() + sellers.ordinals.capacity());
  for (const auto& arm : boosts) sum += 2 * (arm.of.capacity() + arm.chunk_most.capacity());
  for (const auto& column : prices)
    if (column.load(std::memory_order_relaxed) != nullptr) sum += 8ull * docs();
  return sum;
}

SegmentBuilder::SegmentBuilder() : segment_(std::make_unique<Segment>()) {}

void SegmentBuilder::add(const Product& product) {
  Segment& s = *segment_;
  const std::uint64_t doc = s.docs();
  KONTOR_ASSERT(doc < kMostDocs);
  s.ids.push_back(product.id);
  s.facts.push_back(product.facts);
  s.norms.push_back(product.norm);
  s.leads.push_back(product.lead);
  s.values.add(product.values);
  s.sellers.add(product.sellers);
  for (const auto& [term, payload] : product.terms) text_.push_back(std::uint64_t{term} << 32 | doc << 8 | payload);
  const auto filter = [&](Kind kind, std::uint32_t ordinal) {
    if (ordinal != kNone) filters_.push_back(std::uint64_t{filter_key(kind, ordinal)} << 32 | doc << 8);
  };
  filter(Kind::kCategory, product.facts.category);
  filter(Kind::kBrand, product.facts.brand);
  for (const std::uint32_t seller : product.sellers) filter(Kind::kSeller, seller);
  for (const std::uint32_t value : product.values) filter(Kind::kValue, value);
  for (const auto& [currency, minor] : product.prices)  // their columns are made when the number of products is known
    prices_.push_back({static_cast<std::uint32_t>(doc), currency, minor});
}

void SegmentBuilder::set_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor) {
  if (currency == 0)
    facts(doc).price = minor < 0 ? kNoPrice : minor;
  else
    prices_.push_back({doc, currency, minor});
}

std::unique_ptr<Segment> SegmentBuilder::finish() {
  Segment& s = *segment_;
  build_postings(text_, s.norms, s.text);
  build_postings(filters_, s.norms, s.filters);
  for (const auto& [doc, currency, minor] : prices_) s.set_price(doc, currency, minor);
  s.derive();
  prices_.clear();
  return std::exchange(segment_, std::make_unique<Segment>());
}

// Radix by 11 bits: products were added in ascending order, so that only the keys need sorting.
void sort_by_key(std::vector<std::uint64_t>& entries) {
  if (entries.size() < 256) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](std::uint64_t a, std::uint64_t b) { return a >> 32 < b >> 32; });
    return;
  }
  std::uint64_t all = 0;
  for (const std::uint64_t entry : entries) all |= entry;
  std::vector<std::uint64_t> other(entries.size());
  for (unsigned shift = 32; shift < 64 && all >> shift != 0; shift += 11) {
    std::array<std::uint32_t, 2048> starts{};
    for (const std::uint64_t entry : entries) ++starts[entry >> shift & 2047];
    std::uint32_t sum = 0;
    for (std::uint32_t& start : starts) sum += std::exchange(start, sum);
    for (const std::uint64_t entry : entries) other[starts[entry >> shift & 2047]++] = entry;
    entries.swap(other);
  }
}

void build_postings(std::vector<std::uint64_t>& entries, std::span<const std::uint8_t> norms, Postings& postings) {
  sort_by_key(entries);
  std::vector<std::uint32_t> list;
  for (std::size_t i = 0; i < entries.size();) {
    const std::uint64_t key = entries[i] >> 32;
    list.clear();
    for (; i < entries.size() && entries[i] >> 32 == key; ++i) list.push_back(static_cast<std::uint32_t>(entries[i]));
    postings.add(static_cast<std::uint32_t>(key), list, norms);
  }
  postings.finish();
  entries.clear();
}

}  // namespace kontor::search_embedded
