// Search among visitors: what they search for is counted, and an experiment may answer them by another ranking.
#pragma once
#include <string_view>

#include "shop/search/search_api.h"

namespace kontor::app {

class Shop;

inline constexpr std::string_view kRankingSubject = "search.ranking";  // of experiments: weights as in RankingView

search::ApiParts searching_parts(Shop& shop);
// Before serving.
void try_rankings(Shop& shop);

}  // namespace kontor::app
