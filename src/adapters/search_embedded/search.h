// One question, answered from one generation.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/search_embedded/facets.h"
#include "adapters/search_embedded/filters.h"
#include "adapters/search_embedded/match.h"
#include "adapters/search_embedded/plan.h"

namespace kontor::search_embedded {

// So many matches are counted in facets, and found before any is passed over.
inline constexpr std::int64_t kCounted = 10'000;
// The same of products that lack some of the words: nobody asked for exactly those.
inline constexpr std::int64_t kCountedOfSome = 2'000;

// A product that may be shown. Of two the one with the larger key comes first, of equals the one with the larger tie.
struct Candidate {
  std::int64_t key = 0, tie = 0;
  std::uint32_t part = 0, doc = 0;
  std::int32_t text = 0, together = 0, extra = 0;
  bool before(const Candidate& other) const { return key != other.key ? key > other.key : tie > other.tie; }
};

// The first few, in order.
class Best {
 public:
  explicit Best(std::size_t most) : most_(most) {}
  void clear() { heap_.clear(); }
  // What comes with a smaller key is not wanted any more.
  std::int64_t threshold() const { return heap_.size() < most_ ? INT64_MIN : heap_.front().key; }
  void offer(const Candidate& candidate);
  std::vector<Candidate> sorted();

 private:
  std::size_t most_;
  std::vector<Candidate> heap_;  // the last of them in front
};

struct SearchMemory {
  MatchMemory match;
  FacetMemory facets;
  Stemmers stemmers;
  Batch batch;
  // What weighing the categories matched, from the first chunk on: taking the matches begins with the same ones.
  struct Kept {
    std::uint32_t part = 0;
    Batch batch;
  };
  std::vector<Kept> kept;
  std::size_t kept_count = 0;  // of them hold something
  std::vector<std::uint32_t> counted;
  std::vector<float> mass;  // of the matches, by category; all 0 between questions
  std::vector<std::uint32_t> touched;
};

class Search {
 public:
  Search(const Dictionary& dictionary, const Generation& generation, const search_index::Query& query,
         const search_index::Pause& pause, SearchMemory& memory);
  Result<search_index::Answer> run();

 private:
  struct Favoured {  // a category whose products mostly have the words, and what being of it is worth
    std::uint32_t category = kNone;
    std::int32_t units = 0;
  };
  struct Pins {
    std::vector<std::int32_t> units;
    std::vector<Favoured> kinds;
    std::uint32_t loosened = 0, apart = 0, accessory = 0, least = 0;
  };
  static std::optional<Pins> read_pins(std::string_view text);
  std::string write_pins() const;

  void by_words();
  void go_on(Planner& planner);
  void recover(Planner& planner);
  void need(std::uint32_t least);
  bool has_enough() const;
  bool finds_any(const Plan& plan);
  void favour();
  double weigh_categories();
  void weigh_some(const Part& part, const Batch& batch, double& all);
  Batch& keep(std::uint32_t part);
  void set_kinds(std::vector<Favoured> kinds);
  void attempt();
  void by_filters();
  void by_filters_in(std::uint32_t part, std::uint32_t facet);
  // `facet`: only products that fail this dimension alone, and only into its facet; kNone: those that fail nothing.
  void take(std::uint32_t part, std::uint32_t facet, bool others_too);
  void take_some(std::uint32_t part, std::uint32_t facet, bool others_too, std::span<const std::uint32_t> docs,
                 const std::int32_t* text);
  void take_all(std::uint32_t part, std::span<const std::uint32_t> docs, const std::int32_t* text);
  void consider(std::uint32_t part, std::uint32_t doc, std::int32_t text);
  std::int64_t key_of(const Segment& segment, std::uint32_t doc) const;
  std::int32_t preferred_of(const Segment& segment, std::uint32_t doc) const;
  std::int32_t promoted_of(const Segment& segment, std::uint32_t doc) const;
  std::int32_t itself_of(const Segment& segment, std::uint32_t doc) const;
  std::int32_t kind_of(const Segment& segment, std::uint32_t doc) const;
  static bool has(const Segment& segment, std::uint32_t doc, const Group& group);
  bool passes_over(const Segment& segment, std::uint32_t chunk, std::int32_t text);
  void finish(search_index::Answer& answer);
  std::vector<search_index::Reason> reasons(const Candidate& candidate) const;

  const Dictionary& dictionary_;
  const Generation& generation_;
  const search_index::Query& query_;
  SearchMemory& memory_;
  Budget budget_;
  Filters filters_;
  FacetCounter facets_;
  const Arm& arm_;
  LanguageTag language_;
  search_index::Sort sort_;
  bool rising_ = false;
  Plan plan_;
  std::vector<std::uint16_t> lanes_;
  Pins pins_;
  Best best_;
  std::vector<std::int32_t> preferred_;  // by category
  std::vector<std::pair<std::int64_t, std::int32_t>> promoted_;
  std::int32_t most_favoured_ = 0, most_extra_ = 0;  // of the two above; and with the kinds
  std::int32_t itself_ = 0;
  double accessories_ = 0;       // what share of the matches is
  std::vector<Favoured> kinds_;  // few
  std::int64_t total_ = 0;
  std::int64_t counted_most_ = kCounted;
  std::array<std::int64_t, kMostDimensions> alone_{};  // those that failed one dimension alone
  bool facets_exact_ = true, total_exact_ = true;
};

}  // namespace kontor::search_embedded
