// What the index is at one moment: the segments and what was removed of them, the tree of categories, the rankings and
// synonyms. A question takes one along and is answered from it, whatever is published meanwhile.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "adapters/search_embedded/ranking.h"
#include "adapters/search_embedded/segment.h"
#include "adapters/search_embedded/synonyms.h"
#include "ports/search_index.h"

namespace kontor::search_embedded {

// Categories by their ordinal: what is below one lies in one stretch of a walk through the tree.
struct Tree {
  struct Place {
    std::uint32_t enter = 0, leave = 0;  // below: those whose `enter` lies in [enter, leave)
    std::uint32_t parent = kNone;
  };
  std::vector<Place> places;
  bool known(std::uint32_t category) const {
    return category < places.size() && places[category].leave > places[category].enter;
  }
  bool within(std::uint32_t category, std::uint32_t above) const {
    if (category == above) return true;
    return known(category) && known(above) && places[category].enter >= places[above].enter &&
           places[category].enter < places[above].leave;
  }
};
// A node whose parent is missing or below itself is a root.
Tree make_tree(std::span<const search_index::CategoryNode> nodes, WordTable& categories);

struct Part {
  std::shared_ptr<Segment> segment;
  std::shared_ptr<const Tombs> tombs;  // null: none
  bool removed(std::uint32_t doc) const { return tombs != nullptr && tombs->has(doc); }
  std::uint32_t living() const { return segment->docs() - (tombs == nullptr ? 0 : tombs->count); }
};

struct Generation {
  std::vector<Part> parts;
  std::vector<std::shared_ptr<const Arm>> arms;
  std::shared_ptr<const Tree> tree;
  std::shared_ptr<const Synonyms> synonyms;
  std::shared_ptr<const std::vector<search_index::CategoryNode>> nodes;
  std::uint32_t today = 0;

  std::uint64_t living() const {
    std::uint64_t sum = 0;
    for (const Part& part : parts) sum += part.living();
    return sum;
  }
  std::uint64_t uses(std::uint32_t term) const {
    std::uint64_t sum = 0;
    if (term != kNone)
      for (const Part& part : parts) sum += part.segment->text.find(term).count;
    return sum;
  }
};

// How much a question may cost, and when others shall have a turn.
class Budget {
 public:
  Budget(std::int64_t units, const search_index::Pause& pause) : limit_(units), pause_(pause) {}
  // False: it is used up.
  bool spend(std::int64_t units) {
    spent_ += units;
    since_ += units;
    if (since_ >= kTurn) {
      since_ = 0;
      if (pause_) pause_();
    }
    return spent_ <= limit_;
  }
  bool over() const { return spent_ > limit_; }
  std::int64_t spent() const { return spent_; }

 private:
  static constexpr std::int64_t kTurn = 400'000;  // about nanoseconds
  std::int64_t limit_, spent_ = 0, since_ = 0;
  const search_index::Pause& pause_;
};

}  // namespace kontor::search_embedded
