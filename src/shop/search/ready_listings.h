// Answers of listings and suggestions as ready bytes, in bounded memory: made once for all who ask the same, whether at
// the same time or later, as long as nothing changes that listings are made of. While very much changes, they may be a
// quarter of a second old.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "ports/clock.h"
#include "runtime/http.h"
#include "runtime/loading_cache.h"

namespace kontor::search {

class Search;

struct ReadyListing {
  std::shared_ptr<const http::ReadyBytes> bytes;
  std::int64_t found = 0;    // how many products
  bool by_language = false;  // whoever wishes for other languages gets another answer
  bool keeps = true;         // false: of a moment only
};

class ReadyListings {
 public:
  using Make = std::function<Result<ReadyListing>()>;

  // `search` outlives it. `bytes`: 0 keeps nothing, and each question is answered for itself.
  ReadyListings(Search& search, Clock& clock, std::size_t bytes);

  // `question`: the same text for the same answer, but for the languages that are wished for.
  Result<ReadyListing> get(const std::string& question, const std::string& languages, const Make& make);

  runtime::CacheStats stats() const { return answers_.stats(); }

 private:
  struct Answer {
    ReadyListing made;             // no bytes: they lie by language
    std::uint64_t generation = 0;  // search's, before it was made
    std::int64_t made_ms = 0;
  };
  using Answers = runtime::LoadingCache<std::string, Answer>;
  using Pointer = std::shared_ptr<const Answer>;

  bool holds(const Answer& answer, std::uint64_t generation) const;
  Pointer at_hand(const std::string& key, std::uint64_t generation);
  static std::size_t weight_of(const std::string& key, const ReadyListing& made);

  Search& search_;
  Clock& clock_;
  const std::size_t bytes_;
  Answers answers_;
};

}  // namespace kontor::search
