#include "shop/telemetry/telemetry_store.h"

namespace kontor::telemetry::store {

using db::Home;
using db::Query;

const Query kAddToDay{"telemetry.add_to_day", Home::kTelemetry, R"sql(
  INSERT INTO telemetry_days (day, views, clicks, carts, searches, zero_results, listings)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (day) DO UPDATE SET views = telemetry_days.views + excluded.views,
    clicks = telemetry_days.clicks + excluded.clicks, carts = telemetry_days.carts + excluded.carts,
    searches = telemetry_days.searches + excluded.searches,
    zero_results = telemetry_days.zero_results + excluded.zero_results,
    listings = telemetry_days.listings + excluded.listings
)sql"};

const Query kAddToProduct{"telemetry.add_to_product", Home::kTelemetry, R"sql(
  INSERT INTO telemetry_products (product_id, day, views, clicks, carts) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (product_id, day) DO UPDATE SET views = telemetry_products.views + excluded.views,
    clicks = telemetry_products.clicks + excluded.clicks, carts = telemetry_products.carts + excluded.carts
)sql"};

const Query kAddToQuery{"telemetry.add_to_query", Home::kTelemetry, R"sql(
  INSERT INTO telemetry_queries (query, day, words, searches, zero_results, clicks, placed, positions, visitors)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (query, day) DO UPDATE SET words = excluded.words,
    searches = telemetry_queries.searches + excluded.searches,
    zero_results = telemetry_queries.zero_results + excluded.zero_results,
    clicks = telemetry_queries.clicks + excluded.clicks, placed = telemetry_queries.placed + excluded.placed,
    positions = telemetry_queries.positions + excluded.positions,
    visitors = telemetry_queries.visitors | excluded.visitors
)sql"};

// On a day that has more queries than anybody will read.
const Query kAddToKnownQuery{"telemetry.add_to_known_query", Home::kTelemetry, R"sql(
  UPDATE telemetry_queries SET words = $3, searches = searches + $4, zero_results = zero_results + $5,
    clicks = clicks + $6, placed = placed + $7, positions = positions + $8, visitors = visitors | $9
   WHERE query = $1 AND day = $2
)sql"};

const Query kAddToArm{"telemetry.add_to_arm", Home::kTelemetry, R"sql(
  INSERT INTO telemetry_arms (arm, day, searches, zero_results, clicks, placed, positions)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (arm, day) DO UPDATE SET searches = telemetry_arms.searches + excluded.searches,
    zero_results = telemetry_arms.zero_results + excluded.zero_results,
    clicks = telemetry_arms.clicks + excluded.clicks, placed = telemetry_arms.placed + excluded.placed,
    positions = telemetry_arms.positions + excluded.positions
)sql"};

const Query kAddSale{"telemetry.add_sale", Home::kTelemetry, R"sql(
  INSERT INTO telemetry_sales (product_id, day, purchases, units, cancelled, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (product_id, day) DO UPDATE SET purchases = telemetry_sales.purchases + excluded.purchases,
    units = telemetry_sales.units + excluded.units, cancelled = telemetry_sales.cancelled + excluded.cancelled,
    changed_at = excluded.changed_at
)sql"};

// $2 to $4: days after which a search weighs 8, 4 and 2 times one of the fourth week.
const Query kPopular{"telemetry.popular", Home::kTelemetry, R"sql(
  SELECT query, MAX(words), CAST(SUM(searches * CASE WHEN day > $2 THEN 8 WHEN day > $3 THEN 4 WHEN day > $4 THEN 2
                                                     ELSE 1 END) AS BIGINT) AS weight
    FROM telemetry_queries WHERE day > $1
   GROUP BY query HAVING SUM(searches) >= $5 AND SUM(zero_results) * 2 < SUM(searches)
   ORDER BY weight DESC, query LIMIT $6
)sql"};

const Query kVisitorsOf{"telemetry.visitors_of", Home::kTelemetry,
                        "SELECT visitors FROM telemetry_queries WHERE query = $1 AND day > $2"};

const Query kSoldOf{"telemetry.sold_of", Home::kTelemetry, R"sql(
  SELECT CAST(COALESCE(SUM(units - cancelled), 0) AS BIGINT) FROM telemetry_sales WHERE product_id = $1 AND day > $2
)sql"};

const Query kAllSold{"telemetry.all_sold", Home::kTelemetry, R"sql(
  SELECT product_id, CAST(SUM(units - cancelled) AS BIGINT) FROM telemetry_sales WHERE product_id > $1 AND day > $2
   GROUP BY product_id HAVING SUM(units - cancelled) > 0 ORDER BY product_id LIMIT $3
)sql"};

// $2 < day <= $3: the days that left the window since.
const Query kChangedSales{"telemetry.changed_sales", Home::kTelemetry, R"sql(
  SELECT product_id, CAST(SUM(CASE WHEN day > $3 THEN units - cancelled ELSE 0 END) AS BIGINT) FROM telemetry_sales
   WHERE product_id IN (SELECT product_id FROM telemetry_sales WHERE changed_at >= $1
                        UNION SELECT product_id FROM telemetry_sales WHERE day > $2 AND day <= $3)
     AND product_id > $4
   GROUP BY product_id ORDER BY product_id LIMIT $5
)sql"};

const Query kSeenOf{"telemetry.seen_of", Home::kTelemetry, R"sql(
  SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT), CAST(COALESCE(SUM(clicks), 0) AS BIGINT),
         CAST(COALESCE(SUM(carts), 0) AS BIGINT) FROM telemetry_products WHERE product_id = $1 AND day > $2
)sql"};

const Query kSalesOf{"telemetry.sales_of", Home::kTelemetry, R"sql(
  SELECT CAST(COALESCE(SUM(purchases), 0) AS BIGINT), CAST(COALESCE(SUM(units - cancelled), 0) AS BIGINT)
    FROM telemetry_sales WHERE product_id = $1 AND day > $2
)sql"};

const Query kTotals{"telemetry.totals", Home::kTelemetry, R"sql(
  SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT), CAST(COALESCE(SUM(clicks), 0) AS BIGINT),
         CAST(COALESCE(SUM(carts), 0) AS BIGINT), CAST(COALESCE(SUM(searches), 0) AS BIGINT),
         CAST(COALESCE(SUM(zero_results), 0) AS BIGINT),
         CAST(COALESCE(SUM(listings), 0) AS BIGINT) FROM telemetry_days WHERE day > $1
)sql"};

const Query kMostSearched{"telemetry.most_searched", Home::kTelemetry, R"sql(
  SELECT MAX(words), CAST(SUM(searches) AS BIGINT) AS many, CAST(SUM(zero_results) AS BIGINT),
         CAST(SUM(clicks) AS BIGINT), CAST(SUM(placed) AS BIGINT), CAST(SUM(positions) AS BIGINT)
    FROM telemetry_queries WHERE day > $1
   GROUP BY query HAVING SUM(searches) > 0 ORDER BY many DESC, query LIMIT $2
)sql"};

const Query kWithoutResults{"telemetry.without_results", Home::kTelemetry, R"sql(
  SELECT MAX(words), CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_results) AS BIGINT) AS many,
         CAST(SUM(clicks) AS BIGINT), CAST(SUM(placed) AS BIGINT), CAST(SUM(positions) AS BIGINT)
    FROM telemetry_queries WHERE day > $1
   GROUP BY query HAVING SUM(zero_results) > 0 ORDER BY many DESC, query LIMIT $2
)sql"};

const Query kArms{"telemetry.arms", Home::kTelemetry, R"sql(
  SELECT arm, CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_results) AS BIGINT), CAST(SUM(clicks) AS BIGINT),
         CAST(SUM(placed) AS BIGINT), CAST(SUM(positions) AS BIGINT)
    FROM telemetry_arms WHERE day > $1 GROUP BY arm ORDER BY arm LIMIT $2
)sql"};

const Query kTopProducts{"telemetry.top_products", Home::kTelemetry, R"sql(
  SELECT product_id, CAST(SUM(views) AS BIGINT), CAST(SUM(clicks) AS BIGINT), CAST(SUM(carts) AS BIGINT),
         CAST(SUM(purchases) AS BIGINT), CAST(SUM(units) AS BIGINT)
    FROM (SELECT product_id, views, clicks, carts, 0 AS purchases, 0 AS units FROM telemetry_products WHERE day > $1
          UNION ALL
          SELECT product_id, 0, 0, 0, purchases, units - cancelled FROM telemetry_sales WHERE day > $1) AS seen
   GROUP BY product_id
   ORDER BY CASE CAST($2 AS BIGINT) WHEN 0 THEN SUM(views) WHEN 1 THEN SUM(clicks) WHEN 2 THEN SUM(carts)
                                    ELSE SUM(units) END DESC, product_id LIMIT $3
)sql"};

const Query kQueriesOfDay{"telemetry.queries_of_day", Home::kTelemetry,
                          "SELECT COUNT(*) FROM telemetry_queries WHERE day = $1"};
const Query kPruneTail{"telemetry.prune_tail", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_queries WHERE (query, day) IN
    (SELECT query, day FROM telemetry_queries WHERE day = $1 AND searches < $2 LIMIT $3)
)sql"};
const Query kPruneRare{"telemetry.prune_rare", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_queries WHERE (query, day) IN
    (SELECT query, day FROM telemetry_queries WHERE day <= $1 AND searches < $2 LIMIT $3)
)sql"};
const Query kPruneDays{"telemetry.prune_days", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_days WHERE day IN (SELECT day FROM telemetry_days WHERE day <= $1 LIMIT $2)
)sql"};
const Query kPruneProducts{"telemetry.prune_products", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_products WHERE (product_id, day) IN
    (SELECT product_id, day FROM telemetry_products WHERE day <= $1 LIMIT $2)
)sql"};
const Query kPruneSales{"telemetry.prune_sales", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_sales WHERE (product_id, day) IN
    (SELECT product_id, day FROM telemetry_sales WHERE day <= $1 LIMIT $2)
)sql"};
const Query kPruneQueries{"telemetry.prune_queries", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_queries WHERE (query, day) IN
    (SELECT query, day FROM telemetry_queries WHERE day <= $1 LIMIT $2)
)sql"};
const Query kPruneArms{"telemetry.prune_arms", Home::kTelemetry, R"sql(
  DELETE FROM telemetry_arms WHERE (arm, day) IN (SELECT arm, day FROM telemetry_arms WHERE day <= $1 LIMIT $2)
)sql"};

}  // namespace kontor::telemetry::store
