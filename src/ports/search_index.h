// The search index: products in, questions in, ids out. It owns no product: it is derived, may be a second old, and can
// be made anew from the catalogue at any time. Cards are composed by the caller.
//
// Any number of threads may ask at once; they never wait for a change to be applied. Calls that change something may
// come from any thread and take turns with each other. Nothing here waits on a fiber: long work calls `Pause`.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "ports/search_types.h"

namespace kontor::search_index {

// Called every half millisecond or so of a long call, when set; it may let others run.
using Pause = std::function<void()>;

class Index {
 public:
  virtual ~Index() = default;

  // kInvalid "search.limit", "search.filters", "search.arm", "search.place" for what no caller should ask; any text is
  // answered. A query that the work limit ends is no error.
  virtual Result<Answer> search(const Query& query, const Pause& pause) const = 0;
  // Completions of `prefix`, the most popular first; a wrong letter or two are forgiven in longer ones.
  virtual std::vector<Completion> suggest(std::string_view prefix, std::size_t limit) const = 0;
  // Each text in pieces that together are the text; those that the query's words find are marked.
  virtual std::vector<std::vector<Piece>> highlight(std::span<const std::string_view> texts,
                                                    const Query& query) const = 0;

  // Found after the next refresh(); what the id had before is replaced at the same moment. Repeating it is harmless.
  virtual void upsert(std::span<const Document> documents) = 0;
  virtual void remove(std::span<const ProductId> ids) = 0;
  // Found at once. Answers how many of them it knows.
  virtual std::size_t change(std::span<const Change> changes) = 0;
  virtual void refresh(Time now) = 0;
  // Does a piece of what keeps the index small and fast; false: nothing is left to do. One thread at a time does it.
  virtual bool work(const Pause& pause) = 0;

  // Products are found by the names that their category, and those above it, had when they were given.
  virtual void set_categories(std::span<const CategoryNode> nodes) = 0;
  virtual Result<void> set_synonyms(std::string_view file) = 0;  // kInvalid "search.synonyms" names the line
  virtual Result<void> set_rankings(std::span<const Ranking> arms) = 0;
  virtual void set_completions(std::vector<Completion> completions) = 0;
  virtual Figure figure() const = 0;
  virtual std::vector<ProductId> ids() const = 0;  // of all that can be found, in no order
};

}  // namespace kontor::search_index
