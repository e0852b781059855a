// A part of the index: some products, their postings and their columns. All but the figures is immutable once it is
// published; figures change in place, by one writer, while any number read them. Bytes a product, for 48 words of text
// and 6 attributes: postings 130, lead 64, figures 32, values 44, what is counted 32, ids 16, ranking 2 an arm,
// lengths 1.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adapters/search_embedded/dictionary.h"
#include "adapters/search_embedded/lead.h"
#include "adapters/search_embedded/postings.h"
#include "ports/search_index.h"

namespace kontor::search_embedded {

inline constexpr std::int64_t kNoPrice = -1;
inline constexpr std::uint32_t kNoDoc = 0xFFFFFFFFu;
inline constexpr std::uint32_t kMostDocs = 1u << 24;  // of a segment

// What a product is filtered, counted and sorted by, half a line of memory.
struct Facts {
  std::int64_t price = kNoPrice;  // in the first currency
  std::uint32_t sold = 0, reviews = 0;
  std::uint16_t rating_milli = 0;
  std::uint8_t in_stock = 0;
  std::uint8_t accessory = 0;
  std::uint32_t brand = kNone, category = kNone;
  std::uint32_t born_day = 0;  // since 2020, from the id
};
static_assert(sizeof(Facts) == 32);

// Members that change while others read.
template <class T>
T read(const T& value) {
  return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_relaxed);
}
template <class T>
void write(T& place, T value) {
  std::atomic_ref<T>(place).store(value, std::memory_order_relaxed);
}

// What a product is counted by, in one place: looks into memory are what counting costs.
struct Counted {
  static constexpr std::size_t kValues = 6;
  std::uint32_t category = kNone, brand = kNone;
  std::array<std::uint32_t, kValues> values;  // the first; kNone: no more
};
static_assert(sizeof(Counted) == 32);

// One moment's copy.
inline Facts read_facts(const Facts& facts) {
  Facts copy;
  copy.price = read(facts.price);
  copy.sold = read(facts.sold);
  copy.reviews = read(facts.reviews);
  copy.rating_milli = read(facts.rating_milli);
  copy.in_stock = read(facts.in_stock);
  copy.accessory = facts.accessory;
  copy.brand = facts.brand;
  copy.category = facts.category;
  copy.born_day = facts.born_day;
  return copy;
}

// What a list of postings without payloads is kept for.
enum class Kind : std::uint32_t { kCategory, kBrand, kSeller, kValue };
constexpr std::uint32_t filter_key(Kind kind, std::uint32_t ordinal) {
  return static_cast<std::uint32_t>(kind) << 30 | ordinal;
}

// Lists of ordinals, one a product.
struct OrdinalLists {
  std::vector<std::uint32_t> ends{0};
  std::vector<std::uint32_t> ordinals;
  std::span<const std::uint32_t> of(std::uint32_t doc) const {
    return {ordinals.data() + ends[doc], ordinals.data() + ends[doc + 1]};
  }
  void add(std::span<const std::uint32_t> list) {
    ordinals.insert(ordinals.end(), list.begin(), list.end());
    ends.push_back(static_cast<std::uint32_t>(ordinals.size()));
  }
};

struct Segment {
  Segment() = default;
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment();

  std::uint32_t docs() const { return static_cast<std::uint32_t>(ids.size()); }
  std::uint32_t chunks() const { return (docs() + kChunkDocs - 1) >> kChunkBits; }
  // kNoDoc: it has none. Whether it was removed since is not known here.
  std::uint32_t find(std::int64_t id) const;
  std::int64_t price(std::uint32_t doc, std::uint32_t currency) const {
    if (currency == 0) return read(facts[doc].price);
    const std::int64_t* const column = prices[currency].load(std::memory_order_acquire);
    return column == nullptr ? kNoPrice : read(column[doc]);
  }
  void set_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor);  // the writer's
  std::uint64_t bytes() const;

  // Builds what is derived from the rest: by_id, counted and unpriced.
  void derive();
  // The points of an arm's ranking that do not depend on the question.
  void rank(std::uint32_t doc, std::size_t arm, std::uint16_t points);

  std::vector<std::int64_t> ids;
  std::vector<std::uint32_t> by_id;  // open addressing: product + 1
  std::vector<Facts> facts;
  std::vector<Counted> counted;
  std::vector<std::uint8_t> norms;
  std::vector<Lead> leads;
  OrdinalLists values, sellers;
  std::array<std::atomic<std::int64_t*>, kMostCurrencies> prices{};    // of other currencies; kNoPrice: none
  std::array<std::atomic<std::uint32_t>, kMostCurrencies> unpriced{};  // how many have no price in each
  Postings text{true}, filters{false};

  struct Boosts {
    std::vector<std::uint16_t> of, chunk_most;
  };
  std::array<Boosts, search_index::kMostArms> boosts;

 private:
  void put_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor);
};

// Which products of a segment are gone. Immutable: a removal makes another.
struct Tombs {
  std::vector<std::uint64_t> bits;
  std::uint32_t count = 0;
  bool has(std::uint32_t doc) const { return (bits[doc >> 6] >> (doc & 63) & 1) != 0; }
};

// Takes products in and makes a segment of them.
class SegmentBuilder {
 public:
  struct Product {
    std::int64_t id = 0;
    Facts facts;
    std::uint8_t norm = 0;
    Lead lead;
    std::vector<std::uint32_t> values, sellers;
    std::vector<std::pair<std::uint32_t, Payload>> terms;        // each once, in any order
    std::vector<std::pair<std::uint32_t, std::int64_t>> prices;  // of currencies but the first
  };
  SegmentBuilder();
  std::uint32_t docs() const { return segment_->docs(); }
  void add(const Product& product);
  // Of a product that was added.
  Facts& facts(std::uint32_t doc) { return segment_->facts[doc]; }
  void set_price(std::uint32_t doc, std::uint32_t currency, std::int64_t minor);
  std::uint64_t bytes() const { return (text_.capacity() + filters_.capacity()) * 8; }
  std::unique_ptr<Segment> finish();

 private:
  std::unique_ptr<Segment> segment_;
  struct LaterPrice {
    std::uint32_t doc, currency;
    std::int64_t minor;
  };
  std::vector<std::uint64_t> text_, filters_;  // key << 32 | product << 8 | payload
  std::vector<LaterPrice> prices_;
};

// Sorts by the upper half; equal ones keep their order.
void sort_by_key(std::vector<std::uint64_t>& entries);
void build_postings(std::vector<std::uint64_t>& entries, std::span<const std::uint8_t> norms, Postings& postings);

}  // namespace kontor::search_embedded
