#include "shop/search/tuning_api.h"

#include "shop/search/events.h"

namespace kontor::search {

void add_tuning_routes(http::Router& router, const TuningApi& api) {
  using http::Call, http::None;
  constexpr auto kRole = services::Role::kMerchandiser;
  router.get<None, RankingView>("/admin/search/ranking", {"What products are ranked by", {}, 200, "admin"},
                                [api](Call& call, None) -> Result<RankingView> {
                                  TRY_DO(api.shoppers.require_role(call, kRole));
                                  return api.tuning.ranking();
                                });
  router.put<RankingView, RankingView>(
      "/admin/search/ranking", {"Sets it; what is not named has its default", {}, 200, "admin"},
      [api](Call& call, const RankingView& in) -> Result<RankingView> {
        TRY(const auto who, api.shoppers.require_role(call, kRole));
        const auto entry = api.audit.entry(who.caller(), "search.ranking_change", "search");
        TRY_DO(api.tuning.put(in, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
        return api.tuning.ranking();
      });
  router.get<None, SynonymsView>("/admin/search/synonyms", {"Words that mean the same", {}, 200, "admin"},
                                 [api](Call& call, None) -> Result<SynonymsView> {
                                   TRY_DO(api.shoppers.require_role(call, kRole));
                                   return SynonymsView{api.tuning.synonyms()};
                                 });
  router.put<SynonymsView, SynonymsView>(
      "/admin/search/synonyms", {"Brings another file of them", {"search.synonyms"}, 200, "admin"},
      [api](Call& call, const SynonymsView& in) -> Result<SynonymsView> {
        TRY(const auto who, api.shoppers.require_role(call, kRole));
        const auto entry = api.audit.entry(who.caller(), "search.synonyms_change", "search");
        TRY_DO(api.tuning.put_synonyms(in.synonyms, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
        return SynonymsView{api.tuning.synonyms()};
      });
}

services::Consumer tuning_consumer(Tuning& tuning) {
  services::Consumer consumer;
  consumer.name = "search.tuning";
  consumer.kind = services::ConsumerKind::kEveryReplica;
  consumer.handles.emplace_back(SearchTuned::kName);
  consumer.handle = [&tuning](const LoggedEvent&) { return tuning.reload(); };
  return consumer;
}

}  // namespace kontor::search
