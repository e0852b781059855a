// Search among visitors: what they search for is counted, and an experiment may answer them by another ranking.
#pragma once
#include <string_view>

#include "shop/search/search_api.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::app {

class Shop;

inline constexpr std::string_view kRankingSubject = "search.ranking";  // of experiments: weights as in RankingView

// By which ranking a visitor's searches are answered: only who agreed to be counted is part of an experiment, and is
// noted as having been shown it.
search::Trial trial_of(Shop& shop, const http::Request& request);
// Counts what a request did, by what its visitor agreed to; `visit` is filled in here.
void observe(Shop& shop, const http::Request& request, telemetry::Observation what);
search::ApiParts searching_parts(Shop& shop);
// Before serving.
void try_rankings(Shop& shop);

}  // namespace kontor::app
