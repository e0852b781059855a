// The search index follows the catalogue: one fiber brings in what changed, one merges what came in small pieces.
#include "app/searching.h"

#include <algorithm>

#include "app/shop.h"

namespace kontor::app {
namespace {

// A single change is found within milliseconds; of many, one group is made instead of hundreds.
constexpr std::int64_t kAfterFewMs = 10, kAfterManyMs = 200, kAfterTroubleMs = 500;
constexpr std::int64_t kBetweenSavesMs = 15 * kMinuteMs, kBetweenVisitorsMs = 20 * kMinuteMs;
constexpr std::int64_t kSomeProducts = 5'000, kManyProducts = 50'000;

// Who it is, is asked only where that may be known.
telemetry::Visit visit_of(const Shop& shop, const http::Request& request) {
  telemetry::Visit visit = telemetry::visit_of(request);
  if (visit.bot || visit.consent != telemetry::Consent::kGiven) return visit;
  if (const auto shopper = shop.shoppers.of(request)) visit.visitor = shop.behaviour.visitors.number(shopper->customer);
  return visit;
}

// The arms of the experiment that runs, as the index's rankings.
void show_trials(Shop& shop) {
  std::vector<search::RankingView> trials;
  const auto arms = shop.behaviour.experiments.arms(kRankingSubject);
  for (std::size_t i = 1; i < arms.size(); ++i) {
    const auto ranking = arms[i] ? json::read<search::RankingView>(arms[i]->text) : Result<search::RankingView>{};
    trials.push_back(ranking ? *ranking : search::RankingView{});
  }
  if (const auto shown = shop.search->tuning().set_trials(std::move(trials)); !shown)
    shop.world.log.warning("an experiment with the ranking does not run", {{"reason", shown.error().reason}});
}

}  // namespace

search::Trial trial_of(Shop& shop, const http::Request& request) {
  if (!shop.behaviour.experiments.runs(kRankingSubject)) return {};
  const std::uint64_t visitor = visit_of(shop, request).agreed();
  const auto choice = shop.behaviour.experiments.choose(kRankingSubject, visitor);
  if (choice.label.empty()) return {};
  shop.behaviour.experiments.exposed(choice, visitor);
  return {choice.arm, std::string(choice.label)};
}

void observe(Shop& shop, const http::Request& request, telemetry::Observation what) {
  what.visit = visit_of(shop, request);
  shop.behaviour.telemetry.observe(what);
}

search::ApiParts searching_parts(Shop& shop) {
  search::ApiParts parts{*shop.search, shop.shoppers, {}, {}};
  parts.trial = [&shop](const http::Request& request) { return trial_of(shop, request); };
  parts.searched = [&shop](const http::Request& request, const search::Searched& what) {
    telemetry::Observation seen;
    seen.kind = telemetry::Kind::kSearch;
    seen.query = what.words;
    seen.results = what.found;
    seen.arm = what.trial.label;
    observe(shop, request, seen);
  };
  return parts;
}

void try_rankings(Shop& shop) {
  experiments::Subject subject;
  subject.name = kRankingSubject;
  subject.check = [](const json::Raw& configuration) -> Result<void> {
    TRY_DO(json::read<search::RankingView>(configuration.text));
    return {};
  };
  subject.graduated = [&shop](db::Tx& tx, const json::Raw& configuration) -> Result<void> {
    TRY(const auto ranking, json::read<search::RankingView>(configuration.text));
    return shop.search->tuning().put(tx, ranking);
  };
  shop.behaviour.experiments.add_subject(std::move(subject));
  shop.behaviour.experiments.on_change([&shop] { show_trials(shop); });
}

search::SalesSource Shop::sales_source() {
  constexpr int kAtOnce = 1000;
  const auto units_of = [](std::vector<telemetry::Sold> sold) {
    std::vector<search::SoldUnits> units;
    for (const auto& one : sold) units.push_back({one.product, one.units});
    return units;
  };
  return {[this, units_of](std::span<const ProductId> products) -> Result<std::vector<search::SoldUnits>> {
            TRY(auto sold, behaviour.telemetry.sold_of(products));
            return units_of(std::move(sold));
          },
          [this, units_of](Time since, ProductId after) -> Result<std::vector<search::SoldUnits>> {
            if (since == Time{}) {
              TRY(auto all, behaviour.telemetry.all_sold(after, kAtOnce));
              return units_of(std::move(all));
            }
            TRY(auto changed, behaviour.telemetry.changed_sales({since, after, kAtOnce}));
            return units_of(std::move(changed));
          }};
}

// What sells, and what is searched for.
void Shop::learn_from_visitors() {
  constexpr int kQueries = 1000;
  complain("searches go by old sales", search->feed().follow_sales());
  auto queries = behaviour.telemetry.popular_queries(kQueries);
  if (!complain("suggestions are old", queries)) return;
  std::vector<search::PopularQuery> popular;
  for (auto& query : *queries) popular.push_back({std::move(query.text), query.weight});
  search->suggestions().set_popular_queries(std::move(popular));
}

void Shop::save_index() {
  if (!world.search.save || !search->feed().is_whole()) return;
  const std::string position = search->feed().position();
  Result<void> saved;
  const auto save = [&] { saved = world.search.save(position); };
  if (world.workers == nullptr)
    save();
  else
    complain("the search index is made anew at the next start", world.workers->run(save));
  complain("the search index is made anew at the next start", saved);
}

void Shop::search_fiber() {
  search::Feed& feed = search->feed();
  while (!complain("the search index is not complete", feed.begin(world.search.position)))
    if (!rest(bells_.search, kSecondMs)) return;
  if (feed.is_whole()) save_index();
  bells_.merge.ring();
  Time saved = world.clock.now(), learned{}, listened{};
  bool changed = false, changed_since_learned = true;
  while (!stopping_.load()) {
    const bool many = feed.waiting() > search::Feed::kFewChanges;
    const auto done = feed.refresh();
    const bool fine = complain("searches find what was there before", done);
    if (fine && *done > 0) {
      changed = changed_since_learned = true;
      bells_.merge.ring();
    }
    if (world.clock.now().ms - listened.ms > kBetweenVisitorsMs) {
      learn_from_visitors();
      listened = world.clock.now();
      changed_since_learned = true;
    }
    const std::int64_t products = world.search.index->figure().products;
    const std::int64_t between = products > kManyProducts   ? 15 * kMinuteMs
                                 : products > kSomeProducts ? kMinuteMs
                                                            : 5 * kSecondMs;
    if (changed_since_learned && world.clock.now().ms - learned.ms > between) {
      complain("suggestions are old", search->suggestions().collect());
      complain("plain language is read with old words", search->learn_words());
      learned = world.clock.now();
      changed_since_learned = false;
    }
    if (changed && world.clock.now().ms - saved.ms > kBetweenSavesMs) {
      save_index();
      saved = world.clock.now();
      changed = false;
    }
    if (!fine) {
      rest(bells_.search, kAfterTroubleMs);
      continue;
    }
    feed.rest(many ? kAfterManyMs : kAfterFewMs);
    if (!stopping_.load()) feed.wait_for_notes(changed_since_learned ? std::min(between, kMinuteMs) : kMinuteMs);
  }
  if (changed) save_index();
}

void Shop::merge_fiber() {
  while (!stopping_.load()) {
    bool more = true;
    const auto work = [&] { more = world.search.index->work({}); };
    while (more && !stopping_.load()) {
      if (world.workers == nullptr) {
        work();
      } else if (!complain("the search index grows", world.workers->run(work))) {
        break;
      }
    }
    if (!stopping_.load()) bells_.merge.wait_for(kMinuteMs);
  }
}

}  // namespace kontor::app
