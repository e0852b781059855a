// What others read of the sums: what is popular, what sells, reports; and what goes when it is old.
#include <algorithm>
#include <bit>

#include "shop/telemetry/tallies.h"
#include "shop/telemetry/telemetry_store.h"

namespace kontor::telemetry {
namespace {

constexpr std::int64_t kWindow = 30;               // days of what counts as popular or sold
constexpr std::int64_t kLookBackMs = kMinuteMs;    // writes that began before a reader and ended after it
constexpr int kSeveral = 3;                        // people, and searches, before words are shown to others
constexpr int kCandidates = 4;                     // looked at for each query that is wanted
constexpr std::int64_t kMostQueriesADay = 50'000;  // then no further ones; the single ones go over night

SearchFigures figures_of(const db::Rows::Row& row) {
  return {row.i64(1), row.i64(2), row.i64(3), row.i64(4), row.i64(5)};
}

}  // namespace

Result<std::vector<PopularQuery>> Telemetry::popular_queries(int limit) {
  const std::int64_t day = today(), from = day - kWindow;
  std::vector<PopularQuery> out;
  TRY_DO(store_.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto rows,
        tx.ask(store::kPopular, from, day - 7, day - 14, day - 21, kSeveral, std::int64_t{limit} * kCandidates));
    std::vector<std::vector<db::Param>> asked;
    for (const auto& row : rows) asked.push_back({row.text(0), from});
    TRY(const auto places, tx.ask_each(store::kVisitorsOf, asked));
    for (std::size_t i = 0; i < rows.size() && out.size() < static_cast<std::size_t>(limit); ++i) {
      std::uint64_t visitors = 0;
      for (const auto& row : places[i]) visitors |= static_cast<std::uint64_t>(row.i64(0));
      if (std::popcount(visitors) >= kSeveral) out.push_back({rows[i].str(1), rows[i].i64(2)});
    }
    return {};
  }));
  return out;
}

Result<std::vector<Sold>> Telemetry::sold_of(std::span<const ProductId> products) {
  std::vector<std::vector<db::Param>> asked;
  for (const ProductId id : products) asked.push_back({id, today() - kWindow});
  std::vector<Sold> out;
  TRY_DO(store_.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto sums, tx.ask_each(store::kSoldOf, asked));
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (const auto units = sums[i].front().i64(0); units > 0) out.push_back({products[i], units});
    return {};
  }));
  return out;
}

Result<std::vector<Sold>> Telemetry::all_sold(ProductId after, int limit) {
  std::vector<Sold> out;
  TRY_DO(store_.look(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto rows, tx.ask(store::kAllSold, after, today() - kWindow, limit));
    for (const auto& row : rows) out.push_back({row.id<ProductId>(0), row.i64(1)});
    return {};
  }));
  return out;
}

Result<std::vector<Sold>> Telemetry::changed_sales(const Changes& of) {
  const Time since = of.since.plus_ms(-kLookBackMs);
  std::vector<Sold> out;
  TRY_DO(store_.look(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto rows,
        tx.ask(store::kChangedSales, since, since.ms / kDayMs - kWindow, today() - kWindow, of.after, of.limit));
    for (const auto& row : rows) out.push_back({row.id<ProductId>(0), std::max<std::int64_t>(row.i64(1), 0)});
    return {};
  }));
  return out;
}

Result<std::vector<Popularity>> Telemetry::popularity(std::span<const ProductId> products) {
  std::vector<std::vector<db::Param>> asked;
  for (const ProductId id : products) asked.push_back({id, today() - kWindow});
  std::vector<Popularity> out;
  TRY_DO(store_.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto seen, tx.ask_each(store::kSeenOf, asked));
    TRY(const auto sold, tx.ask_each(store::kSalesOf, asked));
    for (std::size_t i = 0; i < products.size(); ++i) {
      const auto behaviour = seen[i].front(), sales = sold[i].front();
      out.push_back({products[i], behaviour.i64(0), behaviour.i64(1), behaviour.i64(2), sales.i64(0),
                     std::max<std::int64_t>(sales.i64(1), 0)});
    }
    return {};
  }));
  return out;
}

Result<SearchReport> Telemetry::searches(int days, int limit) {
  const std::int64_t before = today() - days;
  SearchReport out;
  TRY_DO(store_.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out = {first_of(days), {}, {}, {}, {}};
    TRY(const auto totals, tx.ask(store::kTotals, before));
    const auto sum = totals.front();
    out.totals = {sum.i64(0), sum.i64(1), sum.i64(2), sum.i64(3), sum.i64(4), sum.i64(5)};
    const auto list = [&](const db::Query& query, std::vector<QueryFigures>& rows_out) -> Result<void> {
      TRY(const auto rows, tx.ask(query, before, limit));
      for (const auto& row : rows) rows_out.push_back({row.str(0), figures_of(row)});
      return {};
    };
    TRY_DO(list(store::kMostSearched, out.most_searched));
    TRY_DO(list(store::kWithoutResults, out.without_results));
    return list(store::kArms, out.arms);
  }));
  return out;
}

Result<std::vector<Popularity>> Telemetry::products(int days, ProductSort sort, int limit) {
  std::vector<Popularity> out;
  TRY_DO(store_.look(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    out.clear();
    TRY(const auto rows, tx.ask(store::kTopProducts, today() - days, sort, limit));
    for (const auto& row : rows)
      out.push_back({row.id<ProductId>(0), row.i64(1), row.i64(2), row.i64(3), row.i64(4), row.i64(5)});
    return {};
  }));
  return out;
}

// What one day has too much of: while it lasts no further queries are taken, over night those go that came once.
Result<int> Telemetry::prune_tail(int limit) {
  std::int64_t now = 0, yesterday = 0;
  const std::int64_t day = today();
  TRY_DO(store_.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto of_today, tx.ask(store::kQueriesOfDay, day));
    now = of_today.front().i64(0);
    TRY(const auto before, tx.ask(store::kQueriesOfDay, day - 1));
    yesterday = before.front().i64(0);
    return {};
  }));
  full_day_.store(now >= kMostQueriesADay);
  if (pruned_day_ == day || yesterday < kMostQueriesADay) return 0;
  std::int64_t gone = 0;
  TRY_DO(store_.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    TRY(gone, tx.run(store::kPruneTail, day - 1, 2, limit));
    return {};
  }));
  return static_cast<int>(gone);
}

Result<int> Telemetry::prune(int limit) {
  TRY(const int tail, prune_tail(limit));
  if (tail > 0) return tail;
  const std::int64_t day = today(), last = day - settings_.keep_days;
  if (pruned_day_ == day) return 0;
  const auto remove = [&](const db::Query& query, auto... params) -> Result<int> {
    std::int64_t gone = 0;
    TRY_DO(store_.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
      TRY(gone, tx.run(query, params..., limit));
      return {};
    }));
    return static_cast<int>(gone);
  };
  TRY(const int rare, remove(store::kPruneRare, day - kWindow, kSeveral));
  if (rare > 0) return rare;
  for (const auto* query :
       {&store::kPruneQueries, &store::kPruneProducts, &store::kPruneSales, &store::kPruneArms, &store::kPruneDays}) {
    TRY(const int gone, remove(*query, last));
    if (gone > 0) return gone;
  }
  pruned_day_ = day;
  return 0;
}

}  // namespace kontor::telemetry
