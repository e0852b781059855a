#include "shop/search/tuning.h"

#include "runtime/json.h"
#include "search/synonyms_text.h"
#include "services/outbox.h"
#include "services/settings.h"
#include "shop/search/aside.h"
#include "shop/search/events.h"

namespace kontor::search {
namespace {

constexpr std::string_view kRanking = "search.ranking", kSynonyms = "search.synonyms";

Result<void> tell(db::Tx& tx, SearchTuned told, Time now) { return services::emit(tx, told, "search", now); }

}  // namespace

RankingView Tuning::ranking() const {
  const std::lock_guard lock(mutex_);
  return ranking_;
}

std::string Tuning::synonyms() const {
  const std::lock_guard lock(mutex_);
  return synonyms_;
}

Result<void> Tuning::put(db::Tx& tx, const RankingView& ranking) {
  const Time now = clock_.now();
  TRY_DO(services::Settings::set(tx, kRanking, json::print(ranking), now));
  return tell(tx, {.ranking = true}, now);
}

Result<void> Tuning::put(const RankingView& ranking, const Beside& beside) {
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(put(tx, ranking));
    return beside ? beside(tx) : Result<void>{};
  }));
  return reload();
}

// The index reads it first: what it refuses is never kept.
Result<void> Tuning::put_synonyms(const std::string& file, const Beside& beside) {
  TRY_DO(index_.set_synonyms(file));
  changes_.fetch_add(1);
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    const Time now = clock_.now();
    TRY_DO(services::Settings::set(tx, kSynonyms, file, now));
    TRY_DO(tell(tx, {.synonyms = true}, now));
    return beside ? beside(tx) : Result<void>{};
  }));
  return reload();
}

Result<void> Tuning::set_trials(std::vector<RankingView> trials) {
  {
    const std::lock_guard lock(mutex_);
    trials_ = std::move(trials);
  }
  return show_rankings();
}

Result<void> Tuning::show_rankings() {
  std::vector<search_index::Ranking> arms;
  {
    const std::lock_guard lock(mutex_);
    arms.push_back(ranking_);
    for (const auto& trial : trials_) arms.push_back(trial);
  }
  // Every product's points are worked out anew.
  TRY_DO(aside(workers_, nullptr, [&] { return index_.set_rankings(arms); }));
  changes_.fetch_add(1);
  return {};
}

Result<void> Tuning::reload() {
  std::optional<std::string> ranking, synonyms;
  TRY_DO(store_.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(ranking, services::Settings::get(tx, kRanking));
    TRY(synonyms, services::Settings::get(tx, kSynonyms));
    return {};
  }));
  RankingView weights;
  if (ranking) {
    TRY(weights, json::read<RankingView>(*ranking));
  }
  std::string file = synonyms.value_or(std::string(kSynonymsText));
  TRY_DO(index_.set_synonyms(file));
  changes_.fetch_add(1);
  {
    const std::lock_guard lock(mutex_);
    ranking_ = weights;
    synonyms_ = std::move(file);
  }
  return show_rankings();
}

}  // namespace kontor::search
