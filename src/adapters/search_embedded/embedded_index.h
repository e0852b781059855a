// The search index inside the program (ports/search_index.h): immutable segments and what was removed of them, held as
// generations that questions take along; figures that change in place; merging when the caller has time for it.
// docs/search.md explains the design.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/search_embedded/completions.h"
#include "adapters/search_embedded/document.h"
#include "adapters/search_embedded/merge.h"
#include "adapters/search_embedded/search.h"
#include "ports/search_index.h"

namespace kontor::search_embedded {

class EmbeddedIndex final : public search_index::Index {
 public:
  struct Options {
    std::string language = "en";              // of texts and questions that say none
    std::uint32_t products_at_once = 65'536;  // that wait for a refresh; more are made a segment at once
  };
  explicit EmbeddedIndex(Options options);
  ~EmbeddedIndex() override;

  Result<search_index::Answer> search(const search_index::Query& query,
                                      const search_index::Pause& pause) const override;
  std::vector<search_index::Completion> suggest(std::string_view prefix, std::size_t limit) const override;
  std::vector<std::vector<search_index::Piece>> highlight(std::span<const std::string_view> texts,
                                                          const search_index::Query& query) const override;

  void upsert(std::span<const search_index::Document> documents) override;
  void remove(std::span<const ProductId> ids) override;
  std::size_t change(std::span<const search_index::Change> changes) override;
  void refresh(Time now) override;
  bool work(const search_index::Pause& pause) override;

  void set_categories(std::span<const search_index::CategoryNode> nodes) override;
  Result<void> set_synonyms(std::string_view file) override;
  Result<void> set_rankings(std::span<const search_index::Ranking> arms) override;
  void set_completions(std::vector<search_index::Completion> completions) override;
  search_index::Figure figure() const override;
  std::vector<ProductId> ids() const override;

  // Writes the index to a file, with the caller's `position`: all changes up to there were made before this call.
  // Readers and writers go on meanwhile. Categories, synonyms, rankings and completions are not part of it: they are
  // set anew.
  Result<void> save(const std::string& path, std::string_view position);
  // Into an index that has nothing yet; answers the position. After an error the index is of no use.
  Result<std::string> load(const std::string& path);

 private:
  std::shared_ptr<const Generation> generation() const;
  void publish(std::shared_ptr<const Generation> next);
  template <class F>
  void publish_changed(F&& change);
  void seal(std::uint32_t today);  // what waits becomes a segment
  void apply(const search_index::Change& change, Segment& segment, std::uint32_t doc, const Generation& now);
  bool apply_waiting(const search_index::Change& change);
  void install(const Generation& begun, const std::vector<Part>& before, Merged merged);

  class Memory;  // a SearchMemory for one call
  const Options options_;
  const LanguageTag language_;
  Dictionary dictionary_;

  mutable std::mutex generation_mutex_;  // guards only this pointer
  std::shared_ptr<const Generation> generation_;
  std::shared_ptr<const Completions> completions_;  // under generation_mutex_
  mutable std::mutex memories_mutex_;
  mutable std::vector<std::unique_ptr<SearchMemory>> memories_;

  std::atomic_flag working_;  // no mutex: a caller's pause may let another fiber of its thread in here
  mutable std::mutex writer_mutex_;
  // Under writer_mutex_.
  DocumentReader reader_;
  SegmentBuilder builder_;
  std::unordered_map<std::int64_t, std::uint32_t> waiting_;  // products in builder_
  std::vector<std::uint32_t> replaced_;                      // of builder_: dead already
  std::unordered_set<std::int64_t> removed_;                 // of the segments, with the next refresh
  bool merging_ = false;
  std::vector<std::pair<const Segment*, std::uint32_t>> changed_;  // while a merge copies
};

}  // namespace kontor::search_embedded
