// What merchandisers set: the weights of the ranking, and the file of synonyms. Kept in the store's settings, the same
// for every replica.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/search_index.h"
#include "runtime/fiber.h"

namespace kontor::search {

inline constexpr Range kWeight{0, 1000};
inline constexpr std::size_t kLongestSynonyms = 1'000'000;  // bytes of the file

struct RankingView : search_index::Ranking {
  static constexpr auto fields() {
    using R = RankingView;
    return described(
        Field("text", &R::text, "Points of a product that has the words as well as can be", Range{1, 1000}, Default{}),
        Field("together", &R::together, "Percent of `text` more when they stand side by side", kWeight, Default{}),
        Field("kind", &R::kind, "At most, for the kinds of products that mostly have the words", kWeight, Default{}),
        Field("itself", &R::itself, "For what is no accessory, where none was asked for", kWeight, Default{}),
        Field("sales", &R::sales, "Times the logarithm of the units sold in 30 days", kWeight, Default{}),
        Field("rating", &R::rating, "For each star, with enough reviews", kWeight, Default{}),
        Field("enough_reviews", &R::enough_reviews, "More than so many", Range{0, 1'000'000}, Default{}),
        Field("in_stock", &R::in_stock, "For what can be had at once", kWeight, Default{}),
        Field("freshness", &R::freshness, "For what is new; one less every ten days", kWeight, Default{}),
        Field("title", &R::title, "What a word in the title counts", Range{0, 100}, Default{}),
        Field("brand", &R::brand, "… in the brand", Range{0, 100}, Default{}),
        Field("attributes", &R::attributes, "… in attributes, codes and categories", Range{0, 100}, Default{}),
        Field("description", &R::description, "… in the description", Range{0, 100}, Default{}),
        Field("saturation_tenths", &R::saturation_tenths, "The more, the more a second occurrence counts (BM25's k1)",
              Range{1, 100}, Default{}),
        Field("length_percent", &R::length_percent, "How much longer texts count less (BM25's b)", Range{0, 100},
              Default{}));
  }
};
struct SynonymsView {
  std::string synonyms;
  static constexpr auto fields() {
    return described(Field("synonyms", &SynonymsView::synonyms,
                           "One group a line: `tv, television`, or one way: `notebook => laptop`",
                           Length{0, kLongestSynonyms}));
  }
};

class Tuning {
 public:
  using Beside = std::function<Result<void>(db::Tx&)>;
  // `workers` may be null.
  Tuning(db::Store& store, Clock& clock, search_index::Index& index, runtime::Workers* workers)
      : store_(store), clock_(clock), index_(index), workers_(workers) {}

  RankingView ranking() const;
  std::string synonyms() const;
  Result<void> put(const RankingView& ranking, const Beside& beside = {});
  // Inside the caller's transaction, whose homes have `global`: an experiment's winner.
  Result<void> put(db::Tx& tx, const RankingView& ranking);
  Result<void> put_synonyms(const std::string& file, const Beside& beside = {});  // kInvalid "search.synonyms"
  // The rankings that an experiment tries beside it, as the index's arms from 1 on. Told by whoever runs it.
  Result<void> set_trials(std::vector<RankingView> trials);
  std::uint64_t changes() const { return changes_.load(); }  // grows with each
  // From the store into the index: at start, and when another replica changed something.
  Result<void> reload();

 private:
  Result<void> show_rankings();

  db::Store& store_;
  Clock& clock_;
  search_index::Index& index_;
  runtime::Workers* const workers_;
  mutable std::mutex mutex_;
  RankingView ranking_;
  std::vector<RankingView> trials_;
  std::string synonyms_;
  std::atomic<std::uint64_t> changes_{0};
};

}  // namespace kontor::search
